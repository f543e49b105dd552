"""What all tests share: one thread per process, a GPU marker that skips itself, and a tiny model."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch: small tensors, and several tests at a time

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from cosmoloom.models import PublishedCard


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
    """Folder of a real model of 16^3 voxels with random weights."""
    import torch

    from cosmoloom.cosmology import Cosmology
    from cosmoloom.models import ConditionalCard, save_model
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
    card = ConditionalCard(
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
    return folder


@pytest.fixture(scope="session")
def tiny_primordial_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a real model of initial conditions, 16^3 voxels of 2 Mpc/h, whose corrections are random."""
    import numpy as np
    import torch

    from cosmoloom.cosmology import Cosmology
    from cosmoloom.models import LinearPowerTable, PrimordialCard, save_primordial
    from cosmoloom.nets.collapse import Collapse, CollapseConfig
    from cosmoloom.pipeline.lagrangian_config import LagrangianConfig

    grids = LagrangianConfig(n=16, voxel_size=2.0, long_n=16, long_size=64.0, k_split=0.5, padding=8)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        network = Collapse(CollapseConfig(n=16, widths=(4, 8), condition_width=8))
        torch.nn.init.normal_(network.last.weight, std=0.02)  # a fresh one corrects nothing
    k = np.geomspace(0.05, 5.0, 64)
    card = PrimordialCard(
        name="tiny primordial",
        description="Random weights: a model to test with.",
        architecture=network.config.as_dict(),
        grids=grids.as_dict(),
        linear_power=LinearPowerTable(k=k.tolist(), power=(150.0 * k**-1.5).tolist()),
        n=16,
        box_size=32.0,
        latent_size=grids.latent_size,
        redshift_range=(0.0, 3.0),
        trained_redshifts=(3.0, 1.0, 0.0),
        kappa_range=(2.0, 20.0),
        cosmology=Cosmology().as_dict(),
        training={"seed": 7},
    )
    folder = tmp_path_factory.mktemp("models") / "tiny-primordial"
    save_primordial(folder, network=network, card=card)
    return folder


@pytest.fixture(scope="session")
def tiny_encoder_folder(tiny_primordial_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the same model with an encoder of random weights."""
    import torch

    from cosmoloom.models import PrimordialCard, load_card, save_primordial
    from cosmoloom.models.primordials import load_collapse
    from cosmoloom.nets.origins import Origins, OriginsConfig

    card = load_card(tiny_primordial_folder)
    assert isinstance(card, PrimordialCard)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(8)
        encoder = Origins(OriginsConfig(n=16, widths=(4, 8), condition_width=8))
        torch.nn.init.normal_(encoder.last.weight, std=0.05)  # a fresh one finds nothing
    folder = tmp_path_factory.mktemp("models") / "tiny-encoder"
    save_primordial(folder, network=load_collapse(tiny_primordial_folder, card), card=card, encoder=encoder)
    return folder


@pytest.fixture(scope="session")
def small_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two simulations of 16^3 cells at two redshifts."""
    from cosmoloom.data.store import SimulationStore
    from cosmoloom.simulate.campaign import simulate_into
    from cosmoloom.simulate.plan import SimulationPlan

    path = tmp_path_factory.mktemp("stores") / "small.zarr"
    store = SimulationStore.create(path)
    for seed in range(2):
        plan = SimulationPlan(box_size=64.0, n_particles=32, redshifts=(1.0, 0.0), n_steps=4, seed=seed)
        simulate_into(store, plan, name=f"{seed:04d}")
    return path


PUBLISHED_SIZES: dict[str, dict[str, Any]] = {
    "perraudin2019-m3": {"n": 16, "width": 4, "latent_size": 12},
    "perraudin2019-m1": {"patch": 8, "width": 4, "critic_width": 4},
    "perraudin2019-uniscale": {"patch": 8, "width": 4, "critic_width": 4},
    "srivastava2018-m3": {"n": 16, "width": 2, "latent_size": 12},
    "feder2020": {"n": 16, "widths": [8, 4], "latent_size": 12},
    "feder2020-redshift": {"n": 16, "widths": [8, 4], "latent_size": 12},
    "ullmo2021-2d": {"n": 16, "widths": [4, 8], "latent_size": 12},
    "ullmo2021-3d": {"n": 16, "widths": [4, 8], "latent_size": 12},
    "cavezza2022": {"n": 16, "widths": [16, 8, 8, 4, 4], "critic_widths": [4] * 5, "latent_size": 12},
}
PUBLISHED_SCALINGS = {
    "perraudin2019": ("perraudin2019", 64.0),
    "srivastava2018": ("srivastava2018", 64.0),
    "feder2020": ("feder2020", 3.9),
    "ullmo2021": ("ullmo2021-cubes", 0.3),
    "cavezza2022": ("cavezza2022", 1.0),
}


@pytest.fixture(scope="session")
def make_published() -> Callable[..., "PublishedCard"]:
    """Write a tiny published model of voxels of 1 Mpc/h with random weights: (folder, architecture) -> card."""

    def make(
        folder: Path, network: str, *, encoder: bool = False, sizes: dict[str, Any] | None = None, **changes: Any
    ) -> "PublishedCard":
        import torch

        from cosmoloom.cosmology import Cosmology
        from cosmoloom.models import PublishedCard, save_published
        from cosmoloom.nets.published import architecture

        found = architecture(network)
        config = found.config.from_dict({**PUBLISHED_SIZES[network], **(sizes or {})})
        scaling, mean_count = PUBLISHED_SCALINGS[network.partition("-")[0]]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(11)
            generator = found.generator(config)
            inverse = found.encoder(config) if encoder and found.encoder is not None else None
        redshifts = (3.0, 1.0, 0.0) if network == "feder2020-redshift" else (0.0,)
        values: dict[str, Any] = {
            "name": f"tiny {network}",
            "description": "Random weights: a model to test with.",
            "architecture": network,
            "sizes": config.as_dict(),
            "makes": found.makes,
            "scaling": scaling,
            "mean_count": mean_count,
            "n": config.n,
            "box_size": float(config.n),
            "thickness": 8.0 if config.dimensions == 2 else None,
            "latent_size": config.latent_size,
            "latent_nu": 10.0 if network.startswith("feder") else None,
            "redshift_range": (redshifts[-1], redshifts[0]),
            "trained_redshifts": redshifts,
            "cosmology": Cosmology().as_dict(),
        }
        return save_published(
            folder, generator=generator, card=PublishedCard(**{**values, **changes}), encoder=inverse
        )

    return make


@pytest.fixture(scope="session")
def refiner_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a refiner with random weights."""
    from dataclasses import asdict

    import torch

    from cosmoloom.cosmology import Cosmology
    from cosmoloom.models.refiner_card import RefinerCard
    from cosmoloom.models.refiners import save_refiner
    from cosmoloom.nets.seamless import RefinerConfig, SeamlessRefiner

    config = RefinerConfig(width=4, depth=2, condition_width=4)
    torch.manual_seed(3)
    card = RefinerCard(
        name="tiny-refiner", description="Random weights.", sizes=asdict(config), n=16, box_size=16.0,
        voxel_sizes=(1.0,), latent_size=16**3, redshift_range=(0.0, 3.0), trained_redshifts=(3.0, 0.0),
        cosmology=Cosmology().as_dict(),
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("refiners") / "tiny-refiner"
    save_refiner(folder, refiner=SeamlessRefiner(config), card=card)
    return folder
