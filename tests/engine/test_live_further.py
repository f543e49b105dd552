import numpy as np
import pytest
import torch

from cosmoloom.evaluate.further import ANGLES, triangle_sides
from cosmoloom.live_further import FURTHER, compare_further, measure_further
from cosmoloom.statistics import minkowski_functionals

N, SIZE = 16, 16.0


@pytest.fixture(scope="module")
def density() -> torch.Tensor:
    return torch.exp(torch.randn(N, N, N, generator=torch.Generator().manual_seed(3)))


def curves(density: torch.Tensor, name: str, **options):
    measured = measure_further(name, density, box_size=SIZE)
    return compare_further(measured, redshift=0.0, n=N, box_size=SIZE, **options)


def test_each_is_measured_as_the_report_measures_it(density):
    functionals = minkowski_functionals(density, box_size=SIZE)
    found = curves(density, "minkowski")
    for order in range(4):
        curve = found[f"minkowski_{order}"]
        np.testing.assert_allclose(curve.generated, getattr(functionals, f"v{order}").numpy())
        np.testing.assert_allclose(10**curve.x, functionals.threshold.numpy())
    assert set(curves(density, "bispectrum")) == {"reduced_bispectrum"}


@pytest.mark.parametrize("name", FURTHER)
def test_a_simulation_beside_is_measured_alike_and_without_one_there_is_no_curve(density, name):
    reference = measure_further(name, density, box_size=SIZE)
    for curve in curves(density, name, reference=reference).values():
        assert np.array_equal(curve.generated, curve.reference)
    assert all(curve.reference is None and curve.median is None for curve in curves(density, name).values())


def test_angles_are_trusted_where_every_side_is(density):
    k1, k2 = triangle_sides(N, SIZE)
    for trusted in (0.5 * k1, 1.2 * k2, 1.5 * k1 + k2, 2 * k1 + k2):
        (curve,) = curves(density, "bispectrum", trusted_k=trusted).values()
        k3 = np.sqrt(k1**2 + k2**2 + 2 * k1 * k2 * np.cos(ANGLES))
        fine = np.maximum(k3, k2) <= trusted
        shaded = np.zeros_like(fine)
        if curve.untrusted is not None:
            shaded = (curve.x >= curve.untrusted[0]) & (curve.x <= curve.untrusted[1])
        assert np.array_equal(shaded, ~fine)
    assert curves(density, "bispectrum")["reduced_bispectrum"].untrusted is None
