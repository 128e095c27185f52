"""One thread and one seed for everything that is recorded."""

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def one_thread_one_seed() -> Iterator[None]:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    yield
    torch.set_num_threads(before)
