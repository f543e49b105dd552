"""What all tests share: one thread per process, a GPU marker that skips itself, and a tiny model."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch: small tensors, and several tests at a time

from pathlib import Path

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    wanting = [item for item in items if item.get_closest_marker("gpu")]
    if not wanting:
        return
    import torch

    if not torch.cuda.is_available():
        for item in wanting:
            item.add_marker(pytest.mark.skip(reason="no CUDA device here"))


@pytest.fixture(scope="session")
def tiny_model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a real model of 16^3 voxels with random weights, and held-out boxes beside them."""
    import torch

    from cosmoloom.cosmology import Cosmology
    from cosmoloom.evaluate.held_out_file import save_held_out
    from cosmoloom.models import ModelCard, save_model
    from cosmoloom.models.folder import REFERENCE
    from cosmoloom.nets.conditional import ConditionalGenerator, GeneratorConfig
    from cosmoloom.scaling.standardisation import Standardisation

    folder = tmp_path_factory.mktemp("models") / "tiny16"
    redshifts = (3.0, 1.0, 0.0)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        generator = ConditionalGenerator(
            GeneratorConfig(n=16, coarse_size=24, detail_levels=1, widths=(16, 8), condition_width=8)
        )
        for refine in generator.refines:  # a fresh one is the identity
            torch.nn.init.normal_(refine.weight, std=0.1)
        for modulation in generator.modulations:  # every channel and condition matters
            modulation.norm.running_mean.normal_(std=0.3)
            modulation.norm.running_var.uniform_(0.2, 0.8)
            torch.nn.init.normal_(modulation.affine.weight, std=0.3)
    growth = [0.3 + 0.7 * i / 4 for i in range(5)]
    log_kappa = [0.69 + 2.31 * i / 3 for i in range(4)]
    standardisation = Standardisation(
        growth,
        log_kappa,
        [[-0.75] * 4 for _ in growth],
        [[0.2 * g] * 4 for g in growth],
        [3.0 + g for g in growth],
    )
    card = ModelCard(
        name="tiny16",
        description="Random weights: a model to test with.",
        architecture=generator.config.as_dict(),
        n=16,
        box_size=16.0,
        latent_size=536,
        redshift_range=(0.0, 3.0),
        trained_redshifts=redshifts,
        kappa_range=(2.0, 20.0),
        cosmology=Cosmology().as_dict(),
        standardisation=standardisation.as_dict(),
        training={"seed": 7},
    )
    save_model(folder, generator=generator, standardisation=standardisation, card=card)
    save_held_out(_tiny_held_out(folder.parent / "boxes.zarr", redshifts), folder / REFERENCE)
    return folder


def _tiny_held_out(path: Path, redshifts: tuple[float, ...]):
    """Simulate one box of 32^3 cells of 1 Mpc/h and measure its eighths."""
    from cosmoloom.data.store import SimulationStore
    from cosmoloom.evaluate.reference import build_held_out
    from cosmoloom.simulate.campaign import simulate_into
    from cosmoloom.simulate.particle_mesh import SimulationPlan

    store = SimulationStore.create(path)
    plan = SimulationPlan(box_size=32.0, n_particles=32, redshifts=redshifts, n_steps=8, seed=3)
    simulate_into(store, plan, name="held", grid=32)
    return build_held_out(store, ["held"], n=16)
