"""Every setting of the explorer as a trait that code can set and observe."""

from __future__ import annotations

from dataclasses import MISSING, fields
from types import new_class
from typing import Any

from anywidget import AnyWidget
from traitlets import Any as AnyTrait

from cosmoloom_explorer import Settings

TAKEN = {"layout": "arrangement"}
"""Settings that have another name as a trait, because every widget has one of their own name."""
SETTING_OF = {TAKEN.get(field.name, field.name): field.name for field in fields(Settings)}
"""Names of the settings by names of the traits."""


def values(settings: Settings) -> dict[str, Any]:
    """Return settings by names of the traits."""
    return {trait: getattr(settings, setting) for trait, setting in SETTING_OF.items()}


def _fill(namespace: dict[str, Any]) -> None:
    for field in fields(Settings):
        default = None if field.default is MISSING else field.default
        name = TAKEN.get(field.name, field.name)
        trait = AnyTrait(default, help=f"See Settings.{field.name}.").tag(sync=True)
        trait.allow_none = False  # None is a value like any other here, and is to be checked and handed on
        namespace[name] = trait


SettingsTraits: Any = new_class("SettingsTraits", (AnyWidget,), {}, _fill)
"""A widget with one trait per setting; made from the settings themselves, so that none is missing."""
