"""A periodic field added around and onto a larger lattice, with a derivative that costs no more than the sum."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import torch
from torch import Tensor


class AddPeriodic(torch.autograd.Function):
    """``field[i + padding] += periodic[i mod n]`` for all i of the lattice; the field is changed in place."""

    @staticmethod
    def forward(ctx: Any, field: Tensor, periodic: Tensor) -> Tensor:
        """Return the field, shape (n + 2 padding, ...) thrice, of which periodic has n points."""
        ctx.mark_dirty(field)
        ctx.points = len(periodic)
        for target, source in _wrapped(field, ctx.points):
            field[target] += periodic[source]
        return field

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> tuple[Tensor, Tensor]:
        """Gather from all images of a point."""
        (slope,) = slopes
        gathered = slope.new_zeros((ctx.points,) * 3 + slope.shape[3:])
        for target, source in _wrapped(slope, ctx.points):
            gathered[source] += slope[target]
        return slope, gathered


def add_periodic(field: Tensor, periodic: Tensor) -> Tensor:
    """Add a periodic field to one that has a padding around the same region; the latter is changed.

    Parameters
    ----------
    field : Tensor, shape (n + 2 p, n + 2 p, n + 2 p, ...)
        With p points of padding, at most n.
    periodic : Tensor, shape (n, n, n, ...)
        What is repeated.

    Returns
    -------
    Tensor
        The first.
    """
    added: Tensor = AddPeriodic.apply(field, periodic)  # type: ignore[no-untyped-call]
    return added


def _wrapped(field: Tensor, n: int) -> Iterator[tuple[tuple[slice, ...], tuple[slice, ...]]]:
    """Yield parts of a padded lattice, and where they lie in a periodic field of n points per side."""
    padding = (len(field) - n) // 2
    parts = (
        (slice(0, padding), slice(n - padding, n)),
        (slice(padding, padding + n), slice(0, n)),
        (slice(padding + n, None), slice(0, padding)),
    )
    for pairs in product(parts, repeat=3):
        targets, sources = zip(*pairs, strict=True)
        yield targets, sources
