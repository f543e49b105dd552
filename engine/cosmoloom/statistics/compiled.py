"""Loops that neither NumPy nor torch can express well, compiled for the processor when they are first called.

Import what is compiled inside the function that calls it: numba takes 0.3 s to import.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numba

Loop = TypeVar("Loop", bound=Callable[..., object])


def compiled(loop: Loop) -> Loop:
    """Compile a loop over arrays; it releases the interpreter while it runs.

    The machine code is kept beside the source, or in the user's cache where that folder is read-only, so that
    only the first call on a machine compiles.
    """
    try:
        return _kept(loop)
    except RuntimeError:  # neither folder can be written: compile once per process
        return _unkept(loop)


_kept = numba.njit(cache=True, nogil=True)
_unkept = numba.njit(nogil=True)
