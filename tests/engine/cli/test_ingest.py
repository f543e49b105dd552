"""``cosmoloom ingest`` paints snapshots into a store, resumes, and refuses what does not fit together."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

import cosmoloom as cl
from cosmoloom.cosmology import Cosmology
from cosmoloom.data.ingest import Ingestion, ingest_into
from cosmoloom.data.readers.snapshots import open_snapshot
from cosmoloom.data.store import SimulationStore

SIDE, N = 20.0, 8


def snapshot(path: Path, redshift: float, *, points=None, side=SIDE, masses=None) -> Path:
    """A GADGET HDF5 snapshot in Mpc/h."""
    if points is None:
        points = np.random.default_rng(int(redshift * 10)).random((2000, 3)) * side
    with h5py.File(path, "w") as file:
        head = file.create_group("Header").attrs
        head["NumPart_ThisFile"] = head["NumPart_Total"] = np.array([0, len(points)])
        head["MassTable"] = [0.0, 0.0 if masses is not None else 1.0]
        head["BoxSize"], head["Redshift"], head["NumFilesPerSnapshot"] = side, redshift, 1
        head["Omega0"], head["HubbleParam"], head["UnitLength_in_cm"] = 0.25, 0.73, 3.085678e24
        file["PartType1/Coordinates"] = points
        if masses is not None:
            file["PartType1/Masses"] = masses
    return path


def test_snapshots_become_one_simulation_with_size_redshifts_and_cosmology(cosmoloom, tmp_path):
    late, early = snapshot(tmp_path / "b.hdf5", 0.0), snapshot(tmp_path / "a.hdf5", 1.0)
    store = tmp_path / "boxes.zarr"
    outcome = cosmoloom("ingest", late, early, "--store", store, "--grid", N, "--sigma-8", 0.9)
    assert outcome.status == 0, outcome
    assert "Planck 2018" in outcome.out
    run = SimulationStore.open(store)["0000"]
    assert (run.n, run.box_size, run.redshifts, run.mean_count) == (N, SIDE, (1.0, 0.0), 2000 / N**3)
    assert (run.cosmology.Omega_m, run.cosmology.h, run.cosmology.sigma_8) == (0.25, 0.73, 0.9)
    assert int(run.counts(0.0).sum()) == 2000
    box = cl.open(f"{store}::0000@1")
    assert float(box.density.mean()) == pytest.approx(1.0, abs=1e-5)
    assert box.periodic


@pytest.mark.parametrize("scheme", ["ngp", "cic", "tsc"])
def test_axes_and_masses_arrive_where_they_belong(cosmoloom, tmp_path, scheme):
    points = np.array([[1.0, 2.0, 5.0], [3.0, 4.0, 6.0]]) * (SIDE / N)
    path = snapshot(tmp_path / "a.hdf5", 0.0, points=points, masses=np.array([1.0, 3.0]))
    assert cosmoloom("ingest", path, "--store", tmp_path / "s.zarr", "--grid", N, "--assignment", scheme).status == 0
    run = SimulationStore.open(tmp_path / "s.zarr")["0000"]
    density, counts = run.density(0.0), run.counts(0.0)
    assert run.assignment == scheme
    assert density[3, 4, 6] == pytest.approx(3 * density[1, 2, 5])
    assert density[3, 4, 6] == density.max()
    assert (counts[1, 2, 5], counts[3, 4, 6], counts.sum()) == (1, 1, 2)


def test_an_interrupted_ingestion_resumes_to_the_same_bits(cosmoloom, tmp_path, monkeypatch):
    paths = [snapshot(tmp_path / f"{z}.hdf5", z) for z in (2.0, 1.0, 0.0)]
    opened = tuple(open_snapshot(path) for path in paths)
    task = Ingestion(snapshots=opened, grid=N, assignment="cic", cosmology=Cosmology(Omega_m=0.25, h=0.73))
    whole, cut = SimulationStore.create(tmp_path / "whole.zarr"), SimulationStore.create(tmp_path / "cut.zarr")
    ingest_into(whole, task, name="0000")
    for painted in range(3):
        calls = []

        def interrupt(n: int, calls=calls, painted=painted) -> None:
            calls.append(n)
            if len(calls) > painted:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            ingest_into(cut, task, name="0000", on_particles=interrupt)
        assert cut.names() == []
    assert cosmoloom("ingest", *paths, "--store", cut.path, "--grid", N).status == 0
    for redshift in (2.0, 1.0, 0.0):
        for read in ("density", "counts"):
            a, b = (getattr(store["0000"], read)(redshift) for store in (whole, cut))
            assert a.tobytes() == b.tobytes()


def test_a_finished_snapshot_is_not_painted_again(tmp_path):
    paths = [snapshot(tmp_path / f"{z}.hdf5", z) for z in (1.0, 0.0)]
    task = Ingestion(
        snapshots=tuple(open_snapshot(path) for path in paths), grid=N, assignment="cic", cosmology=Cosmology()
    )
    store = SimulationStore.create(tmp_path / "s.zarr")
    chunk = store.path / "simulations" / "0000" / "cic" / "c" / "0" / "0" / "0" / "0"

    def stop_at_the_second(n: int) -> None:
        if chunk.exists():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest_into(store, task, name="0000", on_particles=stop_at_the_second)
    before = chunk.stat().st_mtime_ns
    ingest_into(store, task, name="0000")
    assert chunk.stat().st_mtime_ns == before
    assert store.names() == ["0000"]


def test_the_same_command_twice_adds_nothing_and_another_snapshot_gets_the_next_number(cosmoloom, tmp_path):
    store = tmp_path / "s.zarr"
    first, second = snapshot(tmp_path / "a.hdf5", 0.0), snapshot(tmp_path / "b.hdf5", 0.0)
    assert cosmoloom("ingest", first, "--store", store, "--grid", N).status == 0
    assert "is complete" in cosmoloom("ingest", first, "--store", store, "--grid", N).out
    assert cosmoloom("ingest", second, "--store", store, "--grid", N).status == 0
    assert SimulationStore.open(store).names() == ["0000", "0001"]
    refused = cosmoloom("ingest", second, "--store", store, "--grid", N, "--name", "0000")
    assert refused.status == 2
    assert "choose another --name" in refused.err


def test_what_does_not_fit_together_is_refused_in_one_line_before_a_store_is_made(cosmoloom, tmp_path):
    a, b = snapshot(tmp_path / "a.hdf5", 0.0), snapshot(tmp_path / "b.hdf5", 1.0, side=30.0)
    (tmp_path / "letter").write_text("dear reader")
    store = tmp_path / "s.zarr"
    for arguments, words in [
        ((a, b), "two names"),
        ((a, a), "differ in redshift"),
        ((a, "--grid", 2), "4 to 4096"),
        ((a, "--assignment", "pcs"), "ngp, cic, tsc"),
        ((a, "--Omega-m", 2), "flat LCDM"),
        ((tmp_path / "letter",), "no snapshot that can be read"),
        ((tmp_path / "absent",), "no snapshot"),
    ]:
        outcome = cosmoloom("ingest", *arguments, "--store", store)
        assert outcome.status == 2, outcome
        assert len(outcome.err.splitlines()) == 1
        assert words in outcome.err
    assert not store.exists()
