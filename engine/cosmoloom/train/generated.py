"""Generated fields of a share of a batch, whose loss need not be known before all of them are there.

Losses on the fields leave their slope at the fields; from there it goes on to the generator's weights, part by
part.  So a loss of the whole batch has its exact gradient however many parts the share is cut into; where there is
one, nothing is computed twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor


class Generated:
    """Fields that a generator has made.

    Parameters
    ----------
    make : callable
        Makes the fields of a slice of the share, shape (b, ...), with the generator as it is now.
    parts : sequence of slice
        How the share is cut.
    learns : bool
        Whether the generator shall learn from them.

    Attributes
    ----------
    fields : Tensor, shape (b, ...)
        In float32, cut off from the generator; losses are functions of these.
    """

    def __init__(self, make: Callable[[slice], Tensor], parts: Sequence[slice], *, learns: bool = True) -> None:
        self._make, self._parts = make, parts
        self._whole: Tensor | None = None
        if len(parts) == 1:
            with torch.set_grad_enabled(learns):
                self._whole = make(parts[0]).float()
            fields = self._whole.detach()
        else:
            with torch.no_grad():
                fields = torch.cat([make(part).float() for part in parts])
        self.fields = fields.requires_grad_(learns)

    def backward(self) -> None:
        """Hand the slope of all losses so far on to the generator's weights."""
        slope = self.fields.grad
        if slope is None:
            raise RuntimeError("no loss has been differentiated yet")
        if self._whole is not None:
            self._whole.backward(slope)
            return
        for part in self._parts:
            self._make(part).float().backward(slope[part])
