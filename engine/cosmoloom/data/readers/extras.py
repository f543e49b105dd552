"""Libraries that only some formats need."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from cosmoloom.errors import MissingExtraError


def require_extra(module: str, *, extra: str, path: Path) -> Any:
    """Import an optional library.

    Raises
    ------
    MissingExtraError
        If it is not installed; the message names the extra.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingExtraError(
            f"{path} needs the library {module}; install it with: pip install 'cosmoloom[{extra}]'"
        ) from error
