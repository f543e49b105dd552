"""The scalings of the five published systems, by the name of the paper."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cosmoloom.scaling.cavezza2022 import UnitLogLinear
from cosmoloom.scaling.interface import Scaling
from cosmoloom.scaling.perraudin2019 import ShiftedLogLinear
from cosmoloom.scaling.rational import Rational
from cosmoloom.scaling.srivastava2018 import LogLinear
from cosmoloom.scaling.ullmo2021 import CUBES, MAPS

DENSEST = 185_874.0
"""The densest voxel of perraudin2019, the largest count that a published training set names [counts]."""

DENSEST_OF_WIDE_VOXELS = 250.0
"""Above the densest voxel of 4 Mpc/h in ten boxes of ours, 191, which stand in for cavezza2022's [cosmic mean]."""

PUBLISHED: Mapping[str, Scaling] = MappingProxyType(
    {
        "perraudin2019": ShiftedLogLinear(),
        "srivastava2018": LogLinear(),
        "feder2020": Rational(kappa=45.0),
        "feder2020-redshifts": Rational(kappa=4.0),
        "ullmo2021-maps": MAPS,
        "ullmo2021-cubes": CUBES,
        "cavezza2022": UnitLogLinear(highest=DENSEST_OF_WIDE_VOXELS),
    }
)
"""Each with the constants of its paper, for the units of its data: counts, for cavezza2022 cosmic means."""
