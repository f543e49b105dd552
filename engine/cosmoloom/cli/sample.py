"""``cosmoloom sample``: generated fields into a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def sample(
    model: Annotated[str, typer.Argument(help="Name of a bundled model, or a model's folder.")] = "primordial64",
    out: Annotated[Path, typer.Option(help="Output; .npy, .npz, .h5, .zarr, or .vti for VTK.")] = Path("sample.npz"),
    seed: Annotated[int, typer.Option(min=0, help="Seed of the first field; the next ones count up.")] = 0,
    count: Annotated[int, typer.Option(min=1, help="How many fields.")] = 1,
    redshift: Annotated[
        float | None, typer.Option(help="Redshift, within the model's range; by default its latest.")
    ] = None,
    kappa: Annotated[
        float | None,
        typer.Option(help="Scaling [cosmic mean], for networks that read it; by default the middle."),
    ] = None,
    device: Annotated[str, typer.Option(help="Where to compute, as in cuda.")] = "cpu",
) -> None:
    """Sample matter fields from MODEL in single precision.

    The file holds rho over the cosmic mean, shape (n, n, n), or (count, n, n, n) for several; maps have an axis
    less.  Box size, redshift, seed and model are stored with it, except in .npy, which has no room for them.
    """
    import numpy as np

    from cosmoloom import __version__, load
    from cosmoloom.cli.device import require_device
    from cosmoloom.data.atomic import require_writable
    from cosmoloom.data.writers import require_known_suffix, write_fields

    require_known_suffix(out)
    require_writable(out)
    source = load(model, device=require_device(device))
    card = source.card
    redshift = card.default_redshift if redshift is None else redshift
    kappa = card.default_kappa if kappa is None else kappa
    boxes = source.sample(seed=seed, count=count, redshift=redshift, kappa=kappa)
    density = boxes[0].density if count == 1 else np.stack([box.density for box in boxes])
    facts = {
        "box_size": card.box_size,
        "redshift": redshift,
        "seed": seed,
        "periodic": False,
        "model": card.name,
        "weights_sha256": card.weights_sha256,
        "cosmology": card.cosmology,
        "units": "rho / cosmic mean; lengths in Mpc/h, comoving",
        "made_by": f"cosmoloom {__version__}",
    }
    told = f"z = {redshift:g}"
    if card.kappa_conditions:
        facts["kappa"] = kappa
        told += f", kappa = {kappa:.4g}"
    if card.thickness is not None:
        facts["thickness"] = card.thickness
    write_fields(out, density, facts, dimensions=card.dimensions)
    mean = float(density.mean(dtype=np.float64))
    print(f"{out}: {count} x {card.n}^{card.dimensions}, {told}, mean {mean:.3f}")
