"""What a model is, where it holds, and how well it was measured to do: the JSON beside its weights."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cosmoloom.cosmology import Cosmology
from cosmoloom.errors import InvalidInputError

TOLERANCE = 1e-6
"""Of what is compared with the ends of a trained range."""


class ModelCard(BaseModel):
    """What cards of all kinds of models tell; unknown entries are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: str
    name: str
    description: str
    n: int = Field(ge=4, description="voxels per side")
    box_size: float = Field(gt=0, description="comoving side [Mpc/h]")
    thickness: float | None = Field(default=None, gt=0, description="depth of maps [Mpc/h]; null for volumes")
    latent_size: int = Field(ge=1)
    latent_nu: float | None = Field(
        default=None, gt=2, description="degrees of freedom of a Student-t prior; null for a normal one"
    )
    latent_width: float = Field(
        default=1.0, gt=0, description="factor on the prior, calibrated after training"
    )
    redshift_range: tuple[float, float] = Field(description="lowest and highest redshift of training")
    trained_redshifts: tuple[float, ...]
    kappa_range: tuple[float, float] = Field(description="lowest and highest kappa [cosmic mean]")
    cosmology: dict[str, float]
    training: dict[str, Any] = Field(default_factory=dict)
    measured: dict[str, Any] = Field(default_factory=dict, description="statistics on held-out boxes")
    weights_sha256: str = ""

    @model_validator(mode="after")
    def _ranges_ascend(self) -> ModelCard:
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
    def dimensions(self) -> int:
        """Axes of a field: 3, or 2 for maps."""
        return 3 if self.thickness is None else 2

    @property
    def voxel_size(self) -> float:
        """Side of a voxel in [Mpc/h]."""
        return self.box_size / self.n

    @property
    def kappa_conditions(self) -> bool:
        """Whether the network reads kappa; where it does not, kappa is only a way of looking."""
        return False

    @property
    def default_kappa(self) -> float:
        """Geometric middle of the card's kappas [cosmic mean]."""
        low, high = self.kappa_range
        return float(low * high) ** 0.5

    @property
    def default_redshift(self) -> float:
        """Latest redshift of training, where structure has grown most [1]."""
        return self.redshift_range[0]

    def check(self, redshift: float, kappa: float) -> None:
        """Raise InvalidInputError if redshift, or a kappa that the network reads, lies outside the trained range."""
        conditions = [("redshift", redshift, self.redshift_range)]
        if self.kappa_conditions:
            conditions.append(("kappa", kappa, self.kappa_range))
        for name, value, (low, high) in conditions:
            if not low - TOLERANCE <= value <= high + TOLERANCE:
                where = f"lie in [{low:g}, {high:g}]" if low < high else f"be {low:g}"
                raise InvalidInputError(f"{name} must {where}, where model {self.name} was trained, got {value:g}")

    def to_json(self) -> str:
        """Return the card as indented JSON."""
        return self.model_dump_json(indent=2) + "\n"

    def to_markdown(self) -> str:
        """Return the card as the README of the model's folder."""
        lines = [f"# {self.name}", "", self.description, "", "| | |", "|---|---|"]
        lines += [f"| {name} | {text} |" for name, text in self.facts().items()]
        for title, entries in (("Training", self.training), ("Measured on held-out boxes", self.measured)):
            lines += ["", f"## {title}", ""]
            lines += [f"* {key}: {_brief(value)}" for key, value in entries.items()] or ["Nothing recorded."]
        return "\n".join(lines) + "\n"

    def facts(self) -> dict[str, str]:
        """Return what a reader asks first, in words."""
        low, high = self.redshift_range
        span = f"{low:g}" if low == high else f"{low:g} to {high:g}"
        prior = "normal" if self.latent_nu is None else f"Student-t, nu {self.latent_nu:g}"
        return {
            "voxels": f"{self.n}^{self.dimensions} of {self.voxel_size:g} Mpc/h, box {self.box_size:g} Mpc/h",
            "redshift": f"{span}, trained at {', '.join(f'{z:g}' for z in self.trained_redshifts)}",
            "latent": f"{self.latent_size} {prior}, width {self.latent_width:g}",
            "cosmology": ", ".join(f"{k} {v:g}" for k, v in self.cosmology.items()),
        }


def _brief(value: Any) -> str:
    """Return a short text of a JSON value; the whole of it stands in config.json."""
    if isinstance(value, float):
        return f"{value:.4g}"
    text = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    return text if len(text) <= 200 else "see config.json"
