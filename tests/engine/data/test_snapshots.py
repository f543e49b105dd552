"""Snapshots written as each code lays them out load with their size, redshift, particles and axes."""

from __future__ import annotations

import struct
from pathlib import Path

import h5py
import numpy as np
import pytest

from cosmoloom.data.readers.snapshots import open_snapshot
from cosmoloom.errors import BrokenFileError, CosmoloomError, InvalidInputError, MissingFileError

SIDE, REDSHIFT = 25.0, 0.5  # Mpc/h
POSITIONS = np.random.default_rng(3).random((700, 3)) * [5.0, 10.0, 20.0]  # Mpc/h, each axis its own range


def gadget_binary(path: Path, points, *, labelled=False, order="<", total=None, n_files=1, counts=None, masses=None):
    """Write the layout of the user guide by hand, in kpc/h."""
    counts = counts or [0, len(points), 0, 0, 0, 0]
    table = [0.0, 1.5, 0, 0, 0, 0] if masses is None else [0.0] * 6
    totals = counts if total is None else [0, total, 0, 0, 0, 0]
    header = struct.pack(
        f"{order}6I6d2d2i6I2i4d2i6I", *counts, *table, 1 / (1 + REDSHIFT), REDSHIFT, 0, 0, *totals, 0, n_files,
        SIDE * 1000, 0.3, 0.7, 0.7, 0, 0, *[0] * 6,
    ).ljust(256, b"\0")
    blocks = {
        "HEAD": header,
        "POS ": (points * 1000).astype(f"{order}f4").tobytes(),
        "VEL ": np.zeros((len(points), 3), f"{order}f4").tobytes(),
        "ID  ": np.arange(len(points), dtype=f"{order}u8").tobytes(),
    }
    if masses is not None:
        blocks["MASS"] = masses.astype(f"{order}f4").tobytes()
    with path.open("wb") as file:
        for label, block in blocks.items():
            if labelled:
                file.write(struct.pack(f"{order}i4sii", 8, label.encode(), len(block) + 8, 8))
            marker = struct.pack(f"{order}I", len(block))
            file.write(marker + block + marker)
    return path


def gadget_hdf5(path: Path, points, *, total=None, n_files=1):
    """GADGET-4: box and redshift in the header, units and cosmology among the parameters."""
    with h5py.File(path, "w") as file:
        head = file.create_group("Header").attrs
        head["NumPart_ThisFile"] = np.array([0, len(points)], dtype=np.uint64)
        head["NumPart_Total"] = np.array([0, total or len(points)], dtype=np.uint64)
        head["MassTable"] = [0.0, 2.0]
        head["BoxSize"], head["Redshift"], head["NumFilesPerSnapshot"] = SIDE * 1000, REDSHIFT, n_files
        parameters = file.create_group("Parameters").attrs
        parameters["UnitLength_in_cm"], parameters["Omega0"], parameters["HubbleParam"] = 3.085678e21, 0.3, 0.7
        file["PartType1/Coordinates"] = (points * 1000).astype("f4")
    return path


def swift(path: Path, points):
    """SWIFT: lengths in Mpc without h, arrays where others write numbers, a mass for every particle."""
    with h5py.File(path, "w") as file:
        head = file.create_group("Header").attrs
        head["Code"], head["BoxSize"], head["Redshift"] = "SWIFT", [SIDE / 0.7] * 3, [REDSHIFT]
        head["NumPart_ThisFile"], head["NumPart_Total"] = [0, len(points)], [0, len(points)]
        head["NumPart_Total_HighWord"], head["NumFilesPerSnapshot"], head["MassTable"] = [0, 0], [1], [0.0, 0.0]
        cosmology = file.create_group("Cosmology").attrs
        cosmology["h"], cosmology["Omega_m"], cosmology["Omega_b"] = [0.7], [0.3], [0.05]
        file.create_group("Units").attrs["Unit length in cgs (U_L)"] = [3.08567758e24]
        file["PartType1/Coordinates"], file["PartType1/Masses"] = points / 0.7, np.full(len(points), 3.0, "f4")
    return path


def bigfile(path: Path, points):
    """MP-Gadget, by the library's own writer."""
    library = pytest.importorskip("bigfile")
    with library.File(str(path), create=True) as file:
        file.create_from_array("1/Position", points * 1000)
        with file.create("Header") as head:
            head.attrs["BoxSize"], head.attrs["Time"] = SIDE * 1000, 1 / (1 + REDSHIFT)
            head.attrs["TotNumPart"] = np.array([0, len(points), 0, 0, 0, 0], dtype="u8")
            head.attrs["MassTable"], head.attrs["UnitLength_in_cm"] = np.array([0, 1.0, 0, 0, 0, 0]), 3.085678e21
            head.attrs["Omega0"], head.attrs["HubbleParam"] = 0.3, 0.7
    return path


def abacus(path: Path, points):
    """AbacusSummit: positions from the centre of the box, packed above 12 bits of velocity."""
    library = pytest.importorskip("asdf")
    packed = np.round((points - SIDE * (points > SIDE / 2)) / SIDE * 1e6).astype(np.int32) * 4096 + 77
    header = {"BoxSize": SIDE, "Redshift": REDSHIFT, "H0": 70.0, "Omega_M": 0.3}
    library.AsdfFile({"header": header, "data": {"rvint": packed}}).write_to(path)
    return path


