"""Card of a published network: which one, its sizes, and the scaling in which it was trained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, model_validator

from cosmoloom.models.card import ModelCard

if TYPE_CHECKING:
    from cosmoloom.scaling.of_counts import OfCounts

Format = Literal["cosmoloom-published-generator"]

FORMAT: Format = "cosmoloom-published-generator"


class PublishedCard(ModelCard):
    """Card of a :class:`cosmoloom.pipeline.published.PublishedModel`.

    The network does not read kappa: ``kappa_range`` is where looking at its fields makes sense.
    """

    format: Format = FORMAT
    architecture: str = Field(description="a name of cosmoloom.nets.published.PUBLISHED")
    sizes: dict[str, Any] = Field(description="of the networks")
    makes: Literal["volumes", "patches"] = "volumes"
    scaling: str = Field(description="a name of cosmoloom.scaling.published.PUBLISHED")
    mean_count: float = Field(gt=0, description="the cosmic mean density in the units of the scaling")
    kappa_range: tuple[float, float] = (0.5, 50.0)
    encoder_sha256: str = Field(default="", description="of the weights that invert the generator, if any")

    @model_validator(mode="after")
    def _scaling_is_known(self) -> PublishedCard:
        from cosmoloom.scaling.published import PUBLISHED  # needs torch, which other cards do not

        if self.scaling not in PUBLISHED:
            raise ValueError(f"scaling must be one of {', '.join(PUBLISHED)}, got {self.scaling!r}")
        return self

    @property
    def density_scaling(self) -> OfCounts:
        """Between rho over the cosmic mean and network space."""
        from cosmoloom.scaling.of_counts import OfCounts
        from cosmoloom.scaling.published import PUBLISHED

        return OfCounts(scaling=PUBLISHED[self.scaling], mean_count=self.mean_count)

    def facts(self) -> dict[str, str]:
        """Return what a reader asks first, in words."""
        more = {"network": self.architecture, "scaling": f"{self.scaling}, cosmic mean at {self.mean_count:g}"}
        if self.thickness is not None:
            more["maps"] = f"of slabs of {self.thickness:g} Mpc/h"
        if self.makes == "patches":
            more["patches"] = "beside their neighbours, from a coarse volume"
        return {**super().facts(), **more}
