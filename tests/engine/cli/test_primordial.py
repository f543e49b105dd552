"""Commands take a model of initial conditions as any other."""

from __future__ import annotations

from pathlib import Path

import pytest

import cosmoloom as cl


def test_sample_and_models_know_it_as_any_other(cosmoloom, tiny_primordial_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.npz"
    command = ["sample", tiny_primordial_folder, "--seed", 4, "--redshift", 0.5, "--kappa", 8, "--out", out]
    assert cosmoloom(*command).status == 0
    drawn = cl.load(tiny_primordial_folder).sample(seed=4, redshift=0.5, kappa=8)
    assert cl.open(out).density == pytest.approx(drawn.density, rel=1e-6)
    assert "split at 0.5 h/Mpc" in cosmoloom("models", tiny_primordial_folder).out
