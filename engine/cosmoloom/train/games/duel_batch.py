"""What is random in an update of a duel: entries that belong to one volume each, and can be shared out."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

from torch import Tensor

from cosmoloom.train.compute import Compute


@dataclass(frozen=True, slots=True, kw_only=True)
class DuelBatch:
    """Base of the batches: frozen dataclasses of tensors whose first axis counts volumes.

    Attributes
    ----------
    dice : Tensor, shape (b, DICE)
        Random numbers for the objective [1].
    """

    dice: Tensor

    @classmethod
    def named(cls, entries: tuple[Tensor, ...]) -> Self:
        """Name entries that were drawn in the order of the fields."""
        return cls(**dict(zip((field.name for field in fields(cls)), entries, strict=True)))

    def share(self, compute: Compute) -> Self:
        """Return what this process computes."""
        return type(self)(**{field.name: compute.share(getattr(self, field.name)) for field in fields(self)})

    def __len__(self) -> int:
        return len(self.dice)

    def __getitem__(self, part: slice) -> Self:
        return type(self)(**{field.name: getattr(self, field.name)[part] for field in fields(self)})
