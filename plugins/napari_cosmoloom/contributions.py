"""What napari finds in the manifest besides the explorer: a reader, a writer and sample data.

Only napari calls these, so nothing heavy is imported before one is used.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from napari_cosmoloom.layer_data import LayerData, as_box, as_layer_data

Paths = str | list[str]
SAMPLE_SEED = 1


def get_reader(path: Paths) -> Callable[[Paths], list[LayerData]] | None:
    """Return a reader of density fields; None for files of another kind, which are left to other readers."""
    from cosmoloom_explorer.dropped import readable

    paths = [path] if isinstance(path, str) else path
    return read if all(readable(each) for each in paths) else None


def read(path: Paths) -> list[LayerData]:
    """Read cubes and snapshots as one layer each."""
    from cosmoloom.data.readers.fields import open_field

    paths = [path] if isinstance(path, str) else path
    return [as_layer_data(open_field(each)) for each in paths]


def write(path: str, data: Any, settings: dict[str, Any]) -> list[str]:
    """Write an image layer as a density field; its file says how large the box is."""
    from cosmoloom.data.writers import write_fields

    box = as_box(data, settings)
    facts = {"box_size": box.box_size, "periodic": box.periodic, "units": "lengths in Mpc/h, comoving"}
    write_fields(path, box.density, facts if box.redshift is None else facts | {"redshift": box.redshift})
    return [str(Path(path))]


def simulated_sample() -> list[LayerData]:
    """Return a simulated universe today, from the bundled reference set."""
    from cosmoloom.data.readers.boxes import open_box
    from cosmoloom.data.reference_set import reference_names

    return [as_layer_data(open_box(f"reference::{reference_names()[0]}@0"))]


def generated_sample() -> list[LayerData]:
    """Return a universe that the default model generates."""
    from cosmoloom.box import Box
    from cosmoloom.models import DEFAULT_MODEL, load

    box = load(DEFAULT_MODEL).sample(seed=SAMPLE_SEED, redshift=0.0)
    assert isinstance(box, Box)  # the default model makes volumes
    return [as_layer_data(box)]
