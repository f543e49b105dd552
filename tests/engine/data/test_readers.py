import sys
import zipfile

import h5py
import numpy as np
import pytest
import zarr

import cosmoloom as cl
from cosmoloom.data.store import SimulationStore
from cosmoloom.data.writers import write_fields
from cosmoloom.errors import BrokenFileError, InvalidInputError, MissingExtraError, MissingFileError
from cosmoloom.simulate.campaign import simulate_into
from cosmoloom.simulate.plan import SimulationPlan

CUBE = np.random.default_rng(0).lognormal(size=(6, 6, 6)).astype(np.float32)
FACTS = {"box_size": 12.0, "redshift": 0.5, "kappa": 11.5, "periodic": False, "cosmology": {"h": 0.7}}
WITH_FACTS = ["a.npz", "a.h5", "a.hdf5", "a.zarr"]


@pytest.mark.parametrize("name", WITH_FACTS)
def test_fields_and_their_facts_survive_a_round_trip(tmp_path, name):
    write_fields(tmp_path / name, CUBE, FACTS)
    box = cl.open(tmp_path / name)
    assert (box.density == CUBE).all()
    assert (box.box_size, box.redshift, box.periodic) == (12.0, 0.5, False)


def test_npy_holds_numbers_only_so_the_size_must_be_given(tmp_path):
    write_fields(tmp_path / "a.npy", CUBE, FACTS)
    with pytest.raises(InvalidInputError, match="--box-size"):
        cl.open(tmp_path / "a.npy")
    box = cl.open(tmp_path / "a.npy", box_size=12)
    assert (box.density == CUBE).all()
    assert box.redshift is None


@pytest.mark.parametrize("name", ["a.npy", *WITH_FACTS])
def test_one_of_several_fields_is_chosen_by_its_number(tmp_path, name):
    write_fields(tmp_path / name, np.stack([CUBE, CUBE + 1]), FACTS)
    assert (cl.open(f"{tmp_path / name}::1", box_size=12).density == CUBE + 1).all()
    with pytest.raises(InvalidInputError, match="holds 2 fields; choose one"):
        cl.open(tmp_path / name, box_size=12)
    with pytest.raises(InvalidInputError, match="there is no field 2"):
        cl.open(f"{tmp_path / name}::2", box_size=12)
    with pytest.raises(InvalidInputError, match="number of a field"):
        cl.open(f"{tmp_path / name}::last", box_size=12)


def test_fortran_order_keeps_the_axes(tmp_path):
    np.save(tmp_path / "a.npy", np.asfortranarray(CUBE))
    np.savez(tmp_path / "a.npz", np.asfortranarray(CUBE))
    for name in ("a.npy", "a.npz"):
        assert (cl.open(tmp_path / name, box_size=1).density == CUBE).all()


def test_what_is_said_in_the_call_is_stronger_than_the_file(tmp_path):
    write_fields(tmp_path / "a.h5", CUBE, FACTS)
    box = cl.open(tmp_path / "a.h5", box_size=6, redshift=1, mean_count=2)
    assert (box.box_size, box.redshift) == (6, 1)
    assert box.density == pytest.approx(CUBE / 2)


