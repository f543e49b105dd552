"""The tables that recipes of published networks share: which networks, and how densities enter them."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from cosmoloom.errors import InvalidInputError
from cosmoloom.nets.configuration import Configuration
from cosmoloom.nets.published import Architecture, Makes, architecture
from cosmoloom.scaling.of_counts import OfCounts
from cosmoloom.scaling.published import PUBLISHED
from cosmoloom.train.recipes.section import Section
from cosmoloom.train.recipes.sections import DataSection

Size = bool | int | float | str | tuple[int, ...]


class ScaledData(DataSection):
    """Boxes, and the fixed scaling in which networks see them."""

    scaling: str
    """Name of the scaling, that of a paper."""
    mean_count: float = Field(default=1.0, gt=0)
    """What the scaling calls the cosmic mean density: particles per voxel of the paper's data, or its unit [1]."""
    smoothing: float = Field(default=0.0, ge=0)
    """Standard deviation of a Gaussian with which the scaled field is smoothed [voxels]."""
    stride: int = Field(default=1, ge=1)
    """Voxels along each axis of which the smoothed field keeps one."""
    thickness: float | None = Field(default=None, gt=0)
    """Depth of the slabs that maps are made of [Mpc/h]; volumes if left out."""

    @model_validator(mode="after")
    def _scaling_is_known(self) -> Self:
        if self.scaling not in PUBLISHED:
            raise ValueError(f"scaling: no scaling is named {self.scaling!r}; known are {', '.join(PUBLISHED)}")
        if self.stride > 1 and not self.smoothing:
            raise ValueError("stride: only a smoothed field can leave voxels out; give a smoothing")
        return self

    @property
    def of_density(self) -> OfCounts:
        """The scaling of rho over the cosmic mean."""
        return OfCounts(scaling=PUBLISHED[self.scaling], mean_count=self.mean_count)


class NetworksSection(Section):
    """Generator and critic."""

    architecture: str
    """Name of the networks, that of a paper."""
    sizes: dict[str, Size] = Field(default_factory=dict)
    """Sizes other than the published ones."""

    @model_validator(mode="after")
    def _architecture_is_known(self) -> Self:
        try:
            self.found  # noqa: B018
        except InvalidInputError as error:
            raise ValueError(f"architecture: {error}") from error
        return self

    @property
    def found(self) -> Architecture:
        """The networks of this name."""
        return architecture(self.architecture)

    def config(self, n: int, *, makes: Makes) -> Configuration:
        """Return the sizes for fields of n voxels per side.

        Raises
        ------
        ValueError
            If the networks make something else, or sizes do not fit; the text begins with the field's name.
        """
        if self.found.makes != makes:
            raise ValueError(f"networks.architecture: {self.architecture} makes {self.found.makes}, not {makes}")
        side = "n" if makes == "volumes" else "patch"
        try:
            return self.found.config.from_dict({side: n, **self.sizes})
        except InvalidInputError as error:
            raise ValueError(f"networks.sizes: {error}") from error
