"""The game of the encoder: it finds latents from which the frozen generator makes what the frozen critic finds alike.

Fields are compared by all of the critic but its last layer: in its features, fields are close that look alike.

References
----------
Ullmo, Decelle & Aghanim (2021), section 3.2, eq. 7, and appendix A.2.
"""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from cosmoloom.data.batches import Batches
from cosmoloom.data.crops import Crops
from cosmoloom.errors import InvalidInputError
from cosmoloom.models.folder import load_card, load_published, save_published
from cosmoloom.models.published_card import PublishedCard
from cosmoloom.pipeline.published import decode
from cosmoloom.train.checkpoint import read_state
from cosmoloom.train.compute import Compute
from cosmoloom.train.games.duel import Drawer
from cosmoloom.train.games.field_game import AT_ONCE
from cosmoloom.train.open_data import open_crops
from cosmoloom.train.optimisers import optimiser, set_pace
from cosmoloom.train.recipes.encoder import EncoderRecipe
from cosmoloom.train.recipes.file import read_recipe
from cosmoloom.train.recipes.recipe import FILE
from cosmoloom.train.recipes.volumes import VolumesRecipe

MODEL = "model"
"""Where a training of volumes has its model."""


class EncoderGame:
    """Training of an encoder.

    Parameters
    ----------
    recipe : EncoderRecipe
        Settings.
    crops : Crops
        Real boxes.
    compute : Compute
        Where and how to compute.
    """

    def __init__(self, recipe: EncoderRecipe, crops: Crops, compute: Compute) -> None:
        self.recipe, self.crops, self.compute = recipe, crops, compute
        self.card, self.generator, self.features, encoder = _source(recipe, compute)
        self.scaling = recipe.data.of_density
        self.encoder = compute.prepare(encoder)
        self.best = deepcopy(encoder.state_dict())
        self.lowest, self.waited = float("inf"), 0
        self.optimiser = optimiser(recipe.updates, self.encoder.parameters(), rate=recipe.updates.generator_rate)
        draw = _drawer(crops, n=recipe.data.n, count=recipe.updates.batch)
        self.batches = Batches(draw, np.random.default_rng([recipe.seed, 1]), device=compute.device)
        self._watched = self._validation() if recipe.data.validation else None

    @property
    def finished(self) -> bool:
        """Whether the loss on validation boxes has not fallen for as long as the recipe waits."""
        return self.waited >= self.recipe.stopping.patience

    def step(self, iteration: int) -> dict[str, float]:
        """Update the encoder and return its losses: on the batch, and the lowest on validation boxes [1]."""
        updates = self.recipe.updates
        if self._watched is not None and iteration % self.recipe.stopping.every == 0:
            self._look(self._watched)
        set_pace(updates, iteration, ((self.optimiser, updates.generator_rate),))
        (density,) = self.batches.next()
        share = self.compute.share(density)
        self.encoder.train()
        self.optimiser.zero_grad(set_to_none=True)
        loss = torch.zeros((), device=density.device)
        for part in self.compute.parts(len(share)):
            part_loss = (part.stop - part.start) / len(share) * self._difference(self.scaling.scale(share[part]))
            part_loss.backward()
            loss += part_loss.detach()
        self.compute.average_gradients(self.encoder.parameters())
        self.optimiser.step()
        lowest = {} if self._watched is None else {"validation": self.lowest}
        return {"encoder": self.compute.mean(loss).item(), **lowest}

    def state(self) -> dict[str, Any]:
        """Return the encoder, the best so far, the optimiser and the position in the data."""
        return {
            "encoder": self.encoder.state_dict(),
            "best": self.best,
            "lowest": self.lowest,
            "waited": self.waited,
            "optimiser": self.optimiser.state_dict(),
            "batches": self.batches.state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take over a state; without an optimiser it begins anew."""
        self.encoder.load_state_dict(state["encoder"])
        self.best, self.lowest, self.waited = state["best"], float(state["lowest"]), int(state["waited"])
        if "optimiser" in state:
            self.optimiser.load_state_dict(state["optimiser"])
        self.batches.restore(state["batches"])

    @torch.no_grad()
    def draw(self, count: int, *, redshift: float, seed: int) -> Tensor:  # noqa: ARG002  trained at one
        """Encode and decode real fields, those of validation where there are any, shape (count, n, ...)."""
        rng = np.random.default_rng(seed)
        names = self.recipe.data.validation
        crops = open_crops(self.recipe, names) if names else self.crops
        (density,) = _drawer(crops, n=self.recipe.data.n, count=count)(rng)
        encoder = self._best_encoder()
        fields = [
            decode(self.generator(encoder(self.scaling.scale(some))).float(), self.scaling).cpu()
            for some in torch.from_numpy(density).to(self.compute.device).split(AT_ONCE)
        ]
        return torch.cat(fields)

    def export(self, folder: Path, *, name: str, iteration: int) -> PublishedCard:
        """Write the generator's model with the best encoder beside it."""
        facts = {**self.card.training, "encoder": {**self.recipe.facts(), "iterations_done": iteration}}
        card = self.card.model_copy(update={"name": name, "training": facts})
        return save_published(folder, generator=self.generator, card=card, encoder=self._best_encoder())

    def _difference(self, fields: Tensor) -> Tensor:
        """Return the mean distance in features between fields and what is made of their latents."""
        with self.compute.autocast():
            again = self.generator(self.encoder(fields))
            apart = self.features(fields) - self.features(again)
        return torch.linalg.vector_norm(apart.float().flatten(1), dim=1).mean()

    @torch.no_grad()
    def _look(self, watched: Tensor) -> None:
        """Measure the loss on validation fields, and keep the encoder if it is the lowest so far."""
        self.encoder.eval()
        losses = [len(some) * self._difference(some).item() for some in watched.split(AT_ONCE)]
        loss = sum(losses) / len(watched)
        self.waited += 1
        if loss < self.lowest:
            self.lowest, self.waited = loss, 0
            self.best = deepcopy(self.encoder.state_dict())

    def _best_encoder(self) -> nn.Module:
        """Return the encoder of the lowest loss on validation boxes, or the present one where there are none."""
        encoder = deepcopy(self.encoder).eval()
        if self._watched is not None:
            encoder.load_state_dict(self.best)
        return encoder

    def _validation(self) -> Tensor:
        crops = open_crops(self.recipe, self.recipe.data.validation)
        (density,) = _drawer(crops, n=self.recipe.data.n, count=self.recipe.stopping.samples)(np.random.default_rng(0))
        return self.scaling.scale(torch.from_numpy(density).to(self.compute.device))


def _drawer(crops: Crops, *, n: int, count: int) -> Drawer:
    def draw(rng: np.random.Generator) -> tuple[NDArray[Any], ...]:
        return (crops.draw(rng, np.zeros((count, 1), dtype=np.int64), n=n)[:, 0],)

    return draw


def _source(recipe: EncoderRecipe, compute: Compute) -> tuple[PublishedCard, nn.Module, nn.Module, nn.Module]:
    """Return card and generator of a finished training, its critic's features, and a new encoder."""
    run = recipe.source.run
    if run is None:
        raise InvalidInputError("source.run: name the folder of a finished training of volumes")
    source = read_recipe(run / FILE)
    if not isinstance(source, VolumesRecipe) or source.networks.found.encoder is None or source.conditional:
        raise InvalidInputError(f"source.run: the networks that {run} has trained have no encoder")
    card, networks = load_card(run / MODEL), source.networks.found
    if not isinstance(card, PublishedCard) or networks.encoder is None:
        raise InvalidInputError(f"source.run: {run / MODEL} is no model of {source.networks.architecture}")
    generator, _ = load_published(run / MODEL, card)
    critic = networks.critic(source.config)
    critic.load_state_dict(read_state(run, torch.device("cpu"))["critic"])
    critic.to(compute.device).eval().requires_grad_(False)
    torch.manual_seed(recipe.seed)
    features: nn.Module = critic.get_submodule("features")
    return card, generator.to(compute.device), features, networks.encoder(source.config)
