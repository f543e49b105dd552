"""Every example and every line of the README's Python runs as it stands."""

import os
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


def test_every_latent_direction_gets_a_figure(tmp_path, tiny_primordial_folder):
    command = ["--model", tiny_primordial_folder, "--leading", 1, "--out", "d"]
    shown = run(tmp_path, ROOT / "examples" / "latent_directions.py", *command)
    made = sorted(path.name for path in (tmp_path / "d").iterdir())
    assert made == [*(f"{i:02d}.png" for i in range(5)), "all.png"]
    assert [line.split("  ")[0] for line in shown.splitlines()[1:3]] == ["more small-scale power", "more peaks"]


def test_editing_a_region_prints_what_it_costs_and_draws_the_trade_off(tmp_path, tiny_primordial_folder):
    command = ["--model", tiny_primordial_folder, "--radius", 3, "--factors", 1.2, 1.5, "--samples", 4, "--steps", 6]
    shown = run(tmp_path, ROOT / "examples" / "edit_a_region.py", *command, "--out", "e.png")
    rows = [line.split() for line in shown.splitlines() if line.strip()[:3] in ("1.2", "1.5")]
    assert len(rows) == 4
    assert all(abs(float(row[1]) / float(row[0]) - 1) < 0.2 for row in rows)
    assert (tmp_path / "e.png").stat().st_size > 10_000


def test_drawing_scenes_makes_pictures_and_a_movie(tmp_path):
    shown = run(tmp_path, ROOT / "examples" / "draw_scenes.py", "--out", "s", "--width", 120, "--frames", 3)
    made = {Path(line).stem for line in shown.splitlines()}
    assert made == {"surfaces", "volume", "points", "slices", "peaks", "publication", "orbit"}


def test_the_figures_of_a_notebook_are_kept(tmp_path):
    notebook = ROOT / "examples" / "kappa_and_the_tail.ipynb"
    shown = run(tmp_path, ROOT / "examples" / "notebook_figures.py", notebook, "--set", "n_samples = 1", "--out", "f")
    assert len(shown.splitlines()) == 3
    assert min((tmp_path / line).stat().st_size for line in shown.splitlines()) > 5000


needs_display = pytest.mark.skipif(
    sys.platform.startswith("linux") and not os.environ.get("DISPLAY"), reason="no display; run under xvfb-run -a"
)


@needs_display
def test_the_views_are_drawn_as_pictures_that_fit_into_a_page(tmp_path, tiny_model_folder):
    command = ["--model", tiny_model_folder, "--out", "v", "--only", "swipe", "points"]
    shown = run(tmp_path, ROOT / "examples" / "views.py", *command)
    assert {Path(line).name for line in shown.splitlines()} == {"swipe.jpg", "points.jpg"}
    assert all(10_000 < (tmp_path / line).stat().st_size < 120_000 for line in shown.splitlines())


@needs_display
def test_the_tour_is_filmed(tmp_path, tiny_model_folder):
    command = ["--model", tiny_model_folder, "--out", "t", "--seconds", 0.1, "--rate", 10, "--size", 160, 96]
    run(tmp_path, ROOT / "examples" / "tour.py", *command)
    assert len(list((tmp_path / "t").iterdir())) == 24


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_has_a_test_that_runs_it(example):
    named = (f'"{example.name}"', f'import_module("{example.stem}")')
    texts = [path.read_text() for path in Path(__file__).parent.rglob("test_*.py")]
    assert any(name in text for name in named for text in texts)


def test_the_lines_of_the_readme_run(tmp_path):
    (lines,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.DOTALL)
    run(tmp_path, "-c", lines)


@needs_display
def test_a_large_volume_is_pictured_while_it_lands(tmp_path, tiny_model_folder, refiner_folder):
    command = ["--model", tiny_model_folder, "--by", refiner_folder, "--scales", 2, "--out", "v.jpg"]
    shown = run(tmp_path, ROOT / "examples" / "large_volume.py", *command)
    assert shown.splitlines() == ["woven, in memory", "v.jpg"]
    assert 10_000 < (tmp_path / "v.jpg").stat().st_size < 150_000
