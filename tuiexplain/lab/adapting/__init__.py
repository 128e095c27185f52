"""Changing a trained model: low-rank adapters, preferences, instructions, fewer bits."""
