"""What several rooms of the engine are tested with."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest
import torch

from cosmoloom.cosmology import Cosmology
from cosmoloom.models.refiner_card import RefinerCard
from cosmoloom.models.refiners import save_refiner
from cosmoloom.nets.seamless import RefinerConfig, SeamlessRefiner


@pytest.fixture(scope="session")
def refiner_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a refiner with random weights."""
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
