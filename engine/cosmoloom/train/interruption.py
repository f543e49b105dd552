"""Stop a training when it is asked to, between two steps."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self

SIGNALS = (signal.SIGINT, signal.SIGTERM)
ECHO = 1.0
"""Signals this soon after the first are its echo: torchrun passes on what the terminal has sent already [s]."""


class Interruption:
    """While entered, the first Ctrl-C or SIGTERM is a wish and the second is obeyed at once.

    Signals reach the main thread alone; in another one this class never wishes to stop.

    Parameters
    ----------
    on_wish : callable, optional
        Called once, with the name of the signal.

    Attributes
    ----------
    wanted : bool
        Whether the training shall stop after the step in hand.
    """

    def __init__(self, on_wish: Callable[[str], None] | None = None) -> None:
        self.wanted = False
        self._on_wish = on_wish
        self._former: dict[signal.Signals, Any] = {}
        self._first = 0.0

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._former = {which: signal.signal(which, self._receive) for which in SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for which, handler in self._former.items():
            signal.signal(which, handler)

    def _receive(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        now = time.monotonic()
        if self.wanted:
            if now - self._first > ECHO:
                raise KeyboardInterrupt
            return
        self.wanted, self._first = True, now
        if self._on_wish is not None:
            self._on_wish(signal.Signals(number).name)
