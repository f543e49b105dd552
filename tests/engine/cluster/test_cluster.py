"""Laws of work that is shared: the same bytes as alone, whoever does it and whatever happens to them."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import cosmoloom as cl
from cosmoloom.cluster.ensemble import Ensemble, draw_ensemble
from cosmoloom.cluster.tiles import weave_on_workers
from cosmoloom.cluster.workers import open_workers
from cosmoloom.errors import InvalidInputError, UnwritableError
from cosmoloom.models import read_card
from cosmoloom.models.refiners import load_refiner
from cosmoloom.pipeline.multiscale.ome_zarr import PyramidStore
from cosmoloom.pipeline.multiscale.seamless import Circumstances
from cosmoloom.pipeline.multiscale.weave_seamless import weave_seamless

if TYPE_CHECKING:
    from distributed import Client

FACTS = {"box_size": 16.0, "redshift": 0.5}


@pytest.fixture(scope="module")
def crew() -> Iterator[Client]:
    """Two workers, in processes of their own."""
    with open_workers(workers=2) as client:
        yield client


def ensemble(folder: Path, count: int, **changes: object) -> Ensemble:
    given = {
        "model": str(folder), "weights_sha256": read_card(folder).weights_sha256, "count": count, "seed": 5,
        "redshift": 0.5, "kappa": 4.0,
    }  # fmt: skip
    return Ensemble(**{**given, **changes})


def draw(client: Client, wanted: Ensemble, path: Path) -> Iterator[int]:
    return draw_ensemble(client, wanted, path, facts=FACTS, n=16, dimensions=3)


def files(path: Path) -> dict[str, bytes]:
    return {str(file.relative_to(path)): file.read_bytes() for file in path.rglob("*") if file.is_file()}


def written(draft: Path) -> dict[str, tuple[int, int]]:
    """Tell when each finished chunk was written, and as which file."""
    chunks = (file for file in (draft / "density" / "c").rglob("*") if file.is_file() and file.name == "0")
    return {str(file.relative_to(draft)): (file.stat().st_ino, file.stat().st_mtime_ns) for file in chunks}


def test_an_ensemble_of_workers_is_the_one_drawn_alone(crew: Client, tiny_model_folder: Path, tmp_path: Path) -> None:
    assert list(draw(crew, ensemble(tiny_model_folder, 6), tmp_path / "six.zarr")) == list(range(7))
    model = cl.load(tiny_model_folder)
    for number in range(6):
        box = cl.open(f"{tmp_path}/six.zarr::{number}")
        alone = model.sample(seed=5 + number, redshift=0.5, kappa=4.0)
        np.testing.assert_array_equal(box.density, alone.density)
        assert (box.box_size, box.redshift) == (16.0, 0.5)


def test_a_lost_worker_costs_nothing(crew: Client, tiny_model_folder: Path, tmp_path: Path) -> None:
    wanted = ensemble(tiny_model_folder, 100)
    list(draw(crew, wanted, tmp_path / "whole.zarr"))
    survived: dict[str, tuple[int, int]] = {}
    for done in draw(crew, wanted, tmp_path / "lost.zarr"):
        if done == 50:
            victim = next(iter(crew.run(os.getpid).values()))
            os.kill(victim, signal.SIGKILL)
            survived = written(tmp_path / "lost.zarr.partial")
    assert len(survived) >= 50
    assert files(tmp_path / "lost.zarr") == files(tmp_path / "whole.zarr")
    finished = written(tmp_path / "lost.zarr")
    assert len(finished) == 100
    assert {chunk: finished[chunk] for chunk in survived} == survived, "no field is written twice"


def test_an_interrupted_ensemble_goes_on(crew: Client, tiny_model_folder: Path, tmp_path: Path) -> None:
    wanted, path = ensemble(tiny_model_folder, 12), tmp_path / "halves.zarr"
    first = draw(crew, wanted, path)
    while next(first) < 4:
        pass
    first.close()
    assert not path.exists()
    with pytest.raises(InvalidInputError, match="begun by another plan"):
        next(draw(crew, ensemble(tiny_model_folder, 13), path))
    counts = list(draw(crew, wanted, path))
    assert counts[0] >= 4
    assert counts[-1] == 12
    with pytest.raises(UnwritableError, match="exists"):
        next(draw(crew, wanted, path))


def test_a_worker_with_another_model_refuses(crew: Client, tiny_model_folder: Path, tmp_path: Path) -> None:
    other = ensemble(tiny_model_folder, 2, weights_sha256="0" * 64)
    with pytest.raises(InvalidInputError, match="other weights"):
        list(draw(crew, other, tmp_path / "other.zarr"))


def test_tiles_of_workers_are_those_woven_alone(crew: Client, refiner_folder: Path, tmp_path: Path) -> None:
    start = np.random.default_rng(1).gamma(2.0, 0.5, (8, 8, 8)).astype(np.float32)
    given = Circumstances(seed=3, growth=0.8, box_size=32.0, periodic=True, tile=12)
    refiner, card = load_refiner(refiner_folder)
    stores = [
        PyramidStore(tmp_path / name, sides=[8, 16, 32], box_size=32.0, plan={}, facts={})
        for name in ("alone.zarr", "shared.zarr")
    ]
    list(weave_seamless(start, [refiner, refiner], given, stores[0]))
    known = [(str(refiner_folder), card.weights_sha256)] * 2
    shares = [(step.n, step.share) for step in weave_on_workers(crew, start, known, given, stores[1])]
    assert shares == sorted(shares)
    assert shares[-1] == (32, 1.0)
    for store in stores:
        store.finish()
    assert files(tmp_path / "shared.zarr") == files(tmp_path / "alone.zarr")


@pytest.mark.parametrize("given", [{}, {"workers": 2, "scheduler": "tcp://127.0.0.1:8786"}])
def test_workers_are_either_begun_or_found(given: dict[str, object]) -> None:
    with pytest.raises(InvalidInputError, match="either"), open_workers(**given):
        pass


@pytest.mark.parametrize("address", ["nonsense", "tcp://127.0.0.1:9"])
def test_a_scheduler_that_does_not_answer_is_named(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cosmoloom.cluster.workers.PATIENCE", 0.5)
    with pytest.raises(InvalidInputError, match="no scheduler answers"), open_workers(scheduler=address):
        pass
