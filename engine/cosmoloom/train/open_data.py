"""The real volumes of a recipe."""

from __future__ import annotations

from collections.abc import Sequence

from cosmoloom.data.crops import Crops
from cosmoloom.data.smoothing import Smoothing
from cosmoloom.data.store import SimulationStore
from cosmoloom.errors import InvalidInputError
from cosmoloom.train.primordial_crops import PrimordialCrops
from cosmoloom.train.recipes.networks import ScaledData
from cosmoloom.train.recipes.primordial import PrimordialRecipe
from cosmoloom.train.recipes.recipe import Recipe


def open_crops(recipe: Recipe, names: Sequence[str]) -> Crops:
    """Read some simulations of a recipe's store as its games see them.

    Parameters
    ----------
    recipe : Recipe
        Knows redshifts, coarsening, smoothing and the thickness of slabs.
    names : sequence of str
        Which simulations: those trained on, or those for validation.

    Raises
    ------
    InvalidInputError
        If a simulation or snapshot is missing, volumes do not fit into the boxes, or a held-out one is asked for.
    """
    data = recipe.data
    if data.store is None:
        raise InvalidInputError("data.store: name a simulation store, as in --store boxes.zarr")
    if kept := sorted(set(names) & set(data.held_out)):
        raise InvalidInputError(f"simulations {', '.join(kept)} are held out; training never reads them")
    smoothing, thickness = None, None
    if isinstance(data, ScaledData):
        thickness = data.thickness
        if data.smoothing:
            smoothing = Smoothing(sigma=data.smoothing, stride=data.stride, scaling=data.of_density)
    store = SimulationStore.open(data.store)
    if isinstance(recipe, PrimordialRecipe):
        crops: Crops = PrimordialCrops(
            store, names, redshifts=data.redshifts, coarsen=data.coarsen, k_split=recipe.noise.k_split
        )
    else:
        crops = Crops(
            store, names, redshifts=data.redshifts, coarsen=data.coarsen, smoothing=smoothing, thickness=thickness
        )
    if data.n > crops.n:
        raise InvalidInputError(
            f"data.n: fields of {data.n} voxels per side do not fit into boxes of {crops.n}; make n or coarsen smaller"
        )
    return crops
