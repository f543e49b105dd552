"""The kinds of trainings, and how one is set up from its recipe."""

from __future__ import annotations

from cosmoloom.errors import InvalidInputError
from cosmoloom.train.checkpoint import read_state
from cosmoloom.train.compute import Compute
from cosmoloom.train.game import Game
from cosmoloom.train.games.encoder import EncoderGame
from cosmoloom.train.games.origins import OriginsGame
from cosmoloom.train.games.pairs import PairGame
from cosmoloom.train.games.patches import PatchesGame
from cosmoloom.train.games.primordial import PrimordialGame
from cosmoloom.train.games.refiner import RefinerGame
from cosmoloom.train.games.volumes import VolumesGame
from cosmoloom.train.open_data import open_crops
from cosmoloom.train.recipes.encoder import EncoderRecipe
from cosmoloom.train.recipes.origins import OriginsRecipe
from cosmoloom.train.recipes.pairs import PairsRecipe
from cosmoloom.train.recipes.patches import PatchesRecipe
from cosmoloom.train.recipes.primordial import PrimordialRecipe
from cosmoloom.train.recipes.recipe import Recipe
from cosmoloom.train.recipes.refiner import RefinerRecipe
from cosmoloom.train.recipes.volumes import VolumesRecipe


def make_game(recipe: Recipe, compute: Compute) -> Game:
    """Read the boxes that a recipe trains on, and set up its game.

    Raises
    ------
    InvalidInputError, MissingFileError
        If boxes, snapshots or an earlier training that the recipe names are missing or do not fit.
    """
    crops = open_crops(recipe, recipe.data.boxes)
    if isinstance(recipe, PairsRecipe):
        game = PairGame(recipe, crops, compute)
        if recipe.networks.grow_from is not None:
            game.grow_from(read_state(recipe.networks.grow_from, compute.device))
        return game
    if isinstance(recipe, VolumesRecipe):
        return VolumesGame(recipe, crops, compute)
    if isinstance(recipe, EncoderRecipe):
        return EncoderGame(recipe, crops, compute)
    if isinstance(recipe, PatchesRecipe):
        return PatchesGame(recipe, crops, compute)
    if isinstance(recipe, RefinerRecipe):
        return RefinerGame(recipe, crops, compute)
    if isinstance(recipe, OriginsRecipe):
        return OriginsGame(recipe, crops, compute)
    if isinstance(recipe, PrimordialRecipe):
        return PrimordialGame(recipe, crops, compute)
    raise InvalidInputError(f"no game of the kind {recipe.game!r}")
