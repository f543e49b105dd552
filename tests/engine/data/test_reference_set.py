"""The bundled reference set: what it holds, and that damage is noticed."""

import numpy as np
import pytest

import cosmoloom as cl
from cosmoloom.cosmology import Cosmology
from cosmoloom.data.reference_set import (
    ReferenceBox,
    read_curves,
    read_reference,
    reference_names,
    reference_path,
    write_reference,
)
from cosmoloom.errors import BrokenFileError, InvalidInputError, MissingFileError
from cosmoloom.statistics import power_spectrum

MIB = 2**20


@pytest.fixture(scope="module")
def box() -> ReferenceBox:
    rng = np.random.default_rng(0)
    clouds = rng.lognormal(sigma=2.0, size=(2, 8, 8, 8)).astype(np.float32)
    clouds[:, 0, 0, :4] = 0.0
    return ReferenceBox(
        name="made", counts=rng.poisson(8.0 * clouds).astype(np.uint16), mean_count=8.0, clouds=clouds,
        redshifts=(1.0, 0.0), box_size=8.0, parent_size=16.0, corner=(0, 2, 4), plan={"seed": 3, "mirrored": False},
        cosmology=Cosmology(sigma_8=0.9),
    )  # fmt: skip


@pytest.fixture
def file(box, tmp_path):
    write_reference(tmp_path / "set.zarr.zip", [box], {"8x1": ({"k": np.arange(4.0)}, {"n_boxes": 1})})
    return tmp_path / "set.zarr.zip"


def test_the_bundled_set_is_small_and_holds_what_the_explorer_compares_with():
    assert reference_path().stat().st_size < 10 * MIB
    assert reference_names() == ("0010", "0011", "large")
    box = read_reference("0010")
    assert (box.n, box.box_size, box.mean_count, box.periodic) == (64, 64.0, 8.0, False)
    assert {3.0, 1.5, 1.0, 0.5, 0.0} <= set(box.redshifts)
    assert (box.plan["seed"], box.plan["mirrored"]) == (900, False)
    assert read_reference("0011").plan["mirrored"]


def test_the_large_box_is_whole_and_keeps_every_particle():
    box = read_reference("large")
    assert (box.n, box.box_size, box.redshifts, box.clouds) == (256, 256.0, (0.0,), None)
    assert box.periodic
    assert int(box.counts.sum()) == box.plan["n_particles"] ** 3 == round(box.mean_count * box.n**3)
    assert box.box(0.0).density.mean(dtype=np.float64) == pytest.approx(1.0, abs=1e-6)


def test_a_reference_opens_by_name_and_redshift():
    young, grown = cl.open("reference::0010@3"), cl.open("reference::0010", redshift=0.0)
    assert (young.redshift, grown.redshift, young.box_size, young.n) == (3.0, 0.0, 64.0, 64)
    assert cl.cross_power(young, grown).correlation[0] > 0.9  # one universe, earlier and later
    assert power_spectrum(grown).power[0] > 4 * power_spectrum(young).power[0]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("reference", "0010, 0011, large"),
        ("reference::0099@0", "'0099'"),
        ("reference::0010@0.1", "not at 0.1"),
        ("reference::0010", "choose one"),
        ("reference::0010@now", "redshift"),
    ],
)
def test_a_reference_that_is_not_there_is_refused(path, words):
    with pytest.raises(InvalidInputError, match=words):
        cl.open(path)


def test_counts_come_back_exactly_and_densities_to_a_step(box, file):
    read = read_reference("made", file)
    np.testing.assert_array_equal(read.counts, box.counts)
    assert (np.abs(read.clouds - box.clouds) <= 0.0203 * (box.clouds + 0.01)).all()
    assert read.clouds.min() >= 0
    for name in ("name", "mean_count", "redshifts", "box_size", "parent_size", "corner", "plan", "cosmology"):
        assert getattr(read, name) == getattr(box, name)
    assert not read.periodic
    arrays, facts = read_curves("8x1", file)
    assert (arrays["k"].tolist(), facts) == ([0, 1, 2, 3], {"n_boxes": 1})
    assert read_curves("64x1", file) is None


def test_rounding_changes_power_by_less_than_twice_a_step(box, file):
    for before, after in zip(box.clouds, read_reference("made", file).clouds, strict=True):
        ratio = power_spectrum(after, box_size=8.0).power / power_spectrum(before, box_size=8.0).power
        assert (ratio - 1).abs().max() < 0.04


def test_damage_is_noticed(file):
    whole = file.read_bytes()
    for kept in (0, 10, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:kept])
        with pytest.raises(BrokenFileError, match="install cosmoloom again"):
            read_reference("made", file)
    for place in range(300, len(whole), 1500):
        data = bytearray(whole)
        data[place] ^= 16
        file.write_bytes(data)
        try:
            read = read_reference("made", file)
        except BrokenFileError:
            continue
        assert read.counts.sum() == sum_of(whole, file)  # what was hit is not read


def sum_of(whole: bytes, file) -> int:
    file.write_bytes(whole)
    return int(read_reference("made", file).counts.sum())


def test_a_file_that_is_missing_is_named(tmp_path):
    with pytest.raises(MissingFileError, match=r"absent\.zarr\.zip"):
        reference_names(tmp_path / "absent.zarr.zip")
