"""``cosmoloom weave``: volumes of any size from a coarse one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol, TypeVar

import typer

from cosmoloom.cli.crew import Scheduler, Workers, reachable

if TYPE_CHECKING:
    from cosmoloom.box import Box
    from cosmoloom.pipeline.multiscale.landed import Landed

Crew = tuple[int | None, str | None]
"""Processes to start, or the address of a scheduler."""


class Step(Protocol):
    """How far a scale of a volume is."""

    @property
    def scale(self) -> int:
        """Which one, 0 for the volume that was started from."""

    @property
    def n(self) -> int:
        """Voxels per side of it."""

    @property
    def share(self) -> float:
        """How much of it is done."""


StepT = TypeVar("StepT", bound=Step)


def weave(
    start: Annotated[
        str,
        typer.Argument(
            help="The coarse volume: a file, or a model to sample it from; for a uni-scale model voxels per side."
        ),
    ],
    by: Annotated[list[str], typer.Option(help="Refiner or patch model; once per refinement, from coarse to fine.")],
    out: Annotated[Path, typer.Option(help="Output; .zarr keeps every scale, else .npy, .npz or .h5.")] = Path(
        "volume.zarr"
    ),
    seed: Annotated[int, typer.Option(min=0, help="Seed of the sample and of all that is added to it.")] = 0,
    redshift: Annotated[float | None, typer.Option(help="Redshift; that of the coarse volume by default.")] = None,
    box_size: Annotated[
        float | None, typer.Option(min=0.0, help="Side of the volume [Mpc/h], where its file does not say.")
    ] = None,
    kappa: Annotated[float | None, typer.Option(help="Scaling of the sampled model [cosmic mean].")] = None,
    periodic: Annotated[
        bool | None, typer.Option("--periodic/--no-periodic", help="Whether opposite faces meet; the volume knows.")
    ] = None,
    tile: Annotated[int, typer.Option(min=2, help="Voxels per side of a tile and chunk of refiners; even.")] = 64,
    memory: Annotated[
        float | None, typer.Option(min=0.0, help="For a batch of patches [GB]; by default half of what a GPU has.")
    ] = None,
    device: Annotated[str, typer.Option(help="Where to compute, as in cuda.")] = "cpu",
    workers: Workers = None,
    scheduler: Scheduler = None,
) -> None:
    """Refine the coarse volume START into a larger one.

    Refiners work without seams, conserve mass and, into .zarr, need no more memory than a few tiles: an interrupted
    call goes on when it is repeated, and workers can share the tiles.  Models of patches work as published, patch by
    patch beside their neighbours; uni-scale ones refine nothing and make as many voxels as START says.
    """
    from cosmoloom.cli.device import require_device
    from cosmoloom.errors import InvalidInputError
    from cosmoloom.weaving import are_refiners, facts_of

    require_device(device)
    seamless = are_refiners(by)
    shared = workers is not None or scheduler is not None
    if shared and not (seamless and out.suffix == ".zarr"):
        raise InvalidInputError("workers share the tiles of refiners, into .zarr; patches wait for one another")
    budget = None if memory is None else int(memory * 1e9)
    if start.isdecimal() and not Path(start).exists():
        if box_size is not None or redshift is not None or kappa is not None:
            raise InvalidInputError("voxels, redshift and scaling of a volume without a coarse one are the model's own")
        _from_nothing(int(start), by, out, seed=seed, periodic=bool(periodic), memory=budget, device=device)
        return
    box = _start(start, seed=seed, redshift=redshift, box_size=box_size, kappa=kappa, device=device)
    closed = box.periodic if periodic is None else periodic
    facts = facts_of(box, start, by, seed=seed, periodic=closed)
    if seamless:
        crew = (workers, scheduler) if shared else None
        _seamless(box, by, out, facts, tile=tile, device=device, crew=crew)
    else:
        _patchwise(box, by, out, facts, memory=budget, device=device)


def _start(
    start: str, *, seed: int, redshift: float | None, box_size: float | None, kappa: float | None, device: str
) -> Box:
    """Open the coarse volume, or sample it."""
    from cosmoloom.box import Box
    from cosmoloom.data.readers import open_box
    from cosmoloom.errors import InvalidInputError
    from cosmoloom.models import load, names
    from cosmoloom.models.folder import CARD

    if start not in names() and not (Path(start) / CARD).is_file():
        return open_box(start, redshift=redshift, box_size=box_size)
    box = load(start, device=device).sample(seed=seed, redshift=redshift, kappa=kappa)
    if not isinstance(box, Box):
        raise InvalidInputError(f"model {start} makes maps; volumes start from one that makes volumes")
    return box


def _seamless(
    box: Box, by: list[str], out: Path, facts: dict[str, Any], *, tile: int, device: str, crew: Crew | None
) -> None:
    """Refine without seams, into a pyramid on disk, alone or with a crew, or into a single file."""
    from contextlib import nullcontext

    from cosmoloom.cluster.tiles import weave_on_workers
    from cosmoloom.cluster.workers import open_workers
    from cosmoloom.pipeline.multiscale.ome_zarr import PyramidStore
    from cosmoloom.pipeline.multiscale.weave_seamless import weave_seamless
    from cosmoloom.weaving import open_refiners

    opened = open_refiners(
        box, by, seed=facts["seed"], periodic=facts["periodic"], tile=tile, device=device
    )
    refiners, given = opened.refiners, opened.circumstances
    if out.suffix != ".zarr":
        _into_file(weave_seamless(box.density, refiners, given), out, facts, scales=len(by))
        return
    sides = [box.n * 2**scale for scale in range(len(by) + 1)]
    store = PyramidStore(out, sides=sides, box_size=box.box_size, plan={**facts, "tile": tile}, facts=facts)
    try:
        with open_workers(workers=crew[0], scheduler=crew[1]) if crew else nullcontext() as client:
            if client is None:
                tiles: Iterator[Step] = weave_seamless(box.density, refiners, given, store)
            else:
                known = [(reachable(name), card.weights_sha256) for name, card in zip(by, opened.cards, strict=True)]
                tiles = weave_on_workers(client, box.density, known, given, store, device=device)
            for _ in _shown(tiles):
                pass  # the store keeps them
    except KeyboardInterrupt:
        print(f"{store.draft} keeps what is done; the same command goes on from there")
        raise
    store.finish()
    print(f"{out}: {' -> '.join(f'{side}^3' for side in sides)}, box {box.box_size:g} Mpc/h")


def _patchwise(
    box: Box, by: list[str], out: Path, facts: dict[str, Any], *, memory: int | None, device: str
) -> None:
    """Refine patch by patch, as published, into a single file."""
    from cosmoloom.pipeline.multiscale.patchwise import weave_patches
    from cosmoloom.weaving import open_patch_models

    models = open_patch_models(by, device=device)
    pieces = weave_patches(box.density, models, seed=facts["seed"], wrapped=facts["periodic"], memory=memory)
    _into_file(pieces, out, facts, scales=len(by))


def _from_nothing(
    n: int, by: list[str], out: Path, *, seed: int, periodic: bool, memory: int | None, device: str
) -> None:
    """Make a volume of n^3 voxels by a uni-scale model, into a single file."""
    from cosmoloom.errors import InvalidInputError
    from cosmoloom.pipeline.multiscale.patchwise import weave_from_nothing
    from cosmoloom.weaving import facts_from_nothing, open_patch_models

    models = open_patch_models(by, device=device)
    if len(models) > 1 or models[0].generator.factor > 1:
        raise InvalidInputError(
            f"only one uni-scale model makes {n}^3 voxels from nothing; others refine a coarse volume: name a file or "
            "a model for it"
        )
    pieces = weave_from_nothing(n, models[0], seed=seed, wrapped=periodic, memory=memory)
    _into_file(pieces, out, facts_from_nothing(n, by[0], seed=seed, periodic=periodic), scales=1)


def _into_file(pieces: Iterator[Landed], out: Path, facts: dict[str, Any], *, scales: int) -> None:
    """Put the finest scale together and write it."""
    import numpy as np

    from cosmoloom.data.atomic import require_writable
    from cosmoloom.data.writers import require_known_suffix, write_fields
    from cosmoloom.pipeline.multiscale.landed import put_together

    require_known_suffix(out)
    require_writable(out)
    whole = put_together(_shown(pieces), scale=scales)
    write_fields(out, whole, facts)
    print(f"{out}: {len(whole)}^3, box {facts['box_size']:g} Mpc/h, mean {float(whole.mean(dtype=np.float64)):.3f}")


def _shown(pieces: Iterator[StepT]) -> Iterator[StepT]:
    """Pass pieces on, with a bar per scale."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

    console = Console()
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    bars: dict[int, TaskID] = {}
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        for piece in pieces:
            if piece.scale not in bars:
                bars[piece.scale] = progress.add_task(f"{piece.n}^3", total=1.0)
            progress.update(bars[piece.scale], completed=piece.share)
            yield piece
