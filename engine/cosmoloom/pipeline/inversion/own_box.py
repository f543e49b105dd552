"""A box of one's own that is to stand beside a model's: read, made to fit, and told what was done to it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cosmoloom.box import Box
from cosmoloom.data.readers.fields import open_field
from cosmoloom.errors import InvalidInputError
from cosmoloom.pipeline.inversion.fit import fitted

if TYPE_CHECKING:
    from cosmoloom.keys import Fit, OwnBox
    from cosmoloom.models.card import ModelCard


def find_own_box(
    path: str | Path, card: ModelCard, fit: Fit, *, box_size: float | None = None, redshift: float | None = None
) -> tuple[OwnBox, str]:
    """Read a box for the first time, and name it completely.

    Parameters
    ----------
    path : str or Path
        A cube in a file, one of a store, or a snapshot; as for :func:`open_field`.
    card : ModelCard
        Of the model that it shall fit.
    fit : str
        As for :func:`cosmoloom.pipeline.inversion.fitted`.
    box_size, redshift : float, optional
        Where the file does not say, or says something else [Mpc/h; 1].

    Returns
    -------
    (OwnBox, str)
        What settings and keys call it, and what it is and was done to it, in words.

    Raises
    ------
    CosmoloomError
        If it cannot be read, lacks size or redshift, or does not fit.
    """
    box = open_field(path, box_size=box_size, redshift=redshift)
    if box.redshift is None:
        raise InvalidInputError(f"{Path(path).name} does not say at which redshift its box is; say it")
    done = fitted(box, card, fit)[1]
    file, separator, part = str(path).partition("::")
    whole = f"{box.n}^3 voxels, {box.box_size:g} Mpc/h, z = {box.redshift:g}"
    named = f"{Path(file).resolve()}{separator}{part}", fit, box.box_size, box.redshift
    return named, f"{whole}: {done}" if done else whole


def read_own_box(own: OwnBox, card: ModelCard) -> tuple[Box, str]:
    """Return a box that :func:`find_own_box` named, and what was done to make it fit; raises alike."""
    path, fit, box_size, redshift = own
    return fitted(open_field(path, box_size=box_size, redshift=redshift), card, fit)
