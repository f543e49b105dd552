"""What the origins game inverts: a finished primordial model, and the critic of its training."""

from __future__ import annotations

import torch

from cosmoloom.errors import InvalidInputError
from cosmoloom.models.catalogue import DEFAULT_MODEL, load, locate
from cosmoloom.nets.critic import PairCritic
from cosmoloom.pipeline.primordial import PrimordialModel
from cosmoloom.train.checkpoint import read_state
from cosmoloom.train.compute import Compute
from cosmoloom.train.games.encoder import MODEL
from cosmoloom.train.recipes.file import read_recipe
from cosmoloom.train.recipes.origins import OriginsRecipe
from cosmoloom.train.recipes.primordial import PrimordialRecipe
from cosmoloom.train.recipes.recipe import FILE

TRAINING = "training"
"""Where a bundled model has its training."""


def open_source(recipe: OriginsRecipe, compute: Compute) -> tuple[PrimordialModel, PairCritic, int]:
    """Return model and critic, both frozen, and how many voxels per side the critic is shown.

    Raises
    ------
    InvalidInputError
        If the training is not of a primordial model, or of volumes of another size.
    """
    run = recipe.source.run
    folder = locate(DEFAULT_MODEL) if run is None else run / MODEL
    training = folder / TRAINING if run is None else run
    source = read_recipe(training / FILE)
    if not isinstance(source, PrimordialRecipe):
        raise InvalidInputError(f"source.run: {training} is a training of {source.game}; primordial ones are inverted")
    model = load(folder, device=str(compute.device), precision="fast" if compute.precision == "bfloat16" else "exact")
    assert isinstance(model, PrimordialModel)
    if model.card.n != recipe.data.n:
        raise InvalidInputError(f"data.n: {folder} makes {model.card.n} voxels per side, got {recipe.data.n}")
    sizes = source.networks
    critic = PairCritic(n=sizes.critic_n, widths=sizes.critic_widths)
    critic.load_state_dict(read_state(training, torch.device("cpu"))["critic"])
    return model, critic.to(compute.device).eval().requires_grad_(False), sizes.critic_n
