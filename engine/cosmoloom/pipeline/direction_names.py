"""What directions of a latent space can be asked to do, in words; apart from how, so that naming them is quick."""

from __future__ import annotations

from types import MappingProxyType

TITLES = MappingProxyType(
    {
        "power": "more small-scale power",
        "peaks": "more peaks",
        "voids": "larger voids",
        "centre": "more mass at the centre",
    }
)
"""Titles by the names that keys and files use; steps of a key come in this order."""
