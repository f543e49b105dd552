"""Undo and redo of settings."""

from __future__ import annotations

from cosmoloom_explorer.settings import Settings

LONGEST = 200


class History:
    """Steps back and forth through settings; the caller decides when a drag has become one step."""

    def __init__(self, first: Settings) -> None:
        self._past = [first]
        self._future: list[Settings] = []

    @property
    def can_undo(self) -> bool:
        """Whether there is an earlier step."""
        return len(self._past) > 1

    @property
    def can_redo(self) -> bool:
        """Whether a step was undone."""
        return bool(self._future)

    def record(self, settings: Settings) -> None:
        """Remember settings as a new step, unless nothing changed."""
        if settings != self._past[-1]:
            self._past = [*self._past[-LONGEST + 1 :], settings]
            self._future.clear()

    def undo(self) -> Settings | None:
        """Return the settings one step back, None at the beginning."""
        if not self.can_undo:
            return None
        self._future.append(self._past.pop())
        return self._past[-1]

    def redo(self) -> Settings | None:
        """Return the settings of the step that was undone last, None if there is none."""
        if not self._future:
            return None
        self._past.append(self._future.pop())
        return self._past[-1]
