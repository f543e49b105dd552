"""A generator against a critic: updates of either, and what is kept of them.

The critic is updated ``critic_steps`` times, each time with new volumes and latents; the generator once, with the
latents of the last.  Every process draws the same batches and computes its share.  Statistics of the batch are those
of the whole batch of all processes, or of a part where gradients are accumulated, and a critic's spectral norms are
estimated anew for every part; everything else is exactly as if the batch were computed at once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from cosmoloom.data.batches import Batches
from cosmoloom.data.crops import Crops
from cosmoloom.models.card import ModelCard
from cosmoloom.train.average import averaged_copy, blend
from cosmoloom.train.compute import Compute
from cosmoloom.train.game import Round
from cosmoloom.train.games.duel_batch import DuelBatch
from cosmoloom.train.generated import Generated
from cosmoloom.train.optimisers import optimiser, set_pace
from cosmoloom.train.recipes.duel import DuelRecipe

RecipeT = TypeVar("RecipeT", bound=DuelRecipe)
BatchT = TypeVar("BatchT", bound=DuelBatch)
GeneratorT = TypeVar("GeneratorT", bound=nn.Module)
CriticT = TypeVar("CriticT", bound=nn.Module)

Drawer = Callable[[np.random.Generator], tuple[NDArray[Any], ...]]
"""Draws the entries of a batch."""
Terms = Mapping[str, tuple[float, Tensor]]
"""What a loss has beside the critic's scores: weight and value of each term."""


