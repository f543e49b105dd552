"""The command that makes large volumes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

import cosmoloom as cl
from cosmoloom.cosmology import Cosmology
from cosmoloom.data.pyramid import block_mean
from cosmoloom.models import save_published
from cosmoloom.models.published_card import PublishedCard
from cosmoloom.models.refiners import load_refiner, save_refiner
from cosmoloom.nets.published import architecture
from cosmoloom.nets.seamless import RefinerConfig, SeamlessRefiner
from cosmoloom.pipeline.multiscale.ome_zarr import open_pyramid


def patch_model_folder(folder: Path, architecture_name: str) -> Path:
    """Write a model of patches of 8^3 voxels in 8 Mpc/h, with random weights."""
    found = architecture(architecture_name)
    config = found.config.from_dict({"patch": 8, "width": 2, "ablation": "plain"})
    torch.manual_seed(3)
    generator = found.generator(config)
    *_, last = generator.parameters()
    torch.nn.init.ones_(last)
    card = PublishedCard(
        name=folder.name, description="Random weights.", architecture=architecture_name, sizes=config.as_dict(),
        makes="patches", scaling="srivastava2018", mean_count=8.0, n=8, box_size=8.0, latent_size=config.latent_size,
        redshift_range=(0.0, 0.0), trained_redshifts=(0.0,), cosmology=Cosmology().as_dict(),
    )  # fmt: skip
    save_published(folder, generator=generator, card=card)
    return folder


@pytest.fixture(scope="module")
def patches(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a model of patches that doubles the grid."""
    return patch_model_folder(tmp_path_factory.mktemp("patches") / "tiny-m2", "srivastava2018-m2")


