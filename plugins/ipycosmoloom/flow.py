"""Acknowledgement of what was sent to the browser, so that messages never pile up on the way."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

IN_FLIGHT = 2
"""Messages with pixels or curves that may be on their way at a time."""
PATIENCE = 3.0
"""After this time without an answer a message counts as lost, as when a page was closed [s]."""


class Flow:
    """Numbers of the messages that were sent and not yet acknowledged.

    Parameters
    ----------
    clock : callable
        Returns seconds.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._sent: dict[int, float] = {}
        self._last = 0

    @property
    def in_flight(self) -> int:
        """Messages whose acknowledgement is still due."""
        oldest = self._clock() - PATIENCE
        self._sent = {number: when for number, when in self._sent.items() if when > oldest}
        return len(self._sent)

    @property
    def has_room(self) -> bool:
        """Whether another message may go."""
        return self.in_flight < IN_FLIGHT

    def number(self) -> int:
        """Return the number for a message that goes now."""
        self._last += 1
        self._sent[self._last] = self._clock()
        return self._last

    def acknowledge(self, number: int) -> None:
        """Take note that a message is on screen; those before it came before it."""
        self._sent = {sent: when for sent, when in self._sent.items() if sent > number}

    def reset(self) -> None:
        """Forget what is on its way, as when a page was opened anew."""
        self._sent.clear()
