"""The lab floor: PyTorch, in a process of its own. The only floor that imports torch."""
