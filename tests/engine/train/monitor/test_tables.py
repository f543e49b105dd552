"""Tables of a training: rows of lost steps are taken back, and new columns join."""

from __future__ import annotations

from pathlib import Path

from cosmoloom.train.monitor.tables import Table


def test_rows_after_the_checkpoint_are_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "metrics.csv"
    table = Table(path, after=0)
    for iteration in (10, 20, 30):
        table.add({"iteration": iteration, "critic": 0.5})
    Table(path, after=20).add({"iteration": 25, "critic": 0.25})
    assert path.read_text().splitlines() == ["iteration,critic", "10,0.5", "20,0.5", "25,0.25"]


def test_a_line_that_a_kill_has_torn_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "metrics.csv"
    path.write_text("iteration,critic,margin\n10,0.5,1\n20,0.4")
    Table(path, after=30).add({"iteration": 30, "critic": 0.25, "margin": 2})
    assert path.read_text().splitlines() == ["iteration,critic,margin", "10,0.5,1", "30,0.25,2"]


def test_a_new_column_is_added_to_the_whole_table(tmp_path: Path) -> None:
    path = tmp_path / "contests.csv"
    table = Table(path, after=0)
    table.add({"iteration": 10, "accepted": 0.5})
    table.add({"iteration": 20, "accepted": 0.5, "gap": 1.5})
    assert path.read_text().splitlines() == ["iteration,accepted,gap", "10,0.5,", "20,0.5,1.5"]
