"""Looks at a training: the same latents and the same fields every time, maps as well as volumes, and pictures."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from matplotlib.image import imread

from cosmoloom.data.crops import Crops
from cosmoloom.errors import MissingExtraError
from cosmoloom.train.compute import Compute
from cosmoloom.train.games import make_game
from cosmoloom.train.monitor.images import SHOWN, save_slices
from cosmoloom.train.monitor.tensorboard import TensorBoard
from cosmoloom.train.monitor.validation import Validation
from cosmoloom.train.open_data import open_crops
from cosmoloom.train.recipes.file import resolve
from cosmoloom.train.recipes.pairs import PairsRecipe


class Truth:
    """A game that draws the validation boxes themselves."""

    def __init__(self, crops: Crops, n: int) -> None:
        self.crops, self.n = crops, n

    def draw(self, count: int, *, redshift: float, seed: int) -> torch.Tensor:
        index = np.full((count, 1), self.crops.redshifts.index(redshift))
        return torch.from_numpy(self.crops.draw(np.random.default_rng(seed), index, n=self.n)[:, 0])


def test_the_truth_scores_better_than_a_fresh_generator(tiny_pairs: PairsRecipe) -> None:
    crops = open_crops(tiny_pairs, tiny_pairs.data.validation)
    validation = Validation(crops, redshifts=(), samples=32)
    assert validation.redshifts == (3.0, 1.0, 0.0)
    truth = [row.closeness for row in validation.compare(Truth(crops, 16))]
    fresh = [row.closeness for row in validation.compare(make_game(tiny_pairs, Compute()))]
    assert [at.redshift for at in fresh] == [3.0, 1.0, 0.0]
    for true, made in zip(truth, fresh, strict=True):
        assert true.score < 1.0 < made.score


def test_a_second_look_at_an_unchanged_game_sees_the_same(tiny_pairs: PairsRecipe) -> None:
    game = make_game(tiny_pairs, Compute())
    validation = Validation(open_crops(tiny_pairs, ["0002"]), redshifts=(1.0,), samples=4)
    first, second = validation.compare(game), validation.compare(game)
    assert first[0].closeness == second[0].closeness


def test_maps_are_compared_too(tiny_boxes: Path, tmp_path: Path) -> None:
    recipe = resolve(
        "ullmo2021-2d", store=tiny_boxes,
        settings=[
            "data.boxes=0001", "data.validation=0002", "data.held_out=0003", "data.n=16", "networks.sizes.widths=4,4",
            "networks.sizes.latent_size=6", "updates.batch=2",
        ],
    )  # fmt: skip
    validation = Validation(open_crops(recipe, recipe.data.validation), redshifts=(), samples=4)
    drawn = validation.compare(make_game(recipe, Compute()))
    assert drawn[0].real.shape[1:] == drawn[0].samples.shape[1:] == (16, 16)
    save_slices(tmp_path / "images" / "1.png", drawn, iteration=1)
    assert (tmp_path / "images" / "1.png").is_file()


def test_a_picture_shows_real_and_drawn_fields_in_one_scale(tiny_pairs: PairsRecipe, tmp_path: Path) -> None:
    crops = open_crops(tiny_pairs, ["0002"])
    drawn = Validation(crops, redshifts=(3.0, 0.0), samples=SHOWN).compare(Truth(crops, 16))
    same = [type(row)(row.closeness, row.real[:SHOWN], row.real[:SHOWN]) for row in drawn]
    path = tmp_path / "images" / "0000010.png"
    save_slices(path, same, iteration=10)
    pixels = imread(path)[..., :3]
    height, width, _ = pixels.shape
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 100
    assert height < width


def test_a_missing_tensorboard_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("torch.utils.tensorboard", "tensorboard"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtraError, match=r"cosmoloom\[tensorboard\]"):
        TensorBoard(tmp_path, after=0)
