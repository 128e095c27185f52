"""The same on a GPU, where one is at hand: backward runs in a thread of its own there."""

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

import torch.nn.functional as F  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn.attention import SDPBackend, sdpa_kernel  # noqa: E402

from tests.lab.recording import networks  # noqa: E402
from tests.lab.recording.holds import (  # noqa: E402
    assert_explained,
    assert_gradients,
    assert_linked,
    without_rule,
)
from tuiexplain.lab.recording.recorder import record_torch  # noqa: E402

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")


@pytest.mark.parametrize("name", ["perceptron", "convolutional", "transformer"])
def test_a_step_on_the_gpu(name: str) -> None:
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    tokens = torch.randint(0, 11, (2, 7), device="cuda")
    images = torch.randn(2, 1, 8, 8, device="cuda")
    points = torch.randn(6, 3, device="cuda")
    net: nn.Module
    if name == "perceptron":
        net = networks.Perceptron().cuda()
    elif name == "convolutional":
        net = networks.Convolutional().cuda()
    else:
        net = networks.Transformer(explicit=False).cuda()
    optimizer = torch.optim.AdamW(net.parameters())
    for _ in range(2):
        with record_torch(net) as trace, sdpa_kernel(SDPBackend.MATH):
            optimizer.zero_grad()
            if name == "perceptron":
                loss = net(points).square().mean()
            elif name == "convolutional":
                loss = F.cross_entropy(net(images), torch.tensor([0, 2], device="cuda"))
            else:
                loss = net(tokens[:, :-1], tokens[:, 1:])
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1e6)
            optimizer.step()
    assert_linked(trace)
    assert_gradients(trace, net)
    assert not without_rule(trace)
    assert_explained(trace, 1e-4, replays=False)
    value = trace.value(next(v.name for v in trace.values if len(v.shape) == 2))
    assert trace.tensor(value).is_cuda
    assert trace.tile(value, None, (2, 2)).shape == (2, 2)
