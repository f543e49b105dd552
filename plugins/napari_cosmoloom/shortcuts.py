"""Keys of the explorer; those of napari are left alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from napari_cosmoloom.actions import Action


class Shortcuts:
    """Keys bound to one viewer, for as long as the explorer is open."""

    def __init__(self, viewer: Any, actions: Iterable[Action]) -> None:
        self._viewer = viewer
        self._bound: list[str] = []
        for action in actions:
            self._bind(action)

    def close(self) -> None:
        """Give the keys back."""
        for key in self._bound:
            self._viewer.bind_key(key, None)
        self._bound.clear()

    def _bind(self, action: Action) -> None:
        def on_key(_viewer: Any) -> None:
            action.run()

        try:
            self._viewer.bind_key(action.key, on_key)
        except ValueError:  # already in use, by napari or by another plugin: theirs comes first
            return
        self._bound.append(action.key)
