"""Long work beside the session: one job at a time on a thread of its own, with progress and cancel."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from psygnal import Signal

from cosmoloom.errors import CosmoloomError
from cosmoloom_explorer.outbox import Deliver, Outbox

if TYPE_CHECKING:
    from cosmoloom.pipeline.model import Model

Job = Callable[["Model"], Iterator[Any]]
"""Makes one result after the other with a model in single precision; it may be closed after each."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Progress:
    """What a job has come to.

    Attributes
    ----------
    kind : str
        Whose job it is.
    result : object
        The newest result; None where there was none.
    """

    kind: str
    result: Any


class Workshop:
    """Run jobs one after the other, each with a model of its own, so that the session goes on answering.

    Parameters
    ----------
    deliver : callable
        Runs a callable on the viewer's own loop; signals are emitted there.
    device : str
        Where models compute.
    threads : int, optional
        Threads of the CPU for a job; by default as many as torch takes.

    Notes
    -----
    ``progressed(Progress)`` comes with each result, unless a newer one overtakes it on its way; ``finished(Progress)``
    with the last one, also after a cancel; ``failed(str, str)`` with the kind and one line.
    """

    progressed = Signal(Progress)
    finished = Signal(Progress)
    failed = Signal(str, str)

    def __init__(self, deliver: Deliver, *, device: str = "cpu", threads: int | None = None) -> None:
        self._outbox = Outbox(deliver)
        self._device, self._threads = device, threads
        self._cancelled = Event()
        self._thread: Thread | None = None
        self._model: tuple[str, Model] | None = None
        self._emit_progress, self._emit_finished = self.progressed.emit, self.finished.emit
        self._emit_failure = lambda failure: self.failed.emit(*failure)

    @property
    def running(self) -> bool:
        """Whether a job is under way."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, kind: str, model: str, job: Job) -> None:
        """Begin a job with a model by name; one that is under way is cancelled, and this one follows it."""
        self.cancel()
        before, self._cancelled = self._thread, Event()
        self._thread = Thread(
            target=self._run, args=(kind, model, job, self._cancelled, before), name="cosmoloom-workshop", daemon=True
        )
        self._thread.start()

    def cancel(self) -> None:
        """End the job after the result that it is working on."""
        self._cancelled.set()

    def wait(self, timeout: float | None = None) -> bool:
        """Block until no job is under way; return False after ``timeout`` seconds."""
        if self._thread is not None:
            self._thread.join(timeout)
        return not self.running

    def close(self, timeout: float = 30.0) -> bool:
        """Cancel and let go; nothing is announced any more.  Return whether the thread ended."""
        self._outbox.close()
        self.cancel()
        ended = self.wait(timeout)
        self._model = None
        return ended

    def _run(self, kind: str, name: str, job: Job, cancelled: Event, before: Thread | None) -> None:
        if before is not None:
            before.join()
        last = None
        try:
            with closing(job(self._load(name))) as results:  # type: ignore[type-var]
                for last in results:
                    if cancelled.is_set():
                        break
                    self._outbox.put(self._emit_progress, Progress(kind, last))
        except CosmoloomError as error:
            self._outbox.put(self._emit_failure, (kind, str(error)))
        except Exception as error:  # a view must outlive a fault of a job; the log has the whole story
            logger.exception("a job failed")
            self._outbox.put(self._emit_failure, (kind, f"internal error: {type(error).__name__}: {error}"))
        self._outbox.put(self._emit_finished, Progress(kind, last))

    def _load(self, name: str) -> Model:
        import torch

        from cosmoloom.models.catalogue import load

        if self._threads is not None:
            torch.set_num_threads(self._threads)
        if self._model is None or self._model[0] != name:
            self._model = name, load(name, device=self._device, precision="exact")
        return self._model[1]
