"""Statistics of a field beside those of simulations it never saw, ready to be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

    from cosmoloom.box import Box
    from cosmoloom.evaluate.reference import HeldOut

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curves:
    """One statistic of the generated field, of the reference box shown, and the held-out band.

    Attributes
    ----------
    name, x_label, y_label : str
        For titles and axes, units in brackets.
    x : array, shape (m,)
        Bin centres.
    generated : array, shape (m,)
        The statistic of the generated field.
    reference : array, shape (m,), or None
        The same of the reference box shown.
    median, low, high : array, shape (m,), or None
        Median, 16th and 84th percentile of the held-out sub-volumes.
    x_log, y_log : bool
        Whether an axis reads best in logarithms.
    """

    name: str
    x_label: str
    y_label: str
    x: Values
    generated: Values
    reference: Values | None = None
    median: Values | None = None
    low: Values | None = None
    high: Values | None = None
    x_log: bool = False
    y_log: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LiveStatistics:
    """Statistics of a generated field at one redshift.

    Attributes
    ----------
    power : Curves
        P(k) [(Mpc/h)^3] over k [h/Mpc], of the overdensity relative to the cosmic mean.
    ratio : Curves or None
        P(k) over the held-out median [1].
    mass : Curves
        Share of voxels per decade of density, over log10 rho/mean.
    peaks : Curves
        Density peaks per bin of log10 rho/mean, neighbourhood of two voxels.
    dice : Curves or None
        Overlap of the densest voxels of the field and the reference; ``median`` is the random expectation.
    correlation : Curves or None
        r(k) of field and reference.
    redshift : float
        Redshift of the generated field [1].
    mean_density, reference_mean_density : float or None
        Mean rho over the cosmic mean [1].
    n_samples : int
        Held-out sub-volumes behind median and band, 0 where there are none.
    interpolated : bool
        Whether the band lies between two snapshots and was interpolated.
    """

    power: Curves
    ratio: Curves | None
    mass: Curves
    peaks: Curves
    dice: Curves | None
    correlation: Curves | None
    redshift: float
    mean_density: float
    reference_mean_density: float | None
    n_samples: int
    interpolated: bool
