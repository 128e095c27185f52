"""A run in several processes, each with its share of every batch, started by `torchrun`."""
