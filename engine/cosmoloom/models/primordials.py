"""Primordial models on disk: folders as those of all models, see :mod:`cosmoloom.models.folder`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cosmoloom.errors import BrokenFileError
from cosmoloom.models.folder import CARD, ENCODER, WEIGHTS, card_files, load_network, network_bytes, write_files
from cosmoloom.models.primordial_card import PrimordialCard

if TYPE_CHECKING:
    from cosmoloom.nets.collapse import Collapse
    from cosmoloom.nets.origins import Origins


def save_primordial(
    folder: str | Path, *, network: Collapse, card: PrimordialCard, encoder: Origins | None = None
) -> PrimordialCard:
    """Write the folder of a primordial model and return its card with the hashes of the weights.

    Parameters
    ----------
    folder : path
        Made if missing; what else lies in it stays.
    network : Collapse
        Stored in single precision.
    card : PrimordialCard
        Everything else about the model.
    encoder : Origins, optional
        The network that looks back, stored in half precision.

    Raises
    ------
    UnwritableError
        If the folder cannot be written.
    """
    contents = {WEIGHTS: network_bytes(network)}
    known: dict[str, Any] = {"encoder": None, "encoder_sha256": ""}
    if encoder is not None:
        contents[ENCODER] = network_bytes(deepcopy(encoder).half())
        known = {"encoder": encoder.config.as_dict(), "encoder_sha256": hashlib.sha256(contents[ENCODER]).hexdigest()}
    known["weights_sha256"] = hashlib.sha256(contents[WEIGHTS]).hexdigest()
    complete = card.model_copy(update=known)
    write_files(folder, {**contents, **card_files(complete)})
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


def encoder_reader(folder: str | Path, card: PrimordialCard) -> Callable[[], Origins] | None:
    """Return a function that reads the encoder of a primordial model, None where it has none; raises when called."""
    if card.encoder is None:
        return None
    sizes = card.encoder

    def read() -> Origins:
        from cosmoloom.nets.origins import Origins, OriginsConfig

        try:
            config = OriginsConfig.from_dict(sizes)
        except (TypeError, ValueError, KeyError) as error:
            raise BrokenFileError(f"{Path(folder) / CARD} names an impossible encoder: {error}") from error
        return load_network(Path(folder) / ENCODER, card.encoder_sha256, lambda: Origins(config))

    return read
