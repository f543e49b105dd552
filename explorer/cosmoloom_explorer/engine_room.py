"""One engine, and the one thread that calls it, for all explorers of a process."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from queue import SimpleQueue
from threading import Lock, Thread
from typing import ClassVar, TypeVar

from cosmoloom.engine import Engine
from cosmoloom.pipeline.kept_latents import KeptLatents
from cosmoloom_explorer.freed_memory import give_back

Result = TypeVar("Result")


class EngineRoom:
    """Models and fields that explorers share, for as long as one of them is in.

    Weights and tables are loaded once however many explorers show them.  One thread for all of them is no slower
    than one each, since each takes all cores that it may, and takes less memory: an allocator keeps for every thread
    what that has freed.

    Parameters
    ----------
    device : str, optional
        "cpu" or "cuda"; by default the best.

    Attributes
    ----------
    engine, exact : Engine
        For what is shown, and in single precision for what is handed out; both to be asked through :meth:`call` alone.
    kept : KeptLatents
        Latents that no seed draws; they outlive every room, so that an explorer can show again what was edited.
    """

    kept: ClassVar[KeptLatents] = KeptLatents()
    _open: ClassVar[dict[str | None, EngineRoom]] = {}
    _door: ClassVar[Lock] = Lock()

    def __init__(self, device: str | None = None) -> None:
        self.engine = Engine(device=device)
        self.exact = Engine(device=device, precision="exact")
        self._device = device
        self._guests = 0
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="cosmoloom-engine", daemon=True)
        self._thread.start()
        self._jobs.put(self._know_kept)

    @classmethod
    def enter(cls, device: str | None = None) -> EngineRoom:
        """Return the room of a device, opened for whoever comes first."""
        with cls._door:
            room = cls._open.get(device)
            if room is None:
                room = cls._open[device] = cls(device)
            room._guests += 1
            return room

    def leave(self) -> None:
        """Go out; the last one ends the thread and frees models and fields."""
        with self._door:
            self._guests -= 1
            last = self._guests == 0
            if last:
                del self._open[self._device]
        if last:
            self._jobs.put(None)
            self._thread.join()
            self.engine.clear()
            self.exact.clear()
        give_back()

    def call(self, ask: Callable[[], Result]) -> Result:
        """Return the answer of ``ask()``, run on the engine's thread, or raise what it raises."""
        answer: Future[Result] = Future()
        self._jobs.put(partial(_answer, answer, ask))
        return answer.result()

    def _know_kept(self) -> None:
        for engine in (self.engine, self.exact):
            engine.recipes.kept = self.kept

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
            del job  # whatever it made is its asker's alone


def _answer(answer: Future[Result], ask: Callable[[], Result]) -> None:
    try:
        answer.set_result(ask())
    except BaseException as error:  # noqa: BLE001  it is raised where it was asked for
        answer.set_exception(error)
