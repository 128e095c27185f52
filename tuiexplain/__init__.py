"""tuiexplain: see inside a neural network, one operation at a time, forwards and back."""

__version__ = "0.1.0"
