"""``cosmoloom train``: train a conditional generator on simulations, with checkpoints."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from cosmoloom.train.loop import Progress


def train(
    store: Annotated[Path, typer.Argument(help="Simulation store, as written by: cosmoloom simulate")],
    out: Annotated[Path, typer.Option("--out", help="Folder for checkpoints, metrics and the model")],
    held_out: Annotated[
        str, typer.Option("--held-out", help="Names of simulations that training never reads, comma-separated")
    ],
    name: Annotated[str, typer.Option(help="Name of the model")] = "trained",
    boxes: Annotated[
        str, typer.Option(help="Names of simulations to train on, comma-separated; all others unless given")
    ] = "",
    redshifts: Annotated[str, typer.Option(help="Redshifts to train on, comma-separated")] = "3,2,1.5,1,0.5,0.25,0",
    n: Annotated[int, typer.Option("-n", help="Voxels per side of a volume")] = 64,
    kappa: Annotated[str, typer.Option(help="Range of kappa over the cosmic mean")] = "2,20",
    width: Annotated[int, typer.Option(help="Channels of the generator at 4^3; 256 is the published width")] = 128,
    coarsen: Annotated[int, typer.Option(help="Voxels of the simulations averaged into one, along each axis")] = 1,
    grow_from: Annotated[
        Path | None, typer.Option(help="Folder of a training on half the grid, whose networks this one starts from")
    ] = None,
    critic_n: Annotated[
        int | None, typer.Option(help="Voxels per side of the sub-volumes that the critic sees; all unless given")
    ] = None,
    warm_up: Annotated[int, typer.Option(help="First steps in which only the critic learns")] = 0,
    only_newest: Annotated[
        bool, typer.Option("--only-newest", help="Train only the layers that growth has added")
    ] = False,
    critic_weight: Annotated[float, typer.Option(help="Weight of the critic; 0 leaves it out")] = 1.0,
    match_weight: Annotated[float, typer.Option(help="Weight of the statistics that ensembles must share")] = 0.1,
    match_k_max: Annotated[float, typer.Option(help="Largest wavenumber whose power is matched [h/Mpc]")] = 100.0,
    batch: Annotated[int, typer.Option(help="Volumes per step, each shown at two redshifts")] = 8,
    iterations: Annotated[int, typer.Option(help="Steps in all")] = 10_000,
    learning_rate: Annotated[float, typer.Option(help="Of the generator, at its highest")] = 1e-4,
    critic_learning_rate: Annotated[float, typer.Option(help="Of the critic, at its highest")] = 6e-5,
    decay_from: Annotated[float, typer.Option(help="Share of the steps after which both fall to a twentieth")] = 0.45,
    seed: Annotated[int, typer.Option(help="Seed of weights, volumes and latents")] = 0,
    device: Annotated[str, typer.Option(help="Where to train, as in cuda")] = "cpu",
    checkpoint_minutes: Annotated[float, typer.Option(help="Minutes between checkpoints")] = 4.0,
) -> None:
    """Train, or go on from the last checkpoint in OUT; Ctrl-C saves before it stops."""
    from pydantic import ValidationError
    from rich.console import Console
    from rich.live import Live

    from cosmoloom.cli.device import require_device
    from cosmoloom.cli.lists import names, numbers
    from cosmoloom.data.store import SimulationStore
    from cosmoloom.errors import InvalidInputError
    from cosmoloom.train.loop import train as run
    from cosmoloom.train.plan import TrainingPlan

    kept = names(held_out)
    simulations = SimulationStore.open(store)
    for simulation in kept:
        simulations[simulation]  # refuses a name that is not there
    try:
        plan = TrainingPlan(
            store=store,
            boxes=names(boxes) or tuple(other for other in simulations.names() if other not in kept),
            held_out=kept,
            redshifts=numbers(redshifts, option="--redshifts"),
            n=n,
            kappa_range=_pair(numbers(kappa, option="--kappa")),
            widths=tuple(max(8, width >> level) for level in range(_levels(n))),
            detail_levels=_levels(n) - 1,
            critic_widths=tuple(max(8, width >> level) for level in reversed(range(_levels(critic_n or n)))),
            coarsen=coarsen,
            grow_from=grow_from,
            critic_n=critic_n,
            warm_up=warm_up,
            only_newest=only_newest,
            critic_weight=critic_weight,
            match_weight=match_weight,
            match_k_max=match_k_max,
            batch=batch,
            learning_rate=learning_rate,
            critic_learning_rate=critic_learning_rate,
            decay_from=decay_from,
            iterations=iterations,
            seed=seed,
        )
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise InvalidInputError(f"{where + ': ' if where else ''}{first['msg']}") from error
    console = Console()
    with Live(console=console, refresh_per_second=2) as live:
        card = run(
            plan, out, name=name, device=require_device(device), checkpoint_minutes=checkpoint_minutes,
            on_progress=lambda progress: live.update(_panel(progress, plan.redshifts)),
        )
    console.print(f"model {card.name} after {card.training['iterations_done']} steps: {out / 'model'}")


def _levels(n: int) -> int:
    """Return how often a grid doubles from 4^3 to n^3."""
    return max(1, (n // 4).bit_length() - 1)


def _panel(progress: Progress, redshifts: tuple[float, ...]) -> Table:
    """Return the live panel: losses, error of power and mean density per redshift, time left."""
    from rich.table import Table

    left = (progress.iterations - progress.iteration) * progress.seconds_per_step
    table = Table(
        title=f"step {progress.iteration} of {progress.iterations}, {progress.seconds_per_step:.2f} s a step, "
        f"{left / 60:.0f} min left",
        caption=", ".join(f"{key} {value:.2f}" for key, value in progress.losses.items()),
    )
    table.add_column("redshift", justify="right")
    table.add_column("mean |ln P_generated / P_real|", justify="right")
    table.add_column("ln mean density generated / real", justify="right")
    for redshift, power, mean in zip(redshifts, progress.power_error, progress.mean_error, strict=True):
        table.add_row(f"{redshift:g}", f"{power:.3f}", f"{mean:+.3f}")
    return table


def _pair(values: tuple[float, ...]) -> tuple[float, float]:
    from cosmoloom.errors import InvalidInputError

    if len(values) != 2 or not 0 < values[0] < values[1]:
        raise InvalidInputError(f"--kappa takes a lowest and a highest value above 0, got {values}")
    return values[0], values[1]
