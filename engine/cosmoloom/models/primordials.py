"""Primordial models on disk: folders as those of all models, see :mod:`cosmoloom.models.folder`."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from cosmoloom.errors import BrokenFileError
from cosmoloom.models.folder import CARD, WEIGHTS, card_files, load_network, network_bytes, write_files
from cosmoloom.models.primordial_card import PrimordialCard

if TYPE_CHECKING:
    from cosmoloom.nets.collapse import Collapse


def save_primordial(folder: str | Path, *, network: Collapse, card: PrimordialCard) -> PrimordialCard:
    """Write the folder of a primordial model and return its card with the hash of the weights.

    Raises
    ------
    UnwritableError
        If the folder cannot be written.
    """
    weights = network_bytes(network)
    complete = card.model_copy(update={"weights_sha256": hashlib.sha256(weights).hexdigest()})
    write_files(folder, {WEIGHTS: weights, **card_files(complete)})
    return complete


def load_collapse(folder: str | Path, card: PrimordialCard) -> Collapse:
    """Read the network of a primordial model, in evaluation mode on the CPU.

    Raises
    ------
    MissingFileError, BrokenFileError
        As :func:`cosmoloom.load` does.
    """
    from cosmoloom.nets.collapse import Collapse, CollapseConfig

    folder = Path(folder)
    try:
        config = CollapseConfig.from_dict(card.architecture)
    except (TypeError, ValueError, KeyError) as error:
        raise BrokenFileError(f"{folder / CARD} names an impossible network: {error}") from error
    return load_network(folder / WEIGHTS, card.weights_sha256, lambda: Collapse(config))
