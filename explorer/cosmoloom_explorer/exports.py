"""What is on screen as a file: the field with all that made it, or a figure for a paper."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cosmoloom.data.atomic import atomic_path
from cosmoloom.data.writers import write_fields
from cosmoloom.errors import InvalidInputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from cosmoloom_explorer.frames import Frame
    from cosmoloom_explorer.settings import Settings

FIGURES = (".pdf", ".svg", ".png")
DATA = (".npz", ".h5", ".zarr", ".vti")
DOTS_PER_INCH = 300


def export_data(path: str | Path, frame: Frame, settings: Settings) -> None:
    """Write the generated density that is on screen, rho over the cosmic mean.

    Parameters
    ----------
    path : path
        Its suffix chooses the format: NumPy, HDF5, Zarr, or VTK image data.
    frame : Frame
        What is shown.
    settings : Settings
        What made it; they are stored with the field where the format has room.

    Raises
    ------
    InvalidInputError
        If the suffix is of no known format.
    UnwritableError
        If the file cannot be written.
    """
    assert frame.density is not None  # the session delivers it with every frame
    field = frame.view.field
    facts: dict[str, Any] = {
        "box_size": frame.box_size,
        "redshift": field.redshift,
        "seed": field.latent.seed,
        "periodic": False,
        "model": field.latent.model,
        "settings": {name: value for name, value in asdict(settings).items() if value is not None},
        "units": "rho / cosmic mean; lengths in Mpc/h, comoving",
    }
    if field.kappa is not None:
        facts["kappa"] = field.kappa
    write_fields(path, frame.density, facts)


def save_figure(path: str | Path, figure: Figure) -> None:
    """Write a figure as PDF, SVG or PNG, whole or not at all; text stays text.

    Raises
    ------
    InvalidInputError
        If the suffix is another one.
    UnwritableError
        If the file cannot be written.
    """
    from matplotlib import rc_context

    if Path(path).suffix.lower() not in FIGURES:
        raise InvalidInputError(f"a figure is one of {', '.join(FIGURES)}, got {path}")
    with atomic_path(path) as draft, rc_context({"svg.fonttype": "none", "pdf.fonttype": 42}):
        figure.savefig(draft, dpi=DOTS_PER_INCH)
