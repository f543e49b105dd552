"""Pylians as a peer: asked, between our own measurements, to do the same work in an interpreter of its own."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from cosmoloom.bench import pylians_worker
from cosmoloom.errors import InvalidInputError


class Pylians:
    """An interpreter that holds one field and times Pylians on it; a context manager.

    Parameters
    ----------
    python : str
        Interpreter that can import ``Pk_library``.
    overdensity : array, shape (n, n, n), float32
        rho / mean - 1 [1].
    box_size : float
        Side in [Mpc/h].
    threads : int
        Threads of Pylians.

    Raises
    ------
    InvalidInputError
        If the interpreter does not start, or cannot import Pylians.
    """

    def __init__(self, python: str, overdensity: NDArray[np.float32], *, box_size: float, threads: int) -> None:
        self._box_size = box_size
        self._folder = tempfile.TemporaryDirectory(prefix="cosmoloom-bench-")
        path = Path(self._folder.name) / "overdensity.npy"
        np.save(path, overdensity)
        try:
            self._process = subprocess.Popen(
                [python, str(pylians_worker.__file__), str(path), str(threads)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                env={**os.environ, "OMP_NUM_THREADS": str(threads), "PYTHONPATH": ""},
            )
        except OSError as error:
            self._folder.cleanup()
            raise InvalidInputError(f"cannot start {python}: {error.strerror}") from error
        if self._answer() != "ready":
            self.close()
            raise InvalidInputError(
                f"{python} cannot import Pylians: name an interpreter where `pip install Pylians` succeeded"
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the interpreter and remove its field."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
        self._folder.cleanup()

    def seconds(self, task: str, *sides: float) -> float:
        """Return the time of a task [s]: power, correlation, or bispectrum of sides k1 and k2 [h/Mpc]."""
        assert self._process.stdin is not None
        self._process.stdin.write(" ".join([task, repr(self._box_size), *map(repr, sides)]) + "\n")
        self._process.stdin.flush()
        answer = self._answer()
        if not answer:
            raise InvalidInputError(f"Pylians failed at the {task} of this field")
        return float(answer)

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()
