"""Python's search for garbage in all of its memory, kept away from what a person does."""

from __future__ import annotations

import gc
from typing import ClassVar, Literal

NEVER = 2**31 - 1


class FullCollections:
    """Keep the collection of the oldest objects, which stops every thread, short and out of drags.

    With napari and torch loaded it takes 100 to 300 ms; those of young objects take up to 3 ms and go on.  Once a
    window stands, all that is loaded by then is left out of collections until a window closes, and so is what each
    full collection leaves: the next one looks at what was made since.
    """

    _standing: ClassVar[set[FullCollections]] = set()
    _moving: ClassVar[set[FullCollections]] = set()
    _thresholds: ClassVar[tuple[int, int, int]] = gc.get_threshold()

    def leave_out(self) -> None:
        """Leave all that there is now out of collections; later calls change nothing until a window closes."""
        if self not in self._standing:
            self._standing.add(self)
            if _on_collection not in gc.callbacks:
                gc.callbacks.append(_on_collection)
            gc.collect()  # what is garbage by now would not be found while the window stands

    def postpone(self) -> None:
        """Let none begin from now on; safe to call twice."""
        if not self._moving:
            FullCollections._thresholds = gc.get_threshold()
            gc.set_threshold(*self._thresholds[:2], NEVER)
        self._moving.add(self)

    def allow(self) -> None:
        """Let them begin again once nothing moves in any window; safe to call twice."""
        if self in self._moving:
            self._moving.remove(self)
            if not self._moving:
                gc.set_threshold(*self._thresholds)

    def close(self) -> None:
        """Let them begin again and look at everything, at this window's remains too; safe to call twice."""
        self.allow()
        self._standing.clear()
        if _on_collection in gc.callbacks:
            gc.callbacks.remove(_on_collection)
        gc.unfreeze()


def _on_collection(phase: Literal["start", "stop"], info: dict[str, int]) -> None:
    """Leave out of later collections what a full one has left."""
    if phase == "stop" and info["generation"] == 2:
        gc.freeze()
