"""Options of commands whose work can be shared."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Workers = Annotated[int | None, typer.Option(min=1, help="Processes on this machine that share the work.")]
Scheduler = Annotated[str | None, typer.Option(help="Dask scheduler whose workers share the work, as tcp://host:8786.")]


def reachable(model: str) -> str:
    """Return a model's name if it is bundled, else its whole path, so that workers find it from where they are."""
    from cosmoloom.models import names, refiner_names

    return model if model in (*names(), *refiner_names()) else str(Path(model).resolve())
