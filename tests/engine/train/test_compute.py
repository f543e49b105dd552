"""How trainings compute: shares and parts of batches, layouts, precision."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from cosmoloom.errors import InvalidInputError
from cosmoloom.nets.batch_scatter import BatchScatter
from cosmoloom.train.compute import Compute
from cosmoloom.train.processes import Processes


def test_the_shares_of_all_processes_are_the_batch() -> None:
    batch = torch.arange(12.0).view(6, 2)
    shares = [Compute(processes=Processes(rank, 3)).share(batch) for rank in range(3)]
    assert torch.equal(torch.cat(shares), batch)


def test_a_batch_that_cannot_be_shared_equally_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="multiple of their number"):
        Compute(processes=Processes(0, 4)).share(torch.zeros(6, 2))


def test_accumulated_gradients_are_those_of_the_whole_batch() -> None:
    torch.manual_seed(0)
    layer, volumes = nn.Linear(4, 1), torch.randn(7, 4)
    layer(volumes).square().mean().backward()
    expected = layer.weight.grad.clone()
    layer.zero_grad()
    for part in Compute(accumulate=3).parts(len(volumes)):
        (layer(volumes[part]).square().mean() * (part.stop - part.start) / len(volumes)).backward()
    torch.testing.assert_close(layer.weight.grad, expected)


def test_more_parts_than_volumes_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="cannot be cut into 4 parts"):
        list(Compute(accumulate=4).parts(3))


def test_prepared_networks_are_channels_last_and_keep_their_values() -> None:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv3d(3, 4, 2), nn.Flatten(), nn.Linear(4, 1))
    volumes = torch.randn(2, 3, 2, 2, 2)
    before, names = network(volumes), list(network.state_dict())
    prepared = Compute().prepare(network)
    assert prepared[0].weight.is_contiguous(memory_format=torch.channels_last_3d)
    assert list(prepared.state_dict()) == names
    torch.testing.assert_close(prepared(volumes), before)


def test_half_precision_is_used_where_it_was_asked_for() -> None:
    layer, volumes = nn.Linear(4, 2), torch.randn(3, 4)
    for precision, dtype in (("float32", torch.float32), ("bfloat16", torch.bfloat16)):
        with Compute(precision=precision).autocast():
            assert layer(volumes).dtype == dtype


def test_the_scatter_of_a_batch_has_slopes_also_where_volumes_agree() -> None:
    torch.manual_seed(0)
    volumes = torch.randn(4, 3, 2, 2, 2)
    assert float(BatchScatter()(volumes)[0]) == pytest.approx(float(volumes.std(dim=0, correction=0).mean()))
    volumes[:, 0] = 1.0
    volumes.requires_grad_()
    (slope,) = torch.autograd.grad(BatchScatter()(volumes).sum(), volumes, create_graph=True)
    slope.square().sum().backward()
    assert volumes.grad is not None
    assert bool(volumes.grad.isfinite().all())
    assert float(volumes.grad[:, 1:].abs().sum()) > 0
