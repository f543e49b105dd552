"""What is said about a large volume: what it will take, how far it is, and why it cannot be."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from cosmoloom.errors import InvalidInputError
from cosmoloom_explorer.large_volume import Plan, size_text, time_text

if TYPE_CHECKING:
    from cosmoloom_explorer.weaving_jobs import Woven

CUBED = "\N{SUPERSCRIPT THREE}"


def prospects(plan: Plan, rates: Mapping[str, float], *, to_disk: bool) -> tuple[str, list[str]]:
    """Return what a plan takes, and what speaks against it.

    Parameters
    ----------
    plan : Plan
        What is to be made.
    rates : mapping
        Voxels per second by name of the model, as far as they are known.
    to_disk : bool
        Whether it is streamed to disk.
    """
    n, free, doubts = plan.sides[-1], free_memory(), plan.doubts()
    if to_disk:
        takes = f"at most {size_text(plan.disk)} on disk, {size_text(shutil.disk_usage(Path.cwd()).free)} free here"
    else:
        takes = f"{size_text(plan.memory)} in memory, {size_text(free)} free"
        if not plan.fits(free):
            doubts.insert(0, f"That is more than the memory that is free: {_way_out(plan)}.")
    seconds = plan.seconds(rates)
    lasts = "finding out how long it takes" if seconds is None else f"about {time_text(seconds)}"
    size = f"{n}{CUBED} voxels of {plan.box_size / n:.3g} Mpc/h over {plan.box_size:g} Mpc/h, z = {plan.redshift:g}"
    return f"{size}; {takes}; {lasts}.", doubts


def require_room(plan: Plan, out: Path | None) -> None:
    """Refuse a volume for which there is no room, in memory or where it is to be streamed.

    Raises
    ------
    InvalidInputError
        With what to do instead.
    """
    if out is not None:
        if plan.disk > shutil.disk_usage(out.parent if out.parent.is_dir() else Path.cwd()).free:
            raise InvalidInputError(
                f"{out.parent} has no room for {size_text(plan.disk)}: choose another disk, or fewer scales"
            )
    elif not plan.fits(free_memory()):
        raise InvalidInputError(
            f"the volume takes {size_text(plan.memory)} of memory, and {size_text(free_memory())} are free: "
            f"{_way_out(plan)}"
        )


def progress_text(plan: Plan, woven: Woven, rates: Mapping[str, float]) -> str:
    """Return how far a volume is, and how long it takes from here on."""
    if not woven.scale:
        return "the start stands; the first tile is made"
    left = (1 - woven.share) * woven.n**3 / woven.rate
    later = zip(plan.sides[woven.scale + 1 :], plan.by[woven.scale :], strict=True)
    left += sum(side**3 / (woven.rate if name == plan.by[woven.scale - 1] else rates.get(name, woven.rate))
                for side, name in later)  # fmt: skip
    return (
        f"{woven.n}{CUBED}: {100 * woven.share:.0f} %, {woven.rate / 1e6:.2g} million voxels/s, "
        f"{time_text(left)} left in all"
    )


def stopped_text(out: Path | None) -> str:
    """Return what is left of a volume that was stopped."""
    if out is None:
        return "stopped; what has landed stays on screen until another volume is woven"
    return f"stopped; {out}.partial keeps what is done: weave to the same place to go on"


def woven_text(woven: Woven) -> str:
    """Return where a finished volume is, and whether patches of it were drawn anew."""
    if woven.path is not None:
        return f"woven, in {woven.path}; cosmoloom reroll draws a patch of it anew"
    redrawn = len(woven.facts.get("rerolled", ()))
    return f"woven, in memory; patches drawn anew: {redrawn}" if redrawn else "woven, in memory"


def free_memory() -> int:
    """Return the memory of the processor that is free [bytes]."""
    import torch

    from cosmoloom.pipeline.multiscale.memory import free_bytes

    return free_bytes(torch.device("cpu"))


def _way_out(plan: Plan) -> str:
    return "stream it to disk" if plan.seamless else "take the finest scale back"
