from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest


@dataclass(frozen=True)
class Outcome:
    """What a command left behind for a person to read."""

    status: int
    out: str
    err: str


@pytest.fixture
def cosmoloom(capfd: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run a command of the program in this process."""
    from cosmoloom.cli.app import main

    def run(*arguments: object) -> Outcome:
        capfd.readouterr()
        status = main([str(argument) for argument in arguments])
        return Outcome(status, *capfd.readouterr())

    return run


@pytest.fixture
def cube(tmp_path: Path) -> Path:
    """A good field with its size and redshift inside."""
    from cosmoloom.data.writers import write_fields

    path = tmp_path / "cube.npz"
    density = np.random.default_rng(1).lognormal(size=(16, 16, 16)).astype(np.float32)
    write_fields(path, density, {"box_size": 16.0, "redshift": 0.0})
    return path
