"""Slices and statistics on white, as wide as the page of a journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from cosmoloom_explorer import colours, readouts
from cosmoloom_explorer.colour_ticks import colour_text, colour_ticks
from cosmoloom_explorer.slices import AXES, PLANES, slice_image

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cosmoloom.live_statistics import Curves, LiveStatistics, Values
    from cosmoloom_explorer.frames import Frame
    from cosmoloom_explorer.settings import Settings

SIZE = (7.1, 4.6)
"""Of a page of two columns [inch]."""
FONT = 8
"""[points]"""
LABELS = {
    "P(k) [(Mpc/h)^3]": r"$P(k)$ [(Mpc/$h)^3$]",
    "k [h/Mpc]": r"$k$ [$h$/Mpc]",
    "log10 rho/mean": r"$\log_{10}\,\rho/\bar\rho$",
}
"""Names of axes as a paper sets them."""
APART = 0.11
"""Least distance of two ticks of the colour bar, as a share of its length."""


def publication_figure(frame: Frame, statistics: LiveStatistics, settings: Settings) -> Figure:
    """Draw the x-y slice of both fields in one contrast, power spectrum, mass histogram and peaks.

    Parameters
    ----------
    frame : Frame
        Fields as displayed.
    statistics : LiveStatistics
        Of the same fields.
    settings : Settings
        Slice and contrast.
    """
    ink = colours.THEMES["light"]
    figure = Figure(figsize=SIZE, layout="constrained", facecolor="white")
    grid = figure.add_gridspec(2, 1, height_ratios=(1.35, 1.0))
    pictures, plots = figure.add_subfigure(grid[0]), figure.add_subfigure(grid[1])
    fields = [(frame.generated, "Generated"), (frame.reference, frame.reference_name)]
    shown = [(field, title) for field, title in fields if field is not None]
    axes = np.atleast_1d(pictures.subplots(1, len(shown)))
    redshifts = (frame.view.field.redshift, frame.reference_redshift)
    for panel, (field, title), redshift in zip(axes, shown, redshifts, strict=False):
        image = panel.imshow(
            slice_image(field, PLANES[0], settings.slices[2]),
            extent=(0, frame.box_size) * 2,
            vmin=settings.contrast[0],
            vmax=settings.contrast[1],
            cmap=_colormap(frame),
            interpolation="nearest",
        )
        panel.set_title(f"{title[:1].upper()}{title[1:]}, $z = {redshift:g}$", fontsize=FONT + 1)
        panel.set_xlabel(f"${AXES[0]}$ [Mpc/$h$]", fontsize=FONT)
        panel.set_ylabel(f"${AXES[1]}$ [Mpc/$h$]", fontsize=FONT)
        panel.tick_params(labelsize=FONT - 1)
    bar = pictures.colorbar(image, ax=list(axes), fraction=0.04, pad=0.02)
    _label_bar(bar, frame, settings)
    for panel, curves in zip(
        plots.subplots(1, 3), (statistics.power, statistics.mass, statistics.peaks), strict=True
    ):
        _draw(panel, curves, ink)
    panel.legend(frameon=False, fontsize=FONT - 2, handlelength=1.4)
    figure.suptitle(readouts.figure_caption(frame, settings.slices[2]), fontsize=FONT - 1, color=ink["MUTED"])
    return figure


def _colormap(frame: Frame) -> ListedColormap:
    table = colours.table(frame.view.scaled.colouring)
    return ListedColormap(np.stack([(table >> shift) & 255 for shift in (16, 8, 0)], axis=1) / 255.0)


def _label_bar(bar: object, frame: Frame, settings: Settings) -> None:
    scaled, (low, high) = frame.view.scaled, settings.contrast
    places: list[float] = []
    labels: list[str] = []
    for label, place in colour_ticks(scaled.display_kappa, scaled.colouring):
        if low <= place <= high and (not places or place - places[-1] >= APART * (high - low)):
            places.append(place)
            labels.append(label)
    bar.set_ticks(places, labels=labels, fontsize=FONT - 1)  # type: ignore[attr-defined]
    text = colour_text(scaled.display_kappa, scaled.colouring).replace(", ", "\n")
    bar.set_label(text, fontsize=FONT - 1)  # type: ignore[attr-defined]


def _draw(axes: Axes, curves: Curves, ink: dict[str, str]) -> None:
    low, high, reference = (_drawable(values, curves) for values in (curves.low, curves.high, curves.reference))
    generated = _drawable(curves.generated, curves)
    assert generated is not None
    if low is not None and high is not None:
        axes.fill_between(
            curves.x, low, high, color=ink["SIMULATION"], alpha=0.25, lw=0, label="held out, 16\u201384 %"
        )
    if reference is not None:
        axes.plot(curves.x, reference, color=ink["SIMULATION"], lw=1, label="simulation")
    axes.plot(curves.x, generated, color=ink["GENERATED"], lw=1.3, label="generated")
    if curves.x_log:
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.xaxis.set_minor_locator(NullLocator())
    if curves.y_log:
        axes.set_yscale("log")
    axes.set_xlabel(LABELS.get(curves.x_label, curves.x_label), fontsize=FONT)
    axes.set_ylabel(LABELS.get(curves.y_label, curves.y_label), fontsize=FONT)
    axes.tick_params(labelsize=FONT - 1)


def _drawable(values: Values | None, curves: Curves) -> Values | None:
    """Return a curve without what a logarithmic axis cannot show."""
    return values if values is None or not curves.y_log else np.where(values > 0, values, np.nan)
