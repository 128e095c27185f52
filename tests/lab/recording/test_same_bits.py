"""Recording changes nothing: the same numbers, the same settings, nothing left behind."""

from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

import torch.nn.functional as F  # noqa: E402
from torch import Tensor, nn  # noqa: E402
from torch.optim import optimizer as optimizers  # noqa: E402

from tests.lab.recording import networks  # noqa: E402
from tuiexplain.lab.recording.recorder import record_torch  # noqa: E402


def perceptron() -> tuple[nn.Module, Callable[[nn.Module], Tensor]]:
    x, t = torch.randn(6, 3), torch.randn(6, 4)
    return networks.Perceptron(), lambda net: F.mse_loss(net(x), t)


def convolutional() -> tuple[nn.Module, Callable[[nn.Module], Tensor]]:
    images = torch.randn(2, 1, 8, 8)
    return networks.Convolutional(), lambda net: F.cross_entropy(
        F.dropout(net(images), 0.5), torch.tensor([0, 2])
    )


def transformer() -> tuple[nn.Module, Callable[[nn.Module], Tensor]]:
    tokens = torch.randint(0, 11, (2, 7))
    return networks.Transformer(), lambda net: net(tokens[:, :-1], tokens[:, 1:])


def trained(make: Callable[[], Any], record: bool) -> dict[str, Tensor]:
    torch.manual_seed(3)
    net, loss_of = make()
    optimizer = torch.optim.AdamW(net.parameters(), lr=0.01, weight_decay=0.1)
    traces = []
    for step in range(4):
        if record and step % 2:
            with record_torch(net, optimizer) as trace:
                one_step(net, loss_of, optimizer)
            traces.append(trace)  # training goes on while it is held
        else:
            one_step(net, loss_of, optimizer)
    gradients = {f"{n}.grad": p.grad for n, p in net.named_parameters()}
    return {**net.state_dict(), **gradients}


def one_step(net: nn.Module, loss_of: Callable[[nn.Module], Tensor], optimizer: Any) -> None:
    optimizer.zero_grad()
    loss_of(net).backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    optimizer.step()


@pytest.mark.parametrize("make", [perceptron, convolutional, transformer])
def test_training_gives_the_same_bits(make: Callable[[], Any]) -> None:
    bare, recorded = trained(make, False), trained(make, True)
    assert all(torch.equal(bare[name], recorded[name]) for name in bare)


def test_what_was_set_is_set_again() -> None:
    net = networks.Perceptron()
    optimizer = torch.optim.AdamW(net.parameters(), foreach=True)
    hooks = (
        len(optimizers._global_optimizer_pre_hooks),
        len(optimizers._global_optimizer_post_hooks),
    )
    for _ in range(2):
        with record_torch(net) as trace:
            net(torch.randn(2, 3)).sum().backward()
            optimizer.step()
        assert optimizer.param_groups[0]["foreach"] is True
        assert not any("foreach" in str(e.attrs.get("overload")) for e in trace.events)
    assert hooks == (
        len(optimizers._global_optimizer_pre_hooks),
        len(optimizers._global_optimizer_post_hooks),
    )


def test_a_step_that_fails_leaves_nothing_behind() -> None:
    net = networks.Perceptron()
    recording = record_torch(net)
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"), recording:
        net(torch.randn(2, 9))
    assert [e.op for e in recording.trace.events] == ["randn", "t"]
    with record_torch(net) as trace:
        net(torch.randn(2, 3))
    assert trace.events


def test_recordings_do_not_nest() -> None:
    with record_torch(), pytest.raises(RuntimeError, match="do not nest"), record_torch():
        pass


def test_activations_are_kept_by_reference() -> None:
    net = networks.Perceptron()
    with record_torch(net) as trace:
        y = net(torch.randn(2, 3))
    assert trace.tensor(trace.value("y")).data_ptr() == y.data_ptr()
    weight = trace.tensor(trace.value("fc1.weight"))
    assert weight.data_ptr() == net.fc1.weight.data_ptr()
