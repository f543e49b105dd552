"""Pylians, an independent code, measures the same (see ``oracles/pylians_table.py``)."""

import runpy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from cosmoloom.statistics import bispectrum
from cosmoloom.statistics.mass_assignment import assignment_window
from cosmoloom.statistics.spherical_bins import spherical_bins

SCRIPT = Path(__file__).parent / "oracles" / "pylians_table.py"
ORACLE = runpy.run_path(str(SCRIPT))
N, BOX_SIZE = ORACLE["N"], ORACLE["BOX_SIZE"]
# Pylians counts k and -k both where they coincide, on the Nyquist planes, which only the last shell touches.
COMPLETE = slice(0, N // 2 - 1)


@pytest.fixture(scope="module")
def table():
    with np.load(SCRIPT.with_suffix(".npz")) as arrays:
        return dict(arrays)


@pytest.fixture(scope="module")
def fields():
    a, b = (torch.from_numpy(ORACLE["density"](seed)) for seed in (1, 2))
    return a, (a + b) / 2


@pytest.fixture(scope="module")
def shells():
    """Our modes in Pylians' shells, floor(k / k_f) instead of the nearest."""
    half = torch.arange(N // 2 + 1, dtype=torch.float64)
    radius = (half[:, None, None] ** 2 + half[:, None] ** 2 + half**2).sqrt()
    index = radius.floor().long().clamp(max=N // 2 + 1).flatten()
    bins = replace(spherical_bins(N), index=index)
    return replace(bins, n_modes=bins.total_symmetric(torch.ones_like(radius)))


def amplitudes(field, assignment="none"):
    modes = torch.fft.rfftn(field - 1, norm="forward")
    return modes if assignment == "none" else modes / assignment_window(assignment, N)


@pytest.mark.parametrize("assignment", ["none", "ngp", "cic", "tsc"])
def test_power_spectra_agree(table, fields, shells, assignment):
    modes = amplitudes(fields[0], assignment)
    power = shells.total(modes.abs().square()) / shells.n_modes * BOX_SIZE**3
    np.testing.assert_allclose(power[COMPLETE], table[f"power_{assignment}"][COMPLETE], rtol=1e-5)
    np.testing.assert_array_equal(shells.n_modes[COMPLETE], 2 * table["n_modes"][COMPLETE])


def test_cross_power_agrees(table, fields, shells):
    product = (amplitudes(fields[0]) * amplitudes(fields[1]).conj()).real
    power = shells.total(product) / shells.n_modes * BOX_SIZE**3
    np.testing.assert_allclose(power[COMPLETE], table["cross"][COMPLETE], rtol=1e-5)


def test_correlation_functions_agree(table, fields, shells):
    squared = amplitudes(fields[0]).abs().square()
    products = torch.fft.irfftn(squared, s=(N,) * 3, norm="forward")[..., : N // 2 + 1]
    xi = shells.total(products) / shells.n_modes
    np.testing.assert_allclose(xi[COMPLETE], table["xi"][COMPLETE], atol=1e-6 * table["xi"][0])


@pytest.mark.parametrize("triangles", list(ORACLE["SIDES"]))
def test_bispectra_agree(table, fields, triangles):
    k1, k2 = ORACLE["SIDES"][triangles]
    result = bispectrum(fields[0], k1=k1, k2=k2, theta=ORACLE["THETA"], box_size=BOX_SIZE).numpy()
    np.testing.assert_allclose(result.k3, table[f"k3_{triangles}"])
    np.testing.assert_allclose(result.n_closed, table[f"n_closed_{triangles}"], rtol=1e-6)
    np.testing.assert_allclose(result.bispectrum, table[f"bispectrum_{triangles}"], rtol=1e-5)
    np.testing.assert_allclose(result.reduced, table[f"reduced_{triangles}"], rtol=1e-5)
