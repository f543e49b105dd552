"""Whether a box is of the kind that a model makes, and what can be done where it is not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, get_args

import numpy as np

from cosmoloom.box import Box
from cosmoloom.data.pyramid import block_mean
from cosmoloom.errors import InvalidInputError
from cosmoloom.keys import Fit

if TYPE_CHECKING:
    from cosmoloom.models.card import ModelCard

TOLERANCE = 1e-3
"""Sizes that differ by a smaller share are the same [1]."""
MEANS = (0.1, 10.0)
"""Mean densities that a volume may have, over the cosmic mean [1]; others are in another unit."""


def require_fit(box: Box, card: ModelCard) -> float:
    """Return the redshift of a box of a model's size, range of redshifts and unit; refuse others in words.

    Parameters
    ----------
    box : Box
        To be encoded.
    card : ModelCard
        Of the model.

    Raises
    ------
    InvalidInputError
        Says what the model reads, what the box is, and what to do.
    """
    mean = float(box.density.mean())
    if not MEANS[0] <= mean <= MEANS[1]:
        raise InvalidInputError(
            f"model {card.name} reads density over the cosmic mean, but this box has a mean of {mean:.4g}; for counts "
            "or masses say what the cosmic mean is, Box.from_array(..., mean_count=...), or divide by its own with "
            'fit="crop" or "rescale"'
        )
    if box.n != card.n or abs(box.box_size / card.box_size - 1) > TOLERANCE:
        raise InvalidInputError(
            f"model {card.name} encodes boxes of {card.n}^3 voxels in {card.box_size:g} Mpc/h, got {box.n}^3 in "
            f'{box.box_size:g} Mpc/h; cut its middle out with fit="crop" (--fit crop), or take it for a box of the '
            'model\'s size with fit="rescale" (--fit rescale)'
        )
    low, high = card.redshift_range
    if box.redshift is None:
        raise InvalidInputError(
            f"model {card.name} must know the redshift of a box, this one names none; say it with "
            "Box(..., redshift=...) or --redshift"
        )
    if not low - 1e-6 <= box.redshift <= high + 1e-6:
        raise InvalidInputError(
            f"model {card.name} knows redshifts {low:g} to {high:g}, got a box at {box.redshift:g}; encode it as one "
            'of the nearest with fit="rescale" (--fit rescale)'
        )
    return box.redshift


def fitted(box: Box, card: ModelCard, fit: Fit | str = "refuse") -> tuple[Box, str]:
    """Return a box of the model's kind, and what was done to it in words: "" if nothing.

    Parameters
    ----------
    box : Box
        Any.
    card : ModelCard
        Of the model.
    fit : str
        ``"refuse"``; the other two divide a box whose mean is far from 1 by it, as one in another unit.  ``"crop"``
        averages voxels into ones of the model's size, where a whole number of them fits, and cuts the middle out;
        ``"rescale"`` averages or repeats voxels until their number is the model's, and takes size and redshift for
        the nearest that the model knows: lengths and times are then no longer those of the box.

    Raises
    ------
    InvalidInputError
        If the box does not fit and is refused, or cannot be made to fit in this way.
    """
    if fit not in get_args(Fit):
        raise InvalidInputError(f"fit must be one of {', '.join(get_args(Fit))}, got {fit!r}")
    done: list[str] = []
    if fit != "refuse":
        box = _in_cosmic_means(box, done)
    if fit == "crop":
        box = _cropped(box, card, done)
    elif fit == "rescale":
        box = _rescaled(box, card, done)
    require_fit(box, card)
    return box, "; ".join(done)


def _in_cosmic_means(box: Box, done: list[str]) -> Box:
    """Return a box whose mean says that it is in another unit over that mean."""
    mean = float(box.density.mean(dtype=np.float64))
    if MEANS[0] <= mean <= MEANS[1] or not mean > 0:
        return box
    done.append(f"divided by its own mean of {mean:.4g}")
    return replace(box, density=box.density / np.float32(mean))


def _cropped(box: Box, card: ModelCard, done: list[str]) -> Box:
    ratio = card.voxel_size / box.voxel_size
    factor = round(ratio)
    if factor < 1 or abs(ratio / factor - 1) > TOLERANCE or box.n // factor < card.n:
        raise InvalidInputError(
            f"model {card.name} has {card.n}^3 voxels of {card.voxel_size:g} Mpc/h: a box can be cropped to it if it "
            f"has as many or more of that size, or of a whole fraction of it; got {box.n}^3 of {box.voxel_size:g} Mpc/h"
        )
    density = box.density[(slice(0, box.n // factor * factor),) * 3]
    if factor > 1:
        density = block_mean(density, factor)
        done.append(f"averaged {factor}^3 voxels into one")
    start = (len(density) - card.n) // 2
    if len(density) > card.n:
        done.append(f"cut the middle {card.box_size:g} Mpc/h out of {box.box_size:g} Mpc/h")
    middle = np.ascontiguousarray(density[(slice(start, start + card.n),) * 3])
    return Box(density=middle, box_size=card.box_size, redshift=box.redshift, label=box.label)


def _rescaled(box: Box, card: ModelCard, done: list[str]) -> Box:
    density = box.density
    if box.n % card.n == 0 and box.n > card.n:
        density = block_mean(density, box.n // card.n)
        done.append(f"averaged {box.n}^3 voxels into {card.n}^3")
    elif card.n % box.n == 0 and box.n < card.n:
        density = density.repeat(card.n // box.n, 0).repeat(card.n // box.n, 1).repeat(card.n // box.n, 2)
        done.append(f"repeated {box.n}^3 voxels as {card.n}^3")
    elif box.n != card.n:
        raise InvalidInputError(
            f"a box can be rescaled if its voxels per side are a multiple or a whole fraction of {card.n}, got {box.n}"
        )
    if abs(box.box_size / card.box_size - 1) > TOLERANCE:
        done.append(f"took {box.box_size:g} Mpc/h for {card.box_size:g} Mpc/h")
    redshift = None if box.redshift is None else float(np.clip(box.redshift, *card.redshift_range))
    if redshift != box.redshift:
        done.append(f"took redshift {box.redshift:g} for {redshift:g}")
    return Box(density=density, box_size=card.box_size, redshift=redshift, label=box.label)
