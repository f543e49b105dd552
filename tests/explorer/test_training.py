import shutil
from collections.abc import Callable
from pathlib import Path
from queue import Empty, Queue
from time import monotonic

import pytest

from cosmoloom.errors import MissingFileError
from cosmoloom_explorer.training import is_training, read_training
from cosmoloom_explorer.training_watch import TrainingWatch


def add_checkpoint(run: Path, model: Path, iteration: int) -> None:
    """Write a checkpoint the way a training does: elsewhere, then renamed."""
    draft = run / "checkpoints" / f".{iteration}"
    shutil.copytree(model, draft)
    draft.rename(run / "checkpoints" / str(iteration))


@pytest.fixture
def run(tmp_path: Path, tiny_model_folder: Path) -> Path:
    folder = tmp_path / "run"
    for iteration in (2000, 500, 10000):
        add_checkpoint(folder, tiny_model_folder, iteration)
    return folder


def test_checkpoints_come_in_the_order_of_their_iterations(run):
    training = read_training(run)
    assert [checkpoint.iteration for checkpoint in training.checkpoints] == [500, 2000, 10000]
    assert training.newest.model == str(run / "checkpoints" / "10000")
    assert training.index(training.checkpoints[1].model) == 1
    assert training.index("web64") is None


def test_a_model_is_no_training_and_a_training_no_model(run, tiny_model_folder):
    assert is_training(run)
    assert not is_training(tiny_model_folder)
    assert not is_training(run / "checkpoints")


def test_a_training_without_checkpoints_shows_its_best_or_last_model(tmp_path, tiny_model_folder):
    run = tmp_path / "run"
    shutil.copytree(tiny_model_folder, run / "model")
    assert [checkpoint.model for checkpoint in read_training(run).checkpoints] == [str(run / "model")]
    shutil.copytree(tiny_model_folder, run / "best")
    assert [checkpoint.model for checkpoint in read_training(run).checkpoints] == [str(run / "best")]


def test_a_folder_with_nothing_in_it_yet_is_one_line(tmp_path):
    with pytest.raises(MissingFileError, match="no model yet"):
        read_training(tmp_path)


def test_a_damaged_checkpoint_is_left_out(run):
    (run / "checkpoints" / "2000" / "config.json").write_text("{")
    assert [checkpoint.iteration for checkpoint in read_training(run).checkpoints] == [500, 10000]


def test_the_best_checkpoint_is_found_by_its_weights(run, tiny_model_folder):
    assert read_training(run).best is None
    card = run / "checkpoints" / "2000" / "config.json"
    card.write_text(card.read_text().replace('"weights_sha256": "', '"weights_sha256": "f00d'))
    shutil.copytree(run / "checkpoints" / "2000", run / "best")
    assert read_training(run).best == 1


def test_scores_are_means_over_redshifts_and_a_half_written_line_waits(run):
    (run / "validation.csv").write_text("iteration,redshift,score\n500,0,1.0\n500,3,2.0\n2000,0,0.5\n2000,3,")
    assert read_training(run).scores == ((500, 1.5), (2000, 0.5))


def test_a_watch_tells_of_a_new_checkpoint_once_and_ends_with_its_thread(run, tiny_model_folder):
    queue: Queue[Callable[[], None]] = Queue()
    watch = TrainingWatch(read_training(run), queue.put, interval=0.01)
    heard: list = []
    watch.changed.connect(heard.append)
    with pytest.raises(Empty):
        queue.get(timeout=0.1)
    add_checkpoint(run, tiny_model_folder, 20000)
    end = monotonic() + 30
    while not heard:
        assert monotonic() < end
        queue.get(timeout=30)()
    assert heard[-1].newest.iteration == 20000
    with pytest.raises(Empty):
        queue.get(timeout=0.1)
    assert watch.close()


def test_known_checkpoints_are_not_read_again(run):
    first = read_training(run)
    again = read_training(run, first)
    assert all(a.card is b.card for a, b in zip(first.checkpoints, again.checkpoints, strict=True))
