"""Open the explorer in a window, or draw that window into a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from cosmoloom import models
from cosmoloom.errors import CosmoloomError
from cosmoloom_explorer import Settings, colours
from cosmoloom_explorer.colours import Theme
from cosmoloom_explorer.opening import opening, opening_settings
from cosmoloom_explorer.saved_session import SavedSession
from cosmoloom_explorer.training import Training

if TYPE_CHECKING:
    from cosmoloom.engine import Engine
    from napari_cosmoloom.explorer import Explorer

WINDOW = (1600, 1000)
CONTROLS_WIDTH, PLOTS_HEIGHT = 372, 272
PATIENCE = 600.0
"""Longest wait for a picture [s]."""


def launch(
    model: str | None = None,
    *,
    seed: int | None = None,
    redshift: float | None = None,
    kappa: float | None = None,
    device: str | None = None,
    choices: Sequence[str] = (),
    picture: str | Path | None = None,
    theme: Theme = "dark",
) -> None:
    """Open the explorer and run it until its window is closed; or, given ``picture``, draw it and return.

    Parameters
    ----------
    model : str, optional
        Name or folder of a model, folder of a training, or file of a session; by default the default model.
    seed, redshift, kappa
        Settings to open with.
    device : str, optional
        "cpu" or "cuda"; by default the best.
    choices : sequence of str
        Further settings, each as "name=value".
    picture : path, optional
        PNG file.
    theme : {"dark", "light"}
        Ground of the window.

    Raises
    ------
    CosmoloomError
        If there is no such model, or it does not know such values.
    """
    from cosmoloom.engine import Engine

    engine = Engine(device=device)
    found = opening(
        model, latents=engine.recipes.kept, seed=seed, redshift=redshift, kappa=kappa, choices=choices
    )
    settings, session, training = found.settings, found.session, found.training
    if picture is not None:
        render(picture, settings, engine=engine, training=training, session=session, theme=theme)
        return
    import napari

    explorer = open_explorer(settings, engine=engine, training=training, theme=theme)
    _continue(explorer, session)
    napari.run()


def open_explorer(
    settings: Settings | None = None,
    *,
    engine: Engine | None = None,
    device: str | None = None,
    size: tuple[int, int] = WINDOW,
    viewer: Any = None,
    training: Training | None = None,
    theme: Theme = "dark",
) -> Explorer:
    """Open a napari window laid out around the explorer.

    Parameters
    ----------
    settings : Settings, optional
        State to open with; by default that of the default model.
    engine : Engine, optional
        By default a new one on ``device``.
    device : str, optional
        "cpu" or "cuda"; by default the best.
    size : (int, int)
        Width and height of the window [pixels].
    viewer : napari.Viewer, optional
        By default a new one.
    training : Training, optional
        Whose checkpoints to scrub through.
    theme : {"dark", "light"}
        Ground of the window.

    Raises
    ------
    CosmoloomError
        If there is no such model.
    """
    settings = settings or opening_settings()
    models.read_card(settings.model)
    import napari

    from cosmoloom.engine import Engine
    from napari_cosmoloom import napari_window
    from napari_cosmoloom.docks import SLICES_WIDTH
    from napari_cosmoloom.explorer import Explorer

    if viewer is None:
        viewer = napari.Viewer(title="cosmoloom", show=False)
    viewer.theme = theme
    colours.use(theme)
    if napari_window.draws_in_software():
        napari_window.isolate_canvas(viewer)
    napari_window.hide_layer_docks(viewer)
    napari_window.give_right_corner_to_controls(viewer)
    explorer = Explorer(viewer, settings=settings, engine=engine or Engine(device=device), training=training)
    dock = viewer.window.add_dock_widget(explorer, name="Explorer", area="right", add_vertical_stretch=False)
    viewer.show()
    viewer.window.resize(*size)  # after showing, when napari has restored the size of its last window
    explorer.start()
    napari_window.resize_docks(
        viewer,
        {dock: CONTROLS_WIDTH, explorer.docks.slices: SLICES_WIDTH},
        {explorer.docks.plots: PLOTS_HEIGHT},
    )
    explorer.docks.make_room(settings.layout)
    process_events()
    explorer.layers.fit()
    return explorer


def render(
    path: str | Path,
    settings: Settings | None = None,
    *,
    engine: Engine | None = None,
    size: tuple[int, int] = WINDOW,
    training: Training | None = None,
    session: SavedSession | None = None,
    theme: Theme = "dark",
) -> Path:
    """Draw the explorer's window, with fields and statistics, into a PNG file.

    Raises
    ------
    UnwritableError
        If the file cannot be written.
    CosmoloomError
        If there is no such model, or nothing was drawn.
    """
    from cosmoloom.data.atomic import atomic_path

    with atomic_path(path) as temporary:
        explorer = open_explorer(settings, engine=engine, size=size, training=training, theme=theme)
        try:
            _continue(explorer, session)
            wait_until_shown(explorer)
            explorer.quality.finest()
            explorer.plots.canvas.finish()
            process_events()
            _save(explorer.viewer, temporary)
        finally:
            explorer.viewer.close()
            process_events()
    return Path(path)


def wait_until_shown(explorer: Explorer, patience: float = PATIENCE) -> None:
    """Process events until the newest settings' fields and statistics are on screen."""
    session, presenter = explorer.session, explorer.presenter
    if session is None:
        raise CosmoloomError("the explorer is closed")
    failures: list[str] = []
    session.failed.connect(failures.append)
    end = monotonic() + patience
    try:
        while presenter.statistics is None or presenter.statistics.serial < session.serial:
            if failures:
                raise CosmoloomError(failures[-1])
            if monotonic() > end:
                raise CosmoloomError(f"the explorer showed nothing within {patience:g} s")
            process_events(0.01)
    finally:
        session.failed.disconnect(failures.append)
    process_events(0.05)


def process_events(seconds: float = 0.0) -> None:
    """Let Qt work off what is due, at least once, then for ``seconds``."""
    from qtpy.QtCore import QEventLoop
    from qtpy.QtWidgets import QApplication

    end = monotonic() + seconds
    while True:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        if monotonic() >= end:
            return


def _continue(explorer: Explorer, session: SavedSession | None) -> None:
    """Bring back camera and bookmarks of a session whose settings the explorer was opened with."""
    if session is not None:
        explorer.keeper.take_over(replace(session, settings=explorer.state.snapshot()))


def _save(viewer: Any, path: Path) -> None:
    from napari_cosmoloom.capture import window_picture

    picture = window_picture(viewer)
    if not picture.save(str(path), "PNG"):
        raise CosmoloomError(f"cannot write a PNG to {path}")
