"""The order in which patches can be made: those of equal i + j + k do not depend on one another.

A patch waits for the seven before it along the three axes, and the sum of the indices of each is smaller.  So a
volume of N^3 patches takes 3 N - 2 steps instead of N^3, and nothing changes but the time.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from cosmoloom.pipeline.multiscale.noise import Place


def wavefronts(first: int, stop: int) -> Iterator[list[Place]]:
    """Yield the patches of a cube front by front.

    Parameters
    ----------
    first, stop : int
        Range of the indices along each axis, as in ``range``.

    Yields
    ------
    list of (int, int, int)
        Patches that may be made together, in raster order.
    """
    everything = [(i, j, k) for i, j, k in product(range(first, stop), repeat=3)]
    for total in range(3 * first, 3 * stop - 2):
        yield [place for place in everything if sum(place) == total]
