"""Card of a primordial model: its grids of noise, the linear power that colours them, and the network."""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from cosmoloom.models.card import ModelCard

FORMAT: Final = "cosmoloom-primordial-generator"


class LinearPowerTable(BaseModel):
    """Linear power at z = 0, straight in the logarithms between its entries.

    Attributes
    ----------
    k : tuple
        Wavenumbers [h/Mpc].
    power : tuple
        Power [(Mpc/h)^3].
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    k: tuple[float, ...]
    power: tuple[float, ...]


class LogCalibrationTable(BaseModel):
    """Shift and stretch of ln rho, as :class:`cosmoloom.pipeline.log_calibration.LogCalibration` takes them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    growth: tuple[float, ...]
    log_kappa: tuple[float, ...]
    shift: tuple[tuple[float, ...], ...]
    stretch: tuple[tuple[float, ...], ...]


class PrimordialCard(ModelCard):
    """Card of a :class:`cosmoloom.pipeline.primordial.PrimordialModel`."""

    format: Literal["cosmoloom-primordial-generator"] = FORMAT
    architecture: dict[str, Any] = Field(description="sizes of the network")
    grids: dict[str, Any] = Field(description="of the noise, and the lattice that is displaced")
    linear_power: LinearPowerTable
    calibration: LogCalibrationTable | None = None
    encoder: dict[str, Any] | None = Field(default=None, description="sizes of the network that looks back, if any")
    encoder_sha256: str = Field(default="", description="of its weights")

    @property
    def kappa_conditions(self) -> bool:
        """Whether the network reads kappa: it does."""
        return True

    def facts(self) -> dict[str, str]:
        """Return what a reader asks first, in words."""
        low, high = self.kappa_range
        grids = self.grids
        noise = (
            f"white noise of {grids.get('long_n')}^3 cells in {grids.get('long_size')} Mpc/h (long waves) and "
            f"{self.n}^3 in {self.box_size:g} Mpc/h, split at {grids.get('k_split')} h/Mpc"
        )
        return {**super().facts(), "initial conditions": noise, "kappa": f"{low:g} to {high:g} cosmic mean"}
