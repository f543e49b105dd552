"""An ensemble of samples, one chunk of a Zarr array each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cosmoloom.cluster.workers import one_at_a_time, share
from cosmoloom.data.resumable import ResumableGroup, has_chunk
from cosmoloom.errors import InvalidInputError
from cosmoloom.models import load

if TYPE_CHECKING:
    from distributed import Client

    from cosmoloom.pipeline.model import Model

FIELDS = "density"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ensemble:
    """What is drawn.

    Attributes
    ----------
    model : str
        Name of a bundled model, or a folder that workers see.
    weights_sha256 : str
        Of that model: a worker that finds another one refuses.
    count : int
        How many fields.
    seed : int
        Of the first field; the next ones count up.
    redshift : float
        Of all [1].
    kappa : float
        Scaling [cosmic mean].
    device : str
        Where workers compute.
    """

    model: str
    weights_sha256: str
    count: int
    seed: int
    redshift: float
    kappa: float
    device: str = "cpu"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draw:
    """One field of an ensemble, and where it goes."""

    ensemble: Ensemble
    number: int
    folder: str


def draw_ensemble(
    client: Client, ensemble: Ensemble, path: Path, *, facts: dict[str, Any], n: int, dimensions: int
) -> Iterator[int]:
    """Draw an ensemble into a Zarr group, each field once; begun by the same call before, go on.

    Parameters
    ----------
    client : Client
        Of :func:`cosmoloom.cluster.workers.open_workers`.
    ensemble : Ensemble
        What.
    path : Path
        The finished group, which :func:`cosmoloom.open` reads; its name ends in .zarr.
    facts : dict
        Kept beside the fields: ``box_size`` [Mpc/h], ``redshift``, ...
    n : int
        Voxels, or pixels, per side.
    dimensions : int
        3, or 2 for maps.

    Yields
    ------
    int
        How many fields are there, whenever that changes.
    """
    group = ResumableGroup(path, plan={**facts, "count": ensemble.count}, attributes=facts)
    fields = group.array(
        FIELDS, shape=(ensemble.count, *(n,) * dimensions), chunks=(1, *(n,) * dimensions),
        dimensions=("sample", *("x", "y", "z")[:dimensions]),
    )  # fmt: skip
    missing = [number for number in range(ensemble.count) if not has_chunk(fields, (number, *(0,) * dimensions))]
    done = ensemble.count - len(missing)
    yield done
    jobs = [_Draw(ensemble=ensemble, number=number, folder=str(group.draft.resolve())) for number in missing]
    for _ in share(client, _draw, jobs):
        done += 1
        yield done
    group.finish()


def _draw(job: _Draw) -> None:
    """Draw one field into its chunk, unless it is there: the work of a worker."""
    import zarr

    given = job.ensemble
    fields: Any = zarr.open_group(job.folder, mode="r+")[FIELDS]
    place = (job.number, *(0,) * (fields.ndim - 1))
    if has_chunk(fields, place):
        return
    with one_at_a_time:
        model = _loaded(given.model, given.device)
        if model.card.weights_sha256 != given.weights_sha256:
            raise InvalidInputError(f"a worker has other weights under the name {given.model}; install one version")
        box = model.sample(seed=given.seed + job.number, redshift=given.redshift, kappa=given.kappa)
    fields.set_block_selection(place, np.asarray(box.density)[None])


@lru_cache(maxsize=1)
def _loaded(model: str, device: str) -> Model:
    return load(model, device=device)
