"""Where PyTorch has it; the functions are those of :mod:`tuiexplain.engine.functional`."""

from tuiexplain.engine.functional import *  # noqa: F403
