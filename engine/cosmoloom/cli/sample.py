"""``cosmoloom sample``: generated fields into a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cosmoloom.cli.crew import Scheduler, Workers, reachable


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
    workers: Workers = None,
    scheduler: Scheduler = None,
) -> None:
    """Sample matter fields from MODEL in single precision.

    The file holds rho over the cosmic mean, shape (n, n, n), or (count, n, n, n) for several; maps have an axis
    less.  Box size, redshift, seed and model are stored with it, except in .npy, which has no room for them.
    Workers share many fields, into .zarr, and what was interrupted goes on when the call is repeated.
    """
    import numpy as np
    from rich.progress import Progress

    from cosmoloom import __version__, load
    from cosmoloom.cli.device import require_device
    from cosmoloom.cluster.ensemble import Ensemble, draw_ensemble
    from cosmoloom.cluster.workers import open_workers
    from cosmoloom.data.atomic import require_writable
    from cosmoloom.data.writers import require_known_suffix, write_fields
    from cosmoloom.errors import InvalidInputError

    require_known_suffix(out)
    shared = workers is not None or scheduler is not None
    if shared and out.suffix != ".zarr":
        raise InvalidInputError(f"workers share the fields of a .zarr, each a file of its own; not of {out.name}")
    if not shared:
        require_writable(out)
    source = load(model, device=require_device(device))
    card = source.card
    redshift = card.default_redshift if redshift is None else redshift
    kappa = card.default_kappa if kappa is None else kappa
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
    told = f"{out}: {count} x {card.n}^{card.dimensions}, {told}"
    if shared:
        ensemble = Ensemble(
            model=reachable(model), weights_sha256=card.weights_sha256, count=count, seed=seed, redshift=redshift,
            kappa=kappa, device=device,
        )  # fmt: skip
        with open_workers(workers=workers, scheduler=scheduler) as client, Progress(transient=True) as progress:
            task = progress.add_task("drawing", total=count)
            for done in draw_ensemble(client, ensemble, out, facts=facts, n=card.n, dimensions=card.dimensions):
                progress.update(task, completed=done)
        print(told)
        return
    boxes = source.sample(seed=seed, count=count, redshift=redshift, kappa=kappa)
    density = boxes[0].density if count == 1 else np.stack([box.density for box in boxes])
    write_fields(out, density, facts, dimensions=card.dimensions)
    print(f"{told}, mean {float(density.mean(dtype=np.float64)):.3f}")
