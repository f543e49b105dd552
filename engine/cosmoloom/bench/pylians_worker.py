"""Runs Pylians in an interpreter of its own, where it is installed: one task per line, answered by its seconds.

Started as ``python pylians_worker.py FIELD.npy THREADS``; knows nothing of cosmoloom, and needs NumPy and Pylians.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from time import perf_counter


def main(path: str, threads: int) -> None:
    """Answer tasks of standard input until it ends."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # Pylians prints what it does
    np = import_module("numpy")
    library = import_module("Pk_library")
    overdensity = np.load(path)
    answers.write("ready\n")
    for line in sys.stdin:
        task, size, *sides = line.split()
        box_size = float(size)
        field = overdensity.copy()  # Pylians may change it
        start = perf_counter()
        if task == "power":
            library.Pk(field, box_size, 0, "None", threads, False)
        elif task == "correlation":
            library.Xi(field, box_size, "None", 0, threads)
        else:
            k1, k2 = (float(side) for side in sides)
            library.Bk(field, box_size, k1, k2, np.linspace(0.1, 3.0, 15), "None", threads)
        answers.write(f"{perf_counter() - start!r}\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