class Duel(ABC, Generic[RecipeT, BatchT, GeneratorT, CriticT]):
    """Networks, optimisers and random state of one training.

    Parameters
    ----------
    recipe : DuelRecipe
        Settings.
    crops : Crops
        Real boxes.
    compute : Compute
        Where and how to compute.
    generator, critic : Module
        New networks; those parameters of the generator learn that require a gradient.
    """

    batch_type: ClassVar[type[DuelBatch]]
    largest_gradient: ClassVar[float | None] = None
    """Norm to which the generator's gradient is clipped [1]."""

    def __init__(
        self, recipe: RecipeT, crops: Crops, compute: Compute, *, generator: GeneratorT, critic: CriticT
    ) -> None:
        self.recipe, self.crops, self.compute = recipe, crops, compute
        updates = recipe.updates
        self.average = averaged_copy(generator).to(compute.device)
        self.generator = compute.prepare(generator)
        self.critic = compute.prepare(critic, differentiated_twice=recipe.objective.penalises)
        self.learning = [weight for weight in self.generator.parameters() if weight.requires_grad]
        self.optimiser = optimiser(updates, self.learning, rate=updates.generator_rate)
        self.critic_optimiser = optimiser(updates, self.critic.parameters(), rate=updates.critic_rate)
        self.batches = Batches(self.drawer(crops), np.random.default_rng([recipe.seed, 1]), device=compute.device)

    @property
    def finished(self) -> bool:
        """Never before the last iteration."""
        return False

    @abstractmethod
    def drawer(self, crops: Crops) -> Drawer:
        """Return a function that draws the entries of a whole batch, and holds nothing of this game."""

    @abstractmethod
    def make(self, generator: nn.Module, batch: BatchT) -> Tensor:
        """Return what a generator makes of a batch, one entry per volume, shape (b, ...)."""

    @abstractmethod
    def real(self, batch: BatchT) -> Tensor:
        """Return what a critic sees of the real volumes, shape (b, ...)."""

    @abstractmethod
    def seen(self, made: Tensor, batch: BatchT) -> Tensor:
        """Return what a critic sees of what was made, shaped as the real."""

    @abstractmethod
    def score(self, critic: nn.Module, fields: Tensor, batch: BatchT) -> Tensor:
        """Return a critic's raw scores of what it sees, shape (b,)."""

    @abstractmethod
    def densities(self, made: Tensor, batch: BatchT) -> tuple[Tensor, Tensor, Tensor]:
        """Return real and generated rho / mean, shape (b, [s,] n, ...), and redshifts, shape (b, [s])."""

    @abstractmethod
    def draw(self, count: int, *, redshift: float, seed: int) -> Tensor:
        """Draw densities from the running average."""

    @abstractmethod
    def export(self, folder: Path, *, name: str, iteration: int) -> ModelCard:
        """Write the running average as a model folder."""

    @property
    def further(self) -> tuple[str, ...]:
        """Names of the terms of :meth:`further_terms`."""
        return ()

    def further_terms(self, made: Tensor, batch: BatchT, iteration: int) -> Terms:  # noqa: ARG002
        """Return what the generator's loss has beside the scores, of the batch of all processes."""
        return {}

    def after_update(self) -> None:
        """Put right what an update of the generator's weights has left."""

    def step(self, iteration: int) -> dict[str, float]:
        """Play one round and return its losses, and margin and accuracy of the critic [1]."""
        updates, objective = self.recipe.updates, self.recipe.objective
        set_pace(
            updates, iteration,
            ((self.optimiser, updates.generator_rate), (self.critic_optimiser, updates.critic_rate)),
        )  # fmt: skip
        losses = dict.fromkeys(("critic", "generator", "margin", "accuracy", *self.further), 0.0)
        learns = updates.learns(iteration)
        for update in range(updates.critic_steps):
            batch = self._named(self.batches.next()).share(self.compute)
            parts = list(self.compute.parts(len(batch)))
            last = update == updates.critic_steps - 1
            made = Generated(partial(self._made_of, batch), parts, learns=last and learns)
            if objective.critic_weight > 0:
                count = iteration * updates.critic_steps + update
                losses |= self._update_critic(batch, made.fields.detach(), parts, count)
        if learns:
            losses |= self._update_generator(batch, made, parts, iteration)
            blend(self.average, self.generator, decay=self.recipe.average.decay, iteration=iteration)
        return losses

    def play(self, crops: Crops, rng: np.random.Generator, *, generator: nn.Module, critic: nn.Module) -> Round:
        """Play one round of a whole batch with copies of the networks."""
        objective = self.recipe.objective
        batch = self.batch(crops, rng)
        made = self._made(generator, batch).float()
        real, fake = self.real(batch), self.seen(made, batch)
        score_real, score_fake = self._score(critic, real, batch), self._score(critic, fake, batch)
        penalty = objective.penalty(lambda fields: self._score(critic, fields, batch), real, fake.detach(), batch.dice)
        real_density, fake_density, redshift = self.densities(made.detach(), batch)
        return Round(
            value=objective.value(score_real, score_fake),
            critic_loss=objective.critic(score_real, score_fake, batch.dice) + penalty,
            generator_loss=objective.generator(score_fake, score_real.detach()),
            real=real_density,
            fake=fake_density,
            redshift=redshift,
            score_real=score_real.detach(),
            score_fake=score_fake.detach(),
        )

    def batch(self, crops: Crops, rng: np.random.Generator) -> BatchT:
        """Draw a whole batch with random numbers of one's own."""
        return self._named(tuple(torch.from_numpy(entry).to(self.compute.device) for entry in self.drawer(crops)(rng)))

    def state(self) -> dict[str, Any]:
        """Return networks, optimisers, running average and the position in the data."""
        return {
            "generator": self.generator.state_dict(),
            "average": self.average.state_dict(),
            "critic": self.critic.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "critic_optimiser": self.critic_optimiser.state_dict(),
            "batches": self.batches.state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take over a state; without optimisers, running average and position in the data they begin anew."""
        self.generator.load_state_dict(state["generator"])
        self.average.load_state_dict(state.get("average", state["generator"]))
        self.critic.load_state_dict(state["critic"])
        if "optimiser" in state:
            self.optimiser.load_state_dict(state["optimiser"])
            self.critic_optimiser.load_state_dict(state["critic_optimiser"])
        if "batches" in state:
            self.batches.restore(state["batches"])

    def _named(self, entries: tuple[Tensor, ...]) -> BatchT:
        batch: BatchT = self.batch_type.named(entries)  # type: ignore[assignment]  # the subclass names its own
        return batch

    def _made(self, generator: nn.Module, batch: BatchT) -> Tensor:
        with self.compute.autocast():
            return self.make(generator, batch)

    def _score(self, critic: nn.Module, fields: Tensor, batch: BatchT) -> Tensor:
        with self.compute.autocast():
            return self.score(critic, fields, batch).float()

    def _made_of(self, batch: BatchT, part: slice) -> Tensor:
        return self._made(self.generator, batch[part])

    def _score_of(self, batch: BatchT, fields: Tensor) -> Tensor:
        return self._score(self.critic, fields, batch)

    def _update_critic(self, batch: BatchT, made: Tensor, parts: list[slice], update: int) -> dict[str, float]:
        """Update the critic, unless it is too sure already."""
        objective = self.recipe.objective
        penalise = objective.penalises and update % objective.penalise_every == 0
        self.critic_optimiser.zero_grad(set_to_none=True)
        loss, margin, accuracy = torch.zeros(3, device=made.device)
        sure = False
        for part in parts:
            some, share = batch[part], (part.stop - part.start) / len(batch)
            with torch.no_grad():
                real, fake = self.real(some), self.seen(made[part], some)
            score_real, score_fake = self._score(self.critic, real, some), self._score(self.critic, fake, some)
            margin += share * (score_real.mean() - score_fake.mean()).detach()
            accuracy += share * 0.5 * ((score_real > 0).float().mean() + (score_fake < 0).float().mean())
            if part is parts[-1]:  # now the accuracy is that of the whole batch
                accuracy = self.compute.mean(accuracy)
                sure = objective.accuracy_below is not None and accuracy.item() >= objective.accuracy_below
            part_loss = objective.critic(score_real, score_fake, some.dice)
            if penalise and not sure:
                penalty = objective.penalty(partial(self._score_of, some), real, fake, some.dice)
                part_loss = part_loss + objective.penalise_every * penalty
            if not sure:
                (share * part_loss).backward()
            loss += share * part_loss.detach()
        if not sure:
            self.compute.average_gradients(self.critic.parameters())
            self.critic_optimiser.step()
        return {
            "critic": self.compute.mean(loss).item(),
            "margin": self.compute.mean(margin).item(),
            "accuracy": accuracy.item(),
        }

    def _update_generator(
        self, batch: BatchT, made: Generated, parts: list[slice], iteration: int
    ) -> dict[str, float]:
        objective = self.recipe.objective
        losses = {}
        for name, (weight, term) in self.further_terms(made.fields, batch, iteration).items():
            (weight * term).backward(retain_graph=True)  # terms may share what they are made of
            losses[name] = term.item()
        loss = torch.zeros((), device=made.fields.device)
        self.critic.requires_grad_(False)
        for part in parts if objective.critic_weight > 0 else ():
            some, share = batch[part], (part.stop - part.start) / len(batch)
            score = self._score(self.critic, self.seen(made.fields[part], some), some)
            real = self._score(self.critic, self.real(some), some) if objective.compares else score.detach()
            part_loss = objective.generator(score, real)
            (objective.critic_weight * share * part_loss).backward()
            loss += share * part_loss.detach()
        self.critic.requires_grad_(True)
        self.optimiser.zero_grad(set_to_none=True)
        made.backward()
        self.compute.average_gradients(self.learning)
        if self.largest_gradient is not None:
            nn.utils.clip_grad_norm_(self.learning, self.largest_gradient)
        self.optimiser.step()
        self.after_update()
        return {"generator": self.compute.mean(loss).item(), **losses}
