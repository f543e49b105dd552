"""From a box back to the latent that grows into it."""

from __future__ import annotations

from cosmoloom.pipeline.inversion.fit import fitted, require_fit

__all__ = ["fitted", "require_fit"]
