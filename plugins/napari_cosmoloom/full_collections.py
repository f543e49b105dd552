"""Python's search for garbage in all of its memory, kept out of drags."""

from __future__ import annotations

import gc

NEVER = 2**31 - 1


class FullCollections:
    """Postpone the collection of the oldest objects, which stops every thread, until nothing moves.

    With napari and torch loaded it takes 100 to 300 ms; those of young objects take up to 3 ms and go on.
    """

    def __init__(self) -> None:
        self._thresholds: tuple[int, int, int] | None = None

    def postpone(self) -> None:
        """Let none begin from now on; safe to call twice."""
        if self._thresholds is None:
            self._thresholds = gc.get_threshold()
            gc.set_threshold(*self._thresholds[:2], NEVER)

    def allow(self) -> None:
        """Let them begin again; safe to call twice."""
        if self._thresholds is not None:
            gc.set_threshold(*self._thresholds)
            self._thresholds = None
