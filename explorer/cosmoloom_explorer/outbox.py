"""Results on their way from the worker to the viewer: only the newest of each kind is kept."""

from __future__ import annotations

from collections.abc import Callable
from threading import Condition
from typing import Any

Deliver = Callable[[Callable[[], None]], None]
"""Runs a callable on the viewer's own loop, from any thread, in the order of the calls."""


class Outbox:
    """Carry results to the viewer's loop without letting them pile up there.

    Parameters
    ----------
    deliver : callable
        Hops to the viewer's loop.
    """

    def __init__(self, deliver: Deliver) -> None:
        self._deliver = deliver
        self._waiting: dict[Callable[[Any], None], Any] = {}
        self._changed = Condition()
        self._closed = False

    def put(self, show: Callable[[Any], None], result: Any) -> None:
        """Let ``show(result)`` run on the viewer's loop, unless a newer result for it comes first.

        What was put first is shown first; a result that replaces another goes to the end of the line.
        """
        with self._changed:
            if self._closed:
                return
            known = show in self._waiting
            self._waiting.pop(show, None)
            self._waiting[show] = result
        if not known:
            self._deliver(self._show_first)

    def wait_until_shown(self, show: Callable[[Any], None], timeout: float) -> None:
        """Block until the viewer has taken the last result for ``show``, is closing, or is out of time."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or show not in self._waiting, timeout)

    def close(self) -> None:
        """Drop what waits; nothing is shown any more."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._changed.notify_all()

    def _show_first(self) -> None:
        with self._changed:
            if self._closed or not self._waiting:
                return
            show = next(iter(self._waiting))
            result = self._waiting.pop(show)
            self._changed.notify_all()
        show(result)
