"""The benchmark times every stage of every move, and counts operations as torch does."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from cosmoloom.bench.latency import STAGES, draw_slice, measure_latency
from cosmoloom.bench.limit import layer_operations
from cosmoloom.bench.views import open_view
from cosmoloom.errors import InvalidInputError
from cosmoloom.nets.conditional import ConditionalGenerator, GeneratorConfig


@pytest.mark.parametrize("config", [GeneratorConfig(), GeneratorConfig(n=32, widths=(64, 32, 16), detail_levels=2)])
def test_operations_are_those_that_torch_counts(config):
    generator = ConditionalGenerator(config).eval()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        generator(torch.zeros(1, config.latent_size), torch.ones(1), torch.ones(1))
    ours, counted = sum(layer_operations(config).values()), counter.get_total_flops()
    # The sub-pixel layer computes one more layer of cells than it keeps: 3 m^2 of m^3, in one layer of many.
    assert ours <= counted < 1.06 * ours


def test_the_report_holds_every_stage_and_the_limit(tiny_model_folder):
    drawn = []
    report = measure_latency(str(tiny_model_folder), moves=4, draw=drawn.append, device="cpu", threads=1)
    assert set(report.stages) == set(STAGES)
    assert len({volume.tobytes() for volume in drawn}) == len(drawn) >= 4
    stages = report.stages
    assert stages["slice"].median > max(stages[name].median for name in ("network", "density", "transfer"))
    assert all(0 < times.median <= times.p95 for times in stages.values())
    rate = report.matrix_rates[report.precision]
    assert report.limit == pytest.approx(1e3 * sum(report.operations.values()) / rate)
    assert report.ratio == pytest.approx(stages["network"].median / report.limit)


def test_a_slice_of_any_value_has_a_colour():
    draw_slice(np.linspace(-1.0, 1.0, 512, dtype=np.float32).reshape(8, 8, 8))


def test_a_view_that_no_plugin_offers_is_refused():
    with pytest.raises(InvalidInputError, match="there are: array"):
        open_view("hologram")


def test_the_command_writes_what_it_prints(tiny_model_folder, tmp_path, capsys):
    from cosmoloom.cli.app import main

    out = tmp_path / "latency.json"
    assert (
        main(["bench", "latency", "--model", str(tiny_model_folder), "--moves", "3", "--out", str(out)]) == 0
    )
    report = json.loads(out.read_text())
    assert report["moves"] == 3
    assert set(report["stages"]) == set(STAGES)
    assert "x the limit" in capsys.readouterr().out


def test_an_unknown_model_ends_with_one_line(tmp_path, capsys):
    from cosmoloom.cli.app import main

    out = tmp_path / "latency.json"
    assert main(["bench", "latency", "--model", "no-such-model", "--out", str(out)]) == 2
    assert capsys.readouterr().err.strip().startswith("error: no model")
    assert list(tmp_path.iterdir()) == []
