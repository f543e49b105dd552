"""What the recipes of games between a generator and a critic have in common."""

from __future__ import annotations

from cosmoloom.train.objectives import AnyObjective
from cosmoloom.train.recipes.recipe import Recipe


class DuelRecipe(Recipe):
    """Recipe of a :class:`cosmoloom.train.games.duel.Duel`."""

    objective: AnyObjective
