"""A slice view to measure drawing with: the explorer's layer in a shown napari window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

Draw = Callable[[NDArray[np.float32]], None]


@contextmanager
def open_view() -> Iterator[Draw]:
    """Open a window with the explorer's two layers as slices; yield a function that shows a volume.

    The function returns once the new field is on screen.
    """
    import napari

    from napari_cosmoloom import napari_window
    from napari_cosmoloom.launch import process_events
    from napari_cosmoloom.layers import FieldLayers, write

    viewer = napari.Viewer(show=False)
    napari_window.hide_layer_docks(viewer)
    viewer.show()
    layers: list[FieldLayers] = []

    def draw(volume: NDArray[np.float32]) -> None:
        if not layers:
            layers.append(FieldLayers(viewer, volume.shape[0], 1.0))
            layers[0].set_slice(volume.shape[0] // 2)
            layers[0].fit()
            process_events(0.5)
        write(layers[0].generated, volume)
        napari_window.canvas_widget(viewer).repaint()
        process_events()

    try:
        yield draw
    finally:
        viewer.close()
        process_events()
