"""What every scaling of the density can do, and the module that computes on its array."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Field = TypeVar("Field", Tensor, NDArray[np.floating[Any]])
"""A NumPy array or a torch tensor; what goes in comes out, with its precision and on its device."""


class Scaling(Protocol):
    """A continuous, rising map from densities (or counts) of 0 and above to a network's range, and back."""

    def scale(self, density: Field) -> Field:
        """Return x [1] for a density in the units that the scaling was set up for."""

    def unscale(self, x: Field) -> Field:
        """Return the density that has the value x [1]."""

    def error_amplification(self, x: Field) -> Field:
        """Return d density / d x: how much an error of the network grows [density]."""


def library(values: Field) -> Any:
    """Return the module, torch or NumPy, whose functions take these values."""
    return torch if isinstance(values, Tensor) else np
