"""A mailbox with one slot and one worker: the newest item wins, order holds, the last item is always done."""

from __future__ import annotations

from collections.abc import Callable
from threading import Condition, Thread, current_thread
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Mailbox(Generic[Item]):
    """Hand items to one worker thread, keeping only the newest of those that wait.

    Parameters
    ----------
    work : callable
        Called on the worker thread with one item at a time.  It must not raise; it may ask
        :attr:`superseded` whether to stop early.
    pause : callable, optional
        Called on the worker thread before an item is taken out, so that what is taken is the newest at
        the moment when there is room for its result.
    name : str
        Name of the thread.
    """

    def __init__(
        self,
        work: Callable[[Item], None],
        *,
        pause: Callable[[], None] | None = None,
        name: str = "cosmoloom-worker",
    ) -> None:
        self._work = work
        self._pause = pause
        self._slot: list[Item] = []
        self._working = False
        self._closed = False
        self._changed = Condition()
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def superseded(self) -> bool:
        """Whether a newer item waits, or the mailbox is closing: stop what can be dropped."""
        return bool(self._slot) or self._closed

    @property
    def idle(self) -> bool:
        """Whether nothing waits and nothing runs."""
        with self._changed:
            return not self._slot and not self._working

    def put(self, item: Item) -> None:
        """Leave an item for the worker, in place of one that still waits; ignored after closing."""
        with self._changed:
            if not self._closed:
                self._slot[:] = [item]
                self._changed.notify_all()

    def wait(self, timeout: float | None = None) -> bool:
        """Block until nothing waits and nothing runs; return False after ``timeout`` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._slot and not self._working, timeout)

    def close(self, timeout: float = 30.0) -> bool:
        """Drop what waits, let the running item end and join the thread; return whether it ended."""
        with self._changed:
            self._closed = True
            self._slot.clear()
            self._changed.notify_all()
        if current_thread() is not self._thread:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._working = False
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._slot or self._closed)
                if self._closed:
                    return
                self._working = True
            if self._pause is not None:
                self._pause()
            with self._changed:
                item = self._slot.pop() if self._slot else None
            if item is not None:
                self._work(item)
