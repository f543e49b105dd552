"""The origins game: an encoder learns to find initial conditions from which a frozen model grows a given box.

First by example: samples of the model have latents that are known.  Then on real boxes, through the model: what it
grows from the encoder's latent must be what the box is, at its own redshift and at another, in ln rho and to the
frozen critic without its last layers.

References
----------
Ullmo, Decelle & Aghanim (2021), section 3.2, eq. 7, and appendix A.2.
"""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.optim import Adam

from cosmoloom.data.batches import Batches
from cosmoloom.data.crops import Crops
from cosmoloom.models.primordial_card import PrimordialCard
from cosmoloom.models.primordials import save_primordial
from cosmoloom.nets.collapse import THIN
from cosmoloom.nets.origins import Origins
from cosmoloom.pipeline.inversion.bulk_flow import BulkFlow
from cosmoloom.pipeline.inversion.lift import lift
from cosmoloom.scaling.rational import scale
from cosmoloom.scaling.standardisation import Standardisation
from cosmoloom.simulate.fourier import wavenumbers
from cosmoloom.train.compute import Compute
from cosmoloom.train.games.origins_batch import OriginsBatch, origins_drawer
from cosmoloom.train.games.origins_source import open_source
from cosmoloom.train.open_data import open_crops
from cosmoloom.train.optimisers import set_pace
from cosmoloom.train.recipes.origins import OriginsRecipe

LARGEST_GRADIENT = 1.0