def test_foreign_files_need_a_single_cube_or_one_named_density(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["grid/rho"] = CUBE
        file["table"] = np.ones((3, 2))
    assert (cl.open(tmp_path / "a.h5", box_size=1).density == CUBE).all()
    np.savez(tmp_path / "two.npz", a=CUBE, b=CUBE)
    with pytest.raises(InvalidInputError, match="one array named density"):
        cl.open(tmp_path / "two.npz", box_size=1)


def test_a_plain_zarr_array_opens(tmp_path):
    zarr.create_array(tmp_path / "a.zarr", data=CUBE).attrs["box_size"] = 3.0
    assert cl.open(tmp_path / "a.zarr").box_size == 3.0


def test_a_snapshot_of_a_simulation_store_opens_by_name_and_redshift(tmp_path):
    plan = SimulationPlan(box_size=20.0, n_particles=8, redshifts=(1.0, 0.0), n_steps=2)
    simulate_into(SimulationStore.create(tmp_path / "s.zarr"), plan, name="0000")
    path = f"{tmp_path / 's.zarr'}"
    assert cl.open(f"{path}::0000@1").redshift == 1.0
    assert cl.open(f"{path}::0000", redshift=0).redshift == 0.0
    for wrong, message in [
        (path, "holds simulations 0000; name one"),
        (f"{path}::0000", "snapshots at z = 1, 0"),
        (f"{path}::0000@two", "expected a redshift"),
        (f"{path}::0000@0.3", "not at 0.3"),
        (f"{path}::0009@0", "no complete simulation '0009'"),
    ]:
        with pytest.raises(InvalidInputError, match=message):
            cl.open(wrong)


@pytest.mark.parametrize("name", ["a.npy", *WITH_FACTS])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -1.0])
def test_impossible_voxels_are_refused_with_the_file_named(tmp_path, name, bad):
    cube = CUBE.copy()
    cube[1, 2, 3] = bad
    write_fields(tmp_path / name, cube, FACTS)
    with pytest.raises(InvalidInputError, match=rf"{name}: density"):
        cl.open(tmp_path / name, box_size=12)


@pytest.mark.parametrize("name", ["a.npy", *WITH_FACTS])
@pytest.mark.parametrize("shape", [(6, 6), (6, 6, 5), (216,), (1, 2, 6, 6, 6)])
def test_anything_but_a_cube_is_refused(tmp_path, name, shape):
    array = np.ones(shape, dtype=np.float32)
    if name.endswith(".npy"):
        np.save(tmp_path / name, array)
    elif name.endswith(".npz"):
        np.savez(tmp_path / name, density=array)
    elif name.endswith(".zarr"):
        zarr.create_group(tmp_path / name).create_array("density", data=array)
    else:
        with h5py.File(tmp_path / name, "w") as file:
            file["density"] = array
    with pytest.raises(InvalidInputError, match="expected a cube"):
        cl.open(tmp_path / name, box_size=12)


@pytest.mark.parametrize("name", ["a.npy", "a.npz", "a.h5"])
def test_a_truncated_file_is_refused_wherever_it_was_cut(tmp_path, name):
    write_fields(tmp_path / name, CUBE, FACTS)
    whole = (tmp_path / name).read_bytes()
    for kept in np.linspace(0, len(whole) - 1, 12).astype(int):
        (tmp_path / name).write_bytes(whole[:kept])
        with pytest.raises(BrokenFileError):
            cl.open(tmp_path / name, box_size=12)


@pytest.mark.parametrize("name", ["a.npz", "a.h5", "a.zarr"])
def test_a_flipped_bit_in_the_field_is_noticed(tmp_path, name):
    write_fields(tmp_path / name, CUBE, FACTS)
    target = tmp_path / name
    if target.is_dir():
        target = next(file for file in sorted(target.rglob("c/*/*/*")) if file.is_file())
    data = bytearray(target.read_bytes())
    middle = len(data) // 2
    if name == "a.npz":
        middle = data.find(b"density.npy") + 400
    elif name == "a.h5":
        with h5py.File(target) as file:
            middle = file["density"].id.get_chunk_info(0).byte_offset + 200
    data[middle] ^= 4
    target.write_bytes(data)
    with pytest.raises(BrokenFileError):
        cl.open(tmp_path / name)


@pytest.mark.parametrize("name", ["a.npy", "a.npz", "a.h5", "a.zarr"])
def test_another_kind_of_file_is_refused(tmp_path, name):
    (tmp_path / name).write_text("dear reader")
    with pytest.raises(BrokenFileError, match="cannot read"):
        cl.open(tmp_path / name, box_size=12)


