"""Sections of a recipe: frozen, strict about their names, and clear about what may change halfway."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict


class Section(BaseModel):
    """One table of a recipe; an unknown entry is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Pace:
    """Marks an entry that only steers the pace: a training that goes on may have another value."""


PACE: Final = Pace()


def changes(before: BaseModel, after: BaseModel) -> list[str]:
    """Return the dotted names of entries, but for those marked with PACE, in which two sections differ.

    Parameters
    ----------
    before, after : Section
        Of the same class, or what differs is their whole.
    """
    names = []
    for name, field in type(after).model_fields.items():
        old, new = getattr(before, name), getattr(after, name)
        if any(isinstance(mark, Pace) for mark in field.metadata) or old == new:
            continue
        if isinstance(new, BaseModel) and type(old) is type(new):
            names += [f"{name}.{inner}" for inner in changes(old, new)]
        else:
            names.append(name)
    return names


def as_names(value: Any) -> list[str]:
    """Read names as they are given on a command line: separated by commas, and perhaps numbers."""
    if isinstance(value, str):
        return [name.strip() for name in value.split(",") if name.strip()]
    return [str(name) for name in (value if isinstance(value, (list, tuple)) else [value])]


def _numbers(value: Any) -> Any:
    """Read a number that stands for a list of one."""
    return [value] if isinstance(value, (int, float)) else value


Names = Annotated[tuple[str, ...], BeforeValidator(as_names)]
"""Names of simulations."""
Numbers = Annotated[tuple[float, ...], BeforeValidator(_numbers)]
"""One number or more."""
