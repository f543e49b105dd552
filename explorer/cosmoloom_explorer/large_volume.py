"""A large volume as it is planned: its scales, what they take, and what to know before it is begun."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cosmoloom.errors import InvalidInputError
from cosmoloom.models.refiner_card import RefinerCard
from cosmoloom.weaving import factor_of

if TYPE_CHECKING:
    from cosmoloom.models.card import ModelCard

Source = Literal["generated", "simulation"]

TILE = 64
"""Voxels per side of a tile, as the command has it."""
BATCH = {"cpu": 0.064, "cuda": 1.0}
"""For a batch of patches, by device [GB]: larger ones are little faster, and land and stop late."""
SHARE = 0.8
"""Of the free memory that a volume may take [1]."""
COPIES = {"refiners": 1.0, "patches": 3.0}
"""Times that the finest scale is in memory: as it is kept, as patches are made beside it, as they are put together."""
PER_VOXEL = 4
"""[bytes]"""
SAME = 1.02
"""Voxel sizes that differ by no more than this factor are one [1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What a large volume is made of.

    Attributes
    ----------
    source : {"generated", "simulation"}
        Which of the two fields on screen.
    factor : int
        Voxels per side of the blocks whose means are taken first; 1 takes the field as it is.
    """

    source: Source = "generated"
    factor: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Scales of a volume, from coarse to fine.

    Attributes
    ----------
    by : tuple of str
        Names or folders of what refines, one per scale after the first.
    cards : tuple of ModelCard
        Theirs.
    sides : tuple of int
        Voxels per side, one more than there are refinements.
    box_size : float
        Side of the volume [Mpc/h].
    redshift : float
        Of the start [1].
    """

    by: tuple[str, ...]
    cards: tuple[ModelCard, ...]
    sides: tuple[int, ...]
    box_size: float
    redshift: float

    @classmethod
    def of(
        cls, n: int, box_size: float, redshift: float, by: Sequence[str], cards: Sequence[ModelCard]
    ) -> Plan:
        """Plan what some models make of n^3 voxels.

        Raises
        ------
        InvalidInputError
            If one of them refines nothing, they are of two kinds, patches do not tile, or refiners do not know the
            redshift.
        """
        if len({isinstance(card, RefinerCard) for card in cards}) > 1:
            raise InvalidInputError("refiners and models of patches do not mix: remove those of one kind")
        sides = [n]
        for card in cards:
            sides.append(sides[-1] * factor_of(card))
            low, high = card.redshift_range
            if isinstance(card, RefinerCard):
                if not low <= redshift <= high:
                    raise InvalidInputError(
                        f"refiner {card.name} was trained at redshifts {low:g} to {high:g}, and the start is at "
                        f"{redshift:g}: move the redshift, or choose another refiner"
                    )
            elif sides[-1] % card.n:
                raise InvalidInputError(
                    f"patches of {card.n}\N{SUPERSCRIPT THREE} voxels do not tile {sides[-1]}\N{SUPERSCRIPT THREE}: "
                    f"start from a multiple of {card.n // factor_of(card)} voxels per side"
                )
        return cls(
            by=tuple(by), cards=tuple(cards), sides=tuple(sides), box_size=box_size, redshift=redshift
        )

    @property
    def seamless(self) -> bool:
        """Whether refiners make it; else models of patches."""
        return all(isinstance(card, RefinerCard) for card in self.cards)

    @property
    def voxels(self) -> int:
        """Of all scales that are to be made."""
        return sum(side**3 for side in self.sides[1:])

    @property
    def memory(self) -> int:
        """What it takes in memory [bytes]."""
        copies = COPIES["refiners" if self.seamless else "patches"]
        return int(PER_VOXEL * (sum(side**3 for side in self.sides[:-1]) + copies * self.sides[-1] ** 3))

    @property
    def disk(self) -> int:
        """What it takes on disk at most [bytes]: densities compress by about a tenth."""
        return PER_VOXEL * sum(side**3 for side in self.sides)

    def fits(self, free: int) -> bool:
        """Whether it can be made within the memory that is free [bytes]."""
        return self.memory <= SHARE * free

    def seconds(self, rates: Mapping[str, float]) -> float | None:
        """Return how long it takes at voxels per second of each model [s]; None where one is not known yet."""
        if not all(name in rates for name in self.by):
            return None
        return sum(side**3 / rates[name] for side, name in zip(self.sides[1:], self.by, strict=True))

    def doubts(self) -> list[str]:
        """Return what a person should know of models outside of what they were trained on, one sentence each."""
        found = []
        for side, card in zip(self.sides[1:], self.cards, strict=True):
            made = self.box_size / side
            known = card.voxel_sizes if isinstance(card, RefinerCard) else (card.voxel_size,)
            if not any(1 / SAME < made / size < SAME for size in known):
                sizes = " and ".join(f"{size:g}" for size in sorted(known, reverse=True))
                found.append(f"{card.name} was trained towards voxels of {sizes} Mpc/h, not {made:g}.")
            low, high = card.redshift_range
            if not isinstance(card, RefinerCard) and not low - 1e-3 <= self.redshift <= high + 1e-3:
                trained = f"{low:g}" if low == high else f"{low:g} to {high:g}"
                found.append(f"{card.name} was trained at redshift {trained}, not {self.redshift:g}.")
        return list(dict.fromkeys(found))


def command(
    plan: Plan, start: str, out: str | Path, *, seed: int, redshift: float | None = None, kappa: float | None = None,
    device: str = "cpu",
) -> str:  # fmt: skip
    """Return the command that makes the same volume, to the last bit on the same device.

    Parameters
    ----------
    plan : Plan
        What refines.
    start : str
        Model or file that the coarse volume comes from.
    out : path
        Where to.
    seed : int
        Of the sample and of all that is added to it.
    redshift, kappa : float, optional
        Of a model's sample; a file tells.
    device : str
        On which it was made.
    """
    words = ["cosmoloom", "weave", start]
    for name in plan.by:
        words += ["--by", name]
    words += ["--seed", str(seed)]
    for name, value in (("redshift", redshift), ("kappa", kappa)):
        if value is not None:
            words += [f"--{name}", repr(value)]
    if not plan.seamless:
        words += ["--memory", f"{batch_on(device):g}"]  # the size of a batch decides the last bits
    if device != "cpu":
        words += ["--device", device]
    return shlex.join([*words, "--out", str(out)])


def batch_on(device: str) -> float:
    """Return the memory for a batch of patches on a device [GB]."""
    return BATCH[device.partition(":")[0]]


def size_text(size: float) -> str:
    """Return a number of bytes in words."""
    for unit, worth in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if size >= worth:
            return f"{size / worth:.3g} {unit}"
    return f"{max(size, 0.0) / 1e3:.3g} kB"


def time_text(seconds: float) -> str:
    """Return a time in words."""
    if seconds < 99.5:
        return f"{max(seconds, 1.0):.0f} s"
    if seconds < 99.5 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 99.5 * 3600 else f"{seconds / 86400:.0f} days"
