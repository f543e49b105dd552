"""What a window has to bear: random events at the pace of a restless person, and being opened again and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import entry_points
from typing import Any

from cosmoloom.errors import MissingExtraError

GROUP = "cosmoloom.bench_endurance"
STALL = 0.050
"""A window that does not answer for longer is felt to stall [s]."""
Endure = Callable[..., "EnduranceReport"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What is left after a window was opened, used and closed: threads, and memory of the process [byte]."""

    threads: int
    memory: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EnduranceReport:
    """How a window bore random events.

    Attributes
    ----------
    model : str
        What it showed.
    events, frames : int
        Random events, and fields that were shown meanwhile.
    seconds : float
        How long the events took.
    failures : tuple of str
        Exceptions and errors shown, one line each.
    stale : bool
        Whether the last field or the last statistics shown are not those of the last settings.
    turns : int
        Turns of the window's loop.
    busy : tuple of float
        Median, 99.9 % below, and longest processor time of the window's thread in a turn [s].
    blocked : tuple of float
        The same of the time between turns, less what was spent waiting for a busy processor [s].
    stalls : int
        Turns in which the window's thread was busy for more than :data:`STALL`.
    longest : tuple of (float, float, str)
        Of the busiest turns: busy and blocked time [s], and the event before.
    openings : tuple of Opening
        One per opening.
    load : float
        Processes that wanted to run during the last minute, this one among them.
    """

    model: str
    events: int
    frames: int
    seconds: float
    failures: tuple[str, ...]
    stale: bool
    turns: int
    busy: tuple[float, float, float]
    blocked: tuple[float, float, float]
    stalls: int
    longest: tuple[tuple[float, float, str], ...]
    openings: tuple[Opening, ...]
    load: float

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return asdict(self)


def find_endure() -> Endure:
    """Return what an installed plugin offers to run: ``endure(model, events=, seconds=, seed=, openings=, device=)``.

    Raises
    ------
    MissingExtraError
        If no plugin offers a window.
    """
    found = list(entry_points(group=GROUP))
    if not found:
        raise MissingExtraError("no window is installed: pip install 'cosmoloom[napari]'")
    endure: Endure = found[0].load()
    return endure
