"""From the session's worker thread to the kernel's own event loop."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import Condition
from time import monotonic
from typing import Any

Run = Callable[[], None]


class KernelLoop:
    """Run callables on the kernel's main loop, in the order in which they were handed over, one a turn.

    The loop is looked up when the object is made, not when the module is imported: comms may be served on a thread
    of their own, with a loop of its own.  Outside of a kernel nothing turns a loop, and :meth:`run_until` does.
    """

    def __init__(self) -> None:
        self._waiting: deque[Run] = deque()
        self._arrived = Condition()
        self._loop = _main_loop()

    def deliver(self, run: Run) -> None:
        """Let ``run()`` be called on the main loop; callable from any thread."""
        with self._arrived:
            self._waiting.append(run)
            self._arrived.notify_all()
        if self._loop is not None:
            self._loop.add_callback(self._turn)

    def run_until(self, reached: Callable[[], bool], timeout: float) -> bool:
        """Run what is handed over, here and now, until a condition holds; return False after ``timeout`` seconds.

        A cell that waits keeps the kernel's loop from turning, so it has to do the loop's work.
        """
        end = monotonic() + timeout
        while not reached():
            left = end - monotonic()
            if left <= 0:
                return False
            with self._arrived:
                self._arrived.wait_for(lambda: self._waiting, min(left, 0.1))
            self._turn()
        return True

    def later(self, seconds: float, run: Run) -> None:
        """Let ``run()`` be called on the main loop after a while; without a kernel it never is."""
        if self._loop is not None:
            loop = self._loop
            loop.add_callback(lambda: loop.call_later(seconds, run))

    def _turn(self) -> None:
        with self._arrived:
            run = self._waiting.popleft() if self._waiting else None
        if run is not None:
            run()


def _main_loop() -> Any:
    """Return the loop on which the kernel runs cells; None outside of a kernel."""
    import sys

    if "IPython" not in sys.modules:
        return None
    from IPython import get_ipython

    shell = get_ipython()
    return getattr(getattr(shell, "kernel", None), "io_loop", None)
