"""The uni-scale networks: those of M1, told nothing of the volume but the seven neighbours.

References
----------
Perraudin et al. (2019), section 4.3.
"""

from __future__ import annotations

from dataclasses import dataclass

from cosmoloom.nets.perraudin2019.m1 import M1Config


@dataclass(frozen=True, slots=True, kw_only=True)
class UniscaleConfig(M1Config):
    """Sizes of M1's networks without the low-resolution block."""

    factor: int = 1
