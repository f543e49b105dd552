"""From a move of the redshift slider to a new slice: the time of every stage."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from cosmoloom.bench.limit import MatrixProduct, layer_operations
from cosmoloom.bench.operations import count_operations
from cosmoloom.engine import Engine
from cosmoloom.errors import InvalidInputError
from cosmoloom.keys import DensityKey, FieldKey, LatentKey, ReferenceKey, ScaledKey, StatisticsKey
from cosmoloom.nets.conditional import GeneratorConfig
from cosmoloom.pipeline.conditional import ConditionalModel
from cosmoloom.pipeline.model import Model

Draw = Callable[[NDArray[np.float32]], None]

WARM_UP = 5
STAGES = ("network", "density", "transfer", "draw", "slice", "statistics")
PRECISIONS = (torch.float32, torch.bfloat16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Median and 95th percentile over all moves [ms]."""

    median: float
    p95: float

    @classmethod
    def of(cls, seconds: list[float]) -> Times:
        """Summarise times in [s]."""
        median, p95 = np.percentile(seconds, (50, 95))
        return cls(median=1e3 * float(median), p95=1e3 * float(p95))


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyReport:
    """Times of every stage of a move, beside the limit of the network.

    Attributes
    ----------
    model, device, precision, processor : str
        What was measured, and on what.
    threads : int
        Threads that every stage used.
    load : float
        Mean number of processes that wanted to run in the last minute, this one included.
    moves : int
        Redshifts, all different.
    stages : dict
        Times of network, density, transfer and draw, of all four (slice), and of the statistics.
    operations : dict
        Floating-point operations of each layer of the network.
    matrix_rates : dict
        Median rate of a matrix product in the same run, per precision [operations/s].
    limit : float
        All operations at the matrix rate of the precision used [ms].
    ratio : float
        Median of the network over the limit.
    """

    model: str
    device: str
    precision: str
    processor: str
    threads: int
    load: float
    moves: int
    stages: dict[str, Times]
    operations: dict[str, int]
    matrix_rates: dict[str, float]
    limit: float
    ratio: float

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return asdict(self)


def measure_latency(
    model: str,
    *,
    moves: int = 100,
    draw: Draw,
    device: str | None = None,
    threads: int | None = None,
    on_move: Callable[[], None] | None = None,
) -> LatencyReport:
    """Drag the redshift over a model's whole range and time each stage of every move.

    Parameters
    ----------
    model : str
        Name or folder.
    moves : int
        Number of redshifts.
    draw : callable
        Shows a new volume, shape (n, n, n), x in [-1, 1).
    device : str, optional
        Where to compute.
    threads : int, optional
        Threads of the engine and of the matrix product; the engine's own choice by default.
    on_move : callable, optional
        Called after every move, for a progress bar.
    """
    if moves < 1:
        raise InvalidInputError(f"a benchmark needs at least one move, got {moves}")
    engine = Engine(device=device, threads=threads)
    card, dtype = engine.card(model), engine.model(model).dtype
    if card.redshift_range[0] == card.redshift_range[1]:
        raise InvalidInputError(f"model {card.name} knows one redshift, so there is no slider to move")
    operations = _operations(engine.model(model))
    products = {str(kind).removeprefix("torch."): MatrixProduct(engine.device, kind) for kind in PRECISIONS}
    rates: dict[str, list[float]] = {name: [] for name in products}
    seconds: dict[str, list[float]] = {stage: [] for stage in STAGES}
    low, high = card.redshift_range
    redshifts = np.linspace(high, low, moves + WARM_UP)
    order = np.random.default_rng(0).permutation(len(redshifts))
    for turn, redshift in enumerate(redshifts[order]):
        times = _move(engine, model, float(redshift), draw)
        measured = {name: product.rate(engine.threads) for name, product in products.items()}
        if turn < WARM_UP:
            continue
        for stage in STAGES:
            seconds[stage].append(times[stage])
        for name, rate in measured.items():
            rates[name].append(rate)
        if on_move is not None:
            on_move()
    matrix_rates = {name: float(np.median(values)) for name, values in rates.items()}
    precision = str(dtype).removeprefix("torch.")
    limit = 1e3 * sum(operations.values()) / matrix_rates[precision]
    stages = {stage: Times.of(values) for stage, values in seconds.items()}
    return LatencyReport(
        model=card.name,
        device=engine.device,
        precision=precision,
        processor=processor_name(engine.device),
        threads=engine.threads,
        load=os.getloadavg()[0],
        moves=moves,
        stages=stages,
        operations=operations,
        matrix_rates=matrix_rates,
        limit=limit,
        ratio=stages["network"].median / limit,
    )


def draw_slice(volume: NDArray[np.float32]) -> None:
    """Colour the middle slice through a table of 256 colours: the least that any view has to do."""
    levels = ((volume[:, :, volume.shape[2] // 2] + 1.0) * 127.5).astype(np.uint8)
    _GREYS[levels]


_GREYS = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 4, axis=1)


def _operations(model: Model) -> dict[str, int]:
    """Return the operations of the network for one field, by layer where they are known."""
    if isinstance(model, ConditionalModel):
        return layer_operations(GeneratorConfig.from_dict(model.card.architecture))
    card = model.card
    return {
        "network": count_operations(
            lambda: model.network_field(model.draw_latent(0), card.default_redshift, card.default_kappa)
        )
    }


def _move(engine: Engine, model: str, redshift: float, draw: Draw) -> dict[str, float]:
    """Make one move and return the seconds of each stage."""
    card = engine.card(model)
    field = FieldKey(latent=LatentKey(model=model, seed=1), redshift=redshift, kappa=card.default_kappa)
    density = DensityKey(field=field)
    reference = None
    if engine.held_out(model) is not None:
        reference = ReferenceKey(model=model, index=0, redshift=_nearest_snapshot(engine, model, redshift))
    engine.last_timings.clear()
    start = perf_counter()
    volume = engine.scaled(ScaledKey(density=density, display_kappa=card.default_kappa))
    computed = perf_counter()
    draw(volume)
    drawn = perf_counter()
    engine.statistics(StatisticsKey(density=density, reference=reference))
    return {**engine.last_timings, "draw": drawn - computed, "slice": drawn - start}


def _nearest_snapshot(engine: Engine, model: str, redshift: float) -> float:
    """Return the redshift of the snapshot that would be shown, so that it is measured once as in a view."""
    held_out = engine.held_out(model)
    assert held_out is not None
    return float(min(held_out.statistics.redshifts, key=lambda z: abs(z - redshift)))


def processor_name(device: str) -> str:
    """Return the name of what computes."""
    if device.startswith("cuda"):
        return torch.cuda.get_device_name(device)
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as lines:  # noqa: PTH123  no file on disk
            names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
        return names[0]
    except (OSError, IndexError):
        return platform.processor() or platform.machine()
