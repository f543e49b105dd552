"""What batches of volumes at two redshifts know of every single field."""

from __future__ import annotations

from torch import Tensor


class AtTwoRedshifts:
    """For a batch with ``growth`` of shape (b, 2) and ``log_kappa`` of shape (b,)."""

    __slots__ = ()

    growth: Tensor
    log_kappa: Tensor

    @property
    def flat(self) -> tuple[Tensor, Tensor]:
        """Growth factor and ln kappa of every field, shape (2b,) each."""
        return self.growth.flatten(), self.log_kappa.repeat_interleave(2)

    @property
    def kappa(self) -> Tensor:
        """Of every field, shape (2b, 1, 1, 1)."""
        return self.flat[1].exp()[:, None, None, None]
