"""How the axes of every plot look: ground, ticks, labels, logarithms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator

from cosmoloom_explorer import colours

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

FONT = 8.0
SUPERSCRIPTS = str.maketrans("-0123456789", "\u207b\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079")


def dress(axes: Axes) -> None:
    """Give axes the explorer's ground, ticks and grid."""
    axes.set_facecolor(colours.PANEL)
    axes.tick_params(which="both", colors=colours.MUTED, labelsize=FONT - 0.5, length=3, pad=2)
    axes.tick_params(which="minor", length=1.5)
    axes.grid(visible=True, which="major", color=colours.LINE, lw=0.6)
    axes.set_axisbelow(True)
    for spine in axes.spines.values():
        spine.set_color(colours.LINE)


def label(axes: Axes, title: str, x_label: str, y_label: str) -> None:
    """Name a plot and the quantities on its axes, units in brackets."""
    axes.set_title(title, fontsize=FONT + 0.5, color=colours.TEXT, loc="left", pad=4)
    axes.set_xlabel(x_label, fontsize=FONT, color=colours.TEXT, labelpad=2)
    axes.set_ylabel(y_label, fontsize=FONT, color=colours.TEXT, labelpad=3)


def logarithmic_x(axes: Axes, limits: tuple[float, float], *, labels: bool = True) -> None:
    """Make the x axis logarithmic, ticks at 1, 2 and 5."""
    axes.set_xscale("log")
    axes.set_xlim(*limits)
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}") if labels else NullFormatter())
    axes.xaxis.set_minor_locator(NullLocator())


def logarithmic_y(axes: Axes, limits: tuple[float, float]) -> None:
    """Make the y axis logarithmic, ticks at powers of ten."""
    axes.set_yscale("log")
    axes.set_ylim(*limits)
    axes.yaxis.set_major_locator(LogLocator(numticks=5))
    axes.yaxis.set_major_formatter(FuncFormatter(_power_of_ten))
    axes.yaxis.set_minor_locator(NullLocator())


def few_ticks(axes: Axes, across: int, up: int) -> None:
    """Put at most so many intervals on linear axes."""
    axes.xaxis.set_major_locator(MaxNLocator(across))
    axes.yaxis.set_major_locator(MaxNLocator(up))


def still_parts(axes: Axes) -> list[Artist]:
    """Return what does not move of axes, from back to front: ground, axes with grid and labels, spines, texts."""
    parts = [part for part in axes.get_children() if part is not axes.patch and not part.get_animated()]
    return [axes.patch, *sorted((part for part in parts if part.get_visible()), key=lambda part: part.get_zorder())]


def _power_of_ten(value: float, _position: int) -> str:
    exponent = round(np.log10(value))
    return f"{value:g}" if -1 <= exponent <= 2 else "10" + str(exponent).translate(SUPERSCRIPTS)