class OriginsGame:
    """Training of an encoder of initial conditions.

    Parameters
    ----------
    recipe : OriginsRecipe
        Settings.
    crops : Crops
        Real volumes.
    compute : Compute
        Where and how to compute.
    """

    def __init__(self, recipe: OriginsRecipe, crops: Crops, compute: Compute) -> None:
        self.recipe, self.crops, self.compute = recipe, crops, compute
        self.model, self.critic, self.window = open_source(recipe, compute)
        torch.manual_seed(recipe.seed)
        self.encoder = compute.prepare(Origins(recipe.config))
        self.best = deepcopy(self.encoder.state_dict())
        self.lowest, self.waited = float("inf"), 0
        updates = recipe.updates
        self.optimiser = Adam(self.encoder.parameters(), lr=updates.example_rate, betas=updates.betas)
        rng = np.random.default_rng([recipe.seed, 1])
        self.batches = Batches(self._drawer(crops, updates.batch), rng, device=compute.device)
        self.standardisation = Standardisation.fit(
            {float(crops.cosmology.growth_factor(z)): crops.fields(i) for i, z in enumerate(recipe.data.redshifts)},
            kappa_range=recipe.data.kappa_range,
        ).to(compute.device)
        self._flow = BulkFlow(self.model.lagrangian)
        self._colour = self._linear_colour()
        self._watched = self._validation() if recipe.data.validation else None

    @property
    def finished(self) -> bool:
        """Whether the loss on validation boxes has not fallen for as long as the recipe waits."""
        return self.waited >= self.recipe.stopping.patience

    def step(self, iteration: int) -> dict[str, float]:
        """Update the encoder and return its loss, and the lowest on validation boxes [1]."""
        updates = self.recipe.updates
        if self._watched is not None and iteration % self.recipe.stopping.every == 0:
            self._look(self._watched)
        by_example = iteration < updates.example_iterations
        rate = updates.example_rate if by_example else updates.generator_rate
        set_pace(updates, iteration, ((self.optimiser, rate),))
        batch = OriginsBatch.named(self.batches.next()).share(self.compute)
        self.optimiser.zero_grad(set_to_none=True)
        loss = self._example_error(batch) if by_example else self._error(batch)
        loss.backward()
        self.compute.average_gradients(self.encoder.parameters())
        torch.nn.utils.clip_grad_norm_(self.encoder.parameters(), LARGEST_GRADIENT)
        self.optimiser.step()
        lowest = {} if self._watched is None else {"validation": self.lowest}
        name = "example" if by_example else "encoder"
        return {name: self.compute.mean(loss.detach()).item(), **lowest}

    def state(self) -> dict[str, Any]:
        """Return the encoder, the best so far, the optimiser and the position in the data."""
        return {
            "encoder": self.encoder.state_dict(),
            "best": self.best,
            "lowest": self.lowest,
            "waited": self.waited,
            "optimiser": self.optimiser.state_dict(),
            "batches": self.batches.state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take over a state; without an optimiser it begins anew."""
        self.encoder.load_state_dict(state["encoder"])
        self.best, self.lowest, self.waited = state["best"], float(state["lowest"]), int(state["waited"])
        if "optimiser" in state:
            self.optimiser.load_state_dict(state["optimiser"])
        self.batches.restore(state["batches"])

    @torch.no_grad()
    def draw(self, count: int, *, redshift: float, seed: int) -> Tensor:
        """Encode and grow again real volumes, those of validation where there are any, shape (count, n, n, n)."""
        names = self.recipe.data.validation
        crops = open_crops(self.recipe, names) if names else self.crops
        index = np.full((count, 1), self.recipe.data.redshifts.index(redshift))
        real = torch.from_numpy(crops.draw(np.random.default_rng(seed), index, n=self.recipe.data.n)[:, 0])
        kappa = float(np.sqrt(np.prod(self.recipe.data.kappa_range)))
        condition = torch.tensor([[float(crops.cosmology.growth_factor(redshift))], [float(np.log(kappa))]])
        encoder = self._best_encoder()
        device = self.compute.device
        noises = (encoder(each[None].to(device), *condition.to(device))[0] for each in real)
        latents = [lift(noise, self.model.lagrangian) for noise in noises]
        return torch.cat([self.model.density(latent[None], redshift, kappa) for latent in latents]).cpu()

    def export(self, folder: Path, *, name: str, iteration: int) -> PrimordialCard:
        """Write the model with the best encoder beside it."""
        source = self.model.card
        facts = {**source.training, "encoder": {**self.recipe.facts(), "iterations_done": iteration}}
        card = source.model_copy(update={"name": name, "training": facts})
        return save_primordial(folder, network=self.model.network, card=card, encoder=self._best_encoder())

    def _example_error(self, batch: OriginsBatch) -> Tensor:
        """Return the error of the noise that samples of the model grew from."""
        model, redshifts = self.model, self.recipe.data.redshifts
        with torch.no_grad():
            latents = self._flow.without(batch.dice)
            chosen = zip(batch.index[:, 0], batch.kappas, strict=True)
            conditions = [(redshifts[int(i)], float(kappa)) for i, kappa in chosen]
            samples = [model.density(z[None], *at) for z, at in zip(latents, conditions, strict=True)]
            wanted = torch.stack([model.lagrangian.white(latent) for latent in latents])
        apart = self._noise(torch.cat(samples), batch) - wanted
        fine = apart.square().mean() / wanted.square().mean()
        return self._coloured(apart) / self._coloured(wanted) + self.recipe.loss.fine * fine

    def _error(self, batch: OriginsBatch) -> Tensor:
        """Return how far volumes and what is grown from their latents lie apart, at both redshifts."""
        model, redshifts = self.model, self.recipe.data.redshifts
        latents = [lift(noise, model.lagrangian)[None] for noise in self._noise(batch.density[:, 0], batch)]
        again = torch.stack(
            [
                torch.cat([model.differentiable_density(latent, redshifts[int(i)], float(kappa)) for i in pair])
                for latent, pair, kappa in zip(latents, batch.index, batch.kappas, strict=True)
            ]
        )
        logs, made = torch.log(batch.density + THIN), torch.log(again + THIN)
        error = ((logs - made).square().mean(dim=(2, 3, 4)) / logs.var(dim=(2, 3, 4))).mean()
        real, fake = (self._features(fields, batch) for fields in (batch.density, again))
        return error + self.recipe.loss.features * (real - fake).square().mean() / real.square().mean()

    def _noise(self, density: Tensor, batch: OriginsBatch) -> Tensor:
        """Return the noise that the encoder finds in volumes, shape (b, n, n, n)."""
        with self.compute.autocast():
            noise: Tensor = self.encoder(density, batch.growth[:, 0], batch.log_kappa)
        return noise

    def _features(self, fields: Tensor, batch: OriginsBatch) -> Tensor:
        """Return all that the critic computes of a window of a pair, but its last layers."""
        x = self.standardisation.to_network(scale(fields.flatten(0, 1), batch.kappa), *batch.flat)
        windows = torch.stack(
            [
                pair[(..., *(slice(start, start + self.window) for start in corner))]
                for pair, corner in zip(x.unflatten(0, (-1, 2)), batch.corners.tolist(), strict=True)
            ]
        )
        with self.compute.autocast():
            features = self.critic.features(windows, batch.growth, batch.log_kappa)
        return features.float()

    def _coloured(self, noise: Tensor) -> Tensor:
        """Return the mean square of noise that is given the power of the linear density field."""
        waves = torch.fft.rfftn(noise, dim=(1, 2, 3)) * self._colour
        return torch.fft.irfftn(waves, s=noise.shape[1:], dim=(1, 2, 3)).square().mean()

    def _linear_colour(self) -> Tensor:
        """Return the square root of the linear power on the modes of a volume, shape (n, n, n // 2 + 1)."""
        grids = self.model.grids
        k = wavenumbers(grids.n, box_size=grids.size)
        squared = (k[0] ** 2 + k[1] ** 2 + k[2] ** 2).clamp(min=1e-12)
        return torch.sqrt(self.model.power.at(squared.sqrt())).float().to(self.compute.device)

    @torch.no_grad()
    def _look(self, watched: OriginsBatch) -> None:
        """Measure the loss on validation volumes, and keep the encoder if it is the lowest so far."""
        loss = sum(float(self._error(watched[i : i + 1])) for i in range(len(watched))) / len(watched)
        self.waited += 1
        if loss < self.lowest:
            self.lowest, self.waited = loss, 0
            self.best = deepcopy(self.encoder.state_dict())

    def _best_encoder(self) -> Origins:
        """Return the encoder of the lowest loss on validation boxes, or the present one where there are none."""
        encoder = deepcopy(self.encoder).eval()
        if self._watched is not None:
            encoder.load_state_dict(self.best)
        return encoder

    def _validation(self) -> OriginsBatch:
        drawer = self._drawer(open_crops(self.recipe, self.recipe.data.validation), self.recipe.stopping.samples)
        entries = drawer(np.random.default_rng(0))
        return OriginsBatch.named(tuple(torch.from_numpy(entry).to(self.compute.device) for entry in entries))

    def _drawer(self, crops: Crops, count: int) -> Any:
        size = self.model.grids.latent_size
        return origins_drawer(self.recipe, crops, latent_size=size, window=self.window, count=count)
