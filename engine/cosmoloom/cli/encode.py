"""``cosmoloom encode``: the latent that grows into a box."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def encode(
    box: Annotated[str, typer.Argument(help="A .npy, .npz, .h5, .zarr or snapshot; STORE::0010@0.5.")],
    model: Annotated[str, typer.Option(help="Name of a bundled model, or a model's folder.")] = "primordial64",
    out: Annotated[Path, typer.Option(help="Output; .npz.  A picture of the same name lies beside it.")] = Path(
        "latent.npz"
    ),
    refine: Annotated[int, typer.Option(min=0, help="Steps that better the latent; each takes about 0.2 s.")] = 0,
    restarts: Annotated[
        int, typer.Option(min=1, help="Refinements, each from elsewhere: their spread is what the box leaves open.")
    ] = 1,
    seed: Annotated[int, typer.Option(min=0, help="Of the restarts after the first; they count up.")] = 0,
    kappa: Annotated[
        float | None, typer.Option(help="At which it is grown again [cosmic mean]; by default the middle.")
    ] = None,
    fit: Annotated[
        str, typer.Option(help="A box of another size, voxel or redshift: refuse, crop or rescale it.")
    ] = "refuse",
    box_size: Annotated[float | None, typer.Option(help="Side [Mpc/h], where the file does not say.")] = None,
    redshift: Annotated[float | None, typer.Option(help="Redshift; selects the snapshot of a simulation.")] = None,
    device: Annotated[str, typer.Option(help="Where to compute, as in cuda.")] = "cpu",
) -> None:
    """Find the initial conditions from which MODEL grows BOX.

    Writes the latent, what grows from it, and how alike the two are.  An interrupt ends a refinement and keeps the
    best so far.
    """
    from rich.console import Console

    from cosmoloom import load
    from cosmoloom.cli.device import require_device
    from cosmoloom.cli.refining import refine_in_sight
    from cosmoloom.data.atomic import atomic_path, require_writable
    from cosmoloom.data.readers.fields import open_field
    from cosmoloom.errors import InvalidInputError
    from cosmoloom.evaluate.encoded import Encoded, write_encoded
    from cosmoloom.evaluate.figures.overlap import overlap_figure
    from cosmoloom.pipeline.inversion import fitted
    from cosmoloom.pipeline.primordial import PrimordialModel

    if out.suffix != ".npz":
        raise InvalidInputError(f"a latent is written as .npz, got {out}")
    for target in (out, out.with_suffix(".png")):
        require_writable(target)
    source = load(model, device=require_device(device))
    if not isinstance(source, PrimordialModel):
        raise InvalidInputError(f"model {source.card.name} is not encoded by this command; primordial64 is")
    given, done = fitted(open_field(box, box_size=box_size, redshift=redshift), source.card, fit)
    console = Console(stderr=True)
    if done:
        console.print(f"{box}: {done}", highlight=False, soft_wrap=True)
    kappa = source.card.default_kappa if kappa is None else kappa
    start = source.encode(given, kappa=kappa)
    latents = refine_in_sight(
        source, given, start, kappa=kappa, steps=refine, restarts=restarts, seed=seed, console=console
    )
    found = Encoded.of(source, given, start, latents, kappa=kappa, fit=done)
    write_encoded(out, found)
    with atomic_path(out.with_suffix(".png")) as draft:
        overlap_figure(
            given.density, found.lines, box_size=given.box_size, caption=found.sentence
        ).savefig(draft, dpi=110)  # fmt: skip
    print(found.table())
    print(f"{out} and {out.with_suffix('.png')}")
