"""A blind test: simulated and generated slices in random order, unlabelled, and what an observer says of each."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cosmoloom.data.atomic import atomic_path
from cosmoloom.errors import InvalidInputError
from cosmoloom.keys import DensityKey, FieldKey, LatentKey, ReferenceKey, ScaledKey, ScaledReferenceKey
from cosmoloom_explorer.frames import ModelFacts
from cosmoloom_explorer.sensitivity import LEVEL, Sensitivity
from cosmoloom_explorer.settings import Settings

FEWEST, MOST = 4, 400
COLUMNS = ("trial", "source", "axis", "slice [voxel]", "simulated", "said simulated", "right", "seconds")
SEEDS = 2**20, 2**21
"""Universes of the test: none that a person is likely to have looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One slice to judge.

    Attributes
    ----------
    field : ScaledReferenceKey or ScaledKey
        A simulated field, or a generated one, each displayed alike.
    axis, position : int
        Where it is cut.
    """

    field: ScaledReferenceKey | ScaledKey
    axis: int
    position: int

    @property
    def real(self) -> bool:
        """Whether it is simulated."""
        return isinstance(self.field, ScaledReferenceKey)

    @property
    def source(self) -> str:
        """Which simulation, or which universe."""
        if isinstance(self.field, ScaledReferenceKey):
            return f"simulation {self.field.reference.index}"
        return f"seed {self.field.density.field.latent.seed}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was said of a slice, and after how many seconds."""

    trial: Trial
    said_real: bool
    seconds: float

    @property
    def right(self) -> bool:
        """Whether it is so."""
        return self.said_real == self.trial.real


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindTest:
    """Slices to judge, and answers so far.

    Attributes
    ----------
    trials : tuple of Trial
        In the order in which they are shown.
    redshift : float
        Snapshot that all slices are of [1].
    seed : int
        Of the order and the choice.
    answers : tuple of Answer
        To the first of the trials.
    """

    trials: tuple[Trial, ...]
    redshift: float
    seed: int
    answers: tuple[Answer, ...] = ()

    @property
    def next(self) -> Trial | None:
        """The slice to judge now; None at the end."""
        return self.trials[len(self.answers)] if len(self.answers) < len(self.trials) else None

    @property
    def right(self) -> int:
        """Right answers."""
        return sum(answer.right for answer in self.answers)

    def answered(self, *, said_real: bool, seconds: float) -> BlindTest:
        """Return the test with one more answer.

        Raises
        ------
        InvalidInputError
            If all slices were judged.
        """
        trial = self.next
        if trial is None:
            raise InvalidInputError("all slices of this test were judged: begin another one")
        return replace(self, answers=(*self.answers, Answer(trial=trial, said_real=said_real, seconds=seconds)))

    def sensitivity(self) -> Sensitivity | None:
        """Return d' of the answers so far; None before there is one to each kind."""
        real = [answer for answer in self.answers if answer.trial.real]
        generated = [answer for answer in self.answers if not answer.trial.real]
        if not real or not generated:
            return None
        return Sensitivity.of_counts(
            hits=sum(answer.said_real for answer in real), n_real=len(real),
            false_alarms=sum(answer.said_real for answer in generated), n_generated=len(generated),
        )  # fmt: skip

    def save(self, path: str | Path) -> None:
        """Write one line per answer as CSV, after comments that hold the result; whole or not at all.

        Raises
        ------
        UnwritableError
            If the file cannot be written.
        """
        found = self.sensitivity()
        with atomic_path(Path(path)) as draft, draft.open("w", newline="", encoding="utf-8") as file:
            file.write(f"# blind test, seed {self.seed}, z = {self.redshift:g}, {len(self.answers)} answers\n")
            if found is not None:
                file.write(
                    f"# d' = {found.d_prime:.4f}, {LEVEL:.0%} interval {found.low:.4f} to {found.high:.4f} "
                    f"(log-linear rule; Gourevitch & Galanter 1967), criterion c = {found.bias:.4f}\n"
                )
            rows = csv.writer(file)
            rows.writerow(COLUMNS)
            for number, answer in enumerate(self.answers, 1):
                trial = answer.trial
                flags = (int(flag) for flag in (trial.real, answer.said_real, answer.right))
                where = (trial.source, "xyz"[trial.axis], trial.position)
                rows.writerow((number, *where, *flags, f"{answer.seconds:.2f}"))


def draw_test(settings: Settings, facts: ModelFacts, *, count: int, seed: int) -> BlindTest:
    """Draw slices: half of them simulated, all of one snapshot, one size and one display.

    Simulated ones are cut from held-out fields only, none of them twice; every generated one is another universe.

    Parameters
    ----------
    settings : Settings
        Whose model, kappa and display are used; the snapshot is the one nearest to their redshift.
    facts : ModelFacts
        Of the model.
    count : int
        Slices, an even number.
    seed : int
        Of the draw.

    Raises
    ------
    InvalidInputError
        If the model comes without held-out simulations, or the count is odd or too large.
    """
    if not facts.snapshots:
        raise InvalidInputError(f"model {facts.name} comes without held-out simulations to tell its fields from")
    n = facts.card.n
    most = min(MOST, 2 * len(facts.references) * 3 * n)
    if count % 2 or not FEWEST <= count <= most:
        raise InvalidInputError(f"a blind test has an even number of slices from {FEWEST} to {most}, got {count}")
    rng = np.random.default_rng(seed)
    redshift = min(facts.snapshots, key=lambda z: abs(z - settings.redshift))
    shown = settings.kappa if settings.display_kappa is None else settings.display_kappa
    kappa = settings.kappa if facts.card.kappa_conditions else None
    trials = []
    for number in rng.choice(len(facts.references) * 3 * n, size=count // 2, replace=False):
        index, axis, position = np.unravel_index(int(number), (len(facts.references), 3, n))
        reference = ReferenceKey(model=settings.model, index=int(index), redshift=redshift)
        key = ScaledReferenceKey(reference=reference, display_kappa=shown)
        trials.append(Trial(field=key, axis=int(axis), position=int(position)))
    for universe in rng.choice(np.arange(*SEEDS), size=count // 2, replace=False):
        latent = LatentKey(model=settings.model, seed=int(universe))
        density = DensityKey(field=FieldKey(latent=latent, redshift=redshift, kappa=kappa))
        generated = ScaledKey(density=density, display_kappa=shown)
        trials.append(Trial(field=generated, axis=int(rng.integers(3)), position=int(rng.integers(n))))
    order = rng.permutation(count)
    return BlindTest(trials=tuple(trials[i] for i in order), redshift=redshift, seed=seed)
