"""``cosmoloom ingest`` paints snapshots into a store, resumes, and refuses what does not fit together."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

import cosmoloom as cl
from cosmoloom.cosmology import Cosmology
from cosmoloom.data.ingest import Ingestion, ingest_into
from cosmoloom.data.ingest_cubes import CubeIngestion, ingest_cubes_into
from cosmoloom.data.readers.boxes import read_cube
from cosmoloom.data.readers.snapshots import open_snapshot
from cosmoloom.data.store import SimulationStore
from cosmoloom.errors import InvalidInputError

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


def cube(path: Path, values: np.ndarray, **facts: float) -> Path:
    with h5py.File(path, "w") as file:
        file["density"] = values
        file.attrs.update(facts)
    return path


def field(seed: int, n: int = N) -> np.ndarray:
    return np.random.default_rng(seed).lognormal(size=(n, n, n)).astype(np.float32)


def test_cubes_of_one_box_become_one_simulation_in_units_of_the_mean(cosmoloom, tmp_path):
    early, late = (cube(tmp_path / f"{z}.h5", 7e9 * field(z), box_size=SIDE, redshift=z) for z in (2, 0))
    outcome = cosmoloom("ingest", late, early, "--store", tmp_path / "s.zarr", "--Omega-m", 0.25)
    assert outcome.status == 0, outcome
    run = SimulationStore.open(tmp_path / "s.zarr")["0000"]
    assert (run.n, run.box_size, run.redshifts, run.mean_count, run.assignment) == (N, SIDE, (2.0, 0.0), None, "cic")
    assert run.cosmology.Omega_m == 0.25
    for z in (2, 0):
        np.testing.assert_allclose(run.density(z), field(z) / field(z).mean(), rtol=1e-5)
    assert run.box(0.0).periodic
    refused = cosmoloom("ingest", early, "--store", tmp_path / "s.zarr", "--name", "0000")
    assert (refused.status, len(refused.err.splitlines())) == (2, 1)
    with pytest.raises(InvalidInputError, match="no counts"):
        run.counts(0.0)


def test_a_list_of_count_cubes_becomes_as_many_simulations_and_is_not_read_twice(cosmoloom, tmp_path):
    """As perraudin2019 publishes its boxes."""
    counts = np.random.default_rng(0).poisson(64, (3, N, N, N))
    with h5py.File(tmp_path / "nbody.h5", "w") as file:
        file["dataset"] = counts.astype("i4")
    command = ("ingest", tmp_path / "nbody.h5", "--store", tmp_path / "s.zarr", "--box-size", 350, "--redshift", 0)
    assert cosmoloom(*command).status == 0
    store = SimulationStore.open(tmp_path / "s.zarr")
    assert store.names() == ["0000", "0001", "0002"]
    for run, expected in zip(store, counts, strict=True):
        np.testing.assert_array_equal(run.counts(0.0), expected)
        np.testing.assert_allclose(run.density(0.0), expected / expected.mean(), rtol=1e-6)
        assert (run.assignment, run.mean_count) == ("ngp", pytest.approx(expected.mean()))
    again = cosmoloom(*command)
    assert again.out.count("is complete") == 3
    assert store.names() == ["0000", "0001", "0002"]


@pytest.mark.parametrize(
    ("name", "size", "redshift", "values"),
    [
        ("Grids_Mtot_Nbody_SIMBA_LH_8_z=0.00.npy", 25.0, 0.0, np.stack([2e9 * field(0), 3e9 * field(1)])),
        ("Grids_Mcdm_IllustrisTNG_CV_8_z=2.0.npy", 25.0, 2.0, np.stack([2e9 * field(0), 3e9 * field(1)])),
        ("df_m_8_PCS_z=0.5.npy", 1000.0, 0.5, field(1) / field(1).mean() - 1),
        ("df_m_8_z=127.npy", 1000.0, 127.0, field(1)),
    ],
)
def test_grids_of_camels_and_quijote_tell_size_and_redshift_by_their_names(
    cosmoloom, tmp_path, name, size, redshift, values
):
    np.save(tmp_path / name, values)
    path = f"{tmp_path / name}::1" if values.ndim == 4 else tmp_path / name
    box = cl.open(path)
    assert (box.box_size, box.redshift, box.periodic) == (size, redshift, True)
    np.testing.assert_allclose(box.density, field(1) / field(1).mean(), rtol=1e-5, atol=1e-6)
    assert cosmoloom("ingest", path, "--store", tmp_path / "s.zarr").status == 0
    run = SimulationStore.open(tmp_path / "s.zarr")["0000"]
    np.testing.assert_array_equal(run.density(redshift), box.density)


def test_what_is_no_whole_box_of_mass_is_refused_in_one_line_before_a_store_is_made(cosmoloom, tmp_path):
    a = cube(tmp_path / "a.h5", field(0), box_size=SIDE, redshift=0.0)
    same, wide = (cube(tmp_path / f"{s}.h5", field(1), box_size=s, redshift=s - SIDE) for s in (SIDE, SIDE + 1))
    silent = cube(tmp_path / "silent.h5", field(2))
    below = cube(tmp_path / "below.h5", field(3) - 5, box_size=SIDE, redshift=0.0)
    (tmp_path / "letter.h5").write_text("dear reader")
    (tmp_path / "cut.npy").write_bytes(b"\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, 'shape': (8,")
    np.save(tmp_path / "Grids_T_SIMBA_LH_8_z=0.0.npy", field(0)[None])
    particles = snapshot(tmp_path / "p.hdf5", 1.0)
    store = tmp_path / "s.zarr"
    for arguments, words in [
        ((a, same), "differ in redshift"),
        ((a, wide), "share their grid"),
        ((silent,), "--box-size"),
        ((silent, "--box-size", 10), "--redshift"),
        ((below,), "neither a density nor an overdensity"),
        ((a, particles), "cubes keep the grid"),
        ((a, "--grid", 8), "cubes keep the grid"),
        ((particles, "--redshift", 0), "for cubes"),
        ((tmp_path / "letter.h5",), "cannot read"),
        ((tmp_path / "cut.npy",), "cannot read"),
        ((tmp_path / "Grids_T_SIMBA_LH_8_z=0.0.npy",), "no density"),
        ((tmp_path / "absent.npy",), "no file"),
    ]:
        outcome = cosmoloom("ingest", *arguments, "--store", store)
        assert outcome.status == 2, (arguments, outcome)
        assert len(outcome.err.splitlines()) == 1
        assert words in outcome.err, (words, outcome.err)
    assert not store.exists()


def test_an_interrupted_ingestion_of_cubes_begins_anew_to_the_same_bits(cosmoloom, tmp_path, monkeypatch):
    paths = [cube(tmp_path / f"{z}.h5", field(z), box_size=SIDE, redshift=z) for z in (2, 1, 0)]
    whole, cut = tmp_path / "whole.zarr", tmp_path / "cut.zarr"
    assert cosmoloom("ingest", *paths, "--store", whole).status == 0
    task = CubeIngestion(
        paths=tuple(map(str, paths)), box_size=None, redshift=None, assignment=None, cosmology=Cosmology()
    )
    reads = []

    def interrupt(*arguments, **options):
        reads.append(1)
        if len(reads) == 5:  # three looks, and the second cube to be written
            raise KeyboardInterrupt
        return read_cube(*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr("cosmoloom.data.ingest_cubes.read_cube", interrupt)
        with pytest.raises(KeyboardInterrupt):
            ingest_cubes_into(SimulationStore.create(cut), task, name="0000")
    assert SimulationStore.open(cut).names() == []
    assert cosmoloom("ingest", *paths, "--store", cut).status == 0
    for z in (2, 1, 0):
        one, two = (SimulationStore.open(store)["0000"].density(z) for store in (whole, cut))
        assert one.tobytes() == two.tobytes()
