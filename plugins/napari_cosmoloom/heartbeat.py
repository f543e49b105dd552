"""How long the window could not answer: turns of Qt's loop, and what the processor did in each."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, thread_time

import numpy as np
from numpy.typing import NDArray
from qtpy.QtCore import QTimer

EVERY = 2
"""Between turns, when nothing else is to be done [ms]."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the loop.

    Attributes
    ----------
    end : float
        When it ended [s].
    busy : float
        Processor time that the GUI's thread has used since it began [s].
    waited : float
        Time that the GUI's thread was ready to run while the processors were busy with others [s].
    drawing_waited : tuple of float
        The same of each thread that draws for OpenGL in software [s].
    doing : str
        What was last asked of the window.
    """

    end: float
    busy: float
    waited: float
    drawing_waited: tuple[float, ...]
    doing: str


class Heartbeat:
    """Turns of Qt's loop, from its making until :meth:`stop`.

    Linux tells how long a thread was ready to run while the processors were busy with others, which on a machine
    with other work is no fault of ours.  The GUI's thread either runs, waits for a processor, or sleeps until OpenGL
    has drawn; then it is the threads that draw for it which may have to wait, side by side, so the longest of their
    waits counts.  The worker's waits are not subtracted: nobody tells whether it held up the GUI meanwhile.

    Attributes
    ----------
    doing : str
        Set it to what is asked of the window.
    """

    def __init__(self) -> None:
        self.doing = ""
        self.turns: list[Turn] = []
        tasks = Path("/proc/self/task")
        threads = list(tasks.iterdir()) if tasks.is_dir() else []
        gui = str(threading.get_native_id())
        self._gui = [task / "schedstat" for task in threads if task.name == gui]
        self._drawing = [task / "schedstat" for task in threads if (task / "comm").read_text().startswith("llvmpipe")]
        self._timer = QTimer()
        self._timer.timeout.connect(self._on_turn)
        self._timer.start(EVERY)

    def stop(self) -> None:
        """Count no more turns."""
        self._timer.stop()

    @property
    def gaps(self) -> NDArray[np.float64]:
        """Seconds between turns of the loop."""
        return np.diff([turn.end for turn in self.turns])

    @property
    def busy(self) -> NDArray[np.float64]:
        """Processor time of the GUI's thread in each turn [s]: what a window on an idle machine would wait at least."""
        return np.diff([turn.busy for turn in self.turns])

    @property
    def blocked(self) -> NDArray[np.float64]:
        """Seconds between turns, less the wait for a processor."""
        gui = np.diff([turn.waited for turn in self.turns])
        drawing = np.diff([turn.drawing_waited for turn in self.turns], axis=0)
        return self.gaps - gui - drawing.max(axis=1, initial=0.0)

    def longest(self, count: int) -> list[tuple[float, float, str]]:
        """Return the turns that kept the processor busiest: processor time, blocked time [s] and what was done."""
        busy, blocked = self.busy, self.blocked
        order = np.argsort(busy)[::-1][:count]
        return [(float(busy[i]), float(blocked[i]), self.turns[i + 1].doing) for i in order]

    def _on_turn(self) -> None:
        gui, drawing = ([_waited(path) for path in paths] for paths in (self._gui, self._drawing))
        self.turns.append(Turn(perf_counter(), thread_time(), sum(gui), tuple(drawing), self.doing))


def _waited(schedstat: Path) -> float:
    """Return how long a thread has waited for a processor since it began [s]."""
    return 1e-9 * int(schedstat.read_text().split()[1])
