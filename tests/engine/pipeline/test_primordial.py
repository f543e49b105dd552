"""Models whose latent is the initial conditions: what they keep, what they refuse, and what their directions are."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

import cosmoloom as cl
from cosmoloom.errors import BrokenFileError, InvalidInputError
from cosmoloom.models.folder import CARD
from cosmoloom.nets.collapse import LOG_DENSITIES, THIN, Collapse, CollapseConfig
from cosmoloom.pipeline.fast_collapse import FastCollapse
from cosmoloom.pipeline.primordial import PrimordialModel
from cosmoloom.scaling.relative_error import NETWORK_ERROR, relative_error
from cosmoloom.statistics.cross_power import cross_power


@pytest.fixture
def model(tiny_primordial_folder: Path) -> PrimordialModel:
    loaded = cl.load(tiny_primordial_folder)
    assert isinstance(loaded, PrimordialModel)
    return loaded


def test_an_untrained_network_passes_the_displaced_density_on() -> None:
    network = Collapse(CollapseConfig(n=8, widths=(4, 8), condition_width=4)).eval()
    density, linear, white = (torch.rand(2, 8, 8, 8) for _ in range(3))
    with torch.no_grad():
        made = network(density, linear, white, torch.ones(2), torch.ones(2))
    torch.testing.assert_close(made.exp(), density + THIN)


def test_what_the_network_writes_is_bounded_and_depends_on_all_that_it_reads() -> None:
    torch.manual_seed(1)
    network = Collapse(CollapseConfig(n=8, widths=(4, 8), condition_width=4))
    torch.nn.init.normal_(network.last.weight)
    fields = [torch.rand(1, 8, 8, 8, requires_grad=True) for _ in range(3)]
    conditions = [torch.tensor([value], requires_grad=True) for value in (0.5, 2.0)]
    network(*fields, *conditions).sum().backward()
    assert all(read.grad is not None and float(read.grad.abs().max()) > 0 for read in (*fields, *conditions))
    with torch.no_grad():
        network.last.bias.fill_(100.0)
        assert float(network(*fields, *conditions).max()) == LOG_DENSITIES[1]


def test_the_fast_form_writes_what_the_network_writes() -> None:
    torch.manual_seed(2)
    network = Collapse(CollapseConfig(n=16, widths=(4, 8, 12), condition_width=8)).eval()
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    fields, condition = [torch.rand(1, 16, 16, 16) for _ in range(3)], (torch.tensor([0.7]), torch.tensor([1.5]))
    expected = network(*fields, *condition).detach()
    assert float(expected.std()) > 0.1
    for dtype, tolerance in ((torch.float32, 1e-5), (torch.bfloat16, 0.1)):
        fast = FastCollapse(network, device=torch.device("cpu"), dtype=dtype)
        torch.testing.assert_close(fast(*fields, *condition), expected, rtol=0, atol=tolerance)


def test_a_latent_is_one_universe_at_every_redshift(model: PrimordialModel) -> None:
    young, grown, other = (model.sample(seed=seed, redshift=z) for seed, z in ((1, 3.0), (1, 0.0), (2, 0.0)))
    assert (grown.n, grown.box_size, grown.redshift) == (16, 32.0, 0.0)
    assert float(cross_power(young, grown).correlation[0]) > 0.7
    assert abs(float(cross_power(other, grown).correlation[0])) < 0.7
    assert cl.power_spectrum(grown).power[0] > 3 * cl.power_spectrum(young).power[0]


def test_what_is_kept_of_the_last_latent_never_shows(model: PrimordialModel, tiny_primordial_folder: Path) -> None:
    wanted = [(1, 0.0, 3.0), (1, 0.0, 9.0), (1, 2.0, 9.0), (2, 2.0, 9.0), (1, 2.0, 9.0), (1, 0.0, 3.0)]
    for seed, redshift, kappa in wanted:
        alone = cl.load(tiny_primordial_folder).sample(seed=seed, redshift=redshift, kappa=kappa)
        again = model.sample(seed=seed, redshift=redshift, kappa=kappa)
        assert np.array_equal(alone.density, again.density)
    latent = model.draw_latent(1)
    kept = model.displaced(latent[0])
    assert model.displaced(latent[0].clone()) is kept
    latent[0, -1] += 1.0
    assert model.displaced(latent[0]) is not kept


def test_a_batch_is_its_samples(model: PrimordialModel) -> None:
    both = model.density(model.draw_latent(5, 2), 1.0, 5.0)
    assert np.array_equal(both[1].numpy(), model.sample(seed=6, redshift=1.0, kappa=5.0).density)


def test_redshift_and_kappa_stay_in_the_trained_range(model: PrimordialModel) -> None:
    assert model.card.kappa_conditions
    with pytest.raises(InvalidInputError, match=r"redshift must lie in \[0, 3\]"):
        model.sample(redshift=4.0)
    with pytest.raises(InvalidInputError, match=r"kappa must lie in \[2, 20\]"):
        model.sample(kappa=1.0)


def test_an_error_of_what_the_network_writes_is_the_same_relative_error_everywhere(model: PrimordialModel) -> None:
    density = torch.tensor([0.1, 1.0, 300.0])
    torch.testing.assert_close(relative_error(density, model.scaling_at(5.0)), torch.full((3,), NETWORK_ERROR))
    field = model.network_field(model.draw_latent(1), 1.0, 5.0)
    torch.testing.assert_close(model.scaling_at(5.0).scale(model.to_density(field, 1.0, 5.0)), field)


def test_directions_are_the_longest_waves(model: PrimordialModel) -> None:
    directions = model.directions
    torch.testing.assert_close(directions.vectors @ directions.vectors.T, torch.eye(18), rtol=0, atol=1e-5)
    assert directions.names[:3] == ("x, 64 Mpc/h, cosine", "x, 64 Mpc/h, sine", "y, 64 Mpc/h, cosine")
    assert len(set(directions.names)) == len(directions) == 18
    assert 0 < float(directions.explained.sum()) < 1
    assert (directions.explained.diff() <= 0).all()


def test_a_step_along_a_direction_adds_a_wave_of_the_usual_height(model: PrimordialModel) -> None:
    latent = model.draw_latent(1)[0]
    before = model.displaced(latent)
    k, grids = 2 * np.pi / 64.0, model.grids
    x = (torch.arange(16) * grids.voxel_size - grids.size / 2)[:, None, None]
    height = float(2 * model.power.at(torch.tensor(k)) / grids.long_size**3) ** 0.5
    for index, wave in ((0, torch.cos(k * x)), (1, torch.sin(k * x))):
        after = model.displaced(latent + 2.0 * model.directions.vectors[index])
        expected = (2.0 * height * wave).expand(16, 16, 16)
        torch.testing.assert_close(after.linear - before.linear, expected, rtol=0, atol=1e-4)
    assert float((after.first - before.first)[..., 1:].abs().max()) < 1e-4  # matter moves along x alone


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"latent_size": 5}, "not those of its grids"),
        ({"box_size": 16.0}, "not those of its grids"),
        ({"linear_power": {"k": [1.0], "power": [1.0]}}, "impossible initial conditions"),
        ({"architecture": {"n": 16}}, "impossible network"),
    ],
)
def test_a_card_that_contradicts_itself_is_refused(
    tiny_primordial_folder: Path, tmp_path: Path, change: dict, said: str
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(tiny_primordial_folder, folder)
    card = json.loads((folder / CARD).read_text())
    (folder / CARD).write_text(json.dumps(card | change))
    with pytest.raises(BrokenFileError, match=said):
        cl.load(folder)
