"""Plans of large volumes: what they take, and what speaks against them."""

import pytest

from cosmoloom.errors import InvalidInputError
from cosmoloom.models import read_card
from cosmoloom_explorer.large_volume import Plan, command, size_text, time_text


@pytest.fixture(scope="module")
def patches(tmp_path_factory, make_published):
    return make_published(tmp_path_factory.mktemp("m1") / "m1", "perraudin2019-m1")  # patches of 8, by 4


def plan(folder, scales=2, n=16, box_size=16.0, redshift=0.0) -> Plan:
    return Plan.of(n, box_size, redshift, [str(folder)] * scales, [read_card(folder)] * scales)


def test_a_plan_counts_voxels_memory_and_time(refiner_folder):
    found = plan(refiner_folder)
    assert (found.sides, found.seamless) == ((16, 32, 64), True)
    assert found.voxels == 32**3 + 64**3
    assert found.memory == found.disk == 4 * (16**3 + 32**3 + 64**3)
    assert found.fits(2 * found.memory)
    assert not found.fits(found.memory)
    assert found.seconds({str(refiner_folder): 1e4}) == pytest.approx(found.voxels / 1e4)
    assert found.seconds({}) is None


def test_patches_take_more_memory_and_grow_by_their_own_factor(patches):
    found = Plan.of(16, 16.0, 0.0, ["m1"], [patches])
    assert (found.sides, found.seamless) == ((16, 64), False)
    assert found.memory > 3 * 4 * 64**3


def test_what_a_refiner_was_not_trained_for_is_told(refiner_folder, patches):
    assert plan(refiner_folder, scales=1, box_size=32.0).doubts() == []  # towards 1 Mpc/h, as trained
    assert plan(refiner_folder).doubts() == [
        "tiny-refiner was trained towards voxels of 1 Mpc/h, not 0.5.",
        "tiny-refiner was trained towards voxels of 1 Mpc/h, not 0.25.",
    ]
    assert Plan.of(4, 16.0, 2.0, ["m1"], [patches]).doubts() == [
        "tiny perraudin2019-m1 was trained at redshift 0, not 2."
    ]


def test_what_cannot_be_made_is_refused_with_a_way_out(refiner_folder, patches, tiny_model_folder):
    refiner, model = read_card(refiner_folder), read_card(tiny_model_folder)
    with pytest.raises(InvalidInputError, match="redshifts 0 to 3, and the start is at 5: move the redshift"):
        plan(refiner_folder, redshift=5.0)
    with pytest.raises(InvalidInputError, match="remove those of one kind"):
        Plan.of(16, 16.0, 0.0, ["a", "b"], [refiner, patches])
    with pytest.raises(InvalidInputError, match="start from a multiple of 2 voxels per side"):
        Plan.of(15, 15.0, 0.0, ["m1"], [patches])
    with pytest.raises(InvalidInputError, match="makes whole volumes"):
        Plan.of(16, 16.0, 0.0, ["m"], [model])


def test_a_command_tells_all_that_decides_the_volume(refiner_folder, patches):
    by = f"--by {refiner_folder} --by {refiner_folder}"
    words = command(plan(refiner_folder), "a b.npz", "v.zarr", seed=4)
    assert words == f"cosmoloom weave 'a b.npz' {by} --seed 4 --out v.zarr"
    words = command(Plan.of(16, 16.0, 0.5, ["m1"], [patches]), "m3", "v.npz", seed=1, redshift=0.5, kappa=2.0)
    assert words == "cosmoloom weave m3 --by m1 --seed 1 --redshift 0.5 --kappa 2.0 --memory 0.064 --out v.npz"


def test_sizes_and_times_are_told_in_words():
    assert [size_text(size) for size in (2e3, 77e6, 1.5e9, 34e12)] == ["2 kB", "77 MB", "1.5 GB", "34 TB"]
    times = [time_text(seconds) for seconds in (0.2, 42, 600, 36000, 1e6)]
    assert times == ["1 s", "42 s", "10 min", "10.0 h", "12 days"]
