"""The private names of torch: which releases are known, and what is said of others."""

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

from tuiexplain.lab.recording import private  # noqa: E402
from tuiexplain.trace import TraceError  # noqa: E402


@pytest.mark.parametrize("version", ["2.6.0", "2.9.1+cu128", "2.13.0+cpu", torch.__version__])
def test_known_releases(version: str) -> None:
    private.check_version(version)


@pytest.mark.parametrize("version", ["2.5.1", "2.14.0", "3.0", "unknown"])
def test_another_release_is_refused_in_one_sentence(version: str) -> None:
    with pytest.raises(TraceError, match=r"knows PyTorch 2\.6 to 2\.13, and this is") as told:
        private.check_version(version)
    assert "pip install" in str(told.value)


def test_a_name_that_is_gone_is_named() -> None:
    with pytest.raises(TraceError, match=r"which has no torch\.autograd\.no_such_name"):
        private.named("autograd.no_such_name")


def test_the_number_of_a_node_is_that_of_its_operation() -> None:
    x = torch.ones(2, requires_grad=True)
    before = private.sequence_number()
    y = x * 2
    assert private.number_of(y.grad_fn) == before
    assert private.sequence_number() == before + 1
    assert private.current_node() is None
