"""A whole evaluation, of a real network and of simulations that stand in for a perfect one."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from cosmoloom import models
from cosmoloom.cosmology import Cosmology
from cosmoloom.errors import InvalidInputError, UnwritableError
from cosmoloom.evaluate.document import summary
from cosmoloom.evaluate.further import FURTHER
from cosmoloom.evaluate.report import distinct_names, evaluate, evaluate_side_by_side
from cosmoloom.evaluate.sub_volumes import stored_sub_volumes

REDSHIFTS = (3.0, 0.5, 0.0)
HELD_OUT = ["0001", "0002"]
PICTURES = (
    "correlation", "covariance", "diversity", "mass", "mean_density", "peaks", "power", "slices",
    *(statistic.key for statistic in FURTHER),
)


class PerfectModel:
    """Draws the sub-volumes of simulations of a store, one after the other, in place of a network."""

    dtype = torch.float32

    def __init__(self, store, names):
        self._store, self._names = store, names
        self.card = SimpleNamespace(
            name="perfect", n=16, box_size=16.0, voxel_size=1.0, universe=Cosmology(),
            redshift_range=(0.0, 3.0), trained_redshifts=(3.0, 1.0, 0.0), default_kappa=6.3,
            kappa_conditions=True,
            training={"boxes": ["0000"]}, weights_sha256="",
        )

    def check(self, redshift, kappa):
        pass

    def draw_latent(self, seed, count):
        return torch.arange(seed, seed + count)

    def density(self, latent, redshift, kappa):
        fields = [stored_sub_volumes(self._store[name], redshift, 16) for name in self._names]
        return torch.cat(fields)[latent]


@pytest.fixture(scope="module")
def perfect(store):
    return evaluate(PerfectModel(store, HELD_OUT), store, HELD_OUT, REDSHIFTS, 16)


def test_a_perfect_model_has_no_error(perfect):
    assert [row.redshift for row in perfect.comparisons] == [3.0, 0.5, 0.0]
    for row in perfect.comparisons:
        assert row.max_power_error == pytest.approx(0, abs=1e-6)
        assert row.mass_distance == 0
        assert np.allclose(row.power_scatter_ratio.value, 1)
        assert (row.power_ratio.low < 1).all()
        assert (row.power_ratio.high > 1).all()


def test_the_other_simulations_show_how_much_simulations_differ(perfect):
    assert perfect.facts["store"]["others"] == ["0000"]
    assert all(row.others_max_power_error > 0.01 for row in perfect.comparisons)


def test_growth_and_correlation_of_a_perfect_model_are_those_of_the_simulations(perfect):
    growth, pair = perfect.growth, perfect.correlation
    assert growth.model.value[0] == pytest.approx(growth.simulation.value[0])
    assert growth.linear == pytest.approx(float(Cosmology().growth_factor(1.0)) ** -2)
    assert 0.5 < growth.simulation.value[0] / growth.linear < 2
    assert (pair.early, pair.late) == (3.0, 0.0)
    assert np.allclose(pair.model.mean, pair.simulation.mean)
    assert pair.simulation.mean[0] > 0.6
    assert pair.simulation.mean[0] > pair.simulation.mean[-1]


def test_redshifts_without_training_are_marked(perfect):
    assert [row.trained for row in perfect.comparisons] == [True, False, True]


def test_training_boxes_are_refused_as_held_out_unless_the_store_is_another(store):
    with pytest.raises(InvalidInputError, match="trained on 0000"):
        evaluate(PerfectModel(store, ["0000"]), store, ["0000", "0001"], [0.0], 8)
    fresh = evaluate(PerfectModel(store, ["0000"]), store, ["0000"], [0.0], 8, fresh_store=True)
    assert fresh.comparisons[0].max_power_error == pytest.approx(0, abs=1e-6)


def test_a_perfect_model_is_at_every_floor(perfect):
    for scores in perfect.judgement.at:
        assert all(score.at_floor for score in scores.frechet.values())
        assert all(each.median <= each.floor for each in scores.compatibility.values())
        assert scores.test["all"].p_value > 0.99
    judged = perfect.judgement
    assert np.array_equal(judged.diversity.mean, judged.simulated_diversity.mean)
    assert judged.memorisation.copies == 0
    assert not any(mark.visible for mark in judged.tiling.values())


def test_a_model_that_repeats_its_training_is_caught(store):
    thief = evaluate(PerfectModel(store, ["0000"]), store, HELD_OUT, [0.0], 8)
    assert thief.judgement.memorisation.copies == 8
    assert thief.judgement.memorisation.samples.min() == pytest.approx(1.0, abs=1e-3)


def test_further_statistics_of_a_perfect_model_are_those_of_the_simulations(perfect):
    for curves in perfect.further.values():
        assert set(curves) == {statistic.key for statistic in FURTHER}
        for sampled, simulated in curves.values():
            assert np.allclose(sampled.values, simulated.values, rtol=1e-4, equal_nan=True)


def test_models_side_by_side_are_judged_by_the_same_simulations(store, perfect):
    pair = evaluate_side_by_side(
        [PerfectModel(store, HELD_OUT), PerfectModel(store, ["0002", "0001"])], store, HELD_OUT, [0.0], 16
    )
    assert [one.name for one in pair] == ["perfect (1)", "perfect (2)"]
    assert pair[0].comparisons[0].simulation is pair[1].comparisons[0].simulation
    assert np.allclose(pair[0].comparisons[0].model.power, perfect.comparisons[-1].model.power)


def test_only_shared_names_are_numbered():
    assert distinct_names(["a", "b", "a"]) == ["a (1)", "b", "a (2)"]


def test_models_of_different_grids_are_refused(store):
    other = PerfectModel(store, HELD_OUT)
    other.card.name, other.card.n, other.card.voxel_size = "coarse", 8, 2.0
    with pytest.raises(InvalidInputError, match="coarse 8\\^3"):
        evaluate_side_by_side([PerfectModel(store, HELD_OUT), other], store, HELD_OUT, [0.0], 8)
    with pytest.raises(InvalidInputError, match="at least one model"):
        evaluate_side_by_side([], store, HELD_OUT, [0.0], 8)


def test_too_few_sub_volumes_for_a_covariance_are_refused(store):
    large = PerfectModel(store, HELD_OUT)
    large.card.n, large.card.box_size = 32, 32.0
    with pytest.raises(InvalidInputError, match="2 sub-volumes"):
        evaluate(large, store, HELD_OUT, [0.0], 8)


@pytest.fixture(scope="module")
def model(tiny_model_folder):
    return models.load(tiny_model_folder)


@pytest.fixture(scope="module")
def report(model, store, tmp_path_factory):
    """An evaluation with the folder it was written to and the progress it told of."""
    folder, ticks = tmp_path_factory.mktemp("reports") / "deep" / "report", []
    evaluation = evaluate(
        model, store, HELD_OUT, (3.0, 0.0), 10, folder, seed=3, on_progress=lambda *tick: ticks.append(tick)
    )
    return SimpleNamespace(evaluation=evaluation, folder=folder, ticks=ticks)


def test_report_of_a_network_is_complete(model, report):
    document = json.loads((report.folder / "evaluation.json").read_text())
    kappa = model.card.default_kappa
    assert document["samples"] == {"count": 10, "first_seed": 3, "kappa": pytest.approx(kappa)}
    assert document["held_out"] == {"names": HELD_OUT, "n_boxes": 2, "n_sub_volumes": 16}
    assert document["model"]["name"] == model.card.name
    assert document["store"]["plans"]["0001"]["seed"] == 1
    assert document["store"]["cosmology"] == model.card.cosmology
    assert {"definitions", "units", "cautions", "summary", "growth", "correlation", "overlap"} <= document.keys()
    assert document["sentences"].keys() >= {"power", "covariance", "mass", "peaks", "diversity", "bispectrum"}
    row = document["redshifts"][-1]
    assert row["redshift"] == 0.0
    assert len(row["power"]["ratio"]["value"]) == len(row["power"]["k"]) == 8
    published = document["scores_at_last_redshift"]["published_frechet"]
    for score in (*row["scores"]["frechet"].values(), *published.values()):
        assert score["distances"]["floor"]["distance"] is not None  # no score without its floor
    assert len(row["bispectrum"]["model"]["median"]) == len(row["bispectrum"]["x"])
    measured = report.evaluation.comparisons[-1].model
    assert len(measured) == row["n_samples"] == 10
    direct = model.density(model.draw_latent(3, 10), 0.0, kappa)
    assert np.allclose(measured.mean_density, direct.mean((1, 2, 3)), rtol=1e-4)


def test_report_is_repeatable(model, store, report):
    again = evaluate(model, store, HELD_OUT, (3.0, 0.0), 10, seed=3)
    assert summary(again) == summary(report.evaluation)


def test_progress_counts_batches_of_samples_and_boxes(report):
    assert report.ticks == [(i, 6) for i in range(1, 7)]  # two batches, two held-out boxes, one other, scores


def test_pictures_show_something_and_nothing_else_is_left_behind(report):
    from matplotlib.image import imread

    names = [f"{name}.png" for name in PICTURES]
    written = sorted(path.name for path in report.folder.iterdir())
    assert written == sorted(["evaluation.html", "evaluation.json", "summary.csv", "summary.md", *names])
    for name in names:
        pixels = imread(report.folder / name)[..., :3]
        assert pixels.shape[1] > 700
        assert pixels.std() > 0.04


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n_samples": 3}, "at least 4"),
        ({"redshifts": []}, "redshift"),
        ({"redshifts": [0.25]}, "snapshots at z = 3, 1, 0.5, 0, not at 0.25"),
        ({"redshifts": [7.0]}, "redshift must lie in"),
        ({"kappa": 1e6}, "kappa must lie in"),
        ({"held_out_names": ["0009"]}, "'0009'"),
    ],
)
def test_impossible_evaluations_are_refused(model, store, tmp_path, arguments, message):
    chosen = {"held_out_names": ["0001"], "redshifts": [0.0], "n_samples": 4, "out_dir": tmp_path / "out"}
    chosen |= arguments
    with pytest.raises(InvalidInputError, match=message):
        evaluate(model, store, **chosen)
    assert not (tmp_path / "out").exists()


def test_a_model_of_another_resolution_or_cosmology_is_refused(store):
    model = PerfectModel(store, ["0001"])
    model.card.voxel_size = 1.5
    with pytest.raises(InvalidInputError, match="no multiple"):
        evaluate(model, store, ["0001"], [0.0], 8)
    model.card.voxel_size, model.card.universe = 1.0, Cosmology(Omega_m=0.25)
    with pytest.raises(InvalidInputError, match="cosmology"):
        evaluate(model, store, ["0001"], [0.0], 8)


def test_a_target_that_cannot_be_written_is_refused_before_the_work(model, store, tmp_path):
    (tmp_path / "file").write_text("in the way")
    ticks = []
    with pytest.raises(UnwritableError, match="file"):
        evaluate(
            model, store, ["0001"], [0.0], 4, tmp_path / "file", on_progress=lambda *tick: ticks.append(tick)
        )
    assert ticks == []
