"""A slice view to measure drawing with: the explorer's layer in a shown napari window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from cosmoloom.errors import CosmoloomError

Draw = Callable[[NDArray[np.float32]], None]

WINDOW = (880, 730)
"""Leaves the canvas about as large as it is in the explorer's window [pixels]."""
PATIENCE = 10.0
"""Longest wait for a picture [s]."""


@contextmanager
def open_view() -> Iterator[Draw]:
    """Open a window with the explorer's two layers as slices; yield a function that shows a volume.

    The function returns once the new field is on screen; it draws exactly once.

    Raises
    ------
    CosmoloomError
        If nothing is drawn, say because the window is hidden.
    """
    import napari

    from napari_cosmoloom import napari_window
    from napari_cosmoloom.launch import process_events
    from napari_cosmoloom.layers import FieldLayers, write

    viewer = napari.Viewer(title="cosmoloom", show=False)
    if napari_window.draws_in_software():
        napari_window.isolate_canvas(viewer)
    napari_window.hide_layer_docks(viewer)
    viewer.show()
    viewer.window.resize(*WINDOW)
    layers: list[FieldLayers] = []
    swaps: list[None] = []
    on_swapped = napari_window.canvas_widget(viewer).frameSwapped
    on_swapped.connect(lambda: swaps.append(None))

    def draw(volume: NDArray[np.float32]) -> None:
        if not layers:
            layers.append(FieldLayers(viewer, volume.shape[0], 1.0))
            layers[0].set_slice(volume.shape[0] // 2)
            layers[0].fit()
            process_events(0.5)
        swaps.clear()
        write(viewer, layers[0].generated, volume)
        end = monotonic() + PATIENCE
        while not swaps:
            if monotonic() > end:
                raise CosmoloomError(f"the canvas drew nothing within {PATIENCE:g} s: is its window visible?")
            process_events()
        napari_window.finish_drawing(viewer)

    try:
        yield draw
    finally:
        viewer.close()
        process_events()
