"""A state of the explorer as text that makes it again: a Python script, or a command."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from pydantic import TypeAdapter, ValidationError

from cosmoloom.engine import WAVES_SHOWN
from cosmoloom.errors import InvalidInputError
from cosmoloom.pipeline.kept_latents import DRAWN, KEPT
from cosmoloom_explorer.saved_session import LATENTS_SUFFIX
from cosmoloom_explorer.settings import Settings

NAMED = ("seed", "redshift", "kappa")
"""Settings that the command has an option of their own for."""


def as_python(settings: Settings, *, kappa_conditions: bool = True) -> str:
    """Return a script that makes the density shown as ``box``, and its colours as ``shown``, in single precision.

    A latent that no seed draws is read from the file that is written beside a saved session.
    """
    where = f"redshift={settings.redshift!r}" + (f", kappa={settings.kappa!r}" if kappa_conditions else "")
    lines = ["import cosmoloom as cl", "", f"model = cl.load({settings.model!r})"]
    made = _latent_lines(settings)
    if made:
        lines[1:1], lines[len(lines) :] = _imports(settings), made
        lines.append(f"box = model.sample(latent=latent, {where})")
    else:
        lines.append(f"box = model.sample(seed={settings.seed}, {where})")
    if settings.band is not None:
        lines[1:1] = ["from cosmoloom.statistics.band_pass import band_pass"]
        low, high = settings.band
        lines.append(f"band = {{'k_low': {low!r}, 'k_high': {high!r}}}  # h/Mpc")
        if settings.own_box is None:
            lines[1:1] = ["from cosmoloom.evaluate.bundled import references_for"]
            lines.append("held_out = references_for(model.card)")
            nearest = f"min(held_out.statistics.redshifts, key=lambda z: abs(z - {settings.redshift!r}))"
            beside = f"held_out.box({settings.reference_index}, {nearest}) if held_out else box"
        else:
            lines[1:1] = ["from cosmoloom.pipeline.inversion.own_box import read_own_box"]
            beside = f"read_own_box({settings.own_box!r}, model.card)[0]"
        lines.append(f"unit = band_pass({beside}, **band).square().mean().sqrt()")
        shown = f"(band_pass(box, **band) / ({WAVES_SHOWN!r} * unit)).clamp(-1, 1)"
    elif settings.colouring == "error":
        lines.insert(1, "from cosmoloom.scaling.relative_error import as_colours, relative_error")
        shown = f"as_colours(relative_error(box.density, model.scaling_at({settings.kappa!r})))"
    else:
        kappa = settings.kappa if settings.display_kappa is None else settings.display_kappa
        shown = f"2 * box.density / (box.density + {kappa!r}) - 1"
    lines.append(f"shown = {shown}  # what the colours show, from -1 to 1")
    return "\n".join(lines) + "\n"


def _imports(settings: Settings) -> list[str]:
    """Return what the lines of :func:`_latent_lines` need."""
    lines = []
    if any(name.startswith(KEPT) for name in settings.latents):
        lines += ["import numpy as np", "import torch"]
    if settings.toward and settings.fraction:
        lines.append("from cosmoloom.pipeline.latent_paths import slerp")
        lines.append("from cosmoloom.pipeline.latent_prior import LatentPrior")
    if settings.tilts_at is not None and any(settings.tilts):
        lines.append("from cosmoloom.pipeline.latent_directions import named_directions")
        lines.append("from cosmoloom.pipeline.latent_prior import LatentPrior")
    return list(dict.fromkeys(lines))


def _latent_lines(settings: Settings) -> list[str]:
    """Return lines that make ``latent``; none for the bare draw of the seed."""
    steps = [(index, step) for index, step in enumerate(settings.directions) if step]
    start = _latent_text(settings.origin or f"{DRAWN}{settings.seed}")
    lines = [f"latent = {start}"]
    if settings.toward and settings.fraction:
        lines.append(f"there, prior = {_latent_text(settings.toward)}, LatentPrior.of(model.card)")
        lines.append(f"latent = slerp(latent, there, {settings.fraction!r}, prior)")
    if settings.tilts_at is not None and any(settings.tilts):
        name, redshift, kappa = settings.tilts_at
        lines.append(f"found = named_directions(model, {_latent_text(name)}, {redshift!r}, {kappa!r})")
        lines.append(f"latent = found.step(latent, {settings.tilts!r}, LatentPrior.of(model.card))")
    lines += [f"latent += {step!r} * model.latent_sigma * model.directions.vectors[{i}]" for i, step in steps]
    lines += [f"latent[{index}] = {value!r}" for index, value in settings.components]
    return lines if len(lines) > 1 or settings.origin else []


def _latent_text(name: str) -> str:
    """Return an expression for a latent by its name; a kept one is read from the file beside a saved session."""
    if name.startswith(KEPT):
        return f'torch.from_numpy(np.load("explorer{LATENTS_SUFFIX}")[{name!r}])'
    return f"model.draw_latent({name.removeprefix(DRAWN)})[0]"


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
