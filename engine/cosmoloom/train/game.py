"""What a training is to the loop that drives it: a game that is played step by step and can be laid down.

Each kind of training is one file in ``games/``: it owns networks, optimisers and random numbers.  Loop,
checkpoints and monitor know this protocol alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from torch import Tensor, nn

if TYPE_CHECKING:
    import numpy as np

    from cosmoloom.data.batches import Batches
    from cosmoloom.data.crops import Crops
    from cosmoloom.models.card import ModelCard
    from cosmoloom.train.compute import Compute
    from cosmoloom.train.recipes.recipe import Recipe


class Game(Protocol):
    """One training."""

    @property
    def recipe(self) -> Recipe:
        """All that decides it."""

    @property
    def compute(self) -> Compute:
        """Where and how it is computed."""

    @property
    def batches(self) -> Batches:
        """Real volumes, drawn ahead by a thread that ends with the training."""

    @property
    def finished(self) -> bool:
        """Whether more steps would not help, so that the training ends before its last iteration."""

    def step(self, iteration: int) -> dict[str, float]:
        """Play one update of the generator with all updates of the critic that belong to it.

        Parameters
        ----------
        iteration : int
            Updates of the generator so far.

        Returns
        -------
        dict
            Losses and what else describes the step [1].
        """

    def state(self) -> dict[str, Any]:
        """Return all that decides the future: networks, optimisers, random numbers, running means."""

    def restore(self, state: dict[str, Any]) -> None:
        """Take over a state; what it lacks, as a warm start lacks optimisers, begins anew."""

    def draw(self, count: int, *, redshift: float, seed: int) -> Tensor:
        """Draw densities from the running average of the generator.

        Parameters
        ----------
        count : int
            Volumes to draw.
        redshift : float
            One of the trained range [1].
        seed : int
            Decides the latents; the training's own random numbers are left alone.

        Returns
        -------
        Tensor, shape (count, n, n, n)
            rho / mean, on the CPU; (count, n, n) of maps; of patches, patches given real neighbours.
        """

    def export(self, folder: Path, *, name: str, iteration: int) -> ModelCard:
        """Write the running average of the generator as a model folder and return its card."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One batch of a game between two networks, which changes neither.

    Attributes
    ----------
    value : Tensor, shape ()
        What the critic raises and the generator lowers: ``E D(x) - E D(G)``, or ``E ln D(x) + E ln(1 - D(G))``;
        without penalties [1].
    critic_loss, generator_loss : Tensor, shape ()
        What each network goes down: the critic's with its penalties, the generator's against the critic alone [1].
    real, fake : Tensor, shape (b, [s,] n, n, n), or (b, [s,] n, n) of maps
        rho / mean of the volumes judged, at s redshifts each where the critic sees several; detached.
    redshift : Tensor, shape (b,) or (b, s)
        Of each field [1].
    score_real, score_fake : Tensor, shape (b,)
        What the critic says of each volume, without a sigmoid [1]; detached.
    """

    value: Tensor
    critic_loss: Tensor
    generator_loss: Tensor
    real: Tensor
    fake: Tensor
    redshift: Tensor
    score_real: Tensor
    score_fake: Tensor


@runtime_checkable
class Contest(Protocol):
    """What games of two networks offer besides: single rounds, for whoever measures how well both play."""

    @property
    def generator(self) -> nn.Module:
        """The generator that trains."""

    @property
    def critic(self) -> nn.Module:
        """The critic that trains."""

    def play(self, crops: Crops, rng: np.random.Generator, *, generator: nn.Module, critic: nn.Module) -> Round:
        """Play one round on a whole batch, with networks shaped as the game's own.

        Parameters
        ----------
        crops : Crops
            Real volumes.
        rng : numpy Generator
            Draws volumes, latents and conditions; the training's own random numbers are left alone.
        generator, critic : Module
            Who play.
        """
