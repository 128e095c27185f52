"""Watching a run while it trains, for less than 2 % of its time.

Torch-free, for both processes: `sights` (what can be watched, and what was seen), `window` (the
memory that both share). In the training process: `observer` (when), `reduction` and `probe` (what
is read of the tensors), `budget`.
"""
