"""Kept models: a bounded number, first and last among them, further and further apart."""

from __future__ import annotations

from itertools import pairwise

from cosmoloom.train.monitor.kept import to_drop


def test_kept_models_are_few_and_grow_apart() -> None:
    kept: list[int] = []
    for iteration in range(100, 100_001, 100):
        kept.append(iteration)
        for dropped in to_drop(kept, 12):
            kept.remove(dropped)
        assert len(kept) <= 12
    assert (kept[0], kept[-1]) == (100, 100_000)
    assert max(later / earlier for earlier, later in pairwise(kept)) < 4  # evenly, it would be 1000^(1/11) = 1.9
    gaps = [later - earlier for earlier, later in pairwise(kept[:-1])]
    assert gaps == sorted(gaps)


def test_nothing_is_dropped_while_there_is_room() -> None:
    assert to_drop([500, 1000, 1500], 3) == []
