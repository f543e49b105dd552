"""Parts of an explorer, each a widget of its own."""

from __future__ import annotations

from ipycosmoloom.explorer import Explorer
from ipycosmoloom.pane import Pane


class SliceView(Pane):
    """Generated and simulated slice side by side, and their difference.

    Parameters
    ----------
    explorer : Explorer
        Whose fields to show; it need not be shown itself.
    plane : str
        "x-y", "x-z" or "y-z".
    """

    def __init__(self, explorer: Explorer, plane: str = "x-y") -> None:
        super().__init__(explorer.live, ("slices",))
        self.plane = plane


class VolumeView(Pane):
    """Generated and simulated volume, which turn together.

    Parameters
    ----------
    explorer : Explorer
        Whose fields to show.
    """

    def __init__(self, explorer: Explorer) -> None:
        super().__init__(explorer.live, ("volume",))


class StatisticsView(Pane):
    """Statistics of the generated field beside those of held-out simulations.

    Parameters
    ----------
    explorer : Explorer
        Whose statistics to show.
    """

    def __init__(self, explorer: Explorer) -> None:
        super().__init__(explorer.live, ("statistics",))


class RedshiftSlider(Pane):
    """The redshift alone.

    Parameters
    ----------
    explorer : Explorer
        Which explorer it moves.
    """

    def __init__(self, explorer: Explorer) -> None:
        super().__init__(explorer.live, ("redshift",))
