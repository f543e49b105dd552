"""Options that take several values, with commas between."""

from __future__ import annotations

from cosmoloom.errors import InvalidInputError


def names(text: str) -> tuple[str, ...]:
    """Return the names in a list such as ``0010,0011``; none of an empty one."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def numbers(text: str, *, option: str) -> tuple[float, ...]:
    """Return the numbers in a list such as ``3,1.5,0``.

    Raises
    ------
    InvalidInputError
        If a part is no finite number; the message names the option.
    """
    try:
        values = tuple(float(part) for part in text.split(","))
    except ValueError:
        values = (float("nan"),)
    if any(value != value or abs(value) == float("inf") for value in values):
        raise InvalidInputError(f"{option} takes numbers separated by commas, as in 3,1.5,0; got {text!r}")
    return values