@pytest.fixture(scope="module")
def uniscale(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a model of patches that sees no coarse volume."""
    return patch_model_folder(tmp_path_factory.mktemp("patches") / "tiny-uniscale", "srivastava2018-uniscale")


def test_a_saved_refiner_is_the_same_when_loaded(refiner_folder: Path) -> None:
    torch.manual_seed(3)
    made = SeamlessRefiner(RefinerConfig(width=4, depth=2, condition_width=4)).state_dict()
    network, card = load_refiner(refiner_folder)
    assert card.voxel_sizes == (1.0,)
    for name, value in network.state_dict().items():
        assert torch.equal(value, made[name])


def test_refiners_make_a_pyramid_of_equal_mass(
    cosmoloom, cube: Path, refiner_folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "volume.zarr"
    twice = ["--by", refiner_folder, "--by", refiner_folder]
    assert cosmoloom("weave", cube, *twice, "--out", out, "--tile", 32).status == 0
    (fine, middle, low), facts = open_pyramid(out)
    assert (fine.shape, middle.shape, facts["models"]) == ((64,) * 3, (32,) * 3, ["tiny-refiner"] * 2)
    np.testing.assert_array_equal(low[...], cl.open(cube).density)
    np.testing.assert_allclose(block_mean(fine[...], 4), low[...], rtol=1e-5)


def test_a_call_makes_the_same_volume_in_any_format(
    cosmoloom, cube: Path, refiner_folder: Path, tmp_path: Path
) -> None:
    volumes = []
    for name in ("a.npz", "b.zarr"):
        command = ["weave", cube, "--by", refiner_folder, "--periodic", "--out", tmp_path / name]
        assert cosmoloom(*command).status == 0
        volumes.append(cl.open(tmp_path / name))
    np.testing.assert_array_equal(volumes[0].density, volumes[1].density)
    assert [(box.periodic, box.box_size, box.redshift) for box in volumes] == [(True, 16.0, 0.0)] * 2


def test_a_volume_can_start_from_a_model(
    cosmoloom, tiny_model_folder: Path, refiner_folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "a.npz"
    command = ["weave", tiny_model_folder, "--by", refiner_folder, "--out", out, "--seed", 4, "--redshift", 0.5]
    assert cosmoloom(*command).status == 0
    box, start = cl.open(out), cl.load(tiny_model_folder).sample(seed=4, redshift=0.5)
    assert (box.n, box.box_size, box.redshift, box.periodic) == (32, 16.0, 0.5, False)
    np.testing.assert_allclose(block_mean(box.density, 2), start.density, rtol=1e-5)


def test_models_of_patches_refine_as_published(cosmoloom, cube: Path, patches: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.h5"
    assert cosmoloom("weave", cube, "--by", patches, "--out", out).status == 0
    box = cl.open(out)
    assert (box.n, box.box_size) == (32, 16.0)
    assert box.density.std() > 0


def test_a_uni_scale_model_makes_a_volume_of_any_size_from_nothing(cosmoloom, uniscale: Path, tmp_path: Path) -> None:
    out, another = tmp_path / "a.npz", tmp_path / "b.npz"
    for seed, path in ((1, out), (2, another)):
        assert cosmoloom("weave", 24, "--by", uniscale, "--out", path, "--seed", seed, "--periodic").status == 0
    box, other = cl.open(out), cl.open(another)
    assert (box.n, box.box_size, box.redshift, box.periodic) == (24, 24.0, 0.0, True)
    assert (box.density != other.density).mean() > 0.9


def test_a_tile_of_a_pyramid_is_drawn_anew_and_brought_back(
    cosmoloom, cube: Path, refiner_folder: Path, tmp_path: Path
) -> None:
    first, anew, back = (tmp_path / name for name in ("first.zarr", "anew.zarr", "back.zarr"))
    refiners = ["--by", refiner_folder, "--by", refiner_folder]
    assert cosmoloom("weave", cube, *refiners, "--out", first, "--tile", 16, "--seed", 2).status == 0
    for volume, seed, out in [(first, 7, anew), (anew, 2, back)]:
        command = ["reroll", volume, "--by", refiner_folder, "--patch", "0,1,3", "--seed", seed, "--out", out]
        assert cosmoloom(*command).status == 0
    (old, *coarser), _ = open_pyramid(first)
    (new, *kept), facts = open_pyramid(anew)
    away = np.ones(old.shape, dtype=bool)
    away[:20, 12:36, 44:] = False  # a network of two layers sees 4 voxels
    np.testing.assert_array_equal(new[...][away], old[...][away])
    assert (new[:16, 16:32, 48:] != old[:16, 16:32, 48:]).mean() > 0.99
    np.testing.assert_allclose(block_mean(new[...], 2), coarser[0][...], rtol=1e-6)
    for one, other in zip(coarser, kept, strict=True):
        np.testing.assert_array_equal(one[...], other[...])
    assert facts["rerolled"] == [{"patch": [0, 1, 3], "seed": 7}]
    np.testing.assert_array_equal(open_pyramid(back)[0][0][...], old[...])


@pytest.mark.parametrize("suffix", [".npz", ".h5", ".zarr"])
def test_a_published_patch_is_drawn_anew(cosmoloom, cube: Path, patches: Path, tmp_path: Path, suffix: str) -> None:
    volume, anew = tmp_path / f"volume{suffix}", tmp_path / f"anew{suffix}"
    assert cosmoloom("weave", cube, "--by", patches, "--out", volume, "--seed", 2).status == 0
    for source, place in [(volume, "1,2,3"), (anew, "0,0,0")]:
        command = ["reroll", source, "--by", patches, "--below", cube, "--patch", place, "--seed", 7, "--out", anew]
        assert cosmoloom(*command).status == 0
    old, new = cl.open(volume), cl.open(anew)
    assert (new.box_size, new.redshift, new.periodic) == (old.box_size, old.redshift, old.periodic)
    changed = (new.density != old.density).reshape(4, 8, 4, 8, 4, 8).mean(axis=(1, 3, 5))
    assert np.argwhere(changed > 0).tolist() == [[0, 0, 0], [1, 2, 3]]
    assert changed[changed > 0].min() > 0.9


def test_patches_that_cannot_be_drawn_anew_are_refused_in_one_line(
    cosmoloom, cube: Path, refiner_folder: Path, patches: Path, tiny_model_folder: Path, tmp_path: Path
) -> None:
    pyramid, volume, out = (tmp_path / name for name in ("a.zarr", "a.npz", "out.zarr"))
    assert cosmoloom("weave", cube, "--by", refiner_folder, "--out", pyramid).status == 0
    assert cosmoloom("weave", cube, "--by", patches, "--out", volume).status == 0
    another = tmp_path / "another"
    torch.manual_seed(4)
    _, card = load_refiner(refiner_folder)
    other = SeamlessRefiner(RefinerConfig(width=4, depth=2, condition_width=4))
    save_refiner(another, refiner=other, card=card.model_copy(update={"name": "another"}))
    for said, arguments in {
        "patches 0 to 0 along each axis": [pyramid, "--by", refiner_folder, "--patch", "1,0,0"],
        "patches 0 to 3 along each axis": [volume, "--by", patches, "--patch", "0,4,0", "--below", cube],
        "three whole numbers": [pyramid, "--by", refiner_folder, "--patch", "1,0"],
        "no pyramid at": [tmp_path / "none.zarr", "--by", refiner_folder, "--patch", "0,0,0"],
        "no file": [tmp_path / "none.npz", "--by", patches, "--patch", "0,0,0", "--below", cube],
        "was made by tiny-refiner, and another has": [pyramid, "--by", another, "--patch", "0,0,0"],
        "was made by tiny-refiner, and tiny-m2 has": [pyramid, "--by", patches, "--patch", "0,0,0", "--below", cube],
        "does not say what made it": [cube, "--by", patches, "--patch", "0,0,0", "--below", cube],
        "give what was refined by --below": [volume, "--by", patches, "--patch", "0,0,0"],
        "was woven from": [volume, "--by", patches, "--patch", "0,0,0", "--below", volume],
        "makes whole volumes": [volume, "--by", tiny_model_folder, "--patch", "0,0,0", "--below", cube],
        "ends in .zarr": [pyramid, "--by", refiner_folder, "--patch", "0,0,0", "--out", tmp_path / "out.npz"],
    }.items():
        outcome = cosmoloom("reroll", "--out", out, "--seed", 7, *arguments)
        assert outcome.status == 2
        assert said in outcome.err
        assert outcome.err.count("\n") == 1
        assert not out.exists()


def test_bad_calls_end_in_one_line(
    cosmoloom, cube, patches, uniscale, refiner_folder, tiny_model_folder, tmp_path
) -> None:
    out = tmp_path / "a.npz"
    undated = tmp_path / "undated.npy"
    np.save(undated, np.ones((8, 8, 8), dtype=np.float32))
    for said, arguments in {
        "one volume is made by one kind": [cube, "--by", refiner_folder, "--by", patches],
        "refine by refiners or by models of patches": [cube, "--by", tiny_model_folder],
        "trained at redshifts 0 to 3, not 5": [cube, "--by", refiner_folder, "--redshift", 5],
        "even number of voxels": [cube, "--by", refiner_folder, "--tile", 7],
        "is a refiner, which needs a coarse volume": [refiner_folder, "--by", refiner_folder],
        "makes patches": [patches, "--by", refiner_folder],
        "cosmoloom weave 128 --by MODEL": [uniscale, "--by", patches],
        "sees no coarse volume": [cube, "--by", uniscale],
        "only one uni-scale model makes 16^3": [16, "--by", patches],
        "are the model's own": [16, "--by", uniscale, "--redshift", 0],
        "do not tile 12^3": [12, "--by", uniscale],
        "add --box-size": [undated, "--by", refiner_folder],
        "give --redshift": [undated, "--by", refiner_folder, "--box-size", 8],
    }.items():
        outcome = cosmoloom("weave", *arguments, "--out", out)
        assert outcome.status == 2
        assert said in outcome.err
        assert outcome.err.count("\n") == 1
        assert not out.exists()


def test_workers_share_a_volume_and_an_ensemble(
    cosmoloom, cube: Path, refiner_folder: Path, tiny_model_folder: Path, tmp_path: Path
) -> None:
    volumes = []
    for name, crew in (("alone.zarr", ()), ("shared.zarr", ("--workers", 2))):
        command = ["weave", cube, "--by", refiner_folder, "--tile", 16, "--out", tmp_path / name]
        assert cosmoloom(*command, *crew).status == 0
        volumes.append(cl.open(tmp_path / name).density)
    np.testing.assert_array_equal(*volumes)
    sample = ["sample", tiny_model_folder, "--count", 3, "--workers", 1, "--out"]
    told = cosmoloom(*sample, tmp_path / "three.zarr")
    assert (told.status, "3 x 16^3" in told.out) == (0, True)
    refused = cosmoloom(*sample, tmp_path / "three.npz")
    assert (refused.status, ".zarr" in refused.err) == (2, True)
