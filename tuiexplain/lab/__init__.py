"""The lab floor: PyTorch, in a process of its own. The only floor that imports torch.

Of use to the interface, and free of torch: `presets` and `settings` (what to train), `worker` and
`protocol` (the training process and what is said to it), `record` (what a checkpoint says), `data`.
In the training process: `child` and `session` (the conversation), `trainer` with `models`,
`optimisation`, `evaluation`, `sampling`, `checkpoint`, `nonfinite`, `devices`.
"""
