"""All that decides a training, in tables as readable as those of a paper."""

from __future__ import annotations

from typing import Any, ClassVar

from cosmoloom.train.monitor.settings import MonitorSection
from cosmoloom.train.recipes.section import Section, changes
from cosmoloom.train.recipes.sections import AverageSection, DataSection, UpdatesSection

FILE = "recipe.toml"
"""Its name in the folder of a training."""


class Recipe(Section):
    """What the recipes of all games have in common."""

    game: str
    """Which kind of training it is."""
    about: str = ""
    """One line: what it trains, and after which paper."""
    seed: int = 0
    """Of weights, crops and latents."""
    data: DataSection
    updates: UpdatesSection
    average: AverageSection = AverageSection()
    monitor: MonitorSection = MonitorSection()

    steers_the_pace: ClassVar[frozenset[str]] = frozenset({"about", "monitor"})

    def changed(self, before: Recipe) -> list[str]:
        """Return the dotted names of settings that a training which goes on must not change, and that differ."""
        if type(before) is not type(self):
            return ["game"]
        return [name for name in changes(before, self) if name.split(".")[0] not in self.steers_the_pace]

    def plain(self) -> dict[str, Any]:
        """Return tables of plain values, without entries that are left out, for TOML or a card."""
        values: dict[str, Any] = self.model_dump(mode="json", exclude_none=True)
        return values

    def facts(self) -> dict[str, Any]:
        """Return what a model's card says about its training: boxes and seed by name, and all tables without paths."""
        tables = self.model_dump(
            mode="json", exclude_none=True, exclude={"monitor": True, "data": {"store"}, "networks": {"grow_from"}}
        )
        boxes = {key: list(getattr(self.data, key)) for key in ("boxes", "validation", "held_out")}
        return {"game": self.game, "seed": self.seed, **boxes, "recipe": tables}

    def to_toml(self) -> str:
        """Return the recipe as text that :func:`cosmoloom.train.recipes.file.read_recipe` reads."""
        return _table(self.plain())


def _table(values: dict[str, Any], path: str = "") -> str:
    """Write a table: its own entries first, then the tables in it."""
    entries = [f"{key} = {_value(value)}" for key, value in values.items() if not isinstance(value, dict)]
    heading = [f"[{path}]"] if path and entries else []
    parts = ["\n".join([*heading, *entries]) + "\n"] if entries else []
    for key, value in values.items():
        if isinstance(value, dict):
            parts.append(_table(value, f"{path}.{key}" if path else key))
    return "\n".join(part for part in parts if part)


def _value(value: Any) -> str:
    """Write a plain value as TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'
    return repr(value)
