"""A model folder gives back what was saved, or refuses."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch

from cosmoloom import models
from cosmoloom.errors import BrokenFileError, MissingFileError, UnknownModelError, UnwritableError
from cosmoloom.models.folder import CARD, WEIGHTS


@pytest.fixture
def folder(tiny_model_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_model_folder, tmp_path / "model"))


def test_a_saved_model_loads_with_equal_weights_and_tables(tiny_model_folder, tmp_path):
    model = models.load(tiny_model_folder)
    card = models.save_model(
        tmp_path / "again", generator=model.generator, standardisation=model.standardisation, card=model.card
    )
    again = models.load(tmp_path / "again")
    assert card == model.card == again.card
    for name, value in model.generator.state_dict().items():
        assert torch.equal(value, again.generator.state_dict()[name])
    for name, table in model.standardisation.named_buffers():
        assert torch.equal(table, again.standardisation.get_buffer(name))


def test_a_flipped_bit_in_the_weights_is_refused(folder):
    content = bytearray((folder / WEIGHTS).read_bytes())
    content[-5] ^= 1
    (folder / WEIGHTS).write_bytes(content)
    with pytest.raises(BrokenFileError, match="SHA-256"):
        models.load(folder)


def test_truncated_weights_are_refused(folder):
    content = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(content[: len(content) // 2])
    with pytest.raises(BrokenFileError):
        models.load(folder)


def test_weights_of_another_architecture_are_refused_in_one_line(folder):
    card = json.loads((folder / CARD).read_text())
    card["architecture"]["widths"] = [32, 8]
    (folder / CARD).write_text(json.dumps(card))
    with pytest.raises(BrokenFileError, match="architecture") as caught:
        models.load(folder)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "damage",
    [
        lambda card: card | {"colour": "red"},
        lambda card: card | {"format": "another"},
        lambda card: card | {"kappa_range": [20.0, 2.0]},
        lambda card: {k: v for k, v in card.items() if k != "box_size"},
    ],
)
def test_a_card_with_unknown_missing_or_impossible_entries_is_refused(folder, damage):
    card = json.loads((folder / CARD).read_text())
    (folder / CARD).write_text(json.dumps(damage(card)))
    with pytest.raises(BrokenFileError, match="model card") as caught:
        models.load_card(folder)
    assert "\n" not in str(caught.value)


def test_a_card_cut_short_is_refused(folder):
    (folder / CARD).write_text((folder / CARD).read_text()[:100])
    with pytest.raises(BrokenFileError, match="model card"):
        models.load(folder)


@pytest.mark.parametrize("missing", [CARD, WEIGHTS])
def test_a_folder_without_card_or_weights_is_no_model(folder, missing):
    (folder / missing).unlink()
    with pytest.raises(MissingFileError, match=missing):
        models.load(folder)


def test_an_unknown_model_is_told_which_are_known():
    with pytest.raises(UnknownModelError, match=r"web65.*bundled models: ") as caught:
        models.load("web65")
    assert all(name in str(caught.value) for name in models.names())


def test_calling_the_package_lists_the_bundled_models():
    assert models() == models.names()


def test_a_new_card_leaves_the_weights_valid(folder):
    card = models.load_card(folder)
    measured = card.model_copy(update={"measured": {"power_ratio": 1.02}})
    models.save_card(folder, measured)
    assert models.load(folder).card.measured == {"power_ratio": 1.02}
    assert "power_ratio: 1.02" in (folder / "README.md").read_text()


def test_an_unwritable_folder_is_refused_and_nothing_is_left(tiny_model_folder, tmp_path):
    model = models.load(tiny_model_folder)
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(UnwritableError, match="cannot write"):
        models.save_model(
            tmp_path / "file",
            generator=model.generator,
            standardisation=model.standardisation,
            card=model.card,
        )
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_saving_leaves_no_temporary_file_and_keeps_the_rest(folder):
    (folder / "notes.txt").write_text("mine")
    model = models.load(folder)
    models.save_model(
        folder, generator=model.generator, standardisation=model.standardisation, card=model.card
    )
    names = {path.name for path in folder.iterdir()}
    assert {"notes.txt", CARD, WEIGHTS, "README.md"} <= names
    assert not [name for name in names if name.startswith(".")]
