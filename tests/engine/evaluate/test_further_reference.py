import numpy as np
import pytest

from cosmoloom.evaluate.bundled import references_for
from cosmoloom.evaluate.further import measure_regions, measure_triangles
from cosmoloom.evaluate.further_reference import KEPT, further_for
from cosmoloom.models import read_card


@pytest.fixture(scope="module")
def held_out():
    return references_for(read_card("primordial64"))


@pytest.fixture(scope="module")
def further(held_out):
    found = further_for(held_out)
    assert found is not None
    return found


def test_curves_are_kept_of_all_sub_volumes_at_every_snapshot(held_out, further):
    assert tuple(further.snapshots) == held_out.statistics.redshifts
    samples = len(next(iter(held_out.statistics.snapshots.values())))
    for curves in further.snapshots.values():
        assert set(curves) == set(KEPT)
        assert all(curve.values.shape == (samples, len(curve.x)) for curve in curves.values())


def test_the_field_that_is_shown_is_one_of_those_measured(held_out, further):
    import torch

    fields = torch.from_numpy(held_out.densities[:1, -1].copy())
    box_size = held_out.box_size
    again = measure_triangles(fields, box_size=box_size) | measure_regions(fields, box_size=box_size)
    kept = further.snapshots[held_out.statistics.redshifts[-1]]
    for name in KEPT:  # fields are kept to 2 % of their density
        np.testing.assert_allclose(kept[name].values[0], again[name].values[0], rtol=0.02, atol=2e-3)


def test_bands_between_snapshots_lie_between_theirs_and_outside_there_are_none(further):
    early, late, between = (further.at(z)["reduced_bispectrum"].mean for z in (0.5, 0.25, 0.35))
    assert np.all((between - early) * (late - between) >= 0)
    assert not np.allclose(between, early)
    assert further.at(9.0) == {}
    at_snapshot = further.at(0.5)["minkowski_1"].median
    np.testing.assert_allclose(at_snapshot, np.median(further.snapshots[0.5]["minkowski_1"].values, axis=0))
