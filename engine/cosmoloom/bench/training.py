"""How fast each preset trains here, beside the same training as torch runs it by default.

A preset's training and the plain one (float32, channels first, not compiled) play the same iterations in turns, with a
matrix product after each turn: ratios and shares are those of the fastest turns of one run.  On one thread of a CPU the
clock is that thread's own, which other work on the machine does not move; elsewhere it is the clock on the wall.  Each
preset has a process of its own, so that its memory is its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing import get_context
from os import getloadavg
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, thread_time
from typing import Any, TypeVar

import torch
from torch import nn

from cosmoloom.bench.limit import MatrixProduct
from cosmoloom.bench.noise_boxes import TRAINED, VALIDATION, side_needed, write_noise_boxes
from cosmoloom.bench.operations import count_operations
from cosmoloom.bench.peak_memory import peak_memory
from cosmoloom.errors import InvalidInputError
from cosmoloom.train.compute import Compute
from cosmoloom.train.game import Game
from cosmoloom.train.games import make_game
from cosmoloom.train.recipes.file import presets, resolve
from cosmoloom.train.recipes.recipe import Recipe

NetworkT = TypeVar("NetworkT", bound=nn.Module)

PRODUCT_SIZE = {"cpu": 768, "cuda": 8192}
"""Rows of the matrix product: large enough to be at full rate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is measured of one preset.

    Attributes
    ----------
    preset : str
        Its name, or the path of a recipe.
    settings : tuple of str
        Changes to it, ``section.key=value``.
    iterations : int
        Turns that are timed; as many are played before.
    device : str
        Where networks live.
    threads : int
        Of all computation on the CPU.
    compiled : bool
        Whether the preset's networks are compiled.
    plain : bool
        Whether the plain training plays, too, in as many turns.
    """

    preset: str
    settings: tuple[str, ...] = ()
    iterations: int = 4
    device: str = "cpu"
    threads: int = 1
    compiled: bool = False
    plain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSpeed:
    """What was found of one preset.

    Attributes
    ----------
    preset : str
        Its name.
    batch : int
        Volumes per iteration.
    precision : str
        Of convolutions and products.
    seconds : float
        Per iteration, the fastest: one update of the generator with all of the critic's [s].
    median_seconds : float
        Per iteration [s].
    operations : int
        Of products and convolutions per iteration [1].
    matrix_rate : float
        Fastest matrix product of the same run, in the same precision [operations/s].
    plain_seconds : float or None
        Per iteration of the plain training, the fastest [s]; None if it did not play.
    peak_memory : int
        Largest memory of the process, libraries and data included, or of the GPU [bytes].
    """

    preset: str
    batch: int
    precision: str
    seconds: float
    median_seconds: float
    operations: int
    matrix_rate: float
    plain_seconds: float | None
    peak_memory: int

    @property
    def images_per_second(self) -> float:
        """Volumes that take part in an update of the generator, per second [1/s]."""
        return self.batch / self.seconds

    @property
    def share_of_limit(self) -> float:
        """Rate of the training over that of a matrix product [1]."""
        return self.operations / self.seconds / self.matrix_rate

    @property
    def speed_up(self) -> float | None:
        """Over the plain training [1]; None if it did not play."""
        return None if self.plain_seconds is None else self.plain_seconds / self.seconds

    def as_dict(self) -> dict[str, Any]:
        """Return all numbers by name."""
        derived = {name: getattr(self, name) for name in ("images_per_second", "share_of_limit", "speed_up")}
        return {**asdict(self), **derived}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingReport:
    """What was found of several presets.

    Attributes
    ----------
    rows : tuple of TrainingSpeed
        One per preset.
    failed : dict
        Preset -> why it could not be measured.
    device, threads, load
        Where, with how many threads, and how busy the machine was.
    """

    rows: tuple[TrainingSpeed, ...]
    failed: dict[str, str]
    device: str
    threads: int
    load: float

    def as_dict(self) -> dict[str, Any]:
        """Return all numbers by name."""
        return {**asdict(self), "rows": [row.as_dict() for row in self.rows]}


class PlainCompute(Compute):
    """Networks as torch makes them: channels first, in float32, not compiled."""

    def prepare(self, network: NetworkT, *, differentiated_twice: bool = False) -> NetworkT:  # noqa: ARG002
        """Move a network to the device, and leave it as it is."""
        return network.to(self.device)


def trainable_presets() -> list[str]:
    """Return the presets that need nothing but simulations; encoders need a finished training."""
    return [name for name in presets() if not name.endswith("-encoder")]


def measure_training(
    jobs: Sequence[Job], *, on_preset: Callable[[int], None] = lambda _: None
) -> TrainingReport:
    """Measure presets one after the other, each in a process of its own.

    Parameters
    ----------
    jobs : sequence of Job
        At least one; all on one device with the same threads.
    on_preset : callable
        Told how many are done.
    """
    rows, failed = [], {}
    for done, job in enumerate(jobs, start=1):
        with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
            try:
                rows.append(pool.submit(measure_preset, job).result())
            except (InvalidInputError, torch.OutOfMemoryError) as error:
                failed[job.preset] = str(error).strip().splitlines()[0]
            except BrokenProcessPool:
                failed[job.preset] = "its process was ended, most likely for want of memory; give a smaller --batch"
        on_preset(done)
    return TrainingReport(
        rows=tuple(rows), failed=failed, device=jobs[0].device, threads=jobs[0].threads, load=getloadavg()[0]
    )


def measure_preset(job: Job) -> TrainingSpeed:
    """Measure one preset in this process, on a box of noise.

    Raises
    ------
    InvalidInputError
        If there is no such preset, a setting is unknown or unfit, or a compiled training shall play alone.
    """
    if job.compiled and not job.plain:
        raise InvalidInputError("compiled networks hide their operations: measure them beside the plain training")
    torch.set_num_threads(job.threads)
    device = torch.device(job.device)
    with TemporaryDirectory() as folder:
        recipe = _recipe(job, Path(folder))
        fastest = Compute(device=device, precision=Compute.faster_precision(device), compiled=job.compiled)
        games: dict[str, Game] = {"ours": make_game(recipe, fastest)}
        warm_up = partial(_play, games["ours"], job.iterations, device)
        if job.plain:
            warm_up()
            memory = peak_memory(device)
            games["plain"] = make_game(recipe, PlainCompute(device=device))
            operations = count_operations(lambda: _play(games["plain"], job.iterations, device))
        else:
            operations = count_operations(warm_up)
            memory = peak_memory(device)
        ours = games["ours"]
        product = MatrixProduct(job.device, _dtype(ours), size=PRODUCT_SIZE[device.type])
        clock = thread_time if device.type == "cpu" and job.threads == 1 else perf_counter
        seconds: dict[str, list[float]] = {name: [] for name in games}
        rates = []
        for turn in range(job.iterations, 2 * job.iterations):
            for name, game in games.items():
                seconds[name].append(_timed(game, turn, device, clock))
                rates.append(product.rate(job.threads, clock))
        for game in games.values():
            game.batches.close()
    return TrainingSpeed(
        preset=job.preset,
        batch=recipe.updates.batch,
        precision=ours.compute.precision,
        seconds=min(seconds["ours"]),
        median_seconds=float(torch.tensor(seconds["ours"]).median()),
        operations=operations // job.iterations,
        matrix_rate=max(rates),
        plain_seconds=min(seconds["plain"]) if job.plain else None,
        peak_memory=memory,
    )


def _recipe(job: Job, folder: Path) -> Recipe:
    """Return a preset's recipe for boxes of noise that are as large as it needs."""
    settings = (
        *job.settings, f'data.boxes=["{TRAINED}"]', f'data.validation=["{VALIDATION}"]', "data.held_out=[]",
    )  # fmt: skip
    write_noise_boxes(folder / "small.zarr", n=8, redshifts=(0.0,))  # a recipe is completed for a store
    sketch = resolve(job.preset, store=folder / "small.zarr", settings=settings)
    write_noise_boxes(folder / "boxes.zarr", n=side_needed(sketch), redshifts=sketch.data.redshifts)
    return resolve(job.preset, store=folder / "boxes.zarr", settings=settings)


def _dtype(game: Game) -> torch.dtype:
    return torch.bfloat16 if game.compute.precision == "bfloat16" else torch.float32


def _play(game: Game, iterations: int, device: torch.device) -> None:
    for iteration in range(iterations):
        game.step(iteration)
    if device.type == "cuda":
        torch.cuda.synchronize()


def _timed(game: Game, iteration: int, device: torch.device, clock: Callable[[], float]) -> float:
    start = clock()
    game.step(iteration)
    if device.type == "cuda":
        torch.cuda.synchronize()
    return clock() - start
