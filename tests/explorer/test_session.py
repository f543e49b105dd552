import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from queue import Empty, Queue

import numpy as np
import pytest

from cosmoloom import models
from cosmoloom.engine import Engine
from cosmoloom.scaling.rational import scale
from cosmoloom_explorer import Limits, Session, Settings


class Loop:
    """A viewer's loop by hand: what is delivered runs when the test lets it."""

    def __init__(self) -> None:
        self.queue: Queue[Callable[[], None]] = Queue()

    def run_until(self, reached: Callable[[], bool], patience: float = 60.0) -> None:
        end = time.monotonic() + patience
        while not reached():
            assert time.monotonic() < end, "nothing was delivered in time"
            try:
                self.queue.get(timeout=0.02)()
            except Empty:
                continue


class Heard:
    """Everything a session has said."""

    def __init__(self, session: Session) -> None:
        self.order: list[str] = []
        self.frames: list = []
        self.statistics: list = []
        self.errors: list[str] = []
        self.facts: list = []
        session.model_ready.connect(lambda facts: (self.facts.append(facts), self.order.append("model")))
        session.frame_ready.connect(lambda frame: (self.frames.append(frame), self.order.append("frame")))
        session.statistics_ready.connect(lambda s: (self.statistics.append(s), self.order.append("statistics")))
        session.failed.connect(self.errors.append)

    def settled(self, serial: int) -> Callable[[], bool]:
        return lambda: bool(self.statistics) and self.statistics[-1].serial == serial


@pytest.fixture
def settings(tiny_model_folder: Path) -> Settings:
    name = str(tiny_model_folder)
    return Limits.from_card(models.read_card(name)).defaults(name)


@pytest.fixture
def loop() -> Loop:
    return Loop()


@pytest.fixture
def session(loop: Loop) -> Iterator[Session]:
    session = Session(Engine("cpu"), loop.queue.put)
    yield session
    assert session.close()


def test_the_field_comes_before_its_statistics_and_both_belong_to_the_request(session, loop, settings):
    heard = Heard(session)
    session.request(replace(settings, redshift=1.0, seed=5))
    loop.run_until(heard.settled(1))
    assert heard.order == ["model", "frame", "statistics"]
    frame, statistics = heard.frames[0], heard.statistics[0]
    assert frame.view == statistics.view
    assert frame.view.field.redshift == 1.0
    assert statistics.statistics.redshift == 1.0
    assert frame.reference_redshift == 1.0


def test_frame_holds_what_the_model_samples(session, loop, settings, tiny_model_folder):
    heard = Heard(session)
    session.request(replace(settings, redshift=0.5, kappa=8.0, seed=5, display_kappa=20.0))
    loop.run_until(heard.settled(1))
    box = models.load(tiny_model_folder).sample(seed=5, redshift=0.5, kappa=8.0)
    assert np.allclose(heard.frames[0].generated, scale(box.density, 20.0), atol=2e-2)


def test_a_burst_of_requests_ends_on_the_last_and_no_frame_is_out_of_order(session, loop, settings):
    heard = Heard(session)
    for redshift in np.linspace(3.0, 0.0, 100):
        session.request(replace(settings, redshift=float(redshift)))
    loop.run_until(heard.settled(100))
    serials = [frame.serial for frame in heard.frames]
    assert serials == sorted(set(serials))
    assert len(serials) < 100
    assert heard.frames[-1].view.field.redshift == heard.statistics[-1].view.field.redshift == 0.0


def test_moving_a_slice_asks_for_nothing(session, loop, settings):
    heard = Heard(session)
    session.request(settings)
    loop.run_until(heard.settled(1))
    session.request(replace(settings, slices=(1, 2, 3), ndisplay=2))
    assert session.idle
    assert loop.queue.empty() or len(heard.frames) == 1


def test_display_kappa_runs_no_network(session, loop, settings):
    heard = Heard(session)
    session.request(settings)
    loop.run_until(heard.settled(1))
    session.request(replace(settings, display_kappa=30.0))
    loop.run_until(heard.settled(2))
    assert "network" in heard.frames[0].timings
    assert "network" not in heard.frames[1].timings
    assert not np.array_equal(heard.frames[0].generated, heard.frames[1].generated)


def test_a_missing_reference_is_reported_in_one_line_and_the_session_goes_on(session, loop, settings):
    heard = Heard(session)
    session.request(replace(settings, reference_index=99))
    loop.run_until(lambda: bool(heard.errors))
    assert "99" in heard.errors[0]
    assert "\n" not in heard.errors[0]
    session.request(settings)
    loop.run_until(heard.settled(2))


def test_an_unknown_model_is_reported_in_one_line(session, loop, settings):
    heard = Heard(session)
    session.request(replace(settings, model="no-such-model"))
    loop.run_until(lambda: bool(heard.errors))
    assert "no-such-model" in heard.errors[0]
    assert heard.frames == []


def test_a_session_that_waits_for_acknowledgement_computes_no_frame_ahead(loop, settings):
    session = Session(Engine("cpu"), loop.queue.put, acknowledged=True)
    heard = Heard(session)
    session.frame_ready.connect(lambda _: session.acknowledge())
    for redshift in (3.0, 2.0, 1.0, 0.0):
        session.request(replace(settings, redshift=redshift))
    loop.run_until(heard.settled(4))
    assert heard.frames[-1].view.field.redshift == 0.0
    assert session.close()


def test_closing_ends_the_thread_while_a_frame_waits_for_the_viewer(settings):
    before = set(threading.enumerate())
    delivered: Queue[Callable[[], None]] = Queue()
    session = Session(Engine("cpu"), delivered.put, acknowledged=True)
    session.request(settings)
    delivered.get(timeout=60)
    start = time.monotonic()
    assert session.close()
    assert time.monotonic() - start < 20
    assert set(threading.enumerate()) == before
