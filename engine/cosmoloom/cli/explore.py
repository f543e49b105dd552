"""``cosmoloom explore``: the explorer in a window, or as a picture where there is no display."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

PICTURE = Path("cosmoloom-explorer.png")
SCREEN = "-screen 0 1600x1000x24"


def explore(
    model: Annotated[
        str,
        typer.Argument(help="Name of a bundled model, a model's folder, a training's folder, or a saved session."),
    ] = "primordial64",
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of the universe.")] = None,
    redshift: Annotated[float | None, typer.Option(help="Redshift, within the model's range.")] = None,
    kappa: Annotated[float | None, typer.Option(help="Scaling [cosmic mean], within the model's range.")] = None,
    device: Annotated[str | None, typer.Option(help="cpu or cuda; by default the best one.")] = None,
    choices: Annotated[
        list[str] | None,
        typer.Option("--set", help="Another setting, as in display_kappa=30; the explorer copies them as a command."),
    ] = None,
    render: Annotated[Path | None, typer.Option(help="Draw the window into this PNG file and exit.")] = None,
) -> None:
    """Explore MODEL: volume, slices and live statistics follow every slider.

    A training may still run: its checkpoints can be scrubbed, and new ones show up as they are written.

    Without a display the window is drawn into a PNG file, whose path is printed.
    """
    from cosmoloom.cli.display import has_display
    from cosmoloom.data.atomic import require_writable
    from cosmoloom.models import locate

    if not Path(model).is_file():
        locate(model)  # a mistyped name should not wait for a window
    shown = has_display()
    picture = render if render is not None or shown else PICTURE
    if picture is not None:
        require_writable(picture)
    if shown:
        named = {"seed": seed, "redshift": redshift, "kappa": kappa}
        _open_here(model=model, device=device, picture=picture, choices=choices or [], **named)
        if picture is not None:
            print(picture)
        return
    options = {"seed": seed, "redshift": redshift, "kappa": kappa, "device": device, "render": picture}
    arguments = [model]
    for name, value in options.items():
        if value is not None:
            arguments += [f"--{name}", str(value)]
    for choice in choices or []:
        arguments += ["--set", choice]
    raise typer.Exit(_run_on_virtual_display(arguments))


def _open_here(
    *, model: str, picture: Path | None, device: str | None, choices: list[str], **named: float | None
) -> None:
    """Open the explorer that an installed plugin offers."""
    from importlib.metadata import entry_points

    from cosmoloom.cli.device import require_device
    from cosmoloom.errors import MissingExtraError

    _require_packages(virtual_display=False)
    found = list(entry_points(group="cosmoloom.explorers"))
    if not found:
        raise MissingExtraError("the explorer is not installed: pip install 'cosmoloom[napari]'")
    where = None if device is None else require_device(device)
    try:
        found[0].load()(model, device=where, picture=picture, choices=choices, **named)
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"the explorer cannot start ({error}): pip install 'cosmoloom[napari]'") from error


def _run_on_virtual_display(arguments: list[str]) -> int:
    """Run this command again under Xvfb; return its exit status."""
    import os
    import subprocess
    import sys

    from cosmoloom.cli.display import VIRTUAL

    _require_packages(virtual_display=True)
    program = "import sys; from cosmoloom.cli.app import main; sys.exit(main())"
    command = ["xvfb-run", "-a", "-s", SCREEN, sys.executable, "-c", program, "explore", *arguments]
    return subprocess.call(command, env=os.environ | {"QT_QPA_PLATFORM": "xcb", VIRTUAL: "1"})


def _require_packages(*, virtual_display: bool) -> None:
    from cosmoloom.cli.display import missing_packages
    from cosmoloom.errors import MissingExtraError

    missing = missing_packages(virtual_display=virtual_display)
    if missing:
        why = "there is no display, and a window cannot be drawn without one" if virtual_display else "no window"
        raise MissingExtraError(
            f"{why}: this machine lacks {', '.join(missing)}; on Debian or Ubuntu: apt install {' '.join(missing)}"
        )
