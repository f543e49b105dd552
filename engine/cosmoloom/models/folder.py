"""A model on disk: ``config.json`` (the card), ``model.safetensors`` (weights) and ``README.md``.

The card holds the SHA-256 of the weights, because safetensors notices a truncation but no flipped bit.
"""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from cosmoloom.data.atomic import atomic_path
from cosmoloom.errors import BrokenFileError, MissingFileError, UnwritableError
from cosmoloom.models.card import ModelCard, StandardisationTable

if TYPE_CHECKING:
    from cosmoloom.nets.conditional import ConditionalGenerator
    from cosmoloom.scaling.standardisation import Standardisation

CARD = "config.json"
WEIGHTS = "model.safetensors"
REFERENCE = "reference.safetensors"
README = "README.md"


def save_model(
    folder: str | Path, *, generator: ConditionalGenerator, standardisation: Standardisation, card: ModelCard
) -> ModelCard:
    """Write a model folder; what else lies in it stays.

    Parameters
    ----------
    folder : path
        Made if missing.
    generator : ConditionalGenerator
        The network whose weights and running statistics are stored, as float32.
    standardisation : Standardisation
        Goes into the card.
    card : ModelCard
        Everything else about the model; architecture, standardisation and hash are filled in here.

    Returns
    -------
    ModelCard
        The card as written.

    Raises
    ------
    UnwritableError
        If the folder cannot be written.
    """
    from safetensors.torch import save

    tensors = {name: value.detach().cpu().contiguous() for name, value in generator.state_dict().items()}
    weights = save(tensors, metadata={"format": "pt"})  # one entry: several are written in no order
    filled = card.model_dump() | {
        "architecture": generator.config.as_dict(),
        "standardisation": standardisation_table(standardisation).model_dump(),
        "weights_sha256": hashlib.sha256(weights).hexdigest(),
    }
    complete = ModelCard.model_validate(filled)
    _write(
        folder, {WEIGHTS: weights, CARD: complete.to_json().encode(), README: complete.to_markdown().encode()}
    )
    return complete


def save_card(folder: str | Path, card: ModelCard) -> None:
    """Replace the card of an existing model folder, for instance once its errors have been measured."""
    _write(folder, {CARD: card.to_json().encode(), README: card.to_markdown().encode()})


def load_card(folder: str | Path) -> ModelCard:
    """Read the card of a model folder.

    Raises
    ------
    MissingFileError
        If the folder holds no card.
    BrokenFileError
        If the card is damaged, or of another program or version.
    """
    path = Path(folder) / CARD
    if not path.is_file():
        raise MissingFileError(f"{folder} is no model folder: it has no {CARD}")
    try:
        return ModelCard.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise BrokenFileError(f"{path} is no valid model card: {where}: {first['msg']}") from error


def load_generator(folder: str | Path, card: ModelCard) -> ConditionalGenerator:
    """Read the weights of a model folder into a network in evaluation mode, on the CPU.

    Raises
    ------
    MissingFileError
        If the folder holds no weights.
    BrokenFileError
        If the weights are truncated or altered, or do not fit the card's architecture.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load

    from cosmoloom.nets.conditional import ConditionalGenerator, GeneratorConfig

    path = Path(folder) / WEIGHTS
    if not path.is_file():
        raise MissingFileError(f"{folder} is no model folder: it has no {WEIGHTS}")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != card.weights_sha256:
        raise BrokenFileError(
            f"{path} is damaged: its SHA-256 is not the one in {CARD}; copy or install the model again"
        )
    try:
        generator = ConditionalGenerator(GeneratorConfig.from_dict(card.architecture))
        generator.load_state_dict(load(content))
    except (SafetensorError, RuntimeError, TypeError, ValueError, KeyError) as error:
        reason = str(error).strip().splitlines()[0]
        raise BrokenFileError(f"{path} does not fit the architecture in {CARD}: {reason}") from error
    return generator.eval().requires_grad_(False)


def standardisation_table(standardisation: Standardisation) -> StandardisationTable:
    """Return a standardisation as plain numbers for a card."""
    return StandardisationTable.model_validate(standardisation.as_dict())


def _write(folder: str | Path, files: dict[str, bytes]) -> None:
    """Write all files beside their targets, and only then rename them."""
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritableError(f"cannot write a model to {folder}: {error.strerror or error}") from error
    with ExitStack() as stack:
        for name, content in files.items():
            stack.enter_context(atomic_path(folder / name)).write_bytes(content)
