"""What the colours mean: ticks of a colour bar, and the words beside it."""

from __future__ import annotations

import numpy as np

from cosmoloom.engine import WAVES_SHOWN
from cosmoloom.keys import Colouring
from cosmoloom.scaling.rational import scale
from cosmoloom.scaling.relative_error import NETWORK_ERROR, as_colours

DENSITIES = np.array([0.0, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 1000.0], dtype=np.float32)
WAVES = np.array([-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0], dtype=np.float32)
WAVES = np.array([-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0], dtype=np.float32)
ERRORS = np.array([0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0], dtype=np.float32)


def colour_ticks(kappa: float, colouring: Colouring) -> list[tuple[str, float]]:
    """Return labels and where they stand on the scale of the colours, in [-1, 1].

    Parameters
    ----------
    kappa : float
        Of the display [cosmic mean].
    colouring : str
        "density" for ticks in rho over the cosmic mean [1], "error" for ticks in per cent of rho, "waves" for
        ticks in standard deviations of the simulated field's waves.
    """
    if colouring == "waves":
        values, places = WAVES, WAVES / WAVES_SHOWN
    elif colouring == "density":
        values, places = DENSITIES, scale(DENSITIES, kappa)
    else:
        values, places = 100.0 * ERRORS, as_colours(ERRORS)
    return [(f"{value:g}", float(place)) for value, place in zip(values, places, strict=True)]


def colour_text(kappa: float, colouring: Colouring) -> str:
    """Return what a colour bar is labelled with."""
    if colouring == "waves":
        return "overdensity of these waves, in \u03c3 of the simulated field's"
    if colouring == "density":
        return f"density \u03c1 / cosmic mean, scaled with \u03ba = {kappa:.3g}"
    return f"error of \u03c1 [%] where the network errs by {NETWORK_ERROR:g} in x"
