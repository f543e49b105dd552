"""The session: one worker that answers views with fields first and statistics after."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event
from time import perf_counter
from typing import TYPE_CHECKING, Protocol, TypeVar

from psygnal import Signal

from cosmoloom.errors import CosmoloomError
from cosmoloom_explorer.comparison import Comparer
from cosmoloom_explorer.dice import Chances
from cosmoloom_explorer.frames import Frame, ModelFacts, StatisticsFrame
from cosmoloom_explorer.mailbox import Mailbox
from cosmoloom_explorer.outbox import Deliver, Outbox
from cosmoloom_explorer.peaks import Peaks, find_peaks
from cosmoloom_explorer.settings import Settings
from cosmoloom_explorer.view import View, resolve

if TYPE_CHECKING:
    from cosmoloom.engine import Engine
    from cosmoloom.live_statistics import LiveStatistics

logger = logging.getLogger(__name__)

PATIENCE = 1.0
"""Longest wait for a viewer to show a frame before work goes on all the same [s]."""
LIVE_INTERVAL = 0.25
"""While settings keep changing, statistics are due again after this time [s]."""

Result = TypeVar("Result")


class Call(Protocol):
    """Runs a callable on the thread that may call the engine."""

    def __call__(self, ask: Callable[[], Result], /) -> Result:
        """Return the answer of ``ask()``, or raise what it raises."""


def _here(ask: Callable[[], Result], /) -> Result:
    return ask()


class Session:
    """Ask the engine for what settings mean, always for the newest settings.

    Parameters
    ----------
    engine : Engine
        Called through ``call`` only.
    deliver : callable
        Runs a callable on the viewer's own loop; signals are emitted there.
    acknowledged : bool
        Whether the viewer calls :meth:`acknowledge` once a frame is on screen, and work rests until then.
        Where drawing and computing share the processor, taking turns is faster than competing for it.
    call : callable, optional
        Runs a callable on the thread of an engine that others use, too, and returns its answer; by default the
        engine belongs to the session, whose worker calls it and which frees its memory at the end.

    Notes
    -----
    Signals state facts.  ``model_ready(ModelFacts)`` comes before a model's first frame, ``frame_ready(Frame)``
    for fields in the order of the requests, ``statistics_ready(StatisticsFrame)`` after them,
    ``extremes_ready(tuple)`` before a model's first statistics, with those at both ends of its redshift range
    (checkpoints of one training are one model here, so that axes stay while it is scrubbed),
    ``failed(str)`` with one line, ``busy(bool)`` when work begins and ends.
    """

    model_ready = Signal(ModelFacts)
    frame_ready = Signal(Frame)
    extremes_ready = Signal(tuple)
    statistics_ready = Signal(StatisticsFrame)
    failed = Signal(str)
    busy = Signal(bool)

    def __init__(
        self,
        engine: Engine,
        deliver: Deliver,
        *,
        acknowledged: bool = False,
        call: Call | None = None,
    ) -> None:
        self._engine = engine
        self._owns_engine = call is None
        self._call: Call = _here if call is None else call
        self._comparer = Comparer(engine)
        self._chances = Chances(engine)
        self._acknowledged = acknowledged
        self._on_screen = Event()
        self._last: Settings | None = None
        self._serial = 0
        self._facts: ModelFacts | None = None
        self._statistics_due = 0.0
        self._extremes_of: tuple[object, ...] = ()
        self._outbox = Outbox(deliver)
        self._emit = {
            "model": self.model_ready.emit,
            "frame": self.frame_ready.emit,
            "extremes": self.extremes_ready.emit,
            "statistics": self.statistics_ready.emit,
            "failed": self.failed.emit,
            "busy": self.busy.emit,
        }
        self._mailbox: Mailbox[tuple[int, Settings]] = Mailbox(self._work, pause=self._pause)

    @property
    def idle(self) -> bool:
        """Whether nothing is asked or computed; results may still be on their way to the viewer."""
        return self._mailbox.idle

    @property
    def serial(self) -> int:
        """Number of the last request; 0 before the first."""
        return self._serial

    def request(self, settings: Settings) -> None:
        """Ask for settings; what was asked before and has not begun is dropped.

        Settings that differ in the slices' positions alone ask for nothing new.
        """
        if settings.computed != self._last:
            self._last = settings.computed
            self._serial += 1
            self._mailbox.put((self._serial, settings.computed))

    def acknowledge(self) -> None:
        """Say that the last frame is on screen; callable from any thread."""
        self._on_screen.set()

    def close(self) -> bool:
        """Stop the worker, free the memory of an engine of its own; return whether the thread ended."""
        self._outbox.close()
        self._on_screen.set()
        ended = self._mailbox.close()
        if ended and self._owns_engine:
            self._engine.clear()
        self._facts = None
        return ended

    def _pause(self) -> None:
        # Computing frames that a slow viewer never shows would only take processor time from its drawing.
        self._outbox.wait_until_shown(self._emit["frame"], PATIENCE)

    def _work(self, item: tuple[int, Settings]) -> None:
        serial, settings = item
        self._outbox.put(self._emit["busy"], True)
        try:
            self._answer(serial, settings)
        except CosmoloomError as error:
            self._outbox.put(self._emit["failed"], str(error))
        except Exception as error:  # a view must outlive a fault of the engine; the log has the whole story
            logger.exception("the engine failed")
            self._outbox.put(self._emit["failed"], f"internal error: {type(error).__name__}: {error}")
        if not self._mailbox.superseded:
            self._outbox.put(self._emit["busy"], False)

    def _answer(self, serial: int, settings: Settings) -> None:
        view = self._call(lambda: self._show_fields(serial, settings))
        if self._acknowledged:
            self._on_screen.wait(PATIENCE)
        if not self._mailbox.superseded or perf_counter() >= self._statistics_due:
            self._call(lambda: self._show_statistics(serial, settings, view))

    def _show_fields(self, serial: int, settings: Settings) -> View:
        facts = self._load(settings.model)
        view = _resolve(settings, facts)
        self._engine.last_timings.clear()
        generated = self._engine.scaled(view.scaled)
        reference = view.scaled_reference
        frame = Frame(
            serial=serial,
            view=view,
            generated=generated,
            reference=None if reference is None else self._engine.scaled_reference(reference),
            reference_redshift=None if view.reference is None else view.reference.redshift,
            reference_name=_reference_name(view, facts),
            box_size=facts.card.box_size,
            latent=self._engine.latent(view.field.latent),
            timings=dict(self._engine.last_timings),
            compared=self._comparer.compare(view),
            peaks=self._peaks(view, facts),
            density=self._engine.density(view.scaled.density).cpu().numpy(),
            rms=self._rms(view),
        )
        self._on_screen.clear()
        self._outbox.put(self._emit["frame"], frame)
        return view

    def _show_statistics(self, serial: int, settings: Settings, view: View) -> None:
        facts = self._load(settings.model)
        card = facts.card
        shared = (card.name, card.n, card.box_size, card.redshift_range, view.further)
        if self._extremes_of != shared:
            self._outbox.put(self._emit["extremes"], self._extremes(settings, facts))
            self._extremes_of = shared
        statistics = self._engine.statistics(view.statistics)
        self._statistics_due = perf_counter() + LIVE_INTERVAL
        seconds = self._engine.last_timings.get("statistics", 0.0)
        measured = StatisticsFrame(
            serial=serial, view=view, statistics=statistics, seconds=seconds,
            typicality=self._engine.typicality(view.field.latent), chance=self._chances.at(view.reference),
        )  # fmt: skip
        self._outbox.put(self._emit["statistics"], measured)

    def _extremes(self, settings: Settings, facts: ModelFacts) -> tuple[LiveStatistics, ...]:
        """Return statistics at both ends of the redshift range, between which those of a drag will lie."""
        views = (
            _resolve(replace(settings, redshift=redshift), facts) for redshift in sorted(set(facts.card.redshift_range))
        )
        return tuple(self._engine.statistics(view.statistics) for view in views)

    def _peaks(self, view: View, facts: ModelFacts) -> tuple[Peaks, ...]:
        if not view.peaks:
            return ()
        fields = [self._engine.density(view.scaled.density)]
        if view.reference is not None:
            fields.append(self._engine.reference(view.reference).tensor())
        card = facts.card
        return tuple(
            find_peaks(field, box_size=card.box_size, universe=card.universe, heights=view.peak_range)
            for field in fields
        )

    def _rms(self, view: View) -> tuple[float, ...]:
        band = view.scaled.band
        fields = (view.scaled.density, view.reference)
        return () if band is None else tuple(self._engine.rms(field, band) for field in fields if field is not None)

    def _load(self, model: str) -> ModelFacts:
        from cosmoloom.scaling.rational import Rational

        if self._facts is None or self._facts.name != model:
            loaded, held_out = self._engine.model(model), self._engine.held_out(model)
            directions, scaling = loaded.directions, loaded.scaling_at(loaded.card.default_kappa)
            self._facts = ModelFacts(
                name=model,
                card=loaded.card,
                explained=tuple(float(share) for share in directions.explained),
                direction_names=directions.names,
                latent_sigma=loaded.latent_sigma,
                snapshots=() if held_out is None else tuple(held_out.statistics.redshifts),
                references=() if held_out is None else held_out.sources,
                scaling=None if isinstance(scaling, Rational) else scaling,
            )
            self._outbox.put(self._emit["model"], self._facts)
        return self._facts


def _resolve(settings: Settings, facts: ModelFacts) -> View:
    """Return the view that settings ask for of a loaded model."""
    return resolve(
        settings,
        snapshots=facts.snapshots,
        n_directions=len(facts.explained),
        kappa_conditions=facts.card.kappa_conditions,
    )


def _reference_name(view: View, facts: ModelFacts) -> str:
    """Return two words on what stands beside the generated field; nothing where nothing does."""
    if view.reference is None:
        return ""
    own = view.reference.own_box
    return facts.references[view.reference.index].label if own is None else f"own box {Path(own[0]).name}"
