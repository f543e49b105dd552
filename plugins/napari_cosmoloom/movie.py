"""Movies of the main view, made frame by frame in a window that may be on screen or on a virtual display."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cosmoloom.errors import CosmoloomError, InvalidInputError
from cosmoloom_explorer.movie_file import require_movie_name, write_movie
from cosmoloom_explorer.saved_session import SavedSession
from cosmoloom_explorer.shots import Shot, plan
from napari_cosmoloom import napari_window
from napari_cosmoloom.cameras import place_camera, read_camera, turn_camera
from napari_cosmoloom.launch import PATIENCE, open_explorer, process_events, wait_until_shown

if TYPE_CHECKING:
    from napari_cosmoloom.explorer import Explorer

Size = tuple[int, int]
Progress = Callable[[int, int], bool]
"""Told how many of how many frames are done; answers whether to go on."""
SMALLEST, LARGEST = 64, 8192


class CancelledError(CosmoloomError, RuntimeError):
    """A person stopped it."""


def film(
    path: str | Path,
    session: str | Path,
    *,
    seconds: float,
    rate: float,
    size: Size,
    redshifts: tuple[float, float] | None = None,
    turn: float = 0.0,
    device: str | None = None,
    progress: Progress,
) -> None:
    """Open a window for a session, make a movie of it, and close the window.

    Parameters
    ----------
    path : path
        As for :func:`cosmoloom_explorer.movie_file.write_movie`.
    session : path
        A saved session: what is shown, and its bookmarks.
    seconds, rate : float
        Length [s], and frames per second.
    size : (int, int)
        Width and height [pixels].
    redshifts, turn
        As for :func:`cosmoloom_explorer.shots.plan`.
    device : str, optional
        "cpu" or "cuda"; by default the best.
    progress : callable
        Follows the frames.

    Raises
    ------
    CosmoloomError
        If anything is unfit, or the movie was cancelled; then no file is left.
    """
    from cosmoloom.engine import Engine

    engine = Engine(device=device)
    saved = SavedSession.load(session, engine.recipes.kept)
    shots = plan(saved, round(seconds * rate), redshifts=redshifts, turn=turn)
    require_movie_name(path)
    explorer = open_explorer(shots[0].settings, engine=engine)
    try:
        explorer.keeper.take_over(replace(saved, settings=explorer.state.snapshot()))
        wait_until_shown(explorer)
        record(explorer, path, shots, rate=rate, size=size, progress=progress)
    finally:
        explorer.viewer.close()
        process_events()


def record(
    explorer: Explorer, path: str | Path, shots: Sequence[Shot], *, rate: float, size: Size, progress: Progress
) -> None:
    """Make a movie in an explorer's window, and bring settings and camera back; as :func:`film` does."""
    require_movie_name(path)
    if not all(SMALLEST <= side <= LARGEST for side in size):
        raise InvalidInputError(f"a frame has {SMALLEST} to {LARGEST} pixels per side, got {size[0]} x {size[1]}")
    settings, camera = explorer.state.snapshot(), read_camera(explorer.viewer)
    try:
        write_movie(path, _frames(explorer, shots, size, progress), rate=rate)
    finally:
        explorer.go_to(settings, camera)


def _frames(
    explorer: Explorer, shots: Sequence[Shot], size: Size, progress: Progress
) -> Iterator[NDArray[np.uint8]]:
    viewer, canvas = explorer.viewer, napari_window.canvas_widget(explorer.viewer)
    start, opened = read_camera(viewer), viewer.canvas.grid.actual_shape(viewer.layers)
    for index, shot in enumerate(shots):
        explorer.go_to(shot.settings)
        wait_for_frame(explorer)
        # A camera's zoom is in pixels: what filled its view on the canvas shall fill its view in the frame.
        shape = viewer.canvas.grid.actual_shape(viewer.layers)
        seen = opened if shot.camera is None else shape
        larger = _side(size, shape) / _side((canvas.width(), canvas.height()), seen)
        place_camera(viewer, replace(shot.camera or start, zoom=(shot.camera or start).zoom * larger))
        if shot.turn:
            turn_camera(viewer, shot.turn)
        explorer.quality.finest()
        process_events()
        yield frame_of(viewer, size)
        if not progress(index + 1, len(shots)):
            raise CancelledError(f"stopped after {index + 1} of {len(shots)} frames; no file was written")


def _side(size: Size, shape: tuple[int, int]) -> float:
    """Return the shorter side of one view of (rows, columns) that share a picture (width, height) [pixels]."""
    return min(size[0] / shape[1], size[1] / shape[0])


def frame_of(viewer: Any, size: Size) -> NDArray[np.uint8]:
    """Return what the main view shows, drawn at a size (width, height), shape (height, width, 3)."""
    width, height = size
    pixels = viewer.screenshot(size=(height, width), canvas_only=True, flash=False)[..., :3]
    return np.ascontiguousarray(pixels[:height, :width])


def wait_for_frame(explorer: Explorer, patience: float = PATIENCE) -> None:
    """Process events until the fields of the newest settings are on screen."""
    session, presenter = explorer.session, explorer.presenter
    end = monotonic() + patience
    while session is not None and (presenter.frame is None or presenter.frame.serial < session.serial):
        if explorer.session is None or monotonic() > end:
            raise CosmoloomError("the explorer was closed, or showed nothing in time")
        process_events(0.005)
