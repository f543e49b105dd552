"""``cosmoloom explore``: the explorer in a window, or as a picture where there is no display."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

LOCAL = "127.0.0.1"
PICTURE = Path("cosmoloom-explorer.png")


class Theme(StrEnum):
    """Grounds of the window."""

    DARK = "dark"
    LIGHT = "light"


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
    theme: Annotated[Theme, typer.Option(help="Ground of the window.")] = Theme.DARK,
    render: Annotated[Path | None, typer.Option(help="Draw the window into this PNG file and exit.")] = None,
    browser: Annotated[
        bool, typer.Option("--browser", help="Show it in a browser instead of a window; prints the address.")
    ] = False,
    address: Annotated[
        str, typer.Option(help="With --browser: where to listen; by default only this machine gets in.")
    ] = LOCAL,
) -> None:
    """Explore MODEL: volume, slices and live statistics follow every slider.

    A training may still run: its checkpoints can be scrubbed, and new ones show up as they are written.

    Without a display the window is drawn into a PNG file, whose path is printed.
    """
    from cosmoloom.cli.display import has_display, require_packages, run_on_virtual_display
    from cosmoloom.data.atomic import require_writable
    from cosmoloom.models import locate

    if not Path(model).is_file():
        locate(model)  # a mistyped name should not wait for a window
    if browser:
        named = {"seed": seed, "redshift": redshift, "kappa": kappa, "picture": render, "address": address}
        _open("browser", model, device=device, choices=choices or [], **named)
        return
    shown = has_display()
    picture = render if render is not None or shown else PICTURE
    if picture is not None:
        require_writable(picture)
    if shown:
        named = {"seed": seed, "redshift": redshift, "kappa": kappa}
        require_packages(virtual_display=False)
        _open("napari", model, device=device, picture=picture, choices=choices or [], theme=theme.value, **named)
        if picture is not None:
            print(picture)
        return
    options = {"seed": seed, "redshift": redshift, "kappa": kappa, "device": device, "render": picture}
    options |= {"theme": theme.value} if theme is not Theme.DARK else {}
    arguments = [model]
    for name, value in options.items():
        if value is not None:
            arguments += [f"--{name}", str(value)]
    for choice in choices or []:
        arguments += ["--set", choice]
    raise typer.Exit(run_on_virtual_display("explore", arguments))


def _open(name: str, model: str, *, device: str | None, **options: Any) -> None:
    """Open the explorer that an installed plugin offers by this name."""
    from importlib.metadata import entry_points

    from cosmoloom.cli.device import require_device
    from cosmoloom.errors import MissingExtraError

    found = entry_points(group="cosmoloom.explorers", name=name)
    if not found:
        raise MissingExtraError(f"this explorer is not installed: pip install 'cosmoloom[{name}]'")
    where = None if device is None else require_device(device)
    try:
        next(iter(found)).load()(model, device=where, **options)
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"the explorer cannot start ({error}): pip install 'cosmoloom[{name}]'") from error