WRITERS = {
    "snap_004": gadget_binary,
    "labelled": lambda path, points: gadget_binary(path, points, labelled=True),
    "big_endian": lambda path, points: gadget_binary(path, points, order=">"),
    "snap.hdf5": gadget_hdf5,
    "swift.hdf5": swift,
    "PART_004": bigfile,
    "field_rv_A_000.asdf": abacus,
}
UNIT = {"snap_004": 0.001, "labelled": 0.001, "big_endian": 0.001}


def everything(snapshot) -> np.ndarray:
    return np.concatenate([positions for positions, _ in snapshot.parts()])


@pytest.mark.parametrize("name", WRITERS)
def test_size_redshift_cosmology_and_every_particle_are_found(tmp_path, name):
    snapshot = open_snapshot(WRITERS[name](tmp_path / name, POSITIONS), unit_length=UNIT.get(name))
    assert snapshot.box_size == pytest.approx(SIDE)
    assert snapshot.redshift == pytest.approx(REDSHIFT)
    assert snapshot.n_particles == len(POSITIONS)
    assert (snapshot.cosmology["Omega_m"], snapshot.cosmology["h"]) == pytest.approx((0.3, 0.7))
    np.testing.assert_allclose(everything(snapshot) % SIDE, POSITIONS, atol=3e-5)


def test_several_files_are_one_snapshot_whichever_is_named(tmp_path):
    for i, points in enumerate(np.array_split(POSITIONS, 3)):
        gadget_binary(tmp_path / f"snap.{i}", points, total=700, n_files=3)
        gadget_hdf5(tmp_path / f"snap.{i}.hdf5", points, total=700, n_files=3)
    for name in ("snap.1", "snap.2.hdf5"):
        np.testing.assert_allclose(
            everything(open_snapshot(tmp_path / name, unit_length=0.001)), POSITIONS, atol=1e-5
        )
        victim = tmp_path / name.replace("1", "0").replace("2", "0")
        victim.unlink()
        with pytest.raises(MissingFileError, match="is missing"):
            open_snapshot(tmp_path / name, unit_length=0.001)


def test_masses_of_each_kind_are_kept_in_order(tmp_path):
    masses = np.linspace(1, 2, 700)
    path = gadget_binary(tmp_path / "snap", POSITIONS, counts=[300, 400, 0, 0, 0, 0], masses=masses)
    parts = list(open_snapshot(path, unit_length=0.001).parts())
    assert [len(points) for points, _ in parts] == [300, 400]
    assert np.concatenate([mass for _, mass in parts]) == pytest.approx(masses)


def test_a_unit_that_nobody_states_is_not_guessed(tmp_path):
    with pytest.raises(InvalidInputError, match="--unit-length"):
        open_snapshot(gadget_binary(tmp_path / "snap", POSITIONS))


@pytest.mark.parametrize("name", ["snap_004", "labelled", "snap.hdf5", "swift.hdf5", "field_rv_A_000.asdf"])
def test_a_truncated_snapshot_is_refused_in_one_line(tmp_path, name):
    path = WRITERS[name](tmp_path / name, POSITIONS)
    whole = path.read_bytes()
    cuts = [0, 3, 100, 300, 2000, 7000]
    for kept in cuts:
        path.write_bytes(whole[:kept])
        with pytest.raises(BrokenFileError) as refused:
            everything(open_snapshot(path, unit_length=UNIT.get(name)))
        assert "\n" not in str(refused.value)


def test_a_bigfile_that_lost_a_column_is_refused(tmp_path):
    path = bigfile(tmp_path / "PART", POSITIONS)
    next((path / "1" / "Position").glob("0*")).unlink()
    with pytest.raises(BrokenFileError):
        everything(open_snapshot(path))


def test_foreign_files_are_refused_in_one_line(tmp_path):
    (tmp_path / "letter.txt").write_text("dear reader")
    with h5py.File(tmp_path / "table.hdf5", "w") as file:
        file["x"] = np.ones(3)
    (tmp_path / "folder").mkdir()
    for name in ("letter.txt", "table.hdf5", "folder"):
        with pytest.raises(BrokenFileError, match="no snapshot that can be read"):
            open_snapshot(tmp_path / name)
    with pytest.raises(MissingFileError):
        open_snapshot(tmp_path / "absent")


def test_a_header_that_promises_more_than_the_file_allocates_nothing(tmp_path):
    path = gadget_binary(tmp_path / "snap", POSITIONS)
    data = bytearray(path.read_bytes())
    data[8:12] = struct.pack("<I", 2**31)
    path.write_bytes(data)
    with pytest.raises(BrokenFileError, match="damaged"):
        open_snapshot(path, unit_length=0.001)


@pytest.mark.parametrize(("name", "module"), [("PART", "bigfile"), ("x.asdf", "asdf")])
def test_a_missing_library_names_its_extra(tmp_path, monkeypatch, name, module):
    if module == "bigfile":
        (tmp_path / name / "Header").mkdir(parents=True)
        (tmp_path / name / "Header" / "attr-v2").touch()
    else:
        (tmp_path / name).touch()
    monkeypatch.setitem(__import__("sys").modules, module, None)
    with pytest.raises(CosmoloomError, match=r"cosmoloom\[(bigfile|abacus)\]"):
        open_snapshot(tmp_path / name)