def test_a_tiny_file_that_promises_petabytes_allocates_nothing(tmp_path):
    header = str({"descr": "<f4", "fortran_order": False, "shape": (100_000,) * 3}).encode()
    head = b"\x93NUMPY\x01\x00" + (len(header) + 1).to_bytes(2, "little") + header + b"\n"
    (tmp_path / "a.npy").write_bytes(head)
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("density.npy", head)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("density", (100_000,) * 3, dtype="f4", chunks=(64, 64, 64))
    zarr.create_array(tmp_path / "a.zarr", shape=(100_000,) * 3, chunks=(64,) * 3, dtype="f4")
    for name in ("a.npy", "a.npz", "a.h5", "a.zarr"):
        with pytest.raises(InvalidInputError, match="GB of memory"):
            cl.open(tmp_path / name, box_size=12)


def test_pickles_are_never_loaded(tmp_path):
    np.save(tmp_path / "a.npy", np.array([[[{}]]]), allow_pickle=True)
    with pytest.raises(BrokenFileError, match="never loaded"):
        cl.open(tmp_path / "a.npy", box_size=1)


def test_what_is_not_there_or_has_no_known_name_is_refused(tmp_path):
    with pytest.raises(MissingFileError, match="no file"):
        cl.open(tmp_path / "a.npy")
    (tmp_path / "a.dat").touch()
    with pytest.raises(InvalidInputError, match=r"ending in \.npy"):
        cl.open(tmp_path / "a.dat")
    with pytest.raises(InvalidInputError, match=r"ending in \.npy"):
        write_fields(tmp_path / "b.dat", CUBE, FACTS)


def test_a_fits_cube_opens_with_the_facts_of_its_header(tmp_path):
    fits = pytest.importorskip("astropy.io.fits")
    header = fits.Header({"BOXSIZE": 12.0, "REDSHIFT": 0.5})
    fits.PrimaryHDU(CUBE, header=header).writeto(tmp_path / "a.fits")
    box = cl.open(tmp_path / "a.fits")
    assert (box.density == CUBE).all()
    assert (box.box_size, box.redshift) == (12.0, 0.5)
    whole = (tmp_path / "a.fits").read_bytes()
    for kept in (0, 100, 3000):
        (tmp_path / "a.fits").write_bytes(whole[:kept])
        with pytest.raises(BrokenFileError):
            cl.open(tmp_path / "a.fits")


def test_fits_without_its_library_names_the_extra(tmp_path, monkeypatch):
    (tmp_path / "a.fits").touch()
    monkeypatch.setitem(sys.modules, "astropy.io.fits", None)
    with pytest.raises(MissingExtraError, match=r"cosmoloom\[fits\]"):
        cl.open(tmp_path / "a.fits", box_size=1)


def test_a_list_of_count_cubes_becomes_densities(tmp_path):
    """As perraudin2019 publishes its boxes: one dataset of counts, shape (boxes, n, n, n)."""
    counts = np.arange(2 * 4**3).reshape(2, 4, 4, 4).astype("i4")
    with h5py.File(tmp_path / "nbody.h5", "w") as file:
        file["dataset"] = counts
    box = cl.open(f"{tmp_path / 'nbody.h5'}::1", box_size=350, mean_count=64)
    assert box.density == pytest.approx(counts[1] / 64)


@pytest.mark.parametrize("shape", [(6, 6), (4, 6, 6)])
def test_maps_are_written_map_by_map_with_their_own_axes(tmp_path, shape):
    maps = np.random.default_rng(0).random(shape, dtype=np.float32)
    for name in WITH_FACTS:
        write_fields(tmp_path / name, maps, {**FACTS, "thickness": 8.0}, dimensions=2)
    written = zarr.open_group(tmp_path / "a.zarr", mode="r")["density"]
    assert written.metadata.dimension_names == ("sample", "x", "y")[-len(shape) :]
    assert written.chunks == ((1, 6, 6) if len(shape) == 3 else (6, 6))
    with h5py.File(tmp_path / "a.h5") as file:
        assert file["density"].chunks == written.chunks
        np.testing.assert_array_equal(file["density"][...], maps)
        assert file.attrs["thickness"] == 8.0
    np.testing.assert_array_equal(written[...], maps)
