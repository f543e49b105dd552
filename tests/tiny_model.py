"""A conditional model of the real classes at 16^3 voxels, with random weights of a fixed seed."""

from __future__ import annotations

from pathlib import Path

import torch

from cosmoloom.cosmology import Cosmology
from cosmoloom.models import ModelCard, save_model
from cosmoloom.nets.conditional import ConditionalGenerator, GeneratorConfig
from cosmoloom.scaling.standardisation import Standardisation

REDSHIFTS = (3.0, 1.0, 0.0)
KAPPA_RANGE = (2.0, 20.0)
BOX_SIZE = 16.0


def tiny_generator(seed: int = 7) -> ConditionalGenerator:
    """Return a generator of 16^3 voxels whose channels and conditions all matter."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        generator = ConditionalGenerator(
            GeneratorConfig(n=16, latent_size=24, widths=(16, 8), condition_width=8)
        )
        for modulation in generator.modulations:
            modulation.norm.running_mean.normal_(std=0.3)
            modulation.norm.running_var.uniform_(0.2, 0.8)
            torch.nn.init.normal_(modulation.affine.weight, std=0.3)
    return generator.eval().requires_grad_(False)


def tiny_standardisation() -> Standardisation:
    """Return tables under which density stays positive and grows clumpier with the growth factor."""
    growth = [0.3 + 0.7 * i / 4 for i in range(5)]
    log_kappa = [0.69 + 2.31 * i / 3 for i in range(4)]
    mean = [[-0.75] * 4 for _ in growth]
    scatter = [[0.2 * g] * 4 for g in growth]
    return Standardisation(growth, log_kappa, mean, scatter, [3.0 + g for g in growth])


def build_tiny_model(folder: Path) -> Path:
    """Write the model and return its folder."""
    standardisation = tiny_standardisation()
    generator = tiny_generator()
    card = ModelCard(
        name="tiny16",
        description="Random weights: a model to test with.",
        architecture=generator.config.as_dict(),
        n=16,
        box_size=BOX_SIZE,
        latent_size=24,
        redshift_range=(min(REDSHIFTS), max(REDSHIFTS)),
        trained_redshifts=REDSHIFTS,
        kappa_range=KAPPA_RANGE,
        cosmology=Cosmology().as_dict(),
        standardisation=standardisation.as_dict(),
        training={"seed": 7},
    )
    save_model(folder, generator=generator, standardisation=standardisation, card=card)
    return folder
