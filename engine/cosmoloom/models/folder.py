"""A model on disk: ``config.json`` (the card), ``model.safetensors`` (weights) and ``README.md``.

The card holds the SHA-256 of the weights, because safetensors notices a truncation but no flipped bit.  The entry
``format`` says which kind of card it is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from cosmoloom.data.atomic import atomic_path
from cosmoloom.errors import BrokenFileError, MissingFileError, UnwritableError
from cosmoloom.models import conditional_card, primordial_card, published_card, refiner_card
from cosmoloom.models.card import ModelCard
from cosmoloom.models.conditional_card import ConditionalCard, StandardisationTable
from cosmoloom.models.primordial_card import PrimordialCard
from cosmoloom.models.published_card import PublishedCard
from cosmoloom.models.refiner_card import RefinerCard

if TYPE_CHECKING:
    from torch import nn

    from cosmoloom.nets.conditional import ConditionalGenerator
    from cosmoloom.scaling.standardisation import Standardisation

CARD = "config.json"
WEIGHTS = "model.safetensors"
ENCODER = "encoder.safetensors"
README = "README.md"

KINDS: dict[str, type[ModelCard]] = {
    conditional_card.FORMAT: ConditionalCard,
    published_card.FORMAT: PublishedCard,
    refiner_card.FORMAT: RefinerCard,
    primordial_card.FORMAT: PrimordialCard,
}

NetworkT = TypeVar("NetworkT", bound="nn.Module")


def save_model(
    folder: str | Path, *, generator: ConditionalGenerator, standardisation: Standardisation, card: ConditionalCard
) -> ConditionalCard:
    """Write the folder of a conditional model; what else lies in it stays.

    Parameters
    ----------
    folder : path
        Made if missing.
    generator : ConditionalGenerator
        The network whose weights and running statistics are stored, as float32.
    standardisation : Standardisation
        Goes into the card.
    card : ConditionalCard
        Everything else about the model; architecture, standardisation and hash are filled in here.

    Returns
    -------
    ConditionalCard
        The card as written.

    Raises
    ------
    UnwritableError
        If the folder cannot be written.
    """
    weights = network_bytes(generator)
    filled = card.model_dump() | {
        "architecture": generator.config.as_dict(),
        "standardisation": standardisation_table(standardisation).model_dump(),
        "weights_sha256": hashlib.sha256(weights).hexdigest(),
    }
    complete = ConditionalCard.model_validate(filled)
    write_files(folder, {WEIGHTS: weights, **card_files(complete)})
    return complete


def save_published(
    folder: str | Path, *, generator: nn.Module, card: PublishedCard, encoder: nn.Module | None = None
) -> PublishedCard:
    """Write the folder of a published model; what else lies in it stays.

    Parameters
    ----------
    folder : path
        Made if missing.
    generator : Module
        One of :data:`cosmoloom.nets.published.PUBLISHED`, of the card's architecture and sizes.
    card : PublishedCard
        Everything about the model; hashes are filled in here.
    encoder : Module, optional
        The network that inverts the generator.

    Returns
    -------
    PublishedCard
        The card as written.

    Raises
    ------
    UnwritableError
        If the folder cannot be written.
    """
    contents = {WEIGHTS: network_bytes(generator)}
    if encoder is not None:
        contents[ENCODER] = network_bytes(encoder)
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    complete = card.model_copy(
        update={"weights_sha256": hashes[WEIGHTS], "encoder_sha256": hashes.get(ENCODER, "")}
    )
    write_files(folder, {**contents, **card_files(complete)})
    return complete


def save_card(folder: str | Path, card: ModelCard) -> None:
    """Replace the card of an existing model folder, for instance once its errors have been measured."""
    write_files(folder, card_files(card))


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
        content: Any = json.loads(path.read_bytes())
    except ValueError as error:
        raise BrokenFileError(f"{path} is no valid model card: {error}") from error
    kind = KINDS.get(content.get("format", "")) if isinstance(content, dict) else None
    if kind is None:
        raise BrokenFileError(f"{path} is no valid model card: its format must be one of {', '.join(KINDS)}")
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise BrokenFileError(f"{path} is no valid model card: {where}: {first['msg']}") from error


def load_generator(folder: str | Path, card: ConditionalCard) -> ConditionalGenerator:
    """Read the weights of a conditional model into a network in evaluation mode, on the CPU.

    Raises
    ------
    MissingFileError
        If the folder holds no weights.
    BrokenFileError
        If the weights are truncated or altered, or do not fit the card's architecture.
    """
    from cosmoloom.nets.conditional import ConditionalGenerator, GeneratorConfig

    return load_network(
        Path(folder) / WEIGHTS, card.weights_sha256,
        lambda: ConditionalGenerator(GeneratorConfig.from_dict(card.architecture)),
    )  # fmt: skip


def load_published(folder: str | Path, card: PublishedCard) -> tuple[nn.Module, nn.Module | None]:
    """Read generator and encoder, None without one, of a published model; raises as :func:`load_generator`."""
    from cosmoloom.nets.published import architecture

    folder = Path(folder)
    try:
        found = architecture(card.architecture)
        config = found.config.from_dict(card.sizes)
    except (TypeError, ValueError) as error:
        raise BrokenFileError(f"{folder / CARD} names an impossible network: {error}") from error
    said = (card.makes, card.n, card.dimensions, card.latent_size)
    if (found.makes, config.n, config.dimensions, config.latent_size) != said:
        raise BrokenFileError(f"{folder / CARD}: makes, n, dimensions or latent_size are not those of its network")
    generator = load_network(folder / WEIGHTS, card.weights_sha256, lambda: found.generator(config))
    if not card.encoder_sha256 or found.encoder is None:
        return generator, None
    make = found.encoder
    return generator, load_network(folder / ENCODER, card.encoder_sha256, lambda: make(config))


def standardisation_table(standardisation: Standardisation) -> StandardisationTable:
    """Return a standardisation as plain numbers for a card."""
    return StandardisationTable.model_validate(standardisation.as_dict())


def network_bytes(network: nn.Module) -> bytes:
    """Return the weights of a network as a safetensors file."""
    from safetensors.torch import save

    tensors = {name: value.detach().cpu().contiguous() for name, value in network.state_dict().items()}
    return save(tensors, metadata={"format": "pt"})  # one entry: several are written in no order


def load_network(path: Path, sha256: str, make: Callable[[], NetworkT]) -> NetworkT:
    """Read weights into a new network in evaluation mode, on the CPU."""
    from safetensors import SafetensorError
    from safetensors.torch import load

    if not path.is_file():
        raise MissingFileError(f"{path.parent} is no model folder: it has no {path.name}")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise BrokenFileError(
            f"{path} is damaged: its SHA-256 is not the one in {CARD}; copy or install the model again"
        )
    try:
        network = make()
        network.load_state_dict(load(content))
    except (SafetensorError, RuntimeError, TypeError, ValueError, KeyError) as error:
        reason = str(error).strip().splitlines()[0]
        raise BrokenFileError(f"{path} does not fit the architecture in {CARD}: {reason}") from error
    return network.eval().requires_grad_(False)


def card_files(card: ModelCard) -> dict[str, bytes]:
    """Return a card as the files of a folder, by name."""
    return {CARD: card.to_json().encode(), README: card.to_markdown().encode()}


def write_files(folder: str | Path, files: dict[str, bytes]) -> None:
    """Write all files beside their targets, and only then rename them."""
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritableError(f"cannot write a model to {folder}: {error.strerror or error}") from error
    with ExitStack() as stack:
        for name, content in files.items():
            stack.enter_context(atomic_path(folder / name)).write_bytes(content)
