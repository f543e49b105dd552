"""A refinement with a progress bar, which an interrupt ends and does not waste."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosmoloom.pipeline.inversion.refinement import Refined, refine
from cosmoloom.pipeline.inversion.restarts import elsewhere

if TYPE_CHECKING:
    from rich.console import Console
    from torch import Tensor

    from cosmoloom.box import Box
    from cosmoloom.pipeline.primordial import PrimordialModel


def refine_in_sight(
    model: PrimordialModel, box: Box, start: Tensor, *, kappa: float, steps: int, restarts: int, seed: int,
    console: Console,
) -> list[Tensor]:
    """Return the best latent of every refinement, or the starts if there are no steps.

    Parameters
    ----------
    model : PrimordialModel
        Frozen.
    box : Box
        That fits it.
    start : Tensor, shape (latent_size,)
        Where the first refinement begins; the others begin around it.
    kappa : float
        At which latents are grown [cosmic mean].
    steps, restarts, seed : int
        Steps of each refinement, how many, and the seed of the second's start.
    console : Console
        Where progress is shown; after an interrupt, what there is until then is returned.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    starts = [start, *(elsewhere(model, start, seed + i) for i in range(restarts - 1))]
    if steps == 0:
        return starts
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    found: list[Tensor] = []
    best: Refined | None = None
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("steps", total=steps * restarts)
        try:
            for index, each in enumerate(starts):
                best = None
                for item in refine(model, box, each, kappa=kappa, steps=steps):
                    best = item if best is None or item.loss < best.loss else best
                    text = f"refinement {index + 1} of {restarts}, loss {item.loss:.3f}"
                    progress.update(task, completed=index * steps + item.step, description=text)
                assert best is not None  # a refinement begins with its start
                found.append(best.latent)
        except KeyboardInterrupt:
            if best is not None and len(found) < len(starts):
                found.append(best.latent)
            console.print(
                f"interrupted in refinement {index + 1} of {restarts}; the best so far is kept", soft_wrap=True
            )
    return found or [start]
