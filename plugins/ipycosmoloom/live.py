"""What the views of one explorer share: its state, its session, and what was shown last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from cosmoloom import models
from cosmoloom.errors import CosmoloomError
from cosmoloom_explorer import ExplorerState, Frame, History, Limits, ModelFacts, Session, Settings, StatisticsFrame
from cosmoloom_explorer.engine_room import EngineRoom
from cosmoloom_explorer.saved_session import SavedSession
from cosmoloom_explorer.statistics_figure import StatisticsFigure
from ipycosmoloom.beside import kept_with, own_box
from ipycosmoloom.kernel_loop import KernelLoop

if TYPE_CHECKING:
    from cosmoloom.box import Box
    from cosmoloom.engine import Engine
    from cosmoloom.keys import Fit
    from cosmoloom.live_statistics import LiveStatistics
    from cosmoloom.models.card import ModelCard
    from ipycosmoloom.view import View

Result = TypeVar("Result")
PATIENCE = 600.0
"""Longest wait for a picture [s]."""


class LiveExplorer:
    """One state and one session for any number of views.

    Parameters
    ----------
    settings : Settings
        State to open with.
    device : str, optional
        "cpu" or "cuda"; by default the best.

    Attributes
    ----------
    state : ExplorerState
        Set anything here; the views follow.
    frame, statistics : Frame, StatisticsFrame, or None
        The last of each.
    facts : ModelFacts or None
        Of the model shown.
    plots : StatisticsFigure
        Which plots are chosen, and the limits of their axes.
    saved : SavedSession or None
        The session that was opened last.
    """

    def __init__(self, settings: Settings, *, device: str | None = None) -> None:
        self.card: ModelCard = models.read_card(settings.model)
        self.state = ExplorerState.from_settings(settings, Limits.from_card(self.card))
        self.history = History(self.state.snapshot())
        self.loop = KernelLoop()
        self.saved: SavedSession | None = None
        self.frame: Frame | None = None
        self.statistics: StatisticsFrame | None = None
        self.facts: ModelFacts | None = None
        self.plots = StatisticsFigure()
        self.plots.choose(self.state.plots)
        self._examples: list[LiveStatistics] = []
        self.closed = False
        self._device = device
        self._room: EngineRoom | None = None
        self._session: Session | None = None
        self._failure = ""
        self._views: list[View] = []
        self.state.events.connect(self._on_state_changed)

    @property
    def session(self) -> Session | None:
        """The session, None while nothing was asked for, or after closing."""
        return self._session

    def attach(self, view: View) -> None:
        """Let a view show what comes."""
        self._views.append(view)

    def detach(self, view: View) -> None:
        """Let a view go; the others are not kept waiting for it."""
        if view in self._views:
            self._views.remove(view)
        self.rest_of_frame_shown()

    def ask(self) -> None:
        """Ask for what the state means, and start to work if nothing did yet.

        Raises
        ------
        CosmoloomError
            If the explorer is closed.
        """
        if self.closed:
            raise CosmoloomError("the explorer is closed: make another with Explorer()")
        if self._session is None:
            self._session = self._start()
        before = self._session.serial
        self._session.request(self.state.snapshot())
        if self._session.serial != before:  # what failed fails again, and is not asked for again
            self._failure = ""

    def wait(self, timeout: float = PATIENCE) -> None:
        """Block until fields and statistics of the state are there.

        Raises
        ------
        CosmoloomError
            If they could not be made, or not in time.
        """
        self.ask()
        if not self.loop.run_until(lambda: bool(self._failure) or self._settled, timeout):
            raise CosmoloomError(f"the explorer showed nothing within {timeout:g} s")
        if self._failure:
            raise CosmoloomError(self._failure)

    def call(self, ask: Callable[[Engine], Result]) -> Result:
        """Return the answer of ``ask(engine)``, run on the thread that alone may call the engine.

        Raises
        ------
        CosmoloomError
            If the explorer is closed, and what ``ask`` raises.
        """
        self.ask()
        room = self._room
        assert room is not None
        return room.call(lambda: ask(room.engine))

    def box(self) -> Box:
        """Return the field of the state, in single precision."""
        self.wait()
        frame, settings, room = self.frame, self.state.snapshot(), self._room
        assert frame is not None
        assert room is not None
        kappa = settings.kappa if self.card.kappa_conditions else None

        def make() -> Box:
            model = room.exact.model(settings.model)
            return cast("Box", model.sample(latent=frame.latent, redshift=settings.redshift, kappa=kappa))

        return room.call(make)

    def go_to(self, settings: Settings) -> None:
        """Show settings of any model; raises InvalidInputError if the model does not know them."""
        if settings.model != self.state.model:
            self.use_model(settings.model)
        self.state.restore(settings)

    def use_model(self, name: str) -> None:
        """Go to another model; raises UnknownModelError if there is none of this name."""
        card = models.read_card(name)
        limits = Limits.from_card(card)
        self.card = card
        self.state.use_model(name, limits)

    def save(self, path: str | Path) -> None:
        """Write a session file; what another program kept in the one that was opened stays in it."""
        settings = kept_with(self.state.snapshot(), path)
        before = self.saved or SavedSession(settings=settings)
        replace(before, settings=settings).save(path, EngineRoom.kept)

    def load(self, path: str | Path) -> None:
        """Go on from a session file."""
        self.continue_from(SavedSession.load(path, EngineRoom.kept))

    def continue_from(self, saved: SavedSession, **changes: Any) -> None:
        """Go on from a session, with some settings of one's own."""
        self.go_to(replace(saved.settings, **changes))
        self.saved = saved

    def compare_with(self, reference: int | str | Path | Box, fit: Fit) -> None:
        """Let a held-out simulation, or a box of one's own, stand beside the generated field."""
        if isinstance(reference, int):
            self.state.reference_index, self.state.own_box = reference, None
        else:
            self.state.own_box = own_box(reference, self.card, fit)

    def undo(self) -> None:
        """Take the last change back."""
        self.record()
        self._restore(self.history.undo())

    def redo(self) -> None:
        """Bring back what was undone."""
        self._restore(self.history.redo())

    def record(self) -> None:
        """Make what changed a step of undo."""
        self.history.record(self.state.snapshot())

    def rest_unless_seen(self, seconds: float) -> None:
        """Rest after a while, unless a page shows the explorer by then."""
        self.loop.later(seconds, lambda: None if any(view.pages for view in self._views) else self.rest())

    def rest(self) -> None:
        """Stop working and free memory; the next question starts anew."""
        session, self._session = self._session, None
        room, self._room = self._room, None
        if session is not None:
            session.close()
        self.frame = self.statistics = self.facts = None
        self._examples.clear()
        if room is not None:
            room.leave()

    def close(self) -> None:
        """Stop for good; safe to call twice."""
        if not self.closed:
            self.closed = True
            self.state.events.disconnect(self._on_state_changed)
            for view in self._views:
                view.show_closed()
            self._views.clear()
            self.rest()

    def rest_of_frame_shown(self) -> None:
        """Let work go on if no view is behind."""
        if self._session is not None and all(view.has_room for view in self._views):
            self._session.acknowledge()

    @property
    def serial(self) -> int:
        """Number of the last question; 0 before the first."""
        return 0 if self._session is None else self._session.serial

    @property
    def _settled(self) -> bool:
        session, statistics = self._session, self.statistics
        return session is not None and statistics is not None and statistics.serial >= session.serial

    def _restore(self, settings: Settings | None) -> None:
        if settings is not None:
            self.go_to(settings)

    def _start(self) -> Session:
        self._room = room = EngineRoom.enter(self._device)
        session = Session(room.engine, self.loop.deliver, acknowledged=True, call=room.call)
        session.model_ready.connect(self._on_model_ready)
        session.frame_ready.connect(self._on_frame_ready)
        session.extremes_ready.connect(self._on_extremes_ready)
        session.statistics_ready.connect(self._on_statistics_ready)
        session.failed.connect(self._on_failed)
        session.busy.connect(self._on_busy)
        return session

    def _on_state_changed(self) -> None:
        if self.plots.shown != self.state.plots:
            self.plots.choose(self.state.plots)
        if self._session is not None:
            self.ask()

    def _on_model_ready(self, facts: ModelFacts) -> None:
        self.facts = facts
        for view in tuple(self._views):
            view.show_model()

    def _on_extremes_ready(self, examples: tuple[LiveStatistics, ...]) -> None:
        self._examples = list(examples)
        self.plots.fit(self._examples)

    def _on_frame_ready(self, frame: Frame) -> None:
        self.frame = frame
        for view in tuple(self._views):
            view.show_frame()
        self.rest_of_frame_shown()

    def _on_statistics_ready(self, frame: StatisticsFrame) -> None:
        self.statistics = frame
        for view in tuple(self._views):
            view.show_statistics()

    def _on_failed(self, text: str) -> None:
        self._failure = text
        for view in tuple(self._views):
            view.show_error(text)

    def _on_busy(self, busy: bool) -> None:
        shown = self.statistics
        if not busy and shown is not None and self._examples and not self.plots.fits(shown.statistics):
            self.plots.fit([*self._examples, shown.statistics])  # curves that come to rest outside widen the axes
            self._on_statistics_ready(shown)
        for view in tuple(self._views):
            view.show_busy(busy)
