"""Bundled models: weights in safetensors with a JSON card; loading by name or folder."""

import sys
from types import ModuleType

from cosmoloom.models.card import ModelCard
from cosmoloom.models.catalogue import DEFAULT_MODEL, load, locate, names, read_card, refiner_names
from cosmoloom.models.conditional_card import ConditionalCard, StandardisationTable
from cosmoloom.models.folder import load_card, load_generator, save_card, save_model, save_published
from cosmoloom.models.primordial_card import LinearPowerTable, PrimordialCard
from cosmoloom.models.primordials import save_primordial
from cosmoloom.models.published_card import PublishedCard


class _Models(ModuleType):
    """Makes ``cosmoloom.models()`` the names of the bundled models."""

    def __call__(self) -> tuple[str, ...]:
        return names()


sys.modules[__name__].__class__ = _Models

__all__ = [
    "DEFAULT_MODEL",
    "ConditionalCard",
    "LinearPowerTable",
    "ModelCard",
    "PrimordialCard",
    "PublishedCard",
    "StandardisationTable",
    "load",
    "load_card",
    "load_generator",
    "locate",
    "names",
    "read_card",
    "refiner_names",
    "save_card",
    "save_model",
    "save_primordial",
    "save_published",
]
