"""Each statistic beside what others take for the same, and beside the least that the machine could take.

Ours, the peers and the machine's own limits take turns, and the fastest of many rounds counts: whatever else the
machine does can only add to it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from time import perf_counter
from typing import Any

import numpy as np
import torch
from torch import Tensor

from cosmoloom.bench import peers
from cosmoloom.bench.latency import processor_name
from cosmoloom.bench.pylians import Pylians
from cosmoloom.errors import InvalidInputError
from cosmoloom.live_statistics import compare, measure
from cosmoloom.statistics import (
    bispectrum,
    correlation_function,
    dice,
    mass_histogram,
    mean_density,
    minkowski_functionals,
    peak_counts,
    power_spectrum,
)
from cosmoloom.statistics.mass_histogram import MASS_BINS

ANGLES = np.linspace(0.1, 3.0, 15)
"""Angles of the bispectrum [rad]."""


@dataclass(frozen=True, slots=True)
class Job:
    """One statistic of one field.

    Attributes
    ----------
    name : str
        For the table.
    limit : str
        What it cannot go without: "rfftn", a transform, or "read", a look at each voxel.
    ours : callable
        Computes it.
    peers : dict
        Functions that do the same work, by the name of who does it, and return their seconds.
    """

    name: str
    limit: str
    ours: Callable[[], object]
    peers: dict[str, Callable[[], float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Times of one statistic of one size.

    Attributes
    ----------
    statistic : str
        Its name.
    n : int
        Voxels per side.
    fastest, median : float
        Of all rounds [ms].
    limit : str
        "rfftn" or "read".
    times_limit : float
        Fastest over that of the limit [1].
    peers : dict
        Fastest of each peer [ms].
    ratios : dict
        Fastest of each peer over ours [1].
    """

    statistic: str
    n: int
    fastest: float
    median: float
    limit: str
    times_limit: float
    peers: dict[str, float]
    ratios: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticsReport:
    """Times of all statistics.

    Attributes
    ----------
    processor : str
        What computed.
    threads, rounds : int
        Threads of everything, and how often each was timed.
    load : float
        Mean number of processes that wanted to run in the last minute, this one included.
    limits : dict
        Fastest of the machine's own limits per size [ms].
    rows : tuple of Row
        One per statistic and size.
    """

    processor: str
    threads: int
    rounds: int
    load: float
    limits: dict[int, dict[str, float]]
    rows: tuple[Row, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return asdict(self)


def measure_statistics(
    sizes: Sequence[int],
    *,
    rounds: int = 5,
    threads: int = 1,
    pylians_python: str | None = None,
    on_round: Callable[[], None] | None = None,
) -> StatisticsReport:
    """Time every statistic of lognormal fields on the CPU.

    Parameters
    ----------
    sizes : sequence of int
        Voxels per side, 16 or more.
    rounds : int
        How often everything takes its turn.
    threads : int
        Threads of ours and of the peers.
    pylians_python : str, optional
        An interpreter that can import Pylians, to be a peer too.
    on_round : callable, optional
        Called after every round, for a progress bar.

    Raises
    ------
    InvalidInputError
        If a size is too small, nothing is to be done, or Pylians does not start.
    """
    if not sizes or min(sizes) < 16 or rounds < 1 or threads < 1:
        raise InvalidInputError(
            f"a benchmark needs sizes of 16 or more, rounds and threads, got {list(sizes)}, {rounds} and {threads}"
        )
    rows: list[Row] = []
    limits: dict[int, dict[str, float]] = {}
    for n in dict.fromkeys(sizes):
        with ExitStack() as open_peers, _threads(threads):
            one, two = lognormal_field(n, seed=0), lognormal_field(n, seed=1)
            pylians = None
            if pylians_python is not None:
                overdensity = (one - 1).numpy()
                pylians = open_peers.enter_context(
                    Pylians(pylians_python, overdensity, box_size=float(n), threads=threads)
                )
            found, limits[n] = _measure(jobs(one, two, threads=threads, pylians=pylians), one, rounds, on_round)
            rows += found
    return StatisticsReport(
        processor=processor_name("cpu"),
        threads=threads,
        rounds=rounds,
        load=os.getloadavg()[0],
        limits=limits,
        rows=tuple(rows),
    )


def lognormal_field(n: int, seed: int) -> Tensor:
    """Return a field as clumpy as matter today at 1 Mpc/h, rho / mean [1], shape (n, n, n), float32."""
    white = torch.randn(n, n, n, generator=torch.Generator().manual_seed(seed))
    k = torch.fft.fftfreq(n, 1 / n)
    radius = (k[:, None, None] ** 2 + k[:, None] ** 2 + torch.fft.rfftfreq(n, 1 / n) ** 2).sqrt().clamp(min=1)
    logarithm = torch.fft.irfftn(torch.fft.rfftn(white) * radius**-1.0, s=(n, n, n))
    density = (logarithm * (1.4 / logarithm.std())).exp()
    return density / density.mean()


def jobs(one: Tensor, two: Tensor, *, threads: int, pylians: Pylians | None = None) -> list[Job]:
    """Return everything that is timed on two fields of voxels of 1 Mpc/h, shape (n, n, n)."""
    n = one.shape[-1]
    size = float(n)
    a, b = one.numpy(), two.numpy()
    k1, k2 = 2 * np.pi / size * np.array([n // 16, n // 8])
    densities = MASS_BINS.densities().numpy()
    reference = measure(two, box_size=size)
    asked: dict[str, dict[str, Callable[[], float]]] = {"power": {}, "correlation": {}, "bispectrum": {}}
    if pylians is not None:
        asked = {
            "power": {"Pylians": lambda: pylians.seconds("power")},
            "correlation": {"Pylians": lambda: pylians.seconds("correlation")},
            "bispectrum": {"Pylians": lambda: pylians.seconds("bispectrum", float(k1), float(k2))},
        }
    return [
        Job(
            "power spectrum",
            "rfftn",
            lambda: power_spectrum(one, box_size=size),
            {"SciPy": _timed(lambda: peers.power_by_scipy(a, size, threads)), **asked["power"]},
        ),
        Job(
            "correlation function",
            "rfftn",
            lambda: correlation_function(one, box_size=size, periodic=True),
            asked["correlation"],
        ),
        Job(
            f"bispectrum, {len(ANGLES)} angles",
            "rfftn",
            lambda: bispectrum(one, k1=float(k1), k2=float(k2), theta=ANGLES, box_size=size),
            asked["bispectrum"],
        ),
        Job(
            "mass histogram",
            "read",
            lambda: mass_histogram(one),
            {"NumPy": _timed(lambda: peers.histogram_by_numpy(a, densities))},
        ),
        Job("mean density", "read", lambda: mean_density(one), {"NumPy": _timed(lambda: peers.moments_by_numpy(a))}),
        Job(
            "peaks, 124 neighbours",
            "read",
            lambda: peak_counts(one),
            {"SciPy": _timed(lambda: peers.peaks_by_scipy(a, 2))},
        ),
        Job(
            "peaks, 26 neighbours",
            "read",
            lambda: peak_counts(one, neighbourhood=1),
            {"SciPy": _timed(lambda: peers.peaks_by_scipy(a, 1))},
        ),
        Job(
            "Dice, 19 thresholds",
            "read",
            lambda: dice(one, two),
            {"NumPy": _timed(lambda: peers.dice_by_numpy(a, b))},
        ),
        Job("Minkowski functionals", "read", lambda: minkowski_functionals(one, box_size=size)),
        Job(
            "all live statistics",
            "rfftn",
            lambda: compare(measure(one, box_size=size), redshift=0.0, reference=reference),
        ),
    ]


def _measure(
    work: Sequence[Job], density: Tensor, rounds: int, on_round: Callable[[], None] | None
) -> tuple[list[Row], dict[str, float]]:
    """Let all take turns and summarise their times."""
    bounds = {"rfftn": _timed(lambda: torch.fft.rfftn(density)), "read": _timed(density.sum)}
    seconds: dict[tuple[str, str], list[float]] = {}
    for job in work:
        job.ours()  # compiles, and fills the caches that a session keeps
    for _ in range(rounds):
        for job in work:
            turns = {"ours": _timed(job.ours), **job.peers, job.limit: bounds[job.limit]}
            for name, turn in turns.items():
                seconds.setdefault((job.name, name), []).append(turn())
        if on_round is not None:
            on_round()
    fastest = {key: 1e3 * min(values) for key, values in seconds.items()}
    limits = {name: min(time for (_, who), time in fastest.items() if who == name) for name in bounds}
    rows = [
        Row(
            statistic=job.name,
            n=density.shape[-1],
            fastest=fastest[job.name, "ours"],
            median=1e3 * float(np.median(seconds[job.name, "ours"])),
            limit=job.limit,
            times_limit=fastest[job.name, "ours"] / limits[job.limit],
            peers={name: fastest[job.name, name] for name in job.peers},
            ratios={name: fastest[job.name, name] / fastest[job.name, "ours"] for name in job.peers},
        )
        for job in work
    ]
    return rows, limits


def _timed(work: Callable[[], object]) -> Callable[[], float]:
    """Return a function that does the work and returns its seconds."""

    def run() -> float:
        start = perf_counter()
        work()
        return perf_counter() - start

    return run


@contextmanager
def _threads(number: int) -> Iterator[None]:
    """Let torch use a number of threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)
