"""Makes the slices of a blind test, ahead of the observer, on a thread of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cosmoloom.errors import CosmoloomError
from cosmoloom.keys import ScaledReferenceKey
from cosmoloom_explorer.blind_test import BlindTest, Trial
from cosmoloom_explorer.mailbox import Mailbox
from cosmoloom_explorer.outbox import Deliver
from cosmoloom_explorer.slices import PLANES, slice_image

if TYPE_CHECKING:
    from cosmoloom.engine import Engine

logger = logging.getLogger(__name__)

Slice = NDArray[np.float32]
Show = Callable[[BlindTest, int, Slice], None]


class TrialSlices:
    """Cut the slices of a test one after the other.

    Parameters
    ----------
    engine : Engine
        Called from this object's thread only.
    deliver : callable
        Runs a callable on the viewer's own loop.
    ready : callable
        Told on that loop of each slice: its test, its number in it and its picture, rows from the top, in [-1, 1].
    failed : callable
        Told on that loop why no more slices come, in one line.
    """

    def __init__(self, engine: Engine, deliver: Deliver, *, ready: Show, failed: Callable[[str], None]) -> None:
        self._engine, self._deliver = engine, deliver
        self._ready, self._failed = ready, failed
        self._mailbox: Mailbox[BlindTest] = Mailbox(self._work)
        self._closed = False

    def make(self, test: BlindTest) -> None:
        """Make all slices of a test; those of a test before are given up."""
        self._mailbox.put(test)

    def close(self) -> bool:
        """Stop, free the engine's memory; return whether the thread ended."""
        self._closed = True
        ended = self._mailbox.close()
        if ended:
            self._engine.clear()
        return ended

    def _work(self, test: BlindTest) -> None:
        try:
            for number, trial in enumerate(test.trials):
                picture = self._cut(trial)
                if self._closed or self._mailbox.superseded:
                    return
                self._deliver(partial(self._show, test, number, picture))
        except CosmoloomError as error:
            self._deliver(partial(self._tell, str(error)))
        except Exception as error:  # the observer should learn of any fault; the log has the whole story
            logger.exception("the engine failed")
            self._deliver(partial(self._tell, f"internal error: {type(error).__name__}: {error}"))

    def _tell(self, text: str) -> None:
        if not self._closed:
            self._failed(text)

    def _show(self, test: BlindTest, number: int, picture: Slice) -> None:
        if not self._closed:
            self._ready(test, number, picture)

    def _cut(self, trial: Trial) -> Slice:
        if isinstance(trial.field, ScaledReferenceKey):
            volume = self._engine.scaled_reference(trial.field)
        else:
            volume = self._engine.scaled(trial.field)
        plane = next(plane for plane in PLANES if plane.normal == trial.axis)
        return np.ascontiguousarray(slice_image(volume, plane, trial.position))
