"""What an explorer asks of whatever shows it."""

from __future__ import annotations

from typing import Protocol


class View(Protocol):
    """What shows an explorer; called on the kernel's main loop."""

    @property
    def has_room(self) -> bool:
        """Whether another frame may be sent to it."""

    @property
    def pages(self) -> int:
        """How many pages show it."""

    def show_model(self) -> None:
        """Show the facts of another model."""

    def show_frame(self) -> None:
        """Show the last fields."""

    def show_statistics(self) -> None:
        """Show the last curves."""

    def show_error(self, text: str) -> None:
        """Show one line of an error."""

    def show_busy(self, busy: bool) -> None:
        """Show whether something is computed."""

    def show_closed(self) -> None:
        """Say that nothing moves any more."""
