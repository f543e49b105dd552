"""From where a box is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cosmoloom.errors import InvalidInputError

Vector = NDArray[np.float64]
ANGLE = 24.0
"""Vertical angle of view [degrees]: wide enough to feel the depth, narrow enough to keep edges nearly parallel."""

MARGIN = 1.1
"""Room for ticks and names, as a factor on the sphere around the box [1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A point of view, with the box in the middle of the picture.

    Attributes
    ----------
    azimuth, elevation : float
        Direction from the box to the camera, as in Matplotlib: azimuth in the x-y plane from x towards y, elevation
        above that plane [degrees].
    zoom : float
        1 shows the whole box from everywhere; more is closer [1].
    """

    azimuth: float = -62.0
    elevation: float = 22.0
    zoom: float = 1.0

    def __post_init__(self) -> None:
        if not -90.0 <= self.elevation <= 90.0:
            raise InvalidInputError(f"elevation must lie in [-90, 90] degrees, got {self.elevation}")
        if not self.zoom > 0.0:
            raise InvalidInputError(f"zoom must be above 0, got {self.zoom}")

    @property
    def outwards(self) -> Vector:
        """Unit vector from the box to the camera."""
        azimuth, elevation = np.radians((self.azimuth, self.elevation))
        level = np.cos(elevation)
        return np.array([level * np.cos(azimuth), level * np.sin(azimuth), np.sin(elevation)])

    @property
    def up(self) -> Vector:
        """Unit vector that points upwards in the picture; z, unless seen from straight above or below."""
        azimuth, elevation = np.radians((self.azimuth, self.elevation))
        low = -np.sin(elevation)
        return np.array([low * np.cos(azimuth), low * np.sin(azimuth), np.cos(elevation)])

    def distance(self, box_size: float) -> float:
        """Return the distance from the middle of a box at which it fits with its ticks into the height [Mpc/h]."""
        return MARGIN * 0.5 * np.sqrt(3.0) * box_size / float(np.sin(np.radians(ANGLE / 2))) / self.zoom

    def orbit(self, frames: int, turn: float = 360.0) -> Iterator[Camera]:
        """Yield the cameras of a way around the box; the last frame is one step before the first."""
        for number in range(frames):
            yield replace(self, azimuth=self.azimuth + turn * number / frames)
