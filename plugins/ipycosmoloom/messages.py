"""What goes over the wire: pixels as bytes, curves as float32, and a few words of JSON about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cosmoloom_explorer import colours, readouts
from cosmoloom_explorer.plots.plot import curves_of
from cosmoloom_explorer.slices import AXES, PLANES, Plane, slice_image

if TYPE_CHECKING:
    from cosmoloom_explorer import Frame, StatisticsFrame
    from cosmoloom_explorer.frames import Volume
    from cosmoloom_explorer.statistics_figure import StatisticsFigure

Bytes = NDArray[np.uint8]
Content = dict[str, Any]
ROWS = ("x", "generated", "reference", "median", "low", "high")
"""Rows of a statistic's array that it may have, in their order."""
PLANE_NAMES = tuple(f"{AXES[plane.across]}-{AXES[plane.up]}" for plane in PLANES)
STEPS = ("mass", "peaks")
"""Statistics that are histograms."""


def levels(x: NDArray[np.float32]) -> Bytes:
    """Return a scaled field as one of 256 colours per voxel; values beyond the contrast saturate."""
    low, high = colours.CONTRAST
    return np.clip((x - low) * (255.0 / (high - low)) + 0.5, 0.0, 255.0).astype(np.uint8)


def plane_of(name: str) -> Plane:
    """Return the plane of a name such as "x-y"."""
    return PLANES[PLANE_NAMES.index(name)]


def slice_levels(volume: Volume, plane: Plane, position: int) -> Bytes:
    """Return a slice as colours, shape (n, n), rows from the top of the image down."""
    return levels(np.ascontiguousarray(slice_image(volume, plane, position)))


def volume_levels(volume: Volume) -> Bytes:
    """Return a volume as colours with axes (z, y, x): a texture's first axis is the one that varies fastest."""
    return levels(np.ascontiguousarray(volume.transpose(2, 1, 0)))


def frame_words(frame: Frame) -> Content:
    """Return what is to be written beside the pixels of a frame."""
    generated, simulation = readouts.slice_titles(frame)
    return {
        "serial": frame.serial,
        "n": len(frame.generated),
        "boxSize": frame.box_size,
        "redshift": frame.view.field.redshift,
        "seed": frame.view.field.latent.seed,
        "kappa": frame.view.scaled.display_kappa,
        "colouring": frame.view.scaled.colouring,
        "titles": [generated, simulation],
        "referenceName": frame.reference_name,
        "timings": readouts.timings_text(frame.timings),
    }


def statistics_message(frame: StatisticsFrame, figure: StatisticsFigure) -> tuple[Content, list[bytes]]:
    """Return curves as words and one array of float32 per statistic, shape (rows, m).

    Parameters
    ----------
    frame : StatisticsFrame
        The curves.
    figure : StatisticsFigure
        Which plots are chosen, and their axes.
    """
    panels, buffers = [], []
    for plot in figure.shown:
        for name, panel in figure.plots[plot].panels.items():
            curves = curves_of(frame.statistics, name)
            if curves is None:
                continue
            rows = [row for row in ROWS if getattr(curves, row) is not None]
            buffers.append(np.stack([getattr(curves, row) for row in rows]).astype(np.float32).tobytes())
            axes = panel.axes
            trusted = frame.statistics.trusted_k if plot == "power" else None
            panels.append({
                "key": name, "title": curves.name, "xLabel": axes.get_xlabel() or curves.x_label,
                "yLabel": curves.y_label if name == "ratio" else axes.get_ylabel() or curves.y_label,
                "xLog": axes.get_xscale() == "log", "yLog": axes.get_yscale() == "log",
                "xLimits": list(map(float, axes.get_xlim())), "yLimits": list(map(float, axes.get_ylim())),
                "steps": plot in STEPS, "rows": rows,
                "shaded": curves.untrusted or (None if trusted is None else (trusted, float(axes.get_xlim()[1]))),
            })  # fmt: skip
    words = {
        "serial": frame.serial,
        "redshift": frame.view.field.redshift,
        "panels": panels,
        "text": readouts.statistics_text(frame.statistics),
        "seconds": frame.seconds,
    }
    return words, buffers
