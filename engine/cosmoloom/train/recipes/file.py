"""Recipes as files: presets by name, settings from the command line on top, and errors that name the field."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cosmoloom.data.store import SimulationStore
from cosmoloom.errors import InvalidInputError, MissingFileError
from cosmoloom.train.recipes.encoder import EncoderRecipe
from cosmoloom.train.recipes.origins import OriginsRecipe
from cosmoloom.train.recipes.pairs import PairsRecipe
from cosmoloom.train.recipes.patches import PatchesRecipe
from cosmoloom.train.recipes.primordial import PrimordialRecipe
from cosmoloom.train.recipes.recipe import FILE, Recipe
from cosmoloom.train.recipes.refiner import RefinerRecipe
from cosmoloom.train.recipes.section import as_names
from cosmoloom.train.recipes.volumes import VolumesRecipe

KINDS: dict[str, type[Recipe]] = {
    "pairs": PairsRecipe,
    "volumes": VolumesRecipe,
    "patches": PatchesRecipe,
    "encoder": EncoderRecipe,
    "refiner": RefinerRecipe,
    "primordial": PrimordialRecipe,
    "origins": OriginsRecipe,
}
"""Recipes by the game that they are of."""

HELD_OUT, VALIDATION = 2, 1
"""Simulations held out and used for validation where a recipe names none: the last of a store, and those before."""


def presets() -> dict[str, str]:
    """Return the names of the presets and what each trains."""
    paths = sorted(_folder().glob("*.toml"), key=lambda path: path.stem)
    return {path.stem: str(_load(path)["about"]) for path in paths}


def read_recipe(path: Path) -> Recipe:
    """Read a complete recipe, as it lies in the folder of a training.

    Raises
    ------
    MissingFileError
        If there is no such file.
    InvalidInputError
        If it is no TOML, or an entry is unknown, missing or unfit; the message names it.
    """
    return _validated(_load(path), path)


def resolve(
    preset: str, *, store: Path | None = None, settings: Sequence[str] = ()
) -> Recipe:
    """Complete a preset, or a recipe of one's own, for a store of simulations.

    Parameters
    ----------
    preset : str
        Name of a preset, or path of a TOML file.
    store : path, optional
        Simulations; the recipe's own unless given.
    settings : sequence of str
        ``section.key=value``, which replace those of the recipe.  Values are TOML; quotes and brackets may be left out.

    Returns
    -------
    Recipe
        With the names of all simulations.

    Raises
    ------
    MissingFileError, InvalidInputError
        If there is no such preset, store or simulation, or a setting is unknown or unfit.
    """
    path = _locate(preset)
    values = _load(path)
    for setting in settings:
        _set(values, setting)
    if values.get("game") == "encoder":
        values["data"] = {**_data_of_source(values), **values.get("data", {})}
    data = values.setdefault("data", {})
    if store is not None:
        data["store"] = str(store)
    if "store" not in data:
        raise InvalidInputError(f"{path}: data.store: name a simulation store, as in --store boxes.zarr")
    _choose_boxes(data, SimulationStore.open(data["store"]), path)
    return _validated(values, path)


def _folder() -> Path:
    return Path(str(files("cosmoloom.train.recipes"))) / "presets"


def _locate(preset: str) -> Path:
    bundled = _folder() / f"{preset}.toml"
    if bundled.is_file():
        return bundled
    if preset.endswith(".toml"):
        return Path(preset)
    raise InvalidInputError(
        f"no preset is named {preset!r} and it is no TOML file; cosmoloom train --list shows: {', '.join(presets())}"
    )


def _load(path: Path, *over: Path) -> dict[str, Any]:
    """Read a recipe, and under it the one that it extends; ``over`` are those that extend it."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MissingFileError(f"cannot read the recipe {path}: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"{path} is no TOML: {error}") from error
    extended = values.pop("extends", None)
    if extended is None:
        return values
    if not isinstance(extended, str) or (under := _locate(extended)) in {path, *over}:
        raise InvalidInputError(f"{path}: extends: name another preset or TOML file, got {extended!r}")
    return _over(_load(under, path, *over), values)


def _over(values: dict[str, Any], others: dict[str, Any]) -> dict[str, Any]:
    """Return tables in which other entries replace those of the same name."""
    tables = {
        key: _over(values[key], other)
        for key, other in others.items()
        if isinstance(other, dict) and isinstance(values.get(key), dict)
    }
    return values | others | tables


def _validated(values: dict[str, Any], path: Path) -> Recipe:
    kind = KINDS.get(str(values.get("game")))
    if kind is None:
        raise InvalidInputError(f"{path}: game: expected one of {', '.join(KINDS)}, got {values.get('game')!r}")
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        # Within [objective], pydantic adds the loss by which it has told the tables apart.
        parts = [str(part) for at, part in enumerate(first["loc"]) if at != 1 or first["loc"][0] != "objective"]
        message = first["msg"].removeprefix("Value error, ")
        raise InvalidInputError(f"{path}: {': '.join(filter(None, ['.'.join(parts), message]))}") from error


def _set(values: dict[str, Any], setting: str) -> None:
    """Replace one entry by the text of a setting."""
    name, equals, text = setting.partition("=")
    *sections, key = (part.strip() for part in name.split("."))
    if not equals or not key or not all(sections):
        raise InvalidInputError(f"a setting reads section.key=value, got {setting!r}")
    table = values
    for section in sections:
        table = table.setdefault(section, {})
        if not isinstance(table, dict):
            raise InvalidInputError(f"{setting!r}: {section} is no section")
    table[key] = _parsed(text.strip())


def _parsed(text: str) -> Any:
    """Read a value as TOML, as the inside of a list, or as the text that it is."""
    for attempt in (text, f"[{text}]"):
        try:
            return tomllib.loads(f"value = {attempt}")["value"]
        except tomllib.TOMLDecodeError:
            continue
    return text


def _data_of_source(values: dict[str, Any]) -> dict[str, Any]:
    """Return the data table of the training that an encoder inverts."""
    run = values.get("source", {}).get("run")
    if run is None:
        raise InvalidInputError("source.run: name the folder of a finished training, as in --set source.run=runs/first")
    source = read_recipe(Path(run) / FILE)
    if not isinstance(source, VolumesRecipe):
        raise InvalidInputError(f"source.run: {run} is a training of {source.game}; an encoder inverts one of volumes")
    data: dict[str, Any] = source.plain()["data"]
    return data


def _choose_boxes(data: dict[str, Any], store: SimulationStore, path: Path) -> None:
    """Name all simulations: the last are held out, those before validate, all others are trained on."""
    names = store.names()
    for key in ("held_out", "validation", "boxes"):
        if key in data:
            data[key] = as_names(data[key])
            for name in data[key]:
                store[name]  # refuses a name that is not there
    if len(names) <= HELD_OUT + VALIDATION and not {"held_out", "validation"} <= set(data):
        raise InvalidInputError(
            f"{path}: data.held_out, data.validation: {store.path} has only {len(names)} simulations; name those to "
            "keep apart, as in --set data.held_out=0001 --set data.validation=[]"
        )
    held_out = data.setdefault("held_out", names[-HELD_OUT:])
    free = [name for name in names if name not in held_out]
    validation = data.setdefault("validation", free[-VALIDATION:])
    data.setdefault("boxes", [name for name in free if name not in validation])
