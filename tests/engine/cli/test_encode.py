"""``cosmoloom encode`` and ``reconstruct``: what they write, what they refuse, and what an interrupt leaves."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import cosmoloom as cl
from cosmoloom.data.store import SimulationStore
from cosmoloom.data.writers import write_fields
from cosmoloom.simulate.campaign import simulate_into
from cosmoloom.simulate.plan import SimulationPlan


@pytest.fixture
def box(tiny_encoder_folder: Path, tmp_path: Path) -> Path:
    """A sample of the model as a file."""
    path = tmp_path / "box.npz"
    drawn = cl.load(tiny_encoder_folder).sample(seed=2, redshift=0.0)
    write_fields(path, drawn.density, {"box_size": 32.0, "redshift": 0.0})
    return path


def test_a_latent_its_density_its_merit_and_a_picture_are_written(
    cosmoloom, tiny_encoder_folder: Path, box: Path, tmp_path: Path
) -> None:
    out = tmp_path / "latent.npz"
    done = cosmoloom("encode", box, "--model", tiny_encoder_folder, "--refine", 12, "--restarts", 2, "--out", out)
    assert done.status == 0, done.err
    model = cl.load(tiny_encoder_folder)
    with np.load(out) as written:
        facts = json.loads(str(written["facts"]))
        latents, density = written["latents"], written["density"]
        assert latents.shape == (2, model.card.latent_size)
        assert np.array_equal(latents[0], written["latent"])
        assert float(written["scatter_of_log_density"].mean()) > 0
    np.testing.assert_allclose(model.sample(latent=latents[0], kappa=facts["kappa"]).density, density, rtol=1e-3)
    encoder, best, second = (column["likeness"] for column in facts["merit"])
    assert best < second < 2 * encoder
    assert best < 0.9 * encoder
    assert cl.open(out).n == 16
    assert out.with_suffix(".png").read_bytes()[:4] == b"\x89PNG"
    assert "Dice, densest 10 %" in done.out


def test_a_box_of_another_size_is_refused_in_one_line_and_made_to_fit_when_told(
    cosmoloom, tiny_encoder_folder: Path, tmp_path: Path
) -> None:
    path, out = tmp_path / "large.npz", tmp_path / "latent.npz"
    density = np.random.default_rng(1).lognormal(sigma=0.5, size=(24, 24, 24)).astype(np.float32)
    write_fields(path, density, {"box_size": 48.0, "redshift": 0.0})
    refused = cosmoloom("encode", path, "--model", tiny_encoder_folder, "--out", out)
    assert (refused.status, refused.err.count("\n")) == (2, 1)
    assert "--fit crop" in refused.err
    assert not out.exists()
    done = cosmoloom("encode", path, "--model", tiny_encoder_folder, "--fit", "crop", "--out", out)
    assert done.status == 0, done.err
    assert "cut the middle 32 Mpc/h out of 48 Mpc/h" in done.err
    with np.load(out) as written:
        assert "cut the middle" in json.loads(str(written["facts"]))["fit"]


def test_an_interrupt_keeps_the_best_so_far(
    cosmoloom, tiny_encoder_folder: Path, box: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cosmoloom.pipeline.primordial import PrimordialModel

    original, grown = PrimordialModel.differentiable_density, []

    def interrupted(self, latent, redshift, kappa):
        grown.append(redshift)
        if len(grown) == 8:
            raise KeyboardInterrupt
        return original(self, latent, redshift, kappa)

    monkeypatch.setattr(PrimordialModel, "differentiable_density", interrupted)
    out = tmp_path / "latent.npz"
    done = cosmoloom("encode", box, "--model", tiny_encoder_folder, "--refine", 50, "--out", out)
    assert done.status == 0, done.err
    assert "the best so far is kept" in done.err
    with np.load(out) as written:
        encoder, best = (column["likeness"] for column in json.loads(str(written["facts"]))["merit"])
    assert best < encoder


def test_volumes_of_a_store_are_reconstructed_beside_chance(
    cosmoloom, tiny_encoder_folder: Path, tmp_path: Path
) -> None:
    store = SimulationStore.create(tmp_path / "boxes.zarr")
    plan = SimulationPlan(box_size=64.0, n_particles=32, redshifts=(1.0, 0.0), n_steps=4, seed=1)
    simulate_into(store, plan, name="0001", grid=32)
    out = tmp_path / "found"
    command = ("reconstruct", store.path, "--model", tiny_encoder_folder, "--steps", 20, "--count", 4, "--out", out)
    done = cosmoloom(*command)
    assert done.status == 0, done.err
    assert sorted(path.name for path in out.iterdir()) == ["z0.json", "z0.png", "z0_overlap.png"]
    numbers = json.loads((out / "z0.json").read_text())
    assert numbers["volumes"] == 4
    refined = numbers["encoder and 20 steps"]["dice"]
    tenth = refined["top_percent"].index(10.0)
    assert refined["mean"][tenth] > 1.5 * refined["random"]["mean"][tenth]
    assert "random pairs" in done.out
    refused = cosmoloom(*command, "--redshifts", "0.3")
    assert refused.status == 2


def test_the_spread_of_restarts_is_told_beside_their_distance_from_the_truth(
    cosmoloom, tiny_encoder_folder: Path, tmp_path: Path
) -> None:
    store = SimulationStore.create(tmp_path / "boxes.zarr")
    plan = SimulationPlan(box_size=64.0, n_particles=32, redshifts=(1.0, 0.0), n_steps=4, seed=1)
    simulate_into(store, plan, name="0001", grid=32)
    out = tmp_path / "found"
    command = ("reconstruct", store.path, "--model", tiny_encoder_folder, "--steps", 15, "--count", 3, "--out", out)
    done = cosmoloom(*command, "--restarts", 2)
    assert done.status == 0, done.err
    numbers = json.loads((out / "z0_restarts.json").read_text())
    assert (numbers["volumes"], numbers["restarts"], numbers["steps"]) == (3, 2, 15)
    assert all(-1 <= value <= 1 for name in ("encoder", "truth", "among", "densities") for value in numbers[name])
    assert all(value > 0 for value in numbers["calibration"])
    assert "between two refinements" in done.out
