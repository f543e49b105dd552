"""Published models load, sample and refuse like all others."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

import cosmoloom as cl
from cosmoloom import models
from cosmoloom.cli.app import main
from cosmoloom.errors import BrokenFileError, InvalidInputError
from cosmoloom.map import Map
from cosmoloom.models.folder import CARD, ENCODER, WEIGHTS
from cosmoloom.pipeline.published import decode
from cosmoloom.scaling.of_counts import OfCounts
from cosmoloom.scaling.published import DENSEST, PUBLISHED

VOLUMES = ["perraudin2019-m3", "srivastava2018-m3", "feder2020", "feder2020-redshift", "ullmo2021-3d", "cavezza2022"]


@pytest.mark.parametrize("name", VOLUMES)
def test_a_published_model_samples_boxes_from_its_folder(make_published, tmp_path, name):
    card = make_published(tmp_path / "model", name)
    model = cl.load(tmp_path / "model")
    assert model.card == card == models.read_card(tmp_path / "model")
    box = model.sample(seed=3)
    assert isinstance(box, cl.Box)
    assert (box.n, box.box_size, box.redshift) == (16, 16.0, 0.0)
    assert np.array_equal(box.density, model.sample(seed=2, count=2)[1].density)
    assert not np.array_equal(box.density, model.sample(seed=4).density)


def test_a_published_model_in_two_dimensions_samples_maps(make_published, tmp_path):
    make_published(tmp_path / "model", "ullmo2021-2d")
    found = cl.load(tmp_path / "model").sample(seed=1)
    assert isinstance(found, Map)
    assert (found.n, found.box_size, found.thickness, found.redshift) == (16, 16.0, 8.0, 0.0)


@pytest.mark.parametrize("name", VOLUMES)
def test_the_density_is_the_network_field_without_its_scaling(make_published, tmp_path, name):
    make_published(tmp_path / "model", name)
    model = cl.load(tmp_path / "model")
    field = model.network_field(model.draw_latent(1), 0.0, 1.0)
    density = model.to_density(field, 0.0, 1.0)
    scaling = model.scaling_at(7.0)
    inside = (density > 0) & (density < 0.99 * DENSEST / model.card.mean_count)
    assert inside.sum() > 100
    torch.testing.assert_close(scaling.scale(density)[inside], field[inside], rtol=1e-3, atol=2e-3)
    assert torch.equal(density, model.density(model.draw_latent(1), 0.0, 33.0))  # kappa is nothing to it


def test_only_a_network_that_is_told_the_redshift_knows_several(make_published, tmp_path):
    make_published(tmp_path / "one", "feder2020")
    make_published(tmp_path / "many", "feder2020-redshift")
    one, many = cl.load(tmp_path / "one"), cl.load(tmp_path / "many")
    with pytest.raises(InvalidInputError, match="redshift must be 0,"):
        one.sample(redshift=1.0)
    early, late = (many.sample(seed=1, redshift=z) for z in (2.0, 0.0))
    assert early.redshift == 2.0
    assert not np.array_equal(early.density, late.density)
    with pytest.raises(InvalidInputError, match=r"redshift must lie in \[0, 3\]"):
        many.sample(redshift=4.0)


def test_heavy_tails_and_width_are_those_of_the_card(make_published, tmp_path):
    make_published(tmp_path / "t", "feder2020", latent_width=0.5)
    make_published(tmp_path / "normal", "cavezza2022")
    assert cl.load(tmp_path / "t").latent_sigma == pytest.approx(0.5 * (10 / 8) ** 0.5)
    assert cl.load(tmp_path / "normal").latent_sigma == 1.0


def test_a_model_of_patches_loads_and_says_how_to_use_it(make_published, tmp_path):
    card = make_published(tmp_path / "model", "perraudin2019-m1")
    assert card.makes == "patches"
    with pytest.raises(InvalidInputError, match="cosmoloom weave"):
        cl.load(tmp_path / "model").sample()


def test_an_encoder_travels_with_its_generator(make_published, tmp_path):
    make_published(tmp_path / "model", "ullmo2021-3d", encoder=True)
    model = cl.load(tmp_path / "model")
    box = model.sample(seed=5)
    latent = model.encode(box)
    assert latent.shape == (12,)
    assert not torch.equal(latent, model.encode(model.sample(seed=6)))
    with pytest.raises(InvalidInputError, match=r"16\^3 voxels in 16 Mpc/h, got"):
        model.encode(cl.Box.from_array(np.ones((8, 8, 8)), box_size=8.0))
    make_published(tmp_path / "without", "ullmo2021-3d")
    with pytest.raises(InvalidInputError, match="no encoder"):
        cl.load(tmp_path / "without").encode(box)


def test_a_damaged_encoder_is_refused(make_published, tmp_path):
    make_published(tmp_path / "model", "ullmo2021-3d", encoder=True)
    path = tmp_path / "model" / ENCODER
    content = bytearray(path.read_bytes())
    content[-3] ^= 4
    path.write_bytes(content)
    with pytest.raises(BrokenFileError, match="SHA-256"):
        cl.load(tmp_path / "model")


@pytest.mark.parametrize(
    ("entry", "value", "message"),
    [
        ("architecture", "stylegan", "no published network"),
        ("sizes", {"n": 16, "widths": [8, 4], "depth": 3}, "no size named 'depth'"),
        ("sizes", {"n": 32, "widths": [8, 8, 4]}, "not those of its network"),
        ("sizes", {"n": 16, "widths": [8, 2], "latent_size": 12}, "does not fit the architecture"),
        ("scaling", "sqrt", "scaling must be one of"),
        ("format", "onnx", "format must be one of"),
        ("redshift_range", [3.0, 0.0], "ascend"),
    ],
)
def test_a_card_that_does_not_fit_is_refused_in_one_line(make_published, tmp_path, entry, value, message):
    make_published(tmp_path, "feder2020")
    card = json.loads((tmp_path / CARD).read_text())
    (tmp_path / CARD).write_text(json.dumps(card | {entry: value}))
    with pytest.raises(BrokenFileError, match=message) as caught:
        cl.load(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_saturated_network_means_a_dense_voxel_and_not_infinity():
    for name, scaling in PUBLISHED.items():
        of_mean = OfCounts(scaling=scaling, mean_count=2.0)
        density = decode(torch.tensor([-1e3, 1.0, 1e30]), of_mean)
        assert torch.isfinite(density).all(), name
        assert density[0] == 0, name
        assert density[2] == pytest.approx(DENSEST / 2.0, rel=1e-2), name


def test_weights_are_the_only_other_file_that_a_model_needs(make_published, tmp_path):
    make_published(tmp_path, "cavezza2022")
    assert {path.name for path in tmp_path.iterdir()} == {CARD, WEIGHTS, "README.md"}


def test_published_models_sample_and_show_from_the_command_line(make_published, tmp_path, capsys):
    make_published(tmp_path / "cube", "feder2020-redshift")
    make_published(tmp_path / "map", "ullmo2021-2d")
    out = tmp_path / "fields.npz"
    assert main(["sample", str(tmp_path / "cube"), "--count", "2", "--redshift", "1", "--out", str(out)]) == 0
    with np.load(out) as fields:
        assert fields["density"].shape == (2, 16, 16, 16)
        assert "kappa" not in fields
    assert main(["sample", str(tmp_path / "map"), "--out", str(out)]) == 0
    with np.load(out) as fields:
        assert fields["density"].shape == (16, 16)
    assert main(["models", str(tmp_path / "cube")]) == 0
    printed = capsys.readouterr().out
    assert "| network | feder2020-redshift |" in printed
    assert "trained at 3, 1, 0" in printed
