"""Long work with latents, as jobs for a :class:`cosmoloom_explorer.workshop.Workshop`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cosmoloom_explorer.settings import Settings
from cosmoloom_explorer.view import resolve
from cosmoloom_explorer.workshop import Job

if TYPE_CHECKING:
    from torch import Tensor

    from cosmoloom.engine import Engine
    from cosmoloom.keys import Fit, ReferenceKey
    from cosmoloom.pipeline.latent_recipes import LatentRecipes, Place
    from cosmoloom.pipeline.model import Model

Array = NDArray[np.float32]
Where = tuple[float, float]
"""Redshift and kappa."""

FIRST_SEED = 1


@dataclass(frozen=True, slots=True, eq=False)
class Reconstructed:
    """A latent of a box.

    Attributes
    ----------
    latent : Tensor, shape (latent_size,)
        Where the box lies.
    redshift : float or None
        Of the box [1].
    text : str
        How far the work has come.
    """

    latent: Tensor
    redshift: float | None
    text: str


def finding(recipes: LatentRecipes, place: Place) -> Job:
    """Find directions by what they do."""

    def run(model: Model) -> Iterator[Any]:
        yield recipes.directions(model, place)

    return run


def joining(recipes: LatentRecipes, settings: Settings) -> Job:
    """Make the latent of a bookmark, to lay a way to it."""

    def run(model: Model) -> Iterator[Any]:
        import torch

        key = resolve(settings, n_directions=len(model.directions)).field.latent
        yield torch.from_numpy(recipes.make(model, key))

    return run


def mapping(count: int, redshift: float, kappa: float) -> Job:
    """Draw a map of samples."""

    def run(model: Model) -> Iterator[Any]:
        from cosmoloom.pipeline.latent_atlas import draw_atlas

        return draw_atlas(model, first_seed=FIRST_SEED, count=count, redshift=redshift, kappa=kappa)

    return run


def changing(latent: Array, region: Array, factor: float, where: Where, *, hold: float) -> Job:
    """Change the mass of a region."""

    def run(model: Model) -> Iterator[Any]:
        import torch

        from cosmoloom.pipeline.latent_editing import edit

        return edit(
            model, torch.from_numpy(latent.copy()), torch.from_numpy(region), factor, redshift=where[0],
            kappa=where[1], hold=hold,
        )  # fmt: skip

    return run


def seeding(latent: Array, voxel: tuple[int, int, int], where: Where, *, hold: float) -> Job:
    """Ask for a halo at a voxel."""

    def run(model: Model) -> Iterator[Any]:
        import torch

        from cosmoloom.pipeline.latent_editing import edit, halo_at

        start = torch.from_numpy(latent.copy())
        region, factor = halo_at(model.density(start[None], *where)[0], voxel)
        return edit(model, start, region, factor, redshift=where[0], kappa=where[1], hold=hold)

    return run


def fitting(path: str, fit: Fit, box_size: float | None, redshift: float | None) -> Job:
    """Read a box of one's own and see whether it fits."""

    def run(model: Model) -> Iterator[Any]:
        from cosmoloom.pipeline.inversion.own_box import find_own_box

        yield find_own_box(path, model.card, fit, box_size=box_size, redshift=redshift)

    return run


def encoding(engine: Engine, key: ReferenceKey) -> Job:
    """Find the latent of a held-out box, or of one's own."""

    def run(model: Model) -> Iterator[Any]:
        from cosmoloom.errors import InvalidInputError
        from cosmoloom.pipeline.primordial import PrimordialModel

        if not isinstance(model, PrimordialModel):
            raise InvalidInputError(f"model {model.card.name} has no encoder; primordial64 has one")
        box = engine.reference(key)
        yield Reconstructed(model.encode(box), box.redshift, "encoded; refine to come closer")

    return run


def refining(engine: Engine, key: ReferenceKey, start: Array, kappa: float, steps: int) -> Job:
    """Better a latent as a reconstruction of a held-out box, or of one's own."""

    def run(model: Model) -> Iterator[Any]:
        import torch

        from cosmoloom.pipeline.inversion.refinement import refine

        box = engine.reference(key)
        for done in refine(model, box, torch.from_numpy(start.copy()), kappa=kappa, steps=steps):
            yield Reconstructed(done.latent, box.redshift, f"step {done.step} of {steps}: loss {done.loss:.4g}")

    return run
