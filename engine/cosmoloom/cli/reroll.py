"""``cosmoloom reroll``: one patch of a woven volume from another seed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from cosmoloom.models.card import ModelCard
    from cosmoloom.models.refiner_card import RefinerCard
    from cosmoloom.pipeline.multiscale.reroll import Reroll


def reroll(
    volume: Annotated[Path, typer.Argument(help="What cosmoloom weave made; of refiners, a .zarr with every scale.")],
    patch: Annotated[str, typer.Option(help="Index of the patch, or of the tile of a refiner, as in 1,0,2.")],
    by: Annotated[str, typer.Option(help="The refiner or patch model that made the finest scale.")],
    seed: Annotated[int, typer.Option(min=0, help="Seed of the patch; of refiners, that of the volume undoes.")],
    out: Annotated[Path, typer.Option(help="The volume with the new patch; .zarr where the volume is of refiners.")],
    below: Annotated[
        str | None, typer.Option(help="For models of patches: the volume that the finest scale was refined from.")
    ] = None,
    device: Annotated[str, typer.Option(help="Where to compute, as in cuda.")] = "cpu",
) -> None:
    """Draw one patch of the finest scale of VOLUME anew, beside its neighbours as they are.

    Of refiners, voxels change as far as the network sees the patch; every coarse voxel keeps its mass.  Of models of
    patches, those of the patch change and no others.
    """
    from cosmoloom.cli.device import require_device
    from cosmoloom.data.atomic import require_writable
    from cosmoloom.models import read_card
    from cosmoloom.models.refiner_card import RefinerCard
    from cosmoloom.pipeline.multiscale.reroll import Reroll

    require_device(device)
    require_writable(out)
    chosen = Reroll(patch=_place(patch), seed=seed)
    card = read_card(by)
    if isinstance(card, RefinerCard):
        _seamless(volume, by, chosen, out, card=card, device=device)
    else:
        _published(volume, by, chosen, out, below=below, device=device)
    print(f"{out}: patch {patch} of {volume} from seed {seed}")


def _place(text: str) -> tuple[int, int, int]:
    """Read the index of a patch."""
    from cosmoloom.errors import InvalidInputError

    try:
        i, j, k = (int(word) for word in text.split(","))
    except ValueError:
        raise InvalidInputError(f"--patch is three whole numbers, as in 1,0,2; got {text!r}") from None
    return i, j, k


def _seamless(volume: Path, by: str, chosen: Reroll, out: Path, *, card: RefinerCard, device: str) -> None:
    """Write a copy of a pyramid in which the tiles near the patch are new."""
    import shutil

    import zarr

    from cosmoloom.data.atomic import atomic_path
    from cosmoloom.errors import InvalidInputError
    from cosmoloom.models.refiners import load_refiner
    from cosmoloom.pipeline.multiscale.ome_zarr import FINEST, open_pyramid
    from cosmoloom.pipeline.multiscale.reroll import Reroll, reroll_seamless
    from cosmoloom.pipeline.multiscale.seamless import Circumstances

    if out.suffix != ".zarr":
        raise InvalidInputError(f"a volume of refiners is a folder whose name ends in .zarr, got --out {out}")
    (finest, low, *coarser), facts = open_pyramid(volume)
    _require_maker(volume, facts, card)
    refiner, _ = load_refiner(by)
    former = [Reroll(patch=_triple(entry["patch"]), seed=entry["seed"]) for entry in facts.get("rerolled", [])]
    given = Circumstances(
        seed=facts["seed"], growth=float(card.universe.growth_factor(facts["redshift"])), box_size=facts["box_size"],
        periodic=facts["periodic"], tile=finest.chunks[0],
    )  # fmt: skip
    pieces = list(
        reroll_seamless(
            finest, low, refiner.to(device), [*former, chosen], scale=1 + len(coarser), circumstances=given
        )
    )
    with atomic_path(out) as draft:
        shutil.copytree(volume, draft)
        group: Any = zarr.open_group(draft, mode="r+")
        for piece in pieces:
            group[FINEST][piece.where] = piece.density
        group.attrs["rerolled"] = _noted(facts, chosen)


def _published(volume: Path, by: str, chosen: Reroll, out: Path, *, below: str | None, device: str) -> None:
    """Write a copy of a volume with another patch in it."""
    import hashlib

    import numpy as np

    from cosmoloom.data.readers import open_box
    from cosmoloom.data.readers.boxes import read_stored
    from cosmoloom.data.writers import require_known_suffix, write_fields
    from cosmoloom.errors import InvalidInputError
    from cosmoloom.models import load
    from cosmoloom.pipeline.multiscale.patch_model import patch_model
    from cosmoloom.pipeline.multiscale.reroll import reroll_patch
    from cosmoloom.pipeline.published import PublishedModel

    require_known_suffix(out)
    if below is None:
        raise InvalidInputError("models of patches see the coarse volume: give what was refined by --below")
    model = load(by, device=device)
    if not isinstance(model, PublishedModel):
        raise InvalidInputError(f"{by} makes whole volumes; patches are drawn by refiners or models of patches")
    stored = read_stored(volume)
    facts = _plain(stored.facts)
    _require_maker(volume, facts, model.card)
    low = open_box(below, box_size=facts["box_size"])
    if len(facts["models"]) == 1 and hashlib.sha256(low.density.tobytes()).hexdigest() != facts["start_sha256"]:
        raise InvalidInputError(f"{volume} was woven from {facts['start']}, and --below {below} holds another volume")
    whole = np.array(stored.values, dtype=np.float32)
    piece = reroll_patch(
        whole, low.density, patch_model(model), chosen, scale=len(facts["models"]), wrapped=bool(facts["periodic"])
    )
    whole[piece.where] = piece.density
    write_fields(out, whole, {**facts, "rerolled": _noted(facts, chosen)})


def _require_maker(volume: Path, facts: Mapping[str, Any], card: ModelCard | RefinerCard) -> None:
    """Refuse a volume whose finest scale another model made."""
    from cosmoloom.errors import InvalidInputError

    if not facts.get("weights_sha256"):
        raise InvalidInputError(
            f"{volume} does not say what made it; patches are redrawn in what cosmoloom weave wrote with its facts "
            "(.zarr, .npz, .h5)"
        )
    if facts["weights_sha256"][-1] != card.weights_sha256:
        raise InvalidInputError(
            f"the finest scale of {volume} was made by {facts['models'][-1]}, and {card.name} has other weights; "
            "give the model that made it by --by"
        )


def _noted(facts: Mapping[str, Any], chosen: Reroll) -> list[dict[str, Any]]:
    """Return all patches that were drawn anew, the last one last."""
    return [*facts.get("rerolled", []), {"patch": list(chosen.patch), "seed": chosen.seed}]


def _triple(indices: list[int]) -> tuple[int, int, int]:
    i, j, k = indices
    return i, j, k


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts as they were before a file without room for lists kept them."""
    import json

    import numpy as np

    plain = {name: fact.item() if isinstance(fact, np.generic) else fact for name, fact in facts.items()}
    return {
        name: json.loads(fact) if isinstance(fact, str) and fact.startswith("[") else fact
        for name, fact in plain.items()
    }
