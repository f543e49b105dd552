"""What the benchmark of the latency draws in."""

import numpy as np

from cosmoloom.bench.views import open_view


def screen(viewer) -> np.ndarray:
    """Return what stands on the screen where the canvas is, shape (height, width, 4)."""
    from qtpy.QtCore import QPoint
    from qtpy.QtGui import QImage

    from napari_cosmoloom import napari_window

    canvas = napari_window.canvas_widget(viewer)
    corner, size = canvas.mapToGlobal(QPoint(0, 0)), canvas.size()
    grabbed = canvas.screen().grabWindow(0, corner.x(), corner.y(), size.width(), size.height())
    image = grabbed.toImage().convertToFormat(QImage.Format.Format_RGBA8888)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4).copy()


def test_the_field_is_on_the_screen_when_drawing_returns(qapp):
    import napari

    with open_view("napari") as draw:
        pictures = []
        for value in (-1.0, 1.0, -1.0):
            draw(np.full((16, 16, 16), value, dtype=np.float32))
            pictures.append(screen(napari.current_viewer())[..., :3].astype(int))
        dark, bright, again = pictures
    assert np.abs(bright - dark).max(axis=-1).mean() > 20
    assert np.array_equal(dark, again)
