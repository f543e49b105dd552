"""Views that a benchmark can draw in: a plain array, and those that installed plugins offer.

A plugin offers one through the entry point group ``cosmoloom.bench_views``: a callable without arguments that
returns a context manager, which opens the view and yields ``draw(volume)``; ``draw`` returns when the volume,
shape (n, n, n), x in [-1, 1), is on the screen.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from importlib.metadata import entry_points

from cosmoloom.bench.latency import Draw, draw_slice
from cosmoloom.errors import InvalidInputError

GROUP = "cosmoloom.bench_views"


def open_view(name: str) -> AbstractContextManager[Draw]:
    """Return a context manager that yields the function that draws.

    Raises
    ------
    InvalidInputError
        If no installed plugin offers a view of this name.
    """
    if name == "array":
        return nullcontext(draw_slice)
    offered = {entry.name: entry for entry in entry_points(group=GROUP)}
    if name not in offered:
        known = ", ".join(["array", *sorted(offered)])
        raise InvalidInputError(f"no view named {name!r} is installed; there are: {known}")
    view: AbstractContextManager[Draw] = offered[name].load()()
    return view
