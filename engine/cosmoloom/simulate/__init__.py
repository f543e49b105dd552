"""Simulated matter fields; the package itself can be called: ``cosmoloom.simulate(box_size=...)``."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cosmoloom.box import Box


class _Simulate(ModuleType):
    """Keeps the public name callable once Python has bound this package over it."""

    def __call__(self, **options: Any) -> list[Box]:
        """Run :func:`cosmoloom.simulate.campaign.simulate`."""
        from cosmoloom.simulate.campaign import simulate

        return simulate(**options)


sys.modules[__name__].__class__ = _Simulate
