"""How a training is shown while it runs: a live panel in a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.live import Live
    from rich.table import Table

    from cosmoloom.train.monitor.closeness import Closeness
    from cosmoloom.train.monitor.monitor import Look
    from cosmoloom.train.progress import Progress

SECONDS_BETWEEN_LINES = 10.0
COLOURS = ((0.1, "green"), (0.3, "yellow"), (float("inf"), "red"))
"""Largest error of each colour [1]."""
HEADINGS = {"power": "P(k)", "mass": "densities", "peaks": "peaks", "mean": "mean density", "spread": "spread"}
"""Errors at a look, as they are headed."""


class TrainingPanel:
    """Shows the progress of a training while entered.

    Parameters
    ----------
    console : Console
        Where to write.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: Live | None = None
        self._last_line = -SECONDS_BETWEEN_LINES
        self._last_look = 0

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            from rich.live import Live

            self._live = Live(console=self._console, refresh_per_second=2)
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def show(self, progress: Progress) -> None:
        """Show where the training stands."""
        if self._live is not None:
            self._live.update(panel(progress))
            return
        look, now = progress.look, time.monotonic()
        if look is not None and look.iteration > self._last_look:
            self._last_look = look.iteration
            for line in lines_of(look):
                self._console.print(line, highlight=False, soft_wrap=True)
        elif now - self._last_line > SECONDS_BETWEEN_LINES or progress.iteration == progress.iterations:
            self._last_line = now
            text = f"{headline(progress)}; {losses(progress)}"
            self._console.print(text, highlight=False, soft_wrap=True)

    def say(self, text: str) -> None:
        """Write a line above the panel."""
        self._console.print(text, highlight=False, soft_wrap=True)


def panel(progress: Progress) -> RenderableType:
    """Return pace, losses and, once the monitor has looked, the errors of samples per redshift."""
    from rich.console import Group
    from rich.text import Text

    parts: list[RenderableType] = [Text(headline(progress), style="bold"), Text(losses(progress), style="dim")]
    look = progress.look
    if look is not None:
        if look.closeness:
            best = ", the best so far" if look.best else ""
            parts.append(Text(f"samples against validation boxes after {look.iteration} steps: {look.score:.3f}{best}"))
            parts += [_errors(look), Text("errors of samples: 0 is right, 0.1 about ten percent", style="dim")]
        if look.gap is not None:
            parts.append(Text(f"duality gap {look.gap:.3f}"))
        if look.rejection is not None:
            parts.append(Text(_rejection(look)))
    return Group(*parts)


def headline(progress: Progress) -> str:
    """Return step, pace, memory, time left and the age of the last checkpoint, where one was written."""
    age = progress.checkpoint_age
    return (
        f"step {progress.iteration} of {progress.iterations}, {progress.seconds_per_step:.2f} s a step, "
        f"{progress.volumes_per_second:.1f} volumes/s, {progress.memory:.0f} MiB, "
        f"{_duration(progress.seconds_left)} left" + ("" if age is None else f", checkpoint {_duration(age)} ago")
    )


def losses(progress: Progress) -> str:
    """Return the running means of all losses, without those of single redshifts."""
    return ", ".join(f"{key} {value:.3g}" for key, value in progress.losses.items() if "_z" not in key)


def lines_of(look: Look) -> list[str]:
    """Return what a look saw, as plain lines."""
    heading = f"after {look.iteration} steps" + (", the best so far" if look.best else "")
    lines = [
        f"{heading}: z = {at.redshift:g}: "
        + ", ".join(f"{heading} {text}" for heading, (text, _) in zip(HEADINGS.values(), _cells(at), strict=True))
        for at in look.closeness
    ]
    if look.gap is not None:
        lines.append(f"{heading}: duality gap {look.gap:.3f}")
    if look.rejection is not None:
        lines.append(f"{heading}: {_rejection(look)}")
    return lines


def _errors(look: Look) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table()
    table.add_column("redshift", justify="right")
    for heading in HEADINGS.values():
        table.add_column(heading, justify="right")
    for at in look.closeness:
        table.add_row(f"{at.redshift:g}", *(Text(text, style=colour) for text, colour in _cells(at)))
    return table


def _cells(at: Closeness) -> list[tuple[str, str]]:
    """Return text and colour of each error."""
    return [
        (f"{value:+.3f}" if name == "mean" else f"{value:.3f}", next(c for most, c in COLOURS if abs(value) <= most))
        for name, value in at.errors.items()
    ]


def _rejection(look: Look) -> str:
    found = look.rejection
    assert found is not None
    return (
        f"choosing by the critic would keep {100 * found.accepted:.0f} % of samples and move ln P from "
        f"{found.power_before:+.3f} to {found.power_after:+.3f}, ln mean density from {found.mean_before:+.3f} "
        f"to {found.mean_after:+.3f} of the validation boxes"
    )


def _duration(seconds: float) -> str:
    """Return a time as people say it."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
