"""Train, checkpoint and export; stop at any time and go on later."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from cosmoloom.data.atomic import atomic_path
from cosmoloom.data.crops import Crops
from cosmoloom.data.store import SimulationStore
from cosmoloom.errors import InvalidInputError, UnwritableError
from cosmoloom.models.card import ModelCard, StandardisationTable
from cosmoloom.models.folder import save_model
from cosmoloom.train.calibration import calibrate
from cosmoloom.train.checkpoint import grow_networks, load_state, save_state, save_warm_start
from cosmoloom.train.game import PairGame
from cosmoloom.train.plan import TrainingPlan
from cosmoloom.train.shared_statistics import POWER

PLAN = "plan.json"
METRICS = "metrics.csv"
CALIBRATING = 64
"""Samples on which mean density and power are calibrated at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a training stands.

    Attributes
    ----------
    iteration, iterations : int
        Steps done and steps in all.
    seconds_per_step : float
        Running mean [s].
    losses : dict
        Running means of the losses, of the critic's margin and of what volumes have in common [1].
    power_error : tuple of float
        Mean of |ln(P_generated / P_real)| over the lower half of the bins, per redshift of the plan [1].
    mean_error : tuple of float
        ln(mean density generated / real), per redshift of the plan [1].
    """

    iteration: int
    iterations: int
    seconds_per_step: float
    losses: dict[str, float]
    power_error: tuple[float, ...]
    mean_error: tuple[float, ...]


def train(
    plan: TrainingPlan,
    folder: Path,
    *,
    name: str,
    device: str = "cpu",
    checkpoint_minutes: float = 4.0,
    report_every: int = 20,
    on_progress: Callable[[Progress], None] | None = None,
) -> ModelCard:
    """Train to the plan's last iteration, from wherever the folder's checkpoint stands.

    Parameters
    ----------
    plan : TrainingPlan
        Settings; a folder that holds another plan is refused; what only steers the pace may change.
    folder : Path
        Receives plan, metrics, checkpoint, the model in ``model/``, and at the end a small ``warm_start/``.
    name : str
        Name on the model's card.
    device : str
        Where to train.
    checkpoint_minutes : float
        Time between checkpoints [min]; one more is written on interruption.
    report_every : int
        Steps between reports.
    on_progress : callable, optional
        Receives a :class:`Progress` at every report.

    Returns
    -------
    ModelCard
        Card of the exported model.
    """
    store = SimulationStore.open(plan.store)
    crops = Crops(store, plan.boxes, redshifts=plan.redshifts, coarsen=plan.coarsen)
    if plan.n > crops.n:
        raise InvalidInputError(f"volumes of {plan.n}^3 voxels do not fit into boxes of {crops.n}^3; make n smaller")
    _claim(folder, plan)
    game = PairGame(plan, crops, device=device)
    if plan.grow_from is not None:
        grow_networks(plan.grow_from, game)
    iteration = start = load_state(folder, game)
    means: dict[str, float] = {}
    began = saved = time.monotonic()
    try:
        while iteration < plan.iterations:
            losses = game.step(iteration)
            iteration += 1
            blend = 1.0 / min(iteration - start, 50)
            means = {key: means.get(key, 0.0) * (1 - blend) + value * blend for key, value in losses.items()}
            if iteration % report_every == 0 or iteration == plan.iterations:
                per_step = (time.monotonic() - began) / (iteration - start)
                progress = _progress(game, iteration, per_step, means)
                _append_metrics(folder / METRICS, progress, plan)
                if on_progress is not None:
                    on_progress(progress)
            if time.monotonic() - saved > 60 * checkpoint_minutes:
                save_state(folder, game, iteration)
                export(folder / "model", game, name=name, iteration=iteration)
                saved = time.monotonic()
    finally:
        save_state(folder, game, iteration)
    save_warm_start(folder / "warm_start", game, iteration)
    table, share = calibrate(game.average.cpu(), game.standardisation.cpu(), crops, game.latents(CALIBRATING))
    game.standardisation = table
    return export(folder / "model", game, name=name, iteration=iteration, calibrated=share)


def export(
    folder: Path, game: PairGame, *, name: str, iteration: int, calibrated: float = 0.0
) -> ModelCard:
    """Write the running average of the generator as a model folder."""
    plan, config = game.plan, game.average.config
    card = ModelCard(
        name=name,
        description="Dark-matter density conditioned on redshift and kappa, one universe per latent vector.",
        architecture=config.as_dict(),
        n=config.n,
        box_size=config.n * game.crops.voxel_size,
        latent_size=config.latent_size,
        latent_nu=plan.latent_nu,
        redshift_range=(min(plan.redshifts), max(plan.redshifts)),
        trained_redshifts=plan.redshifts,
        kappa_range=plan.kappa_range,
        cosmology=game.crops.cosmology.as_dict(),
        standardisation=StandardisationTable(**game.standardisation.as_dict()),
        training={
            **plan.model_dump(mode="json", exclude={"store", "grow_from"}),
            "iterations_done": iteration,
            "calibrated": calibrated,
        },
    )
    return save_model(folder, generator=game.average, standardisation=game.standardisation, card=card)


def _claim(folder: Path, plan: TrainingPlan) -> None:
    """Make the folder and note the plan in it, or refuse a folder of another plan."""
    path = folder / PLAN
    free = {
        "store", "grow_from", "iterations", "learning_rate", "critic_learning_rate", "decay_from",
        "only_newest", "critic_weight", "critic_penalty", "match_weight", "match_k_max", "pattern_weight",
        "average_decay",
    }
    if path.exists():
        before = TrainingPlan.model_validate_json(path.read_text())
        changed = [
            key for key in TrainingPlan.model_fields if key not in free and getattr(before, key) != getattr(plan, key)
        ]
        if changed:
            raise InvalidInputError(
                f"{folder} holds a training with other settings ({', '.join(changed)}); choose another folder"
            )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritableError(f"cannot train in {folder}: {error.strerror or error}") from error
    with atomic_path(path) as draft:
        draft.write_text(plan.model_dump_json(indent=2) + "\n")


def _progress(game: PairGame, iteration: int, seconds: float, losses: dict[str, float]) -> Progress:
    n_bins = game.plan.n // 2
    error = torch.nan_to_num(game.match_error())
    return Progress(
        iteration=iteration,
        iterations=game.plan.iterations,
        seconds_per_step=seconds,
        losses=losses,
        power_error=tuple(error[..., POWER : POWER + n_bins // 2].abs().mean((1, 2)).tolist()),
        mean_error=tuple(error[..., 0].mean(1).tolist()),
    )


def _append_metrics(path: Path, progress: Progress, plan: TrainingPlan) -> None:
    """Add one line to the metrics, with a heading if the file is new."""
    row = {"iteration": progress.iteration, "seconds_per_step": progress.seconds_per_step, **progress.losses}
    for redshift, power, mean in zip(plan.redshifts, progress.power_error, progress.mean_error, strict=True):
        row[f"power_error_z{redshift:g}"] = power
        row[f"mean_error_z{redshift:g}"] = mean
    new = not path.exists()
    with path.open("a", newline="") as file:
        writer = csv.DictWriter(file, row.keys())
        if new:
            writer.writeheader()
        writer.writerow({key: value if isinstance(value, int) else f"{value:.5g}" for key, value in row.items()})
