"""Sizes of a network as plain values: what model cards and recipes hold."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import asdict, fields
from typing import Any, Self

from cosmoloom.errors import InvalidInputError


class Configuration(ABC):
    """Base of the frozen dataclasses that hold the sizes of a published network."""

    __slots__ = ()

    @property
    @abstractmethod
    def n(self) -> int:
        """Voxels per side of what the generator makes."""

    @property
    @abstractmethod
    def dimensions(self) -> int:
        """Axes of a field."""

    @property
    @abstractmethod
    def latent_size(self) -> int:
        """Components of the latent."""

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for a JSON card."""
        values = asdict(self)  # type: ignore[call-overload]  # every subclass is a dataclass
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Read the plain dictionary of :meth:`as_dict`; what is missing has the published size.

        Raises
        ------
        InvalidInputError
            If a name is unknown, a size is not of the kind of the published one, or sizes do not fit together.
        """
        published = {field.name: field.default for field in fields(cls)}  # type: ignore[arg-type]
        sizes = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
        for name, value in sizes.items():
            if name not in published:
                raise InvalidInputError(f"this network has no size named {name!r}; it has {', '.join(published)}")
            _check_kind(name, value, published[name])
        return cls(**sizes)


def _check_kind(name: str, value: object, published: object) -> None:
    """Raise InvalidInputError unless a size is of the kind of the published one."""
    if isinstance(published, tuple):
        fits, kind = isinstance(value, tuple) and len(value) > 0 and all(map(_counts, value)), "whole numbers above 0"
    elif _counts(published):
        fits, kind = _counts(value), "a whole number above 0"
    else:
        fits, kind = type(value) is type(published), "true or false" if isinstance(published, bool) else "a word"
    if not fits:
        raise InvalidInputError(f"{name} must be {kind}, got {value!r}")


def _counts(size: object) -> bool:
    return type(size) is int and size > 0


def doublings(n: int, start: int) -> int:
    """Return how often a grid of ``start`` voxels per side doubles until it has ``n``.

    Raises
    ------
    InvalidInputError
        If it never does, or only once.
    """
    levels = (n // start).bit_length() - 1
    if n < 4 * start or start * 2**levels != n:
        raise InvalidInputError(f"n must be {4 * start}, {8 * start}, {16 * start}, ... voxels per side, got {n}")
    return levels
