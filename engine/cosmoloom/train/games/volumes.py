"""The game of whole volumes or maps: a latent in, a field out, and a critic that sees all of it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from cosmoloom.data.crops import Crops
from cosmoloom.errors import InvalidInputError
from cosmoloom.models.folder import save_published
from cosmoloom.models.published_card import PublishedCard
from cosmoloom.pipeline.latent import draw_latent
from cosmoloom.pipeline.published import decode
from cosmoloom.train.compute import Compute
from cosmoloom.train.first_bias import begin_at_mean, begin_centred
from cosmoloom.train.games.duel import Drawer, Terms
from cosmoloom.train.games.field_batch import FieldBatch, field_drawer
from cosmoloom.train.games.field_game import AT_ONCE, FieldGame
from cosmoloom.train.latent_width import calibrated_width
from cosmoloom.train.objectives.summary import summaries
from cosmoloom.train.open_data import open_crops
from cosmoloom.train.recipes.volumes import VolumesRecipe

CALIBRATING = 64
"""Samples, and validation fields, on which the width of the prior is calibrated."""


class VolumesGame(FieldGame[VolumesRecipe]):
    """Training of a generator of whole fields; parameters as of :class:`FieldGame`."""

    def __init__(self, recipe: VolumesRecipe, crops: Crops, compute: Compute) -> None:
        super().__init__(recipe, crops, compute)
        if recipe.networks.begin_at_mean or recipe.networks.begin_centred:
            self._begin(self.batch(crops, np.random.default_rng([recipe.seed, 2])))

    def drawer(self, crops: Crops) -> Drawer:
        """Return a function that draws random crops, and latents."""
        n = self.recipe.data.n
        return field_drawer(
            self.recipe, lambda rng, index: crops.draw(rng, index, n=n), together=self.recipe.data.together
        )

    def make(self, generator: nn.Module, batch: FieldBatch) -> Tensor:
        """Return fields, shape (b, s, n, ...): each latent at all redshifts of its volume."""
        fields: Tensor = generator(
            batch.latent.repeat_interleave(batch.together, dim=0), *self._told(batch.redshift.flatten())
        )
        return fields.unflatten(0, (-1, batch.together))

    def real(self, batch: FieldBatch) -> Tensor:
        """Return real fields, shape (b, n, ...), or (b, s, n, ...) where several are seen together."""
        return self.seen(self.scaling.scale(batch.density), batch)

    def seen(self, made: Tensor, batch: FieldBatch) -> Tensor:
        """Return generated fields, shaped as real ones."""
        return made if batch.together > 1 else made[:, 0]

    def score(self, critic: nn.Module, fields: Tensor, batch: FieldBatch) -> Tensor:
        """Return raw scores, shape (b,)."""
        scores: Tensor = critic(fields, *self._told(self._redshift(batch)))
        return scores

    def densities(self, made: Tensor, batch: FieldBatch) -> tuple[Tensor, Tensor, Tensor]:
        """Return real and generated densities, and redshifts, as the critic sees them together."""
        return self.seen(batch.density, batch), self.seen(decode(made, self.scaling), batch), self._redshift(batch)

    @property
    def further(self) -> tuple[str, ...]:
        """The summary loss, where the recipe has one."""
        return () if self.recipe.summary is None else ("summary",)

    def further_terms(self, made: Tensor, batch: FieldBatch, iteration: int) -> Terms:
        """Return the summary loss, of the batch of all processes, while it lasts."""
        summary = self.recipe.summary
        if summary is None or iteration >= summary.until:
            return {}
        gather = self.compute.processes.gather
        density = decode(made.flatten(0, 1), self.scaling)
        fake = {name: gather(values) for name, values in summaries(density, box_size=self.box_size).items()}
        with torch.no_grad():
            measured = summaries(batch.density.flatten(0, 1), box_size=self.box_size)
        real = {name: gather(values) for name, values in measured.items()}
        return {"summary": (summary.weight, summary.distance(real, fake))}

    def draw(self, count: int, *, redshift: float, seed: int) -> Tensor:
        """Draw densities from the running average, shape (count, n, n, n), or (count, n, n) of maps."""
        return self._drawn(count, redshift=redshift, seed=seed, width=self.recipe.prior.width)

    def export(self, folder: Path, *, name: str, iteration: int) -> PublishedCard:
        """Write the running average; at the end of the training with the width of its prior calibrated."""
        card = self.card(name=name, iteration=iteration)
        if self.recipe.prior.calibrate and iteration >= self.recipe.updates.iterations:
            card = card.model_copy(update={"latent_width": self._calibrated_width()})
        return save_published(folder, generator=self.average, card=card)

    def _calibrated_width(self) -> float:
        """Return the width at which the mean power of samples is that of validation fields."""
        if not self.recipe.data.validation:
            raise InvalidInputError("prior.calibrate: a width is calibrated on data.validation, which is empty")
        crops, n = open_crops(self.recipe, self.recipe.data.validation), self.recipe.data.n
        redshift = min(self.recipe.data.redshifts)
        index = np.full((CALIBRATING, 1), self.recipe.data.redshifts.index(redshift))
        real = torch.from_numpy(crops.draw(np.random.default_rng(0), index, n=n))[:, 0]
        return calibrated_width(
            lambda width: self._drawn(CALIBRATING, redshift=redshift, seed=0, width=width),
            real, box_size=self.box_size, start=self.recipe.prior.width,
        )  # fmt: skip

    def _begin(self, batch: FieldBatch) -> None:
        """Put new networks where the recipe has them begin, by real fields."""
        networks = self.recipe.networks
        if networks.begin_at_mean:
            mean = self.scaling.scale(batch.density).mean().item()
            begin_at_mean(self.generator, partial(self._made, self.generator, batch), mean)
            self.average.load_state_dict(self.generator.state_dict())
        if networks.begin_centred:
            see = partial(self.score, self.critic, self.real(batch), batch)
            begin_centred(self.critic, see, channels=batch.together)

    @torch.no_grad()
    def _drawn(self, count: int, *, redshift: float, seed: int, width: float) -> Tensor:
        config, prior = self.recipe.config, self.recipe.prior
        latent = draw_latent(seed, count, size=config.latent_size, nu=prior.nu, width=width)
        fields = []
        for some in latent.to(self.compute.device).split(AT_ONCE):
            told = self._told(torch.full((len(some),), redshift, device=some.device))
            fields.append(decode(self.average(some, *told).float(), self.scaling).cpu())
        return torch.cat(fields)

    def _redshift(self, batch: FieldBatch) -> Tensor:
        """Return redshifts as the critic is told them, shape (b,), or (b, s) where several are seen together."""
        return batch.redshift if batch.together > 1 else batch.redshift[:, 0]

    def _told(self, redshift: Tensor) -> tuple[Tensor, ...]:
        """Return the conditions that networks are told."""
        return (redshift,) if self.recipe.conditional else ()
