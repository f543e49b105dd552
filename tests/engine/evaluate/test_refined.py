"""A refiner is judged by what it makes of held-out boxes that it sees at low resolution."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from cosmoloom.data.pyramid import block_mean
from cosmoloom.data.store import SimulationStore
from cosmoloom.errors import InvalidInputError
from cosmoloom.evaluate.drawing import draw_samples
from cosmoloom.evaluate.refined import RefinedBoxes, load_judged
from cosmoloom.evaluate.report import evaluate
from cosmoloom.evaluate.simulations import choose
from cosmoloom.models.refiners import load_refiner


@pytest.fixture
def judged(refiner_folder: Path) -> RefinedBoxes:
    return RefinedBoxes(*load_refiner(refiner_folder), n=16)


def test_sub_volumes_hold_the_mass_of_the_boxes_that_were_averaged(
    judged: RefinedBoxes, store: SimulationStore
) -> None:
    selection = choose([judged], store, ["0001", "0002"], [1.0, 0.0], [1.0])
    batches = list(draw_samples(judged, selection, 1.0, range(5, 25)))
    assert [len(batch[0.0]) for batch in batches] == [5, 5, 5, 5]  # two turns of two boxes
    for batch, box in zip(batches, [*selection.held_out, *selection.held_out], strict=True):
        for redshift in (1.0, 0.0):
            expected = block_mean(selection.cut(box, redshift)[:5].numpy(), 2)
            np.testing.assert_allclose(block_mean(batch[redshift].numpy(), 2), expected, rtol=1e-4)
    assert not torch.equal(batches[0][0.0], batches[2][0.0])  # the same box, other noise


def test_a_refiner_is_evaluated_where_it_was_trained(
    judged: RefinedBoxes, store: SimulationStore, tmp_path: Path
) -> None:
    found = evaluate(judged, store, ["0001", "0002"], [0.0], n_samples=8, out_dir=tmp_path / "page")
    assert found.name == "tiny-refiner"
    made, simulated = found.comparisons[0].model.mean_density, found.comparisons[0].simulation.mean_density
    assert made == pytest.approx(simulated[[0, 1, 2, 3, 8, 9, 10, 11]], rel=1e-4)  # four of each box
    assert (tmp_path / "page" / "evaluation.html").is_file()
    with pytest.raises(InvalidInputError, match="redshift must lie in \\[0, 3\\], where model tiny-refiner"):
        choose([judged], store, ["0001", "0002"], [9.0], [1.0])


def test_by_name_it_is_judged_on_wider_sub_volumes_than_it_was_trained_on(refiner_folder: Path) -> None:
    judged = load_judged(str(refiner_folder), device="cpu")
    assert isinstance(judged, RefinedBoxes)
    assert (judged.card.n, judged.card.box_size) == (32, 32.0)
