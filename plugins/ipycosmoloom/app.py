"""The explorer in a browser, for people without napari: a notebook of one cell, served by Voila on this machine."""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cosmoloom.errors import InvalidInputError
from cosmoloom_explorer.opening import opening
from cosmoloom_explorer.saved_session import SUFFIX
from ipycosmoloom.lab import free_port, write_notebook

LOCAL = "127.0.0.1"


def launch(
    model: str | None = None,
    *,
    seed: int | None = None,
    redshift: float | None = None,
    kappa: float | None = None,
    device: str | None = None,
    choices: Sequence[str] = (),
    picture: str | Path | None = None,
    address: str = LOCAL,
    **_: Any,
) -> None:
    """Serve the explorer until interrupted; print the address with which a browser gets in.

    Parameters
    ----------
    model, seed, redshift, kappa, device, choices
        As for every explorer; see :func:`cosmoloom_explorer.opening.opening`.
    picture : path, optional
        Not drawn here.
    address : str
        On which address to listen; by default this machine alone can get in, and only with the token.

    Raises
    ------
    InvalidInputError
        If a picture is asked for.
    CosmoloomError
        If there is no such model, or it does not know such values.
    """
    if picture is not None:
        raise InvalidInputError("a browser renders no file: leave out --browser to render, or use Explorer().picture()")
    flat: dict[str, Any] = {} if model is not None and Path(model).suffix == SUFFIX else {"ndisplay": 2}
    found = opening(model, seed=seed, redshift=redshift, kappa=kappa, choices=choices, **flat)
    settings = asdict(found.settings)
    from voila.app import Voila

    token, port = secrets.token_urlsafe(24), free_port()
    with TemporaryDirectory(prefix="cosmoloom-") as folder:
        notebook = Path(folder) / "cosmoloom.ipynb"
        write_notebook(notebook, [cell(settings, device)])
        print(f"the explorer is at http://{address}:{port}/?token={token}  (Ctrl+C ends it)")  # noqa: T201  asked for
        sys.stdout.flush()
        Voila.launch_instance([
            str(notebook), "--no-browser", f"--Voila.ip={address}", f"--port={port}", f"--token={token}",
            "--strip_sources=True", "--show_tracebacks=False", "--theme=dark", "--Voila.log_level=WARN",
            "--VoilaExecutor.timeout=600",
        ])  # fmt: skip


def cell(settings: dict[str, Any], device: str | None = None) -> str:
    """Return the Python of a cell that shows an explorer with these settings."""
    text = json.dumps({"device": device, **settings})
    return f"import json\nfrom ipycosmoloom import Explorer\nExplorer(**json.loads({text!r}))"
