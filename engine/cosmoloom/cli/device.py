"""Check the name of a device before anything runs on it."""

from __future__ import annotations

from cosmoloom.errors import InvalidInputError


def require_device(name: str) -> str:
    """Return the name, if it is one of a device of this machine.

    Raises
    ------
    InvalidInputError
        If torch knows no such device or finds none here.
    """
    import torch

    try:
        torch.zeros(1, device=name)
    except (RuntimeError, AssertionError) as error:
        known = ["cpu", *(f"cuda:{i}" for i in range(torch.cuda.device_count()))]
        raise InvalidInputError(f"no device {name!r} on this machine; it has: {', '.join(known)}") from error
    return name
