"""Published models are evaluated like all others: at their redshift, on their voxels, from their surroundings."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
import torch
from torch import nn

from cosmoloom import load
from cosmoloom.cli.app import main
from cosmoloom.data.pyramid import block_mean
from cosmoloom.errors import InvalidInputError
from cosmoloom.evaluate.drawing import draw_samples
from cosmoloom.evaluate.maps import evaluate_maps
from cosmoloom.evaluate.report import common_redshifts, evaluate, evaluate_side_by_side
from cosmoloom.evaluate.simulations import choose
from cosmoloom.evaluate.sub_volumes import sub_volumes
from cosmoloom.evaluate.summary_file import as_csv, as_markdown, summary_rows


def test_a_model_is_compared_at_the_one_redshift_that_it_knows(make_published, store, tmp_path):
    make_published(tmp_path / "model", "feder2020", redshift_range=(1.0, 1.0), trained_redshifts=(1.0,))
    found = evaluate(load(tmp_path / "model"), store, ["0001"], n_samples=4)
    assert [row.redshift for row in found.comparisons] == [1.0]
    assert found.facts["samples"]["kappa"] is None


def test_models_are_compared_where_all_know_the_redshift(make_published, tiny_model_folder, tmp_path):
    make_published(tmp_path / "today", "feder2020")
    make_published(tmp_path / "past", "cavezza2022", redshift_range=(1.0, 1.0), trained_redshifts=(1.0,))
    ours, today, past = (load(folder) for folder in (tiny_model_folder, tmp_path / "today", tmp_path / "past"))
    assert common_redshifts([ours]) == (3.0, 1.5, 0.75, 0.5, 0.0)
    assert common_redshifts([ours, today]) == (0.0,)
    assert common_redshifts([ours, past]) == (1.0,)
    with pytest.raises(InvalidInputError, match="no redshift in common"):
        common_redshifts([today, past])


def test_simulations_are_averaged_to_the_voxels_of_a_coarse_model(make_published, store, tmp_path):
    make_published(tmp_path / "model", "perraudin2019-uniscale", box_size=16.0)  # voxels of 2 Mpc/h
    found = evaluate(load(tmp_path / "model"), store, ["0001"], n_samples=4)
    simulation = found.comparisons[0].simulation
    assert len(simulation) == 8
    assert simulation.mean_density.mean() == pytest.approx(store["0001"].density(0.0).mean(), rel=1e-5)
    assert found.facts["store"]["averaged_over_voxels_per_side"] == 2


def test_one_table_tells_all_models_beside_simulations(make_published, tiny_model_folder, store, tmp_path):
    make_published(tmp_path / "feder", "feder2020")
    make_published(tmp_path / "cavezza", "cavezza2022")
    models = [load(folder) for folder in (tmp_path / "feder", tmp_path / "cavezza", tiny_model_folder)]
    found = evaluate_side_by_side(models, store, ["0001", "0002"], n_samples=8, out_dir=tmp_path / "out")
    rows = list(csv.DictReader((tmp_path / "out" / "summary.csv").open()))
    assert [row["model"] for row in rows] == ["simulations", "tiny feder2020", "tiny cavezza2022", "tiny16"]
    for row, evaluation in zip(rows[1:], found, strict=True):
        comparison, scores = evaluation.comparisons[0], evaluation.judgement.at[0]
        assert float(row["power_error"]) == pytest.approx(comparison.mean_power_error, rel=1e-4)
        assert float(row["mass_error"]) == pytest.approx(comparison.mass_distance, rel=1e-4)
        assert float(row["score_mass"]) == pytest.approx(scores.frechet["mass"].score, rel=1e-4)
    assert float(rows[0]["score_mass"]) == pytest.approx(found[0].judgement.at[0].frechet["mass"].floor_score, rel=1e-4)
    assert float(rows[0]["power_error"]) < min(float(row["power_error"]) for row in rows[1:])
    lines = (tmp_path / "out" / "summary.md").read_text().splitlines()
    assert len(lines) == 6
    assert len({line.count("|") for line in lines}) == 1
    assert as_csv(summary_rows(found)).count("\n") == 5
    assert "%" in as_markdown(summary_rows(found))


def test_a_model_of_patches_starts_from_the_held_out_boxes(make_published, store, tmp_path):
    make_published(tmp_path / "model", "perraudin2019-m1")
    model = load(tmp_path / "model")
    selection = choose([model], store, ["0001", "0002"], [0.0], [1.0])
    drawn = np.concatenate([batch[0.0].numpy() for batch in draw_samples(model, selection, 1.0, range(3, 23))])
    assert drawn.shape == (20, 8, 8, 8)
    again = np.concatenate([batch[0.0].numpy() for batch in draw_samples(model, selection, 1.0, range(3, 23))])
    assert np.array_equal(drawn, again)


class Repeat(nn.Module):
    """Enlarges the low-resolution block, and does nothing else."""

    factor, patch, latent_size = 4, 8, 512

    def __init__(self):
        super().__init__()
        self.unused = nn.Parameter(torch.zeros(()))

    def forward(self, latent, borders, low):
        return low.repeat_interleave(4, 1).repeat_interleave(4, 2).repeat_interleave(4, 3)


def test_patches_that_add_nothing_are_the_block_means_of_the_held_out_boxes(make_published, store, tmp_path):
    make_published(tmp_path / "model", "perraudin2019-m1")
    model = load(tmp_path / "model")
    model.generator = Repeat()
    selection = choose([model], store, ["0001", "0002"], [0.0], [1.0])
    drawn = np.concatenate([batch[0.0].numpy() for batch in draw_samples(model, selection, 1.0, range(8))])
    expected = []
    for name in ("0001", "0002"):
        means = block_mean(store[name].density(0.0), 4)
        expected.append(sub_volumes(means.repeat(4, 0).repeat(4, 1).repeat(4, 2), 8)[:4])  # half of the samples each
    np.testing.assert_allclose(drawn, np.concatenate(expected), rtol=1e-4, atol=1e-5)


def test_uniscale_patches_start_from_nothing(make_published, store, tmp_path):
    make_published(tmp_path / "model", "perraudin2019-uniscale")
    found = evaluate(load(tmp_path / "model"), store, ["0001"], n_samples=4)
    assert np.isfinite(found.comparisons[0].model.power).all()


def test_published_models_are_evaluated_from_the_command_line(make_published, store, tmp_path, capsys):
    make_published(tmp_path / "model", "perraudin2019-m3")
    options = ["--store", str(store.path), "--held-out", "0001,0002", "--samples", "4", "--record"]
    assert main(["evaluate", str(tmp_path / "model"), *options, "--out", str(tmp_path / "report")]) == 0
    assert "4 samples over 16 sub-volumes" in capsys.readouterr().out
    document = json.loads((tmp_path / "report" / "evaluation.json").read_text())
    assert [row["redshift"] for row in document["redshifts"]] == [0.0]
    assert "kappa" not in load(tmp_path / "model").card.measured


def test_maps_are_compared_with_tiles_of_slabs(make_published, store, tmp_path, capsys):
    for name in ("one", "two"):
        make_published(tmp_path / name, "ullmo2021-2d", name=name)
    folders = [str(tmp_path / name) for name in ("one", "two")]
    options = ["--store", str(store.path), "--held-out", "0001,0002", "--samples", "6", "--record"]
    assert main(["evaluate", *folders, *options, "--out", str(tmp_path / "report")]) == 0
    assert "| simulations | 0 |" in capsys.readouterr().out
    document = json.loads((tmp_path / "report" / "evaluation.json").read_text())
    # 32 Mpc/h boxes in slabs of 8 Mpc/h along three axes, each of 2^2 tiles of 16 Mpc/h
    assert document["held_out"]["n_maps"] == 2 * 3 * 4 * 4
    assert document["units"]["power"] == "(Mpc/h)^2"
    assert document["redshifts"][0]["n_samples"] == 6
    rows = list(csv.DictReader((tmp_path / "report" / "summary.csv").open()))
    assert [row["model"] for row in rows] == ["simulations", "one", "two"]
    assert load(tmp_path / "two").card.measured["count"] == 6


def test_tiles_of_slabs_hold_all_mass_once_per_axis(make_published, store, tmp_path):
    make_published(tmp_path / "model", "ullmo2021-2d")
    (found,) = evaluate_maps([load(tmp_path / "model")], store, ["0001"], n_samples=4)
    tiles = found.comparisons[0].simulation
    assert len(tiles) == 48
    for axis in range(3):
        assert tiles.mean_density.reshape(4, 3, 4)[:, axis].mean() == pytest.approx(1.0, abs=1e-3)


def test_maps_and_volumes_are_not_compared(make_published, store, tmp_path, capsys):
    make_published(tmp_path / "map", "ullmo2021-2d")
    make_published(tmp_path / "cube", "ullmo2021-3d")
    options = ["--store", str(store.path), "--held-out", "0001"]
    assert main(["evaluate", str(tmp_path / "map"), str(tmp_path / "cube"), *options, "--out", str(tmp_path)]) == 2
    assert "one by one" in capsys.readouterr().err
