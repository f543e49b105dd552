"""What the names of published grids tell: the files themselves are bare arrays, in units of their own.

References
----------
Villaescusa-Navarro et al. (2022), ApJS 259, 61 (CAMELS Multifield Dataset: 25 Mpc/h, [Msun/h per (Mpc/h)^3]);
Villaescusa-Navarro et al. (2020), ApJS 250, 2 (Quijote: 1000 Mpc/h).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cosmoloom.errors import InvalidInputError

_CAMELS = re.compile(r"Grids_(?P<quantity>\w+?)_\w+_\d+_z=(?P<redshift>\d+\.?\d*)\.npy")
_QUIJOTE = re.compile(r"df_m_\d+(_[A-Z]+)?_z=(?P<redshift>\d+\.?\d*)\.npy")
_MASSES = ("Mtot", "Mcdm", "Mgas")
_KINDS = ((_CAMELS, 25.0), (_QUIJOTE, 1000.0))


def facts_of_name(path: Path) -> Mapping[str, Any]:
    """Return box size [Mpc/h], redshift and how to find the mean density, or nothing for another name.

    Raises
    ------
    InvalidInputError
        If it is a grid of something else than mass, such as a temperature.
    """
    for pattern, box_size in _KINDS:
        if (match := pattern.fullmatch(path.name)) is None:
            continue
        quantity = match.groupdict().get("quantity", "Mtot")
        if quantity not in _MASSES:
            raise InvalidInputError(f"{path} holds {quantity} and no density; take one of {', '.join(_MASSES)}")
        return {"box_size": box_size, "redshift": float(match["redshift"]), "periodic": True, "mean_count": "own"}
    return {}
