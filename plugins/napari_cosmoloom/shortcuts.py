"""Keys of the explorer; those of napari are left alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Action = Callable[[], None]


class Shortcuts:
    """Keys bound to one viewer, for as long as the explorer is open."""

    def __init__(self, viewer: Any, actions: dict[str, Action]) -> None:
        self._viewer = viewer
        self._bound: list[str] = []
        for key, action in actions.items():
            self._bind(key, action)

    def close(self) -> None:
        """Give the keys back."""
        for key in self._bound:
            self._viewer.bind_key(key, None)
        self._bound.clear()

    def _bind(self, key: str, action: Action) -> None:
        def on_key(_viewer: Any) -> None:
            action()

        try:
            self._viewer.bind_key(key, on_key)
        except ValueError:  # already in use, by napari or by another plugin: theirs comes first
            return
        self._bound.append(key)
