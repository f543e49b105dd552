"""A box of one's own stands in the simulation's place, whether from a file or handed over by code."""

from dataclasses import replace

import numpy as np
import pytest

from cosmoloom.data.writers import write_fields
from cosmoloom.errors import InvalidInputError, MissingFileError
from ipycosmoloom import Explorer


@pytest.fixture
def box(explorer):
    explorer.seed, explorer.redshift = 8, 1.0
    return explorer.box


def shown_beside(explorer) -> np.ndarray:
    """Return what stands beside the generated field, rho over the mean."""
    x = explorer.live.frame.reference.astype(np.float64)
    return explorer.live.frame.view.scaled.display_kappa * (1 + x) / (1 - x)


def test_a_box_stands_beside_and_the_statistics_are_compared_with_it(tiny_model_folder, box):
    other = Explorer(tiny_model_folder, box)
    other.wait(120)
    np.testing.assert_allclose(shown_beside(other), box.density, rtol=1e-3, atol=1e-4)
    assert other.live.frame.reference_redshift == 1.0
    assert other.facts["ownBox"].startswith("your box ")
    power = other.live.statistics.statistics.power
    assert power.reference is not None
    assert not np.allclose(power.reference, power.generated, rtol=0.01)
    other.close()


def test_a_file_stands_beside_and_a_simulation_takes_its_place_again(explorer, box, tmp_path):
    write_fields(tmp_path / "mine.npz", box.density, {"box_size": box.box_size, "redshift": box.redshift})
    explorer.compare_with(tmp_path / "mine.npz")
    explorer.wait(120)
    assert explorer.live.frame.reference_name == "own box mine.npz"
    np.testing.assert_allclose(shown_beside(explorer), box.density, rtol=1e-3, atol=1e-4)
    explorer.compare_with(0)
    explorer.wait(120)
    assert explorer.own_box is None
    assert "mine" not in explorer.live.frame.reference_name


def test_a_box_of_another_size_is_refused_unless_it_may_be_made_to_fit(explorer, box):
    large = replace(box, density=np.tile(box.density, (2, 2, 2)), box_size=2 * box.box_size)
    with pytest.raises(InvalidInputError, match="crop"):
        explorer.compare_with(large)
    assert explorer.own_box is None
    explorer.compare_with(large, fit="crop")
    explorer.wait(120)
    assert explorer.live.frame.reference.shape == box.density.shape


def test_a_box_without_a_redshift_and_a_missing_file_are_refused(explorer, box, tmp_path):
    with pytest.raises(InvalidInputError, match="redshift"):
        explorer.compare_with(replace(box, redshift=None))
    with pytest.raises(MissingFileError):
        explorer.compare_with(tmp_path / "nothing.npz")


def test_a_session_keeps_the_box_that_code_handed_over(explorer, box, tmp_path):
    explorer.compare_with(box)
    explorer.save(tmp_path / "kept.json")
    assert (tmp_path / "kept.box.npz").exists()
    other = Explorer(tmp_path / "kept.json")
    assert other.own_box[0] == str((tmp_path / "kept.box.npz").resolve())
    other.wait(120)
    np.testing.assert_allclose(shown_beside(other), box.density, rtol=1e-3, atol=1e-4)
    other.close()


def test_a_page_that_chooses_a_simulation_takes_the_box_away(explorer, box, page):
    explorer.compare_with(box)
    shown = page(explorer)
    shown.settle()
    assert shown.of("frame")[-1][0]["titles"][1].startswith("Your box")
    shown.say(kind="set", values={"reference_index": 0, "own_box": None}, number=1)
    shown.settle()
    assert explorer.own_box is None
    assert explorer.facts["ownBox"] is None
    assert shown.of("frame")[-1][0]["titles"][1].startswith("Simulation")
