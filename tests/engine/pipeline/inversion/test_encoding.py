"""From a box to a latent in one pass: what is put on the grids, what is found, and what is kept of it on disk."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch

import cosmoloom as cl
from cosmoloom.errors import BrokenFileError, InvalidInputError
from cosmoloom.models.folder import ENCODER
from cosmoloom.pipeline.inversion.bulk_flow import BulkFlow
from cosmoloom.pipeline.inversion.lift import lift
from cosmoloom.pipeline.primordial import PrimordialModel
from cosmoloom.statistics.cross_power import cross_power


def loaded(folder: str | Path) -> PrimordialModel:
    model = cl.load(folder)
    assert isinstance(model, PrimordialModel)
    return model


@pytest.fixture
def model(tiny_encoder_folder: Path) -> PrimordialModel:
    return loaded(tiny_encoder_folder)


def test_a_lifted_noise_is_what_its_latent_means(model: PrimordialModel) -> None:
    noise = model.lagrangian.white(model.draw_latent(1)[0])
    latent = lift(noise, model.lagrangian)
    apart = model.lagrangian.white(latent) - noise
    assert float(apart.square().mean()) < 2e-2 * float(noise.square().mean())
    assert float(latent.square().sum()) < float(model.draw_latent(1).square().sum())  # the nearest to zero


def test_lifting_passes_derivatives_on(model: PrimordialModel) -> None:
    noise, weight = torch.rand(16, 16, 16, requires_grad=True), torch.rand(model.card.latent_size)
    (slope,) = torch.autograd.grad((lift(noise, model.lagrangian) * weight).sum(), noise)
    other = torch.rand(16, 16, 16)
    expected = float((lift(other, model.lagrangian) * weight).sum())
    assert float((slope * other).sum()) == pytest.approx(expected, rel=1e-3)  # a linear map is its derivative


def test_without_its_bulk_flow_a_region_rests_and_little_else_changes(model: PrimordialModel) -> None:
    latents = model.draw_latent(1, 2)
    resting = BulkFlow(model.lagrangian).without(latents)
    inner = (slice(8, 24),) * 3
    for before, after in zip(latents, resting, strict=True):
        moved, rests = (model.lagrangian.displace(z).first[inner].mean(dim=(0, 1, 2)).norm() for z in (before, after))
        assert float(rests) < 1e-3 * float(moved)
        assert float((after - before).square().sum()) < 0.01 * float(before.square().sum())


def test_the_bundled_encoder_finds_initial_conditions_that_grow_into_the_box_at_every_redshift() -> None:
    model = loaded("primordial64")
    for redshift in (0.0, 1.0):
        box, other = model.sample(seed=5, redshift=redshift), model.sample(seed=6, redshift=redshift)
        assert isinstance(box, cl.Box)
        again = model.sample(latent=model.encode(box), redshift=redshift)
        large = cross_power(box, again).k < 0.3
        same, unrelated = (float(cross_power(box, made).correlation[large].mean()) for made in (again, other))
        assert same > 0.6 > 0.3 > abs(unrelated)


def test_encoding_repeats_itself_and_hears_kappa(model: PrimordialModel) -> None:
    box = model.sample(seed=1, redshift=1.0)
    assert isinstance(box, cl.Box)
    assert torch.equal(model.encode(box), model.encode(box))
    assert not torch.equal(model.encode(box, kappa=3.0), model.encode(box, kappa=12.0))


def test_a_model_without_an_encoder_says_how_to_train_one(tiny_primordial_folder: Path) -> None:
    model = loaded(tiny_primordial_folder)
    box = model.sample(seed=1)
    assert isinstance(box, cl.Box)
    with pytest.raises(InvalidInputError, match="no encoder; train one, as the preset loom64-encoder"):
        model.encode(box)


def test_an_encoder_is_read_when_it_is_asked_for_and_only_whole(tiny_encoder_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "altered"
    shutil.copytree(tiny_encoder_folder, folder)
    content = bytearray((folder / ENCODER).read_bytes())
    content[-1] ^= 1
    (folder / ENCODER).write_bytes(content)
    model = loaded(folder)
    box = model.sample(seed=1)
    assert isinstance(box, cl.Box)
    with pytest.raises(BrokenFileError, match=r"encoder.safetensors is damaged"):
        model.encode(box)
