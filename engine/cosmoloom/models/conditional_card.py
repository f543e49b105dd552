"""Card of a conditional generator: it reads redshift and kappa, and knows the statistics of its training fields."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cosmoloom.models.card import ModelCard

Format = Literal["cosmoloom-conditional-generator"]

FORMAT: Format = "cosmoloom-conditional-generator"


class StandardisationTable(BaseModel):
    """Mean and scatter of the scaled training field on a grid of growth factor and log kappa.

    Attributes
    ----------
    growth : tuple, length g
        Linear growth factors, ascending [1].
    log_kappa : tuple, length k
        Natural logarithms of kappa [cosmic mean], ascending.
    mean, scatter : nested tuples, shape (g, k)
        Of the scaled field x [1].
    log_density_max : tuple, length g
        ln of the densest voxel to decode at each growth factor [cosmic mean].
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    growth: tuple[float, ...]
    log_kappa: tuple[float, ...]
    mean: tuple[tuple[float, ...], ...]
    scatter: tuple[tuple[float, ...], ...]
    log_density_max: tuple[float, ...]

    @model_validator(mode="after")
    def _shapes_agree(self) -> StandardisationTable:
        shape = (len(self.growth), len(self.log_kappa))
        for name in ("mean", "scatter"):
            rows = getattr(self, name)
            if len(rows) != shape[0] or any(len(row) != shape[1] for row in rows):
                raise ValueError(f"{name} must have shape {shape} (growth, log_kappa)")
        if len(self.log_density_max) != shape[0]:
            raise ValueError(f"log_density_max must have length {shape[0]} (growth)")
        return self


class ConditionalCard(ModelCard):
    """Card of a :class:`cosmoloom.pipeline.conditional.ConditionalModel`."""

    format: Format = FORMAT
    architecture: dict[str, Any]
    latent_nu: float = Field(default=10.0, gt=2, description="degrees of freedom of the Student-t prior")
    standardisation: StandardisationTable

    @property
    def kappa_conditions(self) -> bool:
        """Whether the network reads kappa: it does."""
        return True

    def facts(self) -> dict[str, str]:
        """Return what a reader asks first, in words."""
        low, high = self.kappa_range
        return {**super().facts(), "kappa": f"{low:g} to {high:g} cosmic mean"}
