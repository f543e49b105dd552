import h5py
import numpy as np
import pytest

from cosmoloom.box import Box
from cosmoloom.data.readers.fields import open_field
from cosmoloom.errors import InvalidInputError
from cosmoloom_explorer.dropped import kind_of, readable, rolled


@pytest.fixture
def snapshot(tmp_path):
    """A GADGET-4 snapshot of 512 particles, of which half sit in one corner."""
    path = tmp_path / "snapshot_000.hdf5"
    positions = np.random.default_rng(2).random((512, 3)).astype(np.float32) * 16.0
    positions[:256] %= 2.0
    with h5py.File(path, "w") as file:
        header = file.create_group("Header")
        for name, value in {
            "BoxSize": 16.0, "Redshift": 0.5, "NumPart_Total": np.array([0, 512], dtype=np.uint64),
            "NumPart_ThisFile": np.array([0, 512], dtype=np.uint64), "NumFilesPerSnapshot": 1,
            "MassTable": np.array([0.0, 1.0]), "Time": 1 / 1.5,
        }.items():  # fmt: skip
            header.attrs[name] = value
        file.create_group("Parameters").attrs["UnitLength_in_cm"] = 3.085678e24
        file["Parameters"].attrs["HubbleParam"] = 0.7
        file.create_group("PartType1")["Coordinates"] = positions
    return path


def test_kinds_are_told_apart(tmp_path, tiny_model_folder, snapshot):
    session = tmp_path / "kept.json"
    session.write_text("{}")
    assert kind_of(session) == "session"
    assert kind_of(tiny_model_folder) == "model"
    assert kind_of(snapshot) == "field"


def test_a_snapshot_is_painted_as_a_periodic_box_of_mean_one(snapshot):
    box = open_field(snapshot)
    assert (box.n, box.box_size, box.redshift, box.periodic) == (8, 16.0, pytest.approx(0.5), True)
    assert float(box.density.mean()) == pytest.approx(1.0, abs=1e-4)
    assert max(np.unravel_index(box.density.argmax(), box.density.shape)) <= 1
    assert readable(snapshot)


def test_a_cube_that_does_not_say_how_large_it_is_is_left_to_others(tmp_path):
    np.save(tmp_path / "cube.npy", np.ones((8, 8, 8), dtype=np.float32))
    assert not readable(tmp_path / "cube.npy")


def test_rolling_brings_a_voxel_to_the_middle_and_only_periodic_boxes_roll():
    density = np.random.default_rng(1).random((8, 8, 8)).astype(np.float32)
    box = Box(density=density, box_size=8.0, periodic=True)
    assert rolled(box, (1, 2, 7)).density[4, 4, 4] == density[1, 2, 7]
    assert rolled(rolled(box, (1, 2, 7)), (7, 6, 1)).density.tolist() == density.tolist()
    with pytest.raises(InvalidInputError, match="no neighbours"):
        rolled(Box(density=density, box_size=8.0), (1, 2, 3))
