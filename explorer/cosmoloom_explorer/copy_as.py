"""A state of the explorer as text that makes it again: a Python script, or a command."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from pydantic import TypeAdapter, ValidationError

from cosmoloom.errors import InvalidInputError
from cosmoloom_explorer.settings import Settings

NAMED = ("seed", "redshift", "kappa")
"""Settings that the command has an option of their own for."""


def as_python(settings: Settings, *, kappa_conditions: bool = True) -> str:
    """Return a script that makes the density shown as ``box``, and its colours as ``shown``, in single precision."""
    where = f"redshift={settings.redshift!r}" + (f", kappa={settings.kappa!r}" if kappa_conditions else "")
    lines = ["import cosmoloom as cl", "", f"model = cl.load({settings.model!r})"]
    steps = [(index, step) for index, step in enumerate(settings.directions) if step]
    if steps or settings.components:
        lines.append(f"latent = model.draw_latent({settings.seed})[0]")
        lines += [f"latent += {step!r} * model.latent_sigma * model.directions.vectors[{i}]" for i, step in steps]
        lines += [f"latent[{index}] = {value!r}" for index, value in settings.components]
        lines.append(f"box = model.sample(latent=latent, {where})")
    else:
        lines.append(f"box = model.sample(seed={settings.seed}, {where})")
    if settings.colouring == "error":
        lines.insert(1, "from cosmoloom.scaling.relative_error import as_colours, relative_error")
        shown = f"as_colours(relative_error(box.density, model.scaling_at({settings.kappa!r})))"
    else:
        kappa = settings.kappa if settings.display_kappa is None else settings.display_kappa
        shown = f"2 * box.density / (box.density + {kappa!r}) - 1"
    lines.append(f"shown = {shown}  # what the colours show, from -1 to 1")
    return "\n".join(lines) + "\n"


def as_command(settings: Settings, defaults: Settings) -> str:
    """Return the command that opens the explorer in this state.

    Parameters
    ----------
    settings : Settings
        The state.
    defaults : Settings
        With what the explorer opens on this model by itself; equal values are left out.
    """
    words = ["cosmoloom", "explore", settings.model]
    for name in NAMED:
        if getattr(settings, name) != getattr(defaults, name):
            words += [f"--{name}", f"{getattr(settings, name)!r}"]
    for field in fields(Settings):
        value = getattr(settings, field.name)
        if field.name not in (*NAMED, "model") and value != getattr(defaults, field.name):
            words += ["--set", f"{field.name}={json.dumps(value)}"]
    return shlex.join(words)


def with_choices(settings: Settings, choices: Iterable[str]) -> Settings:
    """Return settings with what ``--set name=value`` asks for; values are JSON, a bare word is a text.

    Raises
    ------
    InvalidInputError
        If a name is no setting, or a value is of another kind.
    """
    known = [field.name for field in fields(Settings) if field.name not in (*NAMED, "model")]
    values: dict[str, Any] = {}
    for choice in choices:
        name, equals, text = choice.partition("=")
        if not equals or name not in known:
            raise InvalidInputError(f"--set takes name=value, with a name of {', '.join(known)}; got {choice!r}")
        try:
            values[name] = json.loads(text)
        except json.JSONDecodeError:
            values[name] = text
    plain = TypeAdapter(Settings).dump_python(settings)
    try:
        return TypeAdapter(Settings).validate_python(plain | values)
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidInputError(f"--set {first['loc'][0]}: {first['msg']}, got {first['input']!r}") from error
