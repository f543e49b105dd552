"""Frozen keys: everything that decides a result, and nothing else.  Equal keys, equal pixels.

They nest as the stages do, latent -> field -> density -> what is displayed, so a change of the display
leaves every earlier key equal and its cached result in use.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Colouring = Literal["density", "error"]
"""What colours show: the density, or how much an error of the network grows in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LatentKey:
    """A point of a model's latent space.

    Attributes
    ----------
    model : str
        Name of a bundled model, or a folder.
    seed : int
        Seed of the draw from the prior.
    directions : tuple of float
        Steps added along the leading latent directions, in units of the prior's standard deviation.
    components : tuple of (int, float)
        Single components that replace what the steps above gave, as (index, value).
    """

    model: str
    seed: int
    directions: tuple[float, ...] = ()
    components: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldKey:
    """A network field.

    Attributes
    ----------
    latent : LatentKey
        What is decoded.
    redshift : float
        Redshift [1].
    kappa : float or None
        Condition of the network [cosmic mean]; None for a network that reads none.
    """

    latent: LatentKey
    redshift: float
    kappa: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DensityKey:
    """The density that a network field means, rho over the cosmic mean [1]."""

    field: FieldKey


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaledKey:
    """A density as it is displayed.

    Attributes
    ----------
    density : DensityKey
        What is displayed.
    display_kappa : float
        Scaling of the display [cosmic mean].
    colouring : str
        Whether the scaled density is shown, or the relative error that the network's scaling leaves in it.
    """

    density: DensityKey
    display_kappa: float
    colouring: Colouring = "density"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceKey:
    """A held-out simulated sub-volume of a model, at the snapshot nearest to ``redshift``."""

    model: str
    index: int
    redshift: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaledReferenceKey:
    """A held-out sub-volume displayed like a generated field.

    Attributes
    ----------
    reference : ReferenceKey
        What is displayed.
    display_kappa, colouring
        As in :class:`ScaledKey`.
    kappa : float or None
        Condition of the network, which decides the colours where errors are shown [cosmic mean].
    """

    reference: ReferenceKey
    display_kappa: float
    colouring: Colouring = "density"
    kappa: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticsKey:
    """Statistics of a density, and of the reference beside it where there is one."""

    density: DensityKey
    reference: ReferenceKey | None = None
