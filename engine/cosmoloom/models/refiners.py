"""Refiners on disk: folders as those of models, see :mod:`cosmoloom.models.folder`."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from cosmoloom.errors import BrokenFileError, InvalidInputError
from cosmoloom.models.catalogue import locate
from cosmoloom.models.folder import CARD, WEIGHTS, card_files, load_card, load_network, network_bytes, write_files
from cosmoloom.models.refiner_card import RefinerCard

if TYPE_CHECKING:
    from cosmoloom.nets.seamless import SeamlessRefiner


def save_refiner(folder: str | Path, *, refiner: SeamlessRefiner, card: RefinerCard) -> RefinerCard:
    """Write the folder of a refiner and return its card with the hash of the weights.

    Raises
    ------
    UnwritableError
        If the folder cannot be written.
    """
    weights = network_bytes(refiner)
    complete = card.model_copy(update={"weights_sha256": hashlib.sha256(weights).hexdigest()})
    write_files(folder, {WEIGHTS: weights, **card_files(complete)})
    return complete


def load_refiner(name_or_folder: str | Path) -> tuple[SeamlessRefiner, RefinerCard]:
    """Read a refiner, in evaluation mode on the CPU, and its card.

    Raises
    ------
    UnknownModelError, MissingFileError, BrokenFileError
        As :func:`cosmoloom.load` does.
    InvalidInputError
        If it is a model of another kind.
    """
    from cosmoloom.nets.seamless import RefinerConfig, SeamlessRefiner

    folder = locate(name_or_folder)
    card = load_card(folder)
    if not isinstance(card, RefinerCard):
        raise InvalidInputError(f"{card.name} is no refiner; train one with: cosmoloom train seamless-64-128")
    try:
        config = RefinerConfig(**card.sizes)
    except (TypeError, ValueError) as error:
        raise BrokenFileError(f"{folder / CARD} names an impossible network: {error}") from error
    return load_network(folder / WEIGHTS, card.weights_sha256, lambda: SeamlessRefiner(config)), card
