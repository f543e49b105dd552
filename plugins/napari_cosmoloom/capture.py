"""A picture of the whole window, with what OpenGL drew in it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QPoint, Qt
from qtpy.QtGui import QImage, QPainter

from cosmoloom.errors import CosmoloomError
from napari_cosmoloom import napari_window


class EmptyPictureError(CosmoloomError, RuntimeError):
    """OpenGL drew nothing."""


def window_picture(viewer: Any) -> QImage:
    """Draw a shown viewer's window into an image.

    Grabbing a window leaves the canvas black where OpenGL draws in a window of its own, so the canvas is
    drawn by itself and put in its place.

    Raises
    ------
    EmptyPictureError
        If the canvas shows one colour only: the fields did not get drawn.
    """
    window = napari_window.main_window(viewer)
    canvas = napari_window.canvas_widget(viewer)
    fields = np.ascontiguousarray(viewer.screenshot(canvas_only=True, flash=False))
    check_drawn(fields)
    picture = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    height, width = fields.shape[:2]
    image = QImage(fields.data, width, height, 4 * width, QImage.Format.Format_RGBA8888)
    ratio = picture.devicePixelRatio()
    image = image.scaled(
        round(canvas.width() * ratio), round(canvas.height() * ratio),
        Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation,
    )  # fmt: skip
    image.setDevicePixelRatio(ratio)
    painter = QPainter(picture)
    painter.drawImage(canvas.mapTo(window, QPoint(0, 0)), image)
    painter.end()
    return picture


def check_drawn(pixels: NDArray[np.uint8]) -> None:
    """Raise EmptyPictureError unless the colours (alpha aside) vary over a canvas of shape (h, w, 4)."""
    colours = pixels[..., :3].reshape(-1, 3)
    if int(np.ptp(colours, axis=0).max()) < 16 or float(colours.std()) < 1.0:
        raise EmptyPictureError(
            "the canvas came out empty: OpenGL drew nothing. Is libgl1 (Mesa) installed, and is the window shown?"
        )
