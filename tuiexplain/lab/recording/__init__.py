"""The recorder: one training step of any PyTorch module as a trace.

``from tuiexplain.lab.recording.recorder import record_torch``. Importing this package imports no
torch: a trace that was saved is explained by :mod:`tuiexplain.lab.recording.rulebook` alone.
"""
