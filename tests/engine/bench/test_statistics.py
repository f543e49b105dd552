"""The benchmark of the statistics compares like with like, and reports what it timed."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest

from cosmoloom.bench import peers
from cosmoloom.bench.pylians import Pylians
from cosmoloom.bench.statistics import jobs, lognormal_field, measure_statistics
from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics import dice, mass_histogram, mean_density, peak_counts, power_spectrum
from cosmoloom.statistics.mass_histogram import MASS_BINS


def test_peers_find_what_we_find():
    one, two = lognormal_field(20, seed=0), lognormal_field(20, seed=1)
    a, b = one.numpy(), two.numpy()
    power = power_spectrum(one, box_size=20.0).power
    np.testing.assert_allclose(power, peers.power_by_scipy(a, 20.0, 1), rtol=1e-5)
    counts = peers.histogram_by_numpy(a, MASS_BINS.densities().numpy())
    histogram = mass_histogram(one)
    np.testing.assert_array_equal(counts.sum(), 8000 - histogram.below - histogram.above)
    np.testing.assert_array_equal(counts[1:-1], histogram.counts[1:-1])
    for reach in (1, 2):
        assert peers.peaks_by_scipy(a, reach) == int(peak_counts(one, neighbourhood=reach).counts.sum())
    np.testing.assert_allclose(dice(one, two).dice, peers.dice_by_numpy(a, b))
    moments = mean_density(one)
    np.testing.assert_allclose((moments.mean, moments.scatter), peers.moments_by_numpy(a), rtol=1e-5)


def test_the_report_holds_every_statistic_and_its_ratios():
    rounds = []
    report = measure_statistics([16, 16], rounds=2, on_round=lambda: rounds.append(None))
    assert len(rounds) == 2
    field = lognormal_field(16, seed=0)
    assert [row.statistic for row in report.rows] == [job.name for job in jobs(field, field, threads=1)]
    for row in report.rows:
        assert 0 < row.fastest <= row.median
        assert row.times_limit == pytest.approx(row.fastest / report.limits[16][row.limit])
        assert row.ratios == {name: pytest.approx(time / row.fastest) for name, time in row.peers.items()}


def test_another_interpreter_is_asked_between_our_turns(tmp_path):
    (tmp_path / "Pk_library.py").write_text(
        "import time\n"
        "def Pk(field, *rest): print('noise'); time.sleep(0.05); field[:] = 0\n"
        "def Bk(field, box_size, k1, k2, *rest): assert field.any(); time.sleep(k1)\n"
    )
    shim = tmp_path / "python"
    shim.write_text(f'#!/bin/sh\nPYTHONPATH={tmp_path} exec {sys.executable} "$@"\n')
    shim.chmod(0o755)
    with Pylians(str(shim), lognormal_field(16, seed=0).numpy(), box_size=16.0, threads=1) as pylians:
        assert 0.05 < pylians.seconds("power") < 5.0
        assert 0.02 < pylians.seconds("bispectrum", 0.02, 0.5) < 5.0
        with pytest.raises(InvalidInputError, match="failed at the correlation"):
            pylians.seconds("correlation")


@pytest.mark.parametrize("python", ["/no/such/python", sys.executable])
def test_an_interpreter_without_pylians_is_refused(python):
    with pytest.raises(InvalidInputError, match="cannot"):
        measure_statistics([16], rounds=1, pylians_python=python)


@pytest.mark.parametrize("options", [{"sizes": []}, {"sizes": [8]}, {"sizes": [16], "rounds": 0}])
def test_an_impossible_benchmark_is_refused(options):
    with pytest.raises(InvalidInputError, match="needs sizes"):
        measure_statistics(**options)


def test_the_command_writes_what_it_prints(tmp_path, capsys):
    from cosmoloom.cli.app import main

    out = tmp_path / "statistics.json"
    assert main(["bench", "statistics", "--n", "16", "--rounds", "1", "--out", str(out)]) == 0
    report = json.loads(out.read_text())
    printed = capsys.readouterr().out
    assert all(row["statistic"].split(",")[0] in printed for row in report["rows"])
