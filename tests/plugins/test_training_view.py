"""Scrubbing through a training while it runs."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from time import monotonic

import numpy as np
import pytest
from qtpy.QtCore import Qt
from qtpy.QtTest import QTest

from cosmoloom.engine import KEPT_MODELS, Engine
from cosmoloom_explorer.training import read_training
from napari_cosmoloom.launch import open_explorer, opening_settings, process_events, wait_until_shown

ITERATIONS = (100, 200, 300, 400, 500)


def write_checkpoint(run: Path, model: Path, iteration: int) -> None:
    """Write the tiny model with its weights moved a little, as a training leaves them."""
    import torch

    from cosmoloom.models import load_card, load_generator, save_model
    from cosmoloom.scaling.standardisation import Standardisation

    card = load_card(model)
    generator = load_generator(model, card)
    with torch.no_grad():
        for weight in generator.parameters():
            weight *= 1.0 + iteration / 1000.0
    draft = run / "checkpoints" / f".{iteration}"
    table = Standardisation(**card.standardisation.model_dump())
    save_model(draft, generator=generator, standardisation=table, card=card)
    draft.rename(run / "checkpoints" / str(iteration))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, tiny_model_folder: Path) -> Path:
    folder = tmp_path_factory.mktemp("training") / "run"
    for iteration in ITERATIONS:
        write_checkpoint(folder, tiny_model_folder, iteration)
    (folder / "validation.csv").write_text(
        "iteration,redshift,score\n" + "".join(f"{i},0,{1000 / i}\n" for i in ITERATIONS)
    )
    shutil.copytree(folder / "checkpoints" / "400", folder / "best")
    return folder


@pytest.fixture(scope="module")
def window(qapp, run):
    training = read_training(run)
    explorer = open_explorer(
        opening_settings(training.newest.model), engine=Engine("cpu"), size=(1200, 800), training=training
    )
    wait_until_shown(explorer)
    yield explorer
    explorer.viewer.close()
    process_events(0.05)


@pytest.fixture
def explorer(window, run):
    """The window back in its opening state."""
    window.go_to(opening_settings(str(run / "checkpoints" / "500")))
    window.undoing.record()
    wait_until_shown(window)
    return window


def until(reached, patience: float = 180.0) -> None:
    end = monotonic() + patience
    while not reached():
        assert monotonic() < end, "it did not happen in time"
        process_events(0.01)


def test_the_newest_is_shown_first_and_the_slider_goes_through_all(explorer, run):
    section, state = explorer.controls.training, explorer.state
    assert section.isVisibleTo(explorer.controls)
    assert "iteration 500" in section.text.text()
    state.redshift, state.seed = 1.5, 9
    state.set_component(3, 2.0)
    wait_until_shown(explorer)
    axes = explorer.plots.figure.panels["power"].axes.get_xlim()
    pictures = []
    for index, iteration in enumerate(ITERATIONS):
        section.slider.setValue(index)
        wait_until_shown(explorer)
        frame = explorer.presenter.frame
        assert frame.view.field.latent.model == str(run / "checkpoints" / str(iteration))
        assert (frame.view.field.redshift, frame.view.field.latent.seed) == (1.5, 9)
        assert frame.latent[3] == 2.0
        assert f"iteration {iteration}" in section.text.text()
        pictures.append(frame.generated.copy())
    assert all(not np.array_equal(a, b) for a, b in pairwise(pictures))
    assert "best" not in section.text.text()
    section.slider.setValue(3)
    assert "best" in section.text.text()
    assert len(explorer._engine._models._entries) <= KEPT_MODELS
    assert explorer.plots.figure.panels["power"].axes.get_xlim() == axes
    assert explorer.controls.model.names.currentData() == str(run)


def test_playing_shows_every_checkpoint_and_stops_at_the_last(explorer):
    section = explorer.controls.training
    section._timer.setInterval(10)
    seen: list[str] = []
    explorer.presenter.frame_shown.connect(lambda frame: seen.append(Path(frame.view.field.latent.model).name))
    section.play.click()
    until(lambda: not section.play.isChecked())
    wait_until_shown(explorer)
    assert seen == [str(iteration) for iteration in ITERATIONS]


def test_a_new_checkpoint_is_followed_and_one_that_is_looked_at_is_left_alone(explorer, run, tiny_model_folder):
    section = explorer.controls.training
    explorer.models.watch._interval = 0.02
    write_checkpoint(run, tiny_model_folder, 600)
    until(lambda: "iteration 600" in section.text.text())
    wait_until_shown(explorer)
    assert explorer.presenter.frame.view.field.latent.model.endswith("600")
    section.slider.setValue(1)
    write_checkpoint(run, tiny_model_folder, 700)
    until(lambda: section.slider.maximum() == 6)
    assert explorer.state.model.endswith("200")
    for iteration in (600, 700):
        shutil.rmtree(run / "checkpoints" / str(iteration))
    until(lambda: section.slider.maximum() == 4)
    assert explorer.state.model.endswith("200")


def test_undo_crosses_checkpoints(explorer):
    section = explorer.controls.training
    section.slider.setValue(0)
    explorer.undoing.record()
    explorer.undoing.undo()
    assert explorer.state.model.endswith("500")
    assert section.slider.value() == 4
    explorer.undoing.redo()
    assert section.slider.value() == 0


def test_another_model_can_be_looked_at_and_the_training_come_back_to(explorer, tiny_model_folder, run):
    explorer.controls.model.chosen.emit(str(tiny_model_folder))
    wait_until_shown(explorer)
    assert "another model" in explorer.controls.training.text.text()
    explorer.controls.model.chosen.emit(str(run))
    wait_until_shown(explorer)
    assert explorer.state.model.endswith("500")
    assert "iteration 500" in explorer.controls.training.text.text()


TINY = (
    "data.n=16", "data.coarsen=1", "data.redshifts=1,0", "data.held_out=0001", "data.validation=[]",
    "networks.coarse_size=8", "networks.detail_levels=1", "networks.widths=8,8", "networks.critic_widths=8,8",
    "updates.batch=2", "updates.iterations=100000", "monitor.every=5", "monitor.samples=4", "monitor.images=false",
)  # fmt: skip
"""A training that goes on until it is ended, and leaves a checkpoint after every fifth update."""


@pytest.fixture
def running(small_store: Path, tmp_path: Path) -> Iterator[Path]:
    """The folder of a real training that runs beside the test."""
    words = [word for setting in TINY for word in ("--set", setting)]
    command = [sys.executable, "-c", "from cosmoloom.cli.app import main; main()", "train", "loom32"]
    log = tmp_path / "log"
    with log.open("wb") as heard, subprocess.Popen(
        [*command, "--store", str(small_store), "--out", str(tmp_path / "run"), *words], stdout=heard, stderr=heard
    ) as training:  # fmt: skip
        try:
            until(lambda: training.poll() is not None or len(checkpoints(tmp_path / "run")) > 1)
            assert training.poll() is None, log.read_text()
            yield tmp_path / "run"
            assert training.poll() is None, log.read_text()
        finally:
            training.kill()


def checkpoints(run: Path) -> list[Path]:
    return sorted((run / "checkpoints").glob("[0-9]*"))


def test_a_real_training_is_followed_and_scrubbed_while_it_trains(qapp, running):
    training = read_training(running)
    begun = training.newest.iteration
    explorer = open_explorer(
        opening_settings(training.newest.model), engine=Engine("cpu"), size=(1200, 800), training=training
    )
    try:
        explorer.models.watch._interval = 0.05
        section = explorer.controls.training
        until(lambda: section.training.newest.iteration > begun)
        until(lambda: explorer.presenter.frame is not None)
        followed = Path(explorer.state.model).name
        assert int(followed) > begun
        until(lambda: Path(explorer.presenter.frame.view.field.latent.model).name >= followed)
        section.slider.setFocus()
        QTest.keyClick(section.slider, Qt.Key.Key_Home)
        first = section.training.checkpoints[0].model
        until(lambda: explorer.presenter.frame.view.field.latent.model == first)
        reached = section.training.newest.iteration
        until(lambda: section.training.newest.iteration > reached)
        assert explorer.state.model == first  # looked at, so not left for a newer one
        QTest.keyClick(section.slider, Qt.Key.Key_End)
        assert explorer.state.model == section.training.newest.model
    finally:
        explorer.viewer.close()
        process_events(0.05)


def test_the_watch_ends_with_the_window(window):  # the last: it closes the window
    watch = window.models.watch
    window.stop()
    assert not watch._thread.is_alive()
