"""Numbers of a training as CSV: rows are added, and those of lost steps are taken back."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from cosmoloom.data.atomic import atomic_path


class Table:
    """One CSV file whose first column is the iteration.

    Parameters
    ----------
    path : Path
        The file; made with its first row.
    after : int
        Steps done: rows of later ones, which a killed training has left, are removed.
    """

    def __init__(self, path: Path, *, after: int) -> None:
        self._path = path
        self._columns: list[str] = []
        if path.exists():
            with path.open(newline="") as file:
                reader = csv.DictReader(file)
                rows = [row for row in reader if (row["iteration"] or "").isdecimal() and None not in row.values()]
                self._columns = list(reader.fieldnames or ())
            self._replace([row for row in rows if int(row["iteration"]) <= after])

    def add(self, row: Mapping[str, int | float]) -> None:
        """Append a row; a column that is new is added to the whole table."""
        values = {key: str(value) if isinstance(value, int) else f"{value:.5g}" for key, value in row.items()}
        new = [column for column in values if column not in self._columns]
        if new:
            rows: list[dict[str, str]] = []
            if self._path.exists():
                with self._path.open(newline="") as file:
                    rows = list(csv.DictReader(file))
            self._columns += new
            self._replace([*rows, values])
            return
        with self._path.open("a", newline="") as file:
            csv.DictWriter(file, self._columns).writerow(values)

    def _replace(self, rows: list[dict[str, str]]) -> None:
        with atomic_path(self._path) as draft, draft.open("w", newline="") as file:
            writer = csv.DictWriter(file, self._columns)
            writer.writeheader()
            writer.writerows(rows)
