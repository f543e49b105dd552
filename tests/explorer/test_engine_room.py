"""Explorers of one process share models and one thread, and free both when the last one goes."""

import threading
from pathlib import Path

import pytest

from cosmoloom import models
from cosmoloom_explorer import Limits, Session
from cosmoloom_explorer.engine_room import EngineRoom


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "cosmoloom-engine"]


@pytest.fixture
def room():
    entered = EngineRoom.enter("cpu")
    yield entered
    if entered._guests:
        entered.leave()


def test_who_enters_a_room_of_the_same_device_meets_the_others(room):
    other = EngineRoom.enter("cpu")
    assert other is room
    other.leave()
    assert threads() == ["cosmoloom-engine"]


def test_the_last_one_to_leave_ends_the_thread_and_frees_the_models(room, tiny_model_folder):
    other = EngineRoom.enter("cpu")
    model = room.call(lambda: room.engine.model(str(tiny_model_folder)))
    assert other.call(lambda: other.engine.model(str(tiny_model_folder))) is model
    other.leave()
    assert list(room.engine._models._entries.values()) == [model]
    room.leave()
    assert not room.engine._models._entries
    assert threads() == []
    assert EngineRoom.enter("cpu") is not room
    EngineRoom._open["cpu"].leave()


def test_all_calls_run_on_the_one_thread_and_errors_come_back(room):
    with pytest.raises(ZeroDivisionError):
        room.call(lambda: 1 / 0)
    names = {room.call(lambda: threading.current_thread().name) for _ in range(3)}
    assert names == {"cosmoloom-engine"}


def test_a_kept_latent_outlives_the_room(room):
    name = room.call(lambda: room.engine.recipes.kept.keep([1.0, 2.0], lasting=False))
    room.leave()
    again = EngineRoom.enter("cpu")
    assert again.call(lambda: again.engine.recipes.kept.get(name)).tolist() == [1.0, 2.0]
    again.leave()


def test_a_session_in_a_room_leaves_what_others_use(room, tiny_model_folder: Path):
    settings = Limits.from_card(models.read_card(str(tiny_model_folder))).defaults(str(tiny_model_folder))
    done = threading.Event()
    session = Session(room.engine, lambda run: run(), call=room.call)
    session.statistics_ready.connect(lambda _: done.set())
    session.request(settings)
    assert done.wait(60)
    assert session.close()
    assert room.engine._models._entries
