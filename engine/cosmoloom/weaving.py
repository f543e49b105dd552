"""What an order for a large volume means: the same for the command and for a window, down to the last bit.

An order names a coarse box and what refines it, from coarse to fine: refiners without seams, or models of patches as
published, see :mod:`cosmoloom.pipeline.multiscale`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cosmoloom.errors import InvalidInputError
from cosmoloom.models import read_card
from cosmoloom.models.published_card import PublishedCard
from cosmoloom.models.refiner_card import RefinerCard

if TYPE_CHECKING:
    from cosmoloom.box import Box
    from cosmoloom.models.card import ModelCard
    from cosmoloom.nets.seamless import SeamlessRefiner
    from cosmoloom.pipeline.multiscale.patch_model import PatchModel
    from cosmoloom.pipeline.multiscale.seamless import Circumstances


@dataclass(frozen=True, slots=True, eq=False)
class OpenedRefiners:
    """Refiners from coarse to fine, their cards, and in which circumstances they work."""

    refiners: list[SeamlessRefiner]
    cards: list[RefinerCard]
    circumstances: Circumstances


def are_refiners(by: Sequence[str]) -> bool:
    """Return whether all of these are refiners without seams; else all are taken for models of patches.

    Raises
    ------
    InvalidInputError
        If there are both.
    UnknownModelError, MissingFileError, BrokenFileError
        As :func:`cosmoloom.models.read_card` does.
    """
    kinds = {isinstance(read_card(name), RefinerCard) for name in by}
    if len(kinds) > 1:
        raise InvalidInputError("refiners and models of patches do not mix; one volume is made by one kind")
    return kinds == {True}


def factor_of(card: ModelCard) -> int:
    """Return how many voxels along each axis one of these makes of a coarse one.

    Raises
    ------
    InvalidInputError
        If it refines nothing.
    """
    if isinstance(card, RefinerCard):
        return 2
    if isinstance(card, PublishedCard) and card.makes == "patches":
        from cosmoloom.nets.published import architecture

        factor = int(getattr(architecture(card.architecture).config.from_dict(card.sizes), "factor", 1))
        if factor > 1:
            return factor
        raise InvalidInputError(f"{card.name} knows nothing of a coarse volume; refine by refiners or M2 and M1")
    raise InvalidInputError(f"{card.name} makes whole volumes; refine by refiners or by models of patches")


def facts_of(box: Box, start: str, by: Sequence[str], *, seed: int, periodic: bool) -> dict[str, Any]:
    """Return what is kept beside the volume that is made of a coarse box.

    Parameters
    ----------
    box : Box
        What is refined.
    start : str
        How it is called: the file or the model that it comes from.
    by : sequence of str
        Names or folders of what refines it.
    seed : int
        Of all noise.
    periodic : bool
        Whether opposite faces meet.
    """
    facts: dict[str, Any] = {
        "box_size": box.box_size,
        "start": start,
        "start_sha256": hashlib.sha256(box.density.tobytes()).hexdigest(),
        **_makers(by, seed=seed, periodic=periodic),
    }
    return facts if box.redshift is None else {**facts, "redshift": box.redshift}


def facts_from_nothing(n: int, model: str, *, seed: int, periodic: bool) -> dict[str, Any]:
    """Return what is kept beside a volume of n^3 voxels that a uni-scale model makes; the rest as :func:`facts_of`."""
    card = read_card(model)
    made = _makers([model], seed=seed, periodic=periodic)
    return {"box_size": n * card.voxel_size, "redshift": card.default_redshift, **made}


def _makers(by: Sequence[str], *, seed: int, periodic: bool) -> dict[str, Any]:
    from cosmoloom import __version__

    cards = [read_card(name) for name in by]
    return {
        "seed": seed,
        "periodic": periodic,
        "models": [card.name for card in cards],
        "weights_sha256": [card.weights_sha256 for card in cards],
        "units": "rho / cosmic mean; lengths in Mpc/h, comoving",
        "made_by": f"cosmoloom {__version__}",
    }


def open_refiners(
    box: Box, by: Sequence[str], *, seed: int, periodic: bool, tile: int, device: str
) -> OpenedRefiners:
    """Load refiners for a coarse box.

    Raises
    ------
    InvalidInputError
        If the redshift of the box is unknown, or none that they were trained at.
    """
    from cosmoloom.models.refiners import load_refiner
    from cosmoloom.pipeline.multiscale.seamless import Circumstances

    if box.redshift is None:
        raise InvalidInputError("refiners need the redshift of the coarse volume: give --redshift")
    opened = [load_refiner(name) for name in by]
    cards = [card for _, card in opened]
    for card in cards:
        low, high = card.redshift_range
        if not low <= box.redshift <= high:
            raise InvalidInputError(
                f"refiner {card.name} was trained at redshifts {low:g} to {high:g}, not {box.redshift:g}"
            )
    circumstances = Circumstances(
        seed=seed, growth=float(cards[0].universe.growth_factor(box.redshift)), box_size=box.box_size,
        periodic=periodic, tile=tile,
    )  # fmt: skip
    return OpenedRefiners([refiner.to(device) for refiner, _ in opened], cards, circumstances)


def open_patch_models(by: Sequence[str], *, device: str) -> list[PatchModel]:
    """Load models of patches.

    Raises
    ------
    InvalidInputError
        If one of them makes whole volumes.
    """
    from cosmoloom.models import load
    from cosmoloom.pipeline.multiscale.patch_model import patch_model
    from cosmoloom.pipeline.published import PublishedModel

    models = []
    for name in by:
        model = load(name, device=device)
        if not isinstance(model, PublishedModel):
            raise InvalidInputError(f"{name} makes whole volumes; refine by refiners or by models of patches")
        models.append(patch_model(model))
    return models
