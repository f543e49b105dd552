"""Frozen keys: everything that decides a result, and nothing else.  Equal keys, equal pixels.

They nest as the stages do, latent -> field -> density -> what is displayed, so a change of the display
leaves every earlier key equal and its cached result in use.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Fit = Literal["refuse", "crop", "rescale"]
"""What to do with a box that does not fit: refuse it, cut its middle out, or call it as large as the model's."""
OwnBox = tuple[str, Fit, float, float]
"""File of a box, how it is made to fit the model, its side [Mpc/h] and its redshift, both before that."""
Colouring = Literal["density", "error", "waves"]
"""What colours show: the density, how much an error of the network grows in it, or waves of a band of k alone."""


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
    origin : str
        Name of a kept latent, or of another draw such as "seed 5", in place of the seed's; empty for the seed's.
    toward : str
        Name of the latent at the other end of a great circle; empty for none.
    fraction : float
        Share of the way there [1].
    tilts : tuple of float
        Steps along directions that are named by what they do, in the order of
        :data:`cosmoloom.pipeline.direction_names.TITLES` [standard deviations].
    tilts_at : (str, float, float) or None
        Latent, redshift [1] and kappa [cosmic mean] where those directions were found.
    """

    model: str
    seed: int
    directions: tuple[float, ...] = ()
    components: tuple[tuple[int, float], ...] = ()
    origin: str = ""
    toward: str = ""
    fraction: float = 0.0
    tilts: tuple[float, ...] = ()
    tilts_at: tuple[str, float, float] | None = None


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
class ReferenceKey:
    """A held-out simulated sub-volume of a model, at the snapshot nearest to ``redshift``, or a box of one's own.

    Attributes
    ----------
    model : str
        With which it is compared.
    index : int
        Which sub-volume.
    redshift : float
        Redshift [1].
    own_box : OwnBox or None
        File of a box that stands in the simulation's place.
    """

    model: str
    index: int
    redshift: float
    own_box: OwnBox | None = None


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
        Whether the scaled density is shown, the relative error that the network's scaling leaves in it, or waves.
    band : (float, float) or None
        Wavenumbers of the waves that are shown [h/Mpc].
    rms_of : ReferenceKey or None
        Field whose waves' root mean square is their unit; None for the field's own.
    """

    density: DensityKey
    display_kappa: float
    colouring: Colouring = "density"
    band: tuple[float, float] | None = None
    rms_of: ReferenceKey | None = None


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
    band : (float, float) or None
        As in :class:`ScaledKey`; the unit is the root mean square of this field's own waves.
    """

    reference: ReferenceKey
    display_kappa: float
    colouring: Colouring = "density"
    kappa: float | None = None
    band: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticsKey:
    """Statistics of a density, and of the reference beside it where there is one.

    Attributes
    ----------
    density : DensityKey
        What is measured.
    reference : ReferenceKey or None
        What it is compared with.
    further : tuple of str
        Which of :data:`cosmoloom.live_further.FURTHER` are measured, too: they take longer than all others.
    """

    density: DensityKey
    reference: ReferenceKey | None = None
    further: tuple[str, ...] = ()
