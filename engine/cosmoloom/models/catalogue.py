"""Bundled models by name, and any model by its folder."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from cosmoloom.errors import InvalidInputError, UnknownModelError
from cosmoloom.models import refiner_card
from cosmoloom.models.conditional_card import ConditionalCard
from cosmoloom.models.folder import CARD, load_card, load_generator, load_published
from cosmoloom.models.primordial_card import PrimordialCard
from cosmoloom.models.primordials import encoder_reader, load_collapse
from cosmoloom.models.published_card import PublishedCard
from cosmoloom.models.refiner_card import RefinerCard

if TYPE_CHECKING:
    from cosmoloom.models.card import ModelCard
    from cosmoloom.pipeline.fast_generator import Precision
    from cosmoloom.pipeline.model import Model

DEFAULT_MODEL = "primordial64"


def names() -> tuple[str, ...]:
    """Return the names of the bundled models that can be sampled."""
    return tuple(name for name, kind in _bundled().items() if kind != refiner_card.FORMAT)


def refiner_names() -> tuple[str, ...]:
    """Return the names of the bundled refiners, which need a coarse volume."""
    return tuple(name for name, kind in _bundled().items() if kind == refiner_card.FORMAT)


@cache
def _bundled() -> dict[str, str]:
    """Return the format of every bundled model by name, in alphabetical order."""
    root = Path(str(files("cosmoloom.models")))
    cards = {path.parent.name: path for path in root.glob(f"*/{CARD}")}
    return {name: json.loads(cards[name].read_text())["format"] for name in sorted(cards)}


def locate(name_or_folder: str | Path) -> Path:
    """Return the folder of a bundled model, or the folder itself.

    Raises
    ------
    UnknownModelError
        If there is neither a bundled model nor a folder of this name.
    """
    known = _bundled()
    if str(name_or_folder) in known:
        return Path(str(files("cosmoloom.models"))) / str(name_or_folder)
    folder = Path(name_or_folder)
    if str(name_or_folder) and folder.is_dir():
        return folder
    raise UnknownModelError(
        f"no model and no folder named {str(name_or_folder)!r}; bundled models: {', '.join(known) or 'none'}"
    )


def read_card(name_or_folder: str | Path) -> ModelCard:
    """Return the card of a model without reading its weights; raises as :func:`load` does."""
    return load_card(locate(name_or_folder))


def load(name_or_folder: str | Path, device: str = "cpu", precision: Precision = "exact") -> Model:
    """Load a bundled model by name, or any model from its folder.

    Parameters
    ----------
    name_or_folder : str or path
        For instance ``"primordial64"``.
    device : str
        Where it computes, "cpu" or "cuda".
    precision : str
        "exact" (float32) or "fast" (bfloat16 where the hardware multiplies it).

    Returns
    -------
    Model
        A :class:`ConditionalModel`, :class:`PrimordialModel` or :class:`PublishedModel`, as the card says.

    Raises
    ------
    UnknownModelError
        If there is no such model.
    MissingFileError, BrokenFileError
        If files of the model are missing, damaged or altered.
    """
    from cosmoloom.pipeline.conditional import ConditionalModel
    from cosmoloom.pipeline.primordial import PrimordialModel
    from cosmoloom.pipeline.published import PublishedModel

    folder = locate(name_or_folder)
    found = load_card(folder)
    if isinstance(found, PublishedCard):
        generator, encoder = load_published(folder, found)
        return PublishedModel(found, generator, encoder, device=device, precision=precision)
    if isinstance(found, ConditionalCard):
        return ConditionalModel(found, load_generator(folder, found), device=device, precision=precision)
    if isinstance(found, PrimordialCard):
        return PrimordialModel(
            found, load_collapse(folder, found), device=device, precision=precision,
            read_encoder=encoder_reader(folder, found),
        )  # fmt: skip
    if isinstance(found, RefinerCard):
        raise InvalidInputError(f"{found.name} is a refiner, which needs a coarse volume: use cosmoloom weave")
    raise AssertionError(f"no way to load a {type(found).__name__}")
