"""From a box back to the latent that grows into it."""

from __future__ import annotations

from cosmoloom.pipeline.inversion.fit import Fit, fitted, require_fit

__all__ = ["Fit", "fitted", "require_fit"]
