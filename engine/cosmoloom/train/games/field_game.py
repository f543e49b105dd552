"""What the games of published networks share: a fixed scaling, networks by name, and the card."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import torch
from torch import nn

from cosmoloom.data.crops import Crops
from cosmoloom.models.folder import save_published
from cosmoloom.models.published_card import PublishedCard
from cosmoloom.train.compute import Compute
from cosmoloom.train.games.duel import Duel
from cosmoloom.train.games.field_batch import FieldBatch
from cosmoloom.train.recipes.patches import PatchesRecipe
from cosmoloom.train.recipes.volumes import VolumesRecipe

RecipeT = TypeVar("RecipeT", bound=VolumesRecipe | PatchesRecipe)

AT_ONCE = 8
"""Fields that are drawn at a time."""


class FieldGame(Duel[RecipeT, FieldBatch, nn.Module, nn.Module]):
    """Training of a published network.

    Parameters
    ----------
    recipe : VolumesRecipe or PatchesRecipe
        Settings.
    crops : Crops
        Real boxes.
    compute : Compute
        Where and how to compute.
    """

    batch_type = FieldBatch

    def __init__(self, recipe: RecipeT, crops: Crops, compute: Compute) -> None:
        self.scaling = recipe.data.of_density
        torch.manual_seed(recipe.seed)
        networks, config = recipe.networks.found, recipe.config
        generator, critic = networks.generator(config), networks.critic(config)
        super().__init__(recipe, crops, compute, generator=generator, critic=critic)

    @property
    def box_size(self) -> float:
        """Side of a field, or patch, in [Mpc/h]."""
        return self.recipe.data.n * self.crops.voxel_size

    def card(self, *, iteration: int, name: str) -> PublishedCard:
        """Return the card of the running average."""
        recipe, config, redshifts = self.recipe, self.recipe.config, self.recipe.data.redshifts
        return PublishedCard(
            name=name,
            description=f"{recipe.about or recipe.networks.architecture}; trained on simulations.",
            architecture=recipe.networks.architecture,
            sizes=config.as_dict(),
            makes=recipe.networks.found.makes,
            scaling=recipe.data.scaling,
            mean_count=recipe.data.mean_count,
            thickness=recipe.data.thickness,
            n=recipe.data.n,
            box_size=self.box_size,
            latent_size=config.latent_size,
            latent_nu=recipe.prior.nu,
            latent_width=recipe.prior.width,
            redshift_range=(min(redshifts), max(redshifts)),
            trained_redshifts=redshifts,
            cosmology=self.crops.cosmology.as_dict(),
            training={**recipe.facts(), "iterations_done": iteration},
        )

    def export(self, folder: Path, *, name: str, iteration: int) -> PublishedCard:
        """Write the running average as a model folder."""
        return save_published(folder, generator=self.average, card=self.card(name=name, iteration=iteration))
