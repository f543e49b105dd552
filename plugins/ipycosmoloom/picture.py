"""A still picture of an explorer, for notebooks where nothing runs: on GitHub, in print, in a mail."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Literal

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from cosmoloom_explorer import colours, readouts
from cosmoloom_explorer.colour_ticks import colour_text, colour_ticks
from cosmoloom_explorer.plots.dressing import logarithmic_x, logarithmic_y
from cosmoloom_explorer.plots.plot import curves_of
from cosmoloom_explorer.slices import slice_image
from ipycosmoloom import messages, wire

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colorbar import Colorbar
    from matplotlib.image import AxesImage

    from cosmoloom.keys import Colouring
    from cosmoloom_explorer import Frame, StatisticsFrame
    from cosmoloom_explorer.statistics_figure import StatisticsFigure

SIZE, DPI = (9.6, 5.6), 80
SIDE, BAR = 2.45, 2.32
TILES = ((0.5, 2.85), (3.65, 2.85), (6.9, 2.85))
"""Places of the slices, their side, and the height of the colour bars [inch]."""
GENERATED, SIMULATION = "#d9730d", "#1f77c9"
"""Colours of the curves on white paper."""
SHOWN = ("power", "ratio", "mass", "peaks")
CLOSEST = 0.1
"""Least distance of two ticks of a colour bar, on the scale from -1 to 1."""


def picture(
    frame: Frame, statistics: StatisticsFrame, plots: StatisticsFigure, *, plane: str, position: int
) -> bytes:
    """Return a PNG file with the slices, their colour bar and the statistics.

    Parameters
    ----------
    frame, statistics : Frame, StatisticsFrame
        What is shown.
    plots : StatisticsFigure
        The axes' limits.
    plane : str
        The slices' plane, such as "x-y".
    position : int
        Voxel at which it cuts.
    """
    figure = Figure(figsize=SIZE, dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    fields = [frame.generated] if frame.reference is None else [frame.generated, frame.reference]
    cut = messages.plane_of(plane)
    images = [slice_image(field, cut, position) for field in fields]
    titles = readouts.slice_titles(frame)
    scaled = frame.view.scaled
    colormap = colours.COLORMAPS[scaled.colouring]
    for column, image in enumerate(images):
        tile = _add(figure, (*TILES[column], SIDE, SIDE))
        shown = _show(tile, image, colormap, frame.box_size, plane)
        tile.set_title(titles[column], fontsize=9, color=(GENERATED, SIMULATION)[column])
    bar = _add(figure, (TILES[0][0], BAR, TILES[len(images) - 1][0] + SIDE - TILES[0][0], 0.1))
    _ticks(figure.colorbar(shown, cax=bar, orientation="horizontal"), scaled.display_kappa, scaled.colouring)
    if len(images) == 2:
        tile = _add(figure, (*TILES[2], SIDE, SIDE))
        shown = _show(tile, images[0] - images[1], wire.MAPS["difference"], frame.box_size, plane)
        tile.set_title(f"Generated \N{MINUS SIGN} {titles[1].partition(',')[0].lower()}", fontsize=9)
        difference = figure.colorbar(shown, cax=_add(figure, (TILES[2][0], BAR, SIDE, 0.1)), orientation="horizontal")
        difference.set_ticks([-1.0, -0.5, 0.0, 0.5, 1.0])
        difference.set_label("difference of the scaled fields", fontsize=7)
        difference.ax.tick_params(labelsize=7)
    for column, name in enumerate(SHOWN):
        _curves(_add(figure, (0.55 + 2.38 * column, 0.42, 1.75, 1.05)), name, statistics, plots)
    file = BytesIO()
    figure.savefig(file, format="png", dpi=DPI)
    return _small(file)


def _show(axes: Axes, image: np.ndarray, colormap: str, box_size: float, plane: str) -> AxesImage:
    across, up = plane.split("-")
    axes.set_xlabel(f"{across}  [Mpc/h]", fontsize=7, labelpad=1)
    axes.set_ylabel(f"{up}  [Mpc/h]", fontsize=7, labelpad=1)
    axes.tick_params(labelsize=7)
    extent = (0.0, box_size, 0.0, box_size)
    return axes.imshow(image, cmap=colormap, norm=Normalize(*colours.CONTRAST), extent=extent, interpolation="nearest")


def _ticks(bar: Colorbar, kappa: float, colouring: Colouring) -> None:
    ticks: list[tuple[str, float]] = []
    for label, place in colour_ticks(kappa, colouring):
        if not ticks or place - ticks[-1][1] > CLOSEST:
            ticks.append((label, place))
    bar.set_ticks([place for _, place in ticks], labels=[label for label, _ in ticks])
    bar.set_label(colour_text(kappa, colouring), fontsize=7)
    bar.ax.tick_params(labelsize=7)


def _add(figure: Figure, place: tuple[float, float, float, float]) -> Axes:
    """Add axes at a place in inches."""
    (x, y, w, h), (width, height) = place, SIZE
    return figure.add_axes((x / width, y / height, w / width, h / height))


def _curves(axes: Axes, name: str, frame: StatisticsFrame, plots: StatisticsFigure) -> None:
    curves = curves_of(frame.statistics, name)
    if curves is None:
        axes.set_axis_off()
        return
    like = plots.panels[name].axes
    style = "steps-mid" if name in messages.STEPS else "default"
    if curves.low is not None and curves.high is not None:
        step: Literal["mid"] | None = "mid" if name in messages.STEPS else None
        axes.fill_between(curves.x, curves.low, curves.high, color=SIMULATION, alpha=0.25, lw=0, step=step)
    if curves.median is not None:
        axes.plot(curves.x, curves.median, color=SIMULATION, lw=1, ls="--", drawstyle=style)
    if curves.reference is not None:
        axes.plot(curves.x, curves.reference, color=SIMULATION, lw=1.1, drawstyle=style)
    axes.plot(curves.x, curves.generated, color=GENERATED, lw=1.5, drawstyle=style)
    axes.set(xlim=like.get_xlim(), ylim=like.get_ylim())
    if like.get_xscale() == "log":
        logarithmic_x(axes, like.get_xlim())
    if like.get_yscale() == "log":
        logarithmic_y(axes, like.get_ylim())
    axes.set_title(curves.name, fontsize=8)
    axes.set_xlabel(like.get_xlabel() or curves.x_label, fontsize=7, labelpad=1)
    axes.set_ylabel(like.get_ylabel() or curves.y_label, fontsize=7, labelpad=1)
    axes.tick_params(labelsize=7)


def _small(file: BytesIO) -> bytes:
    """Return a picture with 256 colours: a third of the bytes, and nobody sees it."""
    from PIL import Image

    file.seek(0)
    packed = BytesIO()
    Image.open(file).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(packed, "PNG", optimize=True)
    return packed.getvalue()
