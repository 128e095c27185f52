"""The same on a GPU, where one is at hand: what is seen is what lies there, one copy later."""

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

import numpy as np  # noqa: E402

from tests.lab.small import trainer  # noqa: E402
from tuiexplain.lab.observing.observer import Observer  # noqa: E402
from tuiexplain.lab.observing.sights import Seen  # noqa: E402
from tuiexplain.lab.observing.window import Window  # noqa: E402

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")


def test_what_is_seen_of_a_gpu() -> None:
    run = trainer(device="cuda")
    window, told = Window.new(), []
    run.watcher = Observer(run, window, told.append)
    name = "transformer.h.0.attn.c_attn.weight"
    run.watcher.watch([f"weight:{name}", "layers:", "tokens:"], 10, 5, 1)
    run.advance()
    run.watcher.look_now()
    parameter = run.model.get_parameter(name).detach().cpu().numpy()
    assert np.array_equal(Seen.unpack(window.get(0)).arrays["picture"], parameter[::5, ::4])
    assert told[-1].slots == [0, 1, 2]
    window.close()
