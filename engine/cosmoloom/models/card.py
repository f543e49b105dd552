"""What a model is, where it holds, and how well it was measured to do: the JSON beside its weights."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cosmoloom.cosmology import Cosmology

FORMAT = "cosmoloom-conditional-generator"


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


class ModelCard(BaseModel):
    """Card of a conditional generator; unknown entries are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: str = FORMAT
    name: str
    description: str
    architecture: dict[str, Any]
    n: int = Field(ge=4, description="voxels per side")
    box_size: float = Field(gt=0, description="comoving side [Mpc/h]")
    latent_size: int = Field(ge=1)
    latent_nu: float = Field(default=10.0, gt=2, description="degrees of freedom of the Student-t prior")
    latent_width: float = Field(
        default=1.0, gt=0, description="factor on the prior, calibrated after training"
    )
    redshift_range: tuple[float, float] = Field(description="lowest and highest redshift of training")
    trained_redshifts: tuple[float, ...]
    kappa_range: tuple[float, float] = Field(description="lowest and highest kappa of training [cosmic mean]")
    cosmology: dict[str, float]
    standardisation: StandardisationTable
    training: dict[str, Any] = Field(default_factory=dict)
    measured: dict[str, Any] = Field(default_factory=dict, description="statistics on held-out boxes")
    weights_sha256: str = ""

    @model_validator(mode="after")
    def _ranges_ascend(self) -> ModelCard:
        if self.format != FORMAT:
            raise ValueError(f"format must be {FORMAT!r}, got {self.format!r}")
        for name, least in (("redshift_range", 0.0), ("kappa_range", 1e-6)):
            low, high = getattr(self, name)
            if not least <= low <= high:
                raise ValueError(f"{name} must ascend from {least} or above, got [{low}, {high}]")
        Cosmology(**self.cosmology)
        return self

    @property
    def universe(self) -> Cosmology:
        """The cosmology of the training simulations."""
        return Cosmology(**self.cosmology)

    @property
    def voxel_size(self) -> float:
        """Side of a voxel in [Mpc/h]."""
        return self.box_size / self.n

    @property
    def default_kappa(self) -> float:
        """Geometric middle of the trained kappas [cosmic mean]."""
        low, high = self.kappa_range
        return float(low * high) ** 0.5

    def to_json(self) -> str:
        """Return the card as indented JSON."""
        return self.model_dump_json(indent=2) + "\n"

    def to_markdown(self) -> str:
        """Return the card as the README of the model's folder."""
        low, high = self.redshift_range
        snapshots = ", ".join(f"{z:g}" for z in self.trained_redshifts)
        lines = [
            f"# {self.name}",
            "",
            self.description,
            "",
            "| | |",
            "|---|---|",
            f"| voxels | {self.n}^3 of {self.voxel_size:g} Mpc/h, box {self.box_size:g} Mpc/h |",
            f"| redshift | {low:g} to {high:g}, trained at {snapshots} |",
            f"| kappa | {self.kappa_range[0]:g} to {self.kappa_range[1]:g} cosmic mean |",
            f"| latent | {self.latent_size} Student-t, nu {self.latent_nu:g}, width {self.latent_width:g} |",
            f"| cosmology | {', '.join(f'{k} {v:g}' for k, v in self.cosmology.items())} |",
        ]
        for title, entries in (("Training", self.training), ("Measured on held-out boxes", self.measured)):
            lines += ["", f"## {title}", ""]
            lines += [f"* {key}: {_brief(value)}" for key, value in entries.items()] or ["Nothing recorded."]
        return "\n".join(lines) + "\n"


def _brief(value: Any) -> str:
    """Return a short text of a JSON value; the whole of it stands in config.json."""
    if isinstance(value, float):
        return f"{value:.4g}"
    text = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    return text if len(text) <= 200 else "see config.json"
