"""Every example and every line of the README's Python runs as it stands."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


def run(folder: Path, *command: object) -> str:
    done = subprocess.run(
        [sys.executable, *map(str, command)], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_growing_a_universe_draws_it(tmp_path, tiny_model_folder):
    run(tmp_path, ROOT / "examples" / "grow_a_universe.py", "--model", tiny_model_folder, "--out", "a.png")
    assert (tmp_path / "a.png").stat().st_size > 10_000


def test_simulating_and_measuring_prints_a_row_per_redshift(tmp_path):
    shown = run(tmp_path, ROOT / "examples" / "simulate_and_measure.py", "--particles", 16)
    assert [line.split()[0] for line in shown.splitlines()[1:]] == ["3", "1", "0"]


def test_validating_simulations_measures_and_draws_their_convergence(tmp_path):
    run(tmp_path, ROOT / "examples" / "validate_simulations.py", "--out", "v", "--particles", 16)
    made = {path.name: path.stat().st_size for path in (tmp_path / "v").iterdir()}
    assert set(made) == {"convergence.json", "convergence.png", "resolution.png"}
    assert min(made.values()) > 1000


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_has_a_test_that_runs_it(example):
    assert f'"{example.name}"' in Path(__file__).read_text()


def test_the_lines_of_the_readme_run(tmp_path):
    (lines,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.DOTALL)
    run(tmp_path, "-c", lines)
