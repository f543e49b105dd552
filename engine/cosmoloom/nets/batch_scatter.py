"""How much the volumes of a batch differ, as a feature of every one of them.

A critic that sees it refuses a generator that draws the same volume again and again.

References
----------
Karras et al. (2018), arXiv:1710.10196, section 3.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class BatchScatter(nn.Module):
    """Standard deviation over the batch, averaged over all features: (b, ...) -> (b, 1).

    It is computed in float32: in half precision volumes are often equal in a feature, and where they are, the slope
    of a root must be 0 instead of infinite, also when it is differentiated again for a penalty.
    """

    def forward(self, x: Tensor) -> Tensor:
        wide = x.float()
        variance = self.mean((wide - self.mean(wide)).square())
        differs = variance > 0
        return (torch.where(differs, variance, 1.0).sqrt() * differs).mean().expand(len(x), 1)

    def mean(self, x: Tensor) -> Tensor:
        """Return the mean over the batch."""
        return x.mean(0)
