import time
from collections.abc import Callable, Iterator
from queue import Empty, Queue
from threading import Event

import pytest

from cosmoloom.errors import InvalidInputError
from cosmoloom_explorer.workshop import Workshop


class Heard:
    """A workshop whose results run when the test lets them, and all that it said."""

    def __init__(self) -> None:
        self.queue: Queue[Callable[[], None]] = Queue()
        self.progress: list = []
        self.finished: list = []
        self.failures: list = []
        self.workshop = Workshop(self.queue.put)
        self.workshop.progressed.connect(self.progress.append)
        self.workshop.finished.connect(self.finished.append)
        self.workshop.failed.connect(lambda kind, text: self.failures.append((kind, text)))

    def until(self, reached: Callable[[], bool]) -> None:
        end = time.monotonic() + 60
        while not reached():
            assert time.monotonic() < end, "nothing was delivered in time"
            try:
                self.queue.get(timeout=0.02)()
            except Empty:
                continue


@pytest.fixture
def heard() -> Iterator[Heard]:
    heard = Heard()
    yield heard
    assert heard.workshop.close()


def test_a_job_gets_its_model_and_ends_with_its_last_result(heard, tiny_model_folder):
    def job(model):
        yield model.card.name
        yield 2 * model.card.n

    heard.workshop.start("count", str(tiny_model_folder), job)
    heard.until(lambda: bool(heard.finished))
    assert (heard.finished[0].kind, heard.finished[0].result) == ("count", 32)
    assert heard.failures == []


def test_a_cancelled_job_is_closed_after_the_result_that_it_works_on(heard, tiny_model_folder):
    closed, made = Event(), []

    def job(_model):
        try:
            for i in range(10_000):
                made.append(i)
                yield i
                time.sleep(0.001)
        finally:
            closed.set()

    heard.workshop.start("endless", str(tiny_model_folder), job)
    heard.until(lambda: bool(heard.progress))
    heard.workshop.cancel()
    before = len(made)
    heard.until(lambda: bool(heard.finished))
    assert closed.is_set()
    assert len(made) <= before + 1
    assert heard.finished[0].result == made[-1]


def test_a_new_job_follows_the_one_that_it_cancels(heard, tiny_model_folder):
    running = []

    def job(name):
        def run(_model):
            running.append(name)
            assert len(running) == 1, "two jobs at a time"
            try:
                yield from range(3)
            finally:
                time.sleep(0.05)
                running.remove(name)

        return run

    for name in ("first", "second"):
        heard.workshop.start(name, str(tiny_model_folder), job(name))
    heard.until(lambda: [done.kind for done in heard.finished][-1:] == ["second"])
    assert heard.failures == []


def test_what_goes_wrong_is_one_line_and_the_next_job_runs(heard, tiny_model_folder):
    def refused(_model):
        yield 1
        raise InvalidInputError("no such mass")

    def broken(_model):
        yield 1 / 0

    for kind, job, said in (("a", refused, "no such mass"), ("b", broken, "internal error: ZeroDivisionError")):
        heard.workshop.start(kind, str(tiny_model_folder), job)
        heard.until(lambda kind=kind: any(failure[0] == kind for failure in heard.failures))
        assert said in heard.failures[-1][1]
    heard.workshop.start("c", "no model of this name", refused)
    heard.until(lambda: heard.failures[-1][0] == "c")
    assert "no model of this name" in heard.failures[-1][1]
