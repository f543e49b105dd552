"""A gentle look at a running training, now and then, on a thread of its own."""

from __future__ import annotations

from threading import Event, Thread

from psygnal import Signal

from cosmoloom.errors import CosmoloomError
from cosmoloom_explorer.outbox import Deliver, Outbox
from cosmoloom_explorer.training import Training, read_training

INTERVAL = 2.0
"""Between two looks at the folder [s]."""


class TrainingWatch:
    """Tell when a training has new checkpoints or scores.

    Parameters
    ----------
    training : Training
        As it stands.
    deliver : callable
        Runs a callable on the viewer's own loop; ``changed(Training)`` is emitted there.
    interval : float
        Between two looks [s].
    """

    changed = Signal(Training)

    def __init__(self, training: Training, deliver: Deliver, *, interval: float = INTERVAL) -> None:
        self._training = training
        self._interval = interval
        self._outbox = Outbox(deliver)
        self._emit = self.changed.emit  # one object: the outbox tells results apart by where they go
        self._closed = Event()
        self._thread = Thread(target=self._run, name="cosmoloom-training-watch", daemon=True)
        self._thread.start()

    def close(self, timeout: float = 10.0) -> bool:
        """Stop watching; return whether the thread ended."""
        self._outbox.close()
        self._closed.set()
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._closed.wait(self._interval):
            try:
                training = read_training(self._training.folder, self._training)
            except CosmoloomError:  # the folder was moved away: what is known stays on screen
                continue
            if training != self._training:
                self._training = training
                self._outbox.put(self._emit, training)
