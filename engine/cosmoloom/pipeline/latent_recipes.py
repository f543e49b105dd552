"""From a key to a latent: a draw or a kept latent, on the way to another one, stepped along directions, set by hand."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from cosmoloom.errors import InvalidInputError
from cosmoloom.pipeline.kept_latents import DRAWN, KeptLatents, Latent, require_name
from cosmoloom.pipeline.latent_directions import NamedDirections, named_directions
from cosmoloom.pipeline.latent_paths import slerp
from cosmoloom.pipeline.latent_prior import LatentPrior

if TYPE_CHECKING:
    from cosmoloom.keys import LatentKey
    from cosmoloom.pipeline.model import Model

Place = tuple[str, float, float]
"""Where directions were found: name of a latent, redshift, kappa."""
KEPT_PLACES = 4


class LatentRecipes:
    """Makes latents; callable from any thread.

    Attributes
    ----------
    kept : KeptLatents
        What keys may name.
    """

    def __init__(self) -> None:
        self.kept = KeptLatents()
        self._found: dict[tuple[str, Place], NamedDirections] = {}
        self._lock = Lock()

    def make(self, model: Model, key: LatentKey) -> Latent:
        """Return the latent of a key, shape (latent_size,).

        Raises
        ------
        InvalidInputError
            If the key names a direction or component that the model lacks, or a latent of another size.
        MissingFileError
            If it names a latent that is not kept.
        """
        prior = LatentPrior.of(model.card)
        latent = self.named(model, key.origin or f"{DRAWN}{key.seed}")
        if key.toward:
            latent = slerp(latent, self.named(model, key.toward), key.fraction, prior)
        if key.tilts and key.tilts_at is not None:
            latent = self.directions(model, key.tilts_at).step(latent, key.tilts, prior)
        made = latent.numpy().copy()
        if key.directions:
            vectors = model.directions.vectors.numpy()
            if len(key.directions) > len(vectors):
                raise InvalidInputError(
                    f"{key.model} has {len(vectors)} leading directions, got {len(key.directions)} steps"
                )
            steps = np.asarray(key.directions, dtype=np.float32) * np.float32(model.latent_sigma)
            made += steps @ vectors[: len(steps)]
        for index, value in key.components:
            if not 0 <= index < len(made):
                raise InvalidInputError(
                    f"components of model {key.model} are numbered 0 to {len(made) - 1}, got {index}"
                )
            made[index] = value
        return made

    def named(self, model: Model, name: str) -> Tensor:
        """Return the latent of a name, shape (latent_size,)."""
        if require_name(name).startswith(DRAWN):
            return model.draw_latent(int(name.removeprefix(DRAWN)))[0]
        latent = torch.from_numpy(self.kept.get(name).copy())
        if len(latent) != model.card.latent_size:
            raise InvalidInputError(
                f"{name} holds {len(latent)} numbers and model {model.card.name} reads {model.card.latent_size}"
            )
        return latent

    def directions(self, model: Model, place: Place) -> NamedDirections:
        """Return the directions at a place, found now if nobody looked before."""
        with self._lock:
            found = self._found.get((model.card.name, place))
        if found is None:
            found = named_directions(model, self.named(model, place[0]), place[1], place[2])
            self._know(model, place, found)
        return found

    def _know(self, model: Model, place: Place, found: NamedDirections) -> None:
        with self._lock:
            self._found[model.card.name, place] = found
            while len(self._found) > KEPT_PLACES:
                self._found.pop(next(iter(self._found)))
