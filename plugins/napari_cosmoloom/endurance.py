"""Random events in a real window, and the same window opened again and again: what fails, stalls or grows."""

from __future__ import annotations

import gc
import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cosmoloom.bench.endurance import STALL, EnduranceReport, Opening
from cosmoloom_explorer.opening import opening_settings
from napari_cosmoloom.heartbeat import Heartbeat
from napari_cosmoloom.launch import open_explorer, process_events, wait_until_shown
from napari_cosmoloom.random_events import RandomEvents

if TYPE_CHECKING:
    from napari_cosmoloom.explorer import Explorer

SETTLE = 3.0
"""Time for a window to come to rest, and to make its hidden layers, before the events begin [s]."""


def endure(
    model: str | None = None,
    *,
    events: int = 1000,
    seconds: float = 60.0,
    seed: int = 1,
    openings: int = 10,
    device: str | None = None,
) -> EnduranceReport:
    """Open the explorer, do random events to it, then open and close it again and again.

    Parameters
    ----------
    model : str, optional
        By default the default model.
    events : int
        Random events, evenly spread over the time.
    seconds : float
        How long they take [s].
    seed : int
        Of the events.
    openings : int
        How often the window is opened and closed afterwards.
    device : str, optional
        "cpu" or "cuda"; by default the best.
    """
    settings = opening_settings(model)
    explorer = open_explorer(settings, device=device)
    wait_until_shown(explorer)
    try:
        report = bear(explorer, events=events, seconds=seconds, seed=seed)
    finally:
        close(explorer)
    left = []
    for _ in range(openings):
        explorer = open_explorer(settings, device=device)
        wait_until_shown(explorer)
        close(explorer)
        del explorer
        left.append(what_is_left())
    values = report.as_dict() | {"longest": report.longest, "openings": tuple(left)}
    return EnduranceReport(**values)


def bear(explorer: Explorer, *, events: int, seconds: float, seed: int) -> EnduranceReport:
    """Do random events to an open explorer; arguments as for :func:`endure`."""
    process_events(SETTLE)
    restless = RandomEvents(explorer, seed)
    frames: list[object] = []
    explorer.presenter.frame_shown.connect(frames.append)
    with _failures_noted(explorer) as failures:
        heartbeat = Heartbeat()
        start = perf_counter()
        for index in range(events):
            process_events()  # also where the machine is behind: two events are never one turn
            while perf_counter() < start + index * seconds / events:
                process_events(0.001)
            heartbeat.doing = restless.act()
        took = perf_counter() - start
        wait_until_shown(explorer)
        heartbeat.stop()
    explorer.presenter.frame_shown.disconnect(frames.append)
    busy, blocked = heartbeat.busy, heartbeat.blocked
    return EnduranceReport(
        model=explorer.state.model,
        events=events,
        frames=len(frames),
        seconds=took,
        failures=tuple(failures),
        stale=is_stale(explorer),
        turns=len(busy),
        busy=_summary(busy),
        blocked=_summary(blocked),
        stalls=int(np.count_nonzero(busy > STALL)),
        longest=tuple(heartbeat.longest(10)),
        openings=(),
        load=os.getloadavg()[0],
    )


def is_stale(explorer: Explorer) -> bool:
    """Tell whether the field or the statistics on screen are not those of the settings."""
    session, presenter = explorer.session, explorer.presenter
    if session is None or presenter.frame is None or presenter.statistics is None:
        return True
    key, settings = presenter.frame.view.field, explorer.state.snapshot()
    same = (key.latent.model, key.latent.seed, key.redshift) == (settings.model, settings.seed, settings.redshift)
    newest = presenter.frame.serial == presenter.statistics.serial == session.serial
    return not (same and newest)


def close(explorer: Explorer) -> None:
    """Close an explorer's window and let Qt take it apart."""
    explorer.viewer.close()
    process_events(0.2)


def what_is_left() -> Opening:
    """Return threads and memory of the process, after collecting what nobody holds."""
    gc.collect()
    process_events(0.05)
    pages = int(Path("/proc/self/statm").read_text().split()[1]) if Path("/proc/self/statm").exists() else 0
    return Opening(threads=threading.active_count(), memory=pages * os.sysconf("SC_PAGE_SIZE"))


@contextmanager
def _failures_noted(explorer: Explorer) -> Iterator[list[str]]:
    """Note exceptions of every thread, errors that the session reports, and what is logged as an error."""
    failures: list[str] = []

    def on_exception(kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        failures.append(f"{kind.__name__}: {error}")

    class Noted(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            failures.append(record.getMessage())

    noted, root = Noted(logging.ERROR), logging.getLogger()
    before, sys.excepthook = sys.excepthook, on_exception
    root.addHandler(noted)
    session = explorer.session
    if session is not None:
        session.failed.connect(failures.append)
    try:
        yield failures
    finally:
        if session is not None:
            session.failed.disconnect(failures.append)
        root.removeHandler(noted)
        sys.excepthook = before


def _summary(seconds: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return median, 99.9 % below, and largest."""
    middle, most, largest = np.percentile(seconds, (50, 99.9, 100))
    return float(middle), float(most), float(largest)
