"""A box of one's own in the simulation's place: from a file, or handed over by code and kept in one."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from cosmoloom.box import Box
from cosmoloom.data.atomic import atomic_path
from cosmoloom.data.writers import write_fields

if TYPE_CHECKING:
    from cosmoloom.keys import Fit, OwnBox
    from cosmoloom.models.card import ModelCard
    from cosmoloom_explorer import Settings

SUFFIX = ".box.npz"
"""Ends the name of a box that was handed over by code, beside the session that shows it."""


def own_box(reference: str | Path | Box, card: ModelCard, fit: Fit) -> OwnBox:
    """Return what settings call a box.

    Parameters
    ----------
    reference : str, path or Box
        A cube or a snapshot in a file, or a box.
    card : ModelCard
        Of the model that it shall fit.
    fit : str
        What to do if it does not; see :func:`cosmoloom.pipeline.inversion.fitted`.

    Raises
    ------
    CosmoloomError
        If it cannot be read, lacks size or redshift, or does not fit.
    """
    from cosmoloom.pipeline.inversion.own_box import find_own_box

    path = _written(reference) if isinstance(reference, Box) else reference
    return find_own_box(path, card, fit)[0]


def kept_with(settings: Settings, session: str | Path) -> Settings:
    """Return settings whose box outlives this process: one that code handed over is copied beside their session."""
    own = settings.own_box
    if own is None or Path(own[0]).parent != Path(_folder().name).resolve():
        return settings
    beside = Path(session).resolve().with_suffix(SUFFIX)
    with atomic_path(beside) as draft:
        shutil.copyfile(own[0], draft)
    return replace(settings, own_box=(str(beside), *own[1:]))


def _written(box: Box) -> Path:
    """Write a box once; its name tells its label and, shortly, its voxels."""
    facts = {"box_size": box.box_size} | ({} if box.redshift is None else {"redshift": box.redshift})
    digest = sha256(box.density.tobytes() + repr(facts).encode()).hexdigest()[:8]
    label = re.sub(r"[^\w.]+", "-", box.label).strip("-.") or "box"
    path = Path(_folder().name).resolve() / f"{label}-{digest}.npz"
    if not path.exists():
        write_fields(path, box.density, facts)
    return path


@cache
def _folder() -> TemporaryDirectory[str]:
    """Return a folder that goes with this process."""
    return TemporaryDirectory(prefix="cosmoloom-boxes-")
