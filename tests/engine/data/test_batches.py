"""Laws of batches drawn ahead: the same ones, resumable after any of them, and nothing left behind."""

import gc
import threading

import numpy as np
import pytest
import torch

from cosmoloom.data.batches import Batches


def draw(rng):
    return rng.random((2, 3), dtype=np.float32), rng.integers(10, size=2)


def batches(ahead=2, seed=0, **options) -> Batches:
    return Batches(draw, np.random.default_rng(seed), ahead=ahead, **options)


def taken(source: Batches, count: int):
    return [np.concatenate([part.numpy().ravel() for part in source.next()]) for _ in range(count)]


def drawing_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "batches"]


@pytest.fixture(autouse=True)
def _no_thread_is_left():
    yield
    assert not drawing_threads()


@pytest.mark.parametrize("ahead", [1, 2, 5])
def test_batches_drawn_ahead_are_those_drawn_when_asked(ahead):
    with batches(ahead) as early, batches(0) as late:
        np.testing.assert_array_equal(taken(early, 20), taken(late, 20))


@pytest.mark.parametrize("ahead", [0, 3])
@pytest.mark.parametrize("used", [0, 1, 7])
def test_a_state_counts_the_batches_used_and_not_those_drawn(ahead, used):
    with batches(ahead) as first:
        taken(first, used)
        state = first.state()
        expected = taken(first, 5)
        np.testing.assert_array_equal(state["state"]["state"], batches_state_after(used))
        with batches(ahead, seed=99) as other:
            taken(other, 2)
            other.restore(state)
            np.testing.assert_array_equal(taken(other, 5), expected)
        first.restore(state)  # back in time
        np.testing.assert_array_equal(taken(first, 5), expected)


def batches_state_after(used: int):
    rng = np.random.default_rng(0)
    for _ in range(used):
        draw(rng)
    return rng.bit_generator.state["state"]["state"]


def test_a_state_does_not_change_once_taken():
    with batches(2) as source:
        state = source.state()
        before = repr(state)
        taken(source, 3)
        assert repr(state) == before


def test_no_more_is_drawn_than_was_ordered():
    enough, too_many, drawn = threading.Event(), threading.Event(), []

    def counted(rng):
        drawn.append(1)
        if len(drawn) == 4:  # one used and three ready
            enough.set()
        if len(drawn) == 5:
            too_many.set()
        return (rng.random(1),)

    with Batches(counted, np.random.default_rng(0), ahead=3) as source:
        source.next()
        assert enough.wait(60)
        assert not too_many.wait(0.2)
    assert len(drawn) == 4


def test_what_drawing_raises_is_raised_by_the_batch_it_concerns():
    def breaking(rng):
        if rng.integers(100) == first[2]:
            raise OSError("the store is gone")
        return (np.zeros(1),)

    first = np.random.default_rng(0).integers(100, size=3).tolist()
    with Batches(breaking, np.random.default_rng(0), ahead=4) as source:
        source.next()
        source.next()
        for _ in range(2):
            with pytest.raises(OSError, match="the store is gone"):
                source.next()


def test_closed_batches_go_on_where_they_were():
    with batches(3) as source, batches(0) as expected:
        taken(source, 2)
        source.close()
        assert not drawing_threads()
        np.testing.assert_array_equal(taken(source, 4), taken(expected, 6)[2:])


def test_batches_that_are_forgotten_stop_their_thread():
    source = batches(2)
    source.next()
    assert len(drawing_threads()) == 1
    del source
    gc.collect()
    assert not drawing_threads()


@pytest.mark.gpu
def test_batches_reach_the_gpu_unchanged():
    with batches(2, device="cuda") as there, batches(0) as here:
        for _ in range(20):
            for one, other in zip(there.next(), here.next(), strict=True):
                assert one.device.type == "cuda"
                assert torch.equal(one.cpu(), other)
