"""Signals: a first one is a wish, a second one is obeyed at once, and handlers are given back."""

from __future__ import annotations

import os
import signal

import pytest

from cosmoloom.train import interruption
from cosmoloom.train.interruption import Interruption


@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM])
def test_a_first_signal_is_a_wish_that_is_told_once(which: signal.Signals) -> None:
    told: list[str] = []
    with Interruption(told.append) as asked:
        assert not asked.wanted
        os.kill(os.getpid(), which)
        os.kill(os.getpid(), which)  # torchrun's echo of the terminal
        assert asked.wanted
    assert told == [which.name]


def test_a_second_signal_stops_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interruption, "ECHO", 0.0)
    with Interruption() as asked:
        os.kill(os.getpid(), signal.SIGTERM)
        assert asked.wanted
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_former_handlers_come_back() -> None:
    before = [signal.getsignal(which) for which in interruption.SIGNALS]
    with Interruption():
        assert [signal.getsignal(which) for which in interruption.SIGNALS] != before
    assert [signal.getsignal(which) for which in interruption.SIGNALS] == before
