"""Cubes in FITS files: the first image with three axes or four; its header holds the facts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from cosmoloom.data.containers import StoredField, choose_cube, reported, require_memory
from cosmoloom.data.readers.extras import require_extra
from cosmoloom.errors import InvalidInputError

_KEYS = {"box_size": "BOXSIZE", "redshift": "REDSHIFT", "mean_count": "MEANCNT", "periodic": "PERIODIC"}


def read_fits(path: Path, index: int | None) -> StoredField:
    """Read a cube as astropy returns it: the last axis is the one that FITS calls the first."""
    fits: Any = require_extra("astropy.io.fits", extra="fits", path=path)
    with reported(path), fits.open(path, memmap=False, lazy_load_hdus=False) as units:
        images = [unit for unit in units if unit.is_image and len(unit.shape) in (3, 4)]
        if not images:
            raise InvalidInputError(f"{path} holds no image with three axes")
        image = images[0]
        require_memory(path, image.shape, np.dtype("f8"))
        facts = {name: image.header[key] for name, key in _KEYS.items() if key in image.header}
        return StoredField(values=choose_cube(path, image.data, index), facts=facts)
