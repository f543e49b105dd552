"""The collapse network as it is run, not trained; see :mod:`cosmoloom.pipeline.fast_cells`."""

from __future__ import annotations

import torch
from torch import Tensor

from cosmoloom.nets.collapse import LOG_DENSITIES, Collapse, features
from cosmoloom.pipeline.fast_cells import FastCells


class FastCollapse:
    """Inference-only form of a collapse network.

    Parameters
    ----------
    network : Collapse
        Trained network; it is moved to the device and put into evaluation mode.
    device : torch.device
        Where to compute.
    dtype : torch.dtype
        Of weights and activations, float32 or bfloat16; products are summed in float32.
    """

    def __init__(self, network: Collapse, *, device: torch.device, dtype: torch.dtype) -> None:
        self._cells = FastCells(network, device=device, dtype=dtype)

    def __call__(self, displaced: Tensor, linear: Tensor, white: Tensor, growth: Tensor, log_kappa: Tensor) -> Tensor:
        """Return ln rho; arguments and result as in :class:`Collapse`, for one condition, growth and ln kappa (1,)."""
        log_displaced, x = features(displaced, linear, white, growth)
        return self._cells(x, growth, log_kappa).add_(log_displaced).clamp_(*LOG_DENSITIES)
