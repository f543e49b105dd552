"""What is done with large volumes besides making them: saved, redrawn in one patch, their starts kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cosmoloom_explorer.large_volume import TILE, Plan, Start, command
from cosmoloom_explorer.volume_statistics import measure
from cosmoloom_explorer.weaving_jobs import Order, Woven, is_draw, start_box
from cosmoloom_explorer.workshop import Job

if TYPE_CHECKING:
    from cosmoloom.engine import Engine
    from cosmoloom.pipeline.model import Model
    from cosmoloom.pipeline.multiscale.landed import Landed
    from cosmoloom.pipeline.multiscale.noise import Place


@dataclass(frozen=True, slots=True)
class Saved:
    """A volume that was written, and where."""

    path: Path


def saving(order: Order, facts: Mapping[str, Any], out: Path) -> Job:
    """Write a finished volume that is in memory; refiners' .zarr keeps every scale, as the command's does."""

    def run(_model: Model) -> Iterator[Any]:
        from cosmoloom.data.writers import write_fields
        from cosmoloom.pipeline.multiscale.ome_zarr import PyramidStore

        plan, landing = order.plan, order.landing
        sides = list(plan.sides)
        if plan.seamless and out.suffix == ".zarr":
            begun = {name: fact for name, fact in facts.items() if name != "rerolled"}
            store = PyramidStore(
                out, sides=sides, box_size=plan.box_size, plan={**begun, "tile": TILE}, facts=facts
            )
            for scale, n in enumerate(sides):
                store.level(scale, n, n if scale == 0 else min(TILE, n))[...] = landing.stage(scale)
            store.finish()
        else:
            write_fields(out, landing.stage(len(sides) - 1), facts)
        yield Saved(out)

    return run


def redrawing(woven: Woven, plan: Plan, patch: Place, seed: int) -> Job:
    """Draw a patch of a finished volume in memory anew, beside its neighbours as they are."""

    def run(model: Model) -> Iterator[Any]:
        from cosmoloom.pipeline.multiscale.reroll import Reroll, reroll_patch, reroll_seamless
        from cosmoloom.weaving import open_patch_models, open_refiners

        facts, landing, scale = woven.facts, woven.landing, woven.scale
        volume, below = landing.stage(scale), landing.stage(scale - 1)
        former = [Reroll(patch=entry["patch"], seed=entry["seed"]) for entry in facts.get("rerolled", [])]
        chosen, last, device = Reroll(patch=patch, seed=seed), plan.by[-1:], str(model.device)
        if plan.seamless:
            opened = open_refiners(
                woven.start, last, seed=facts["seed"], periodic=facts["periodic"], tile=TILE, device=device
            )
            pieces: Iterator[Landed] = reroll_seamless(
                volume, below, opened.refiners[0], [*former, chosen], scale=scale, circumstances=opened.circumstances
            )
        else:
            (patches,) = open_patch_models(last, device=device)
            wrapped = facts["periodic"]
            pieces = iter([reroll_patch(volume, below, patches, chosen, scale=scale, wrapped=wrapped)])
        for piece in list(pieces):  # all of it, or nothing
            volume[piece.where] = piece.density
            a, b, c = piece.density.shape
            landing.land(scale, piece.corner, (a, b, c))
        noted = [*facts.get("rerolled", []), {"patch": list(patch), "seed": seed}]
        yield replace(woven, facts={**facts, "rerolled": noted}, measured=measure(landing, woven.start))

    return run


def keeping(order: Order, engine: Engine, out: Path) -> Job:
    """Write what would be refined, for a command to start from."""

    def run(model: Model) -> Iterator[Any]:
        from cosmoloom.data.writers import write_fields

        box, name = start_box(model, order, engine)
        facts = {"box_size": box.box_size, "redshift": box.redshift, "periodic": box.periodic, "source": name}
        write_fields(out, box.density, {key: value for key, value in facts.items() if value is not None})
        yield Saved(out)

    return run


def command_for(order: Order, device: str, start: str | None = None) -> str | None:
    """Return the command that makes a volume, from the file of its start; None where it needs one and none is given."""
    plan, field = order.plan, order.frame.view.field
    out = order.out or Path("volume.zarr" if plan.seamless else "volume.npz")
    if start is not None:
        return command(plan, start, out, seed=order.seed, device=device)
    if order.start == Start() and is_draw(field.latent):
        name, redshift, kappa = field.latent.model, field.redshift, field.kappa
        return command(plan, name, out, seed=order.seed, redshift=redshift, kappa=kappa, device=device)
    return None
