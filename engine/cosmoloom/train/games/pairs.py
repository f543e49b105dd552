"""The game of the conditional generator: a critic sees one volume at two redshifts, ensembles share statistics."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from cosmoloom.data.crops import Crops
from cosmoloom.models.conditional_card import ConditionalCard, StandardisationTable
from cosmoloom.models.folder import save_model
from cosmoloom.nets.conditional import ConditionalGenerator
from cosmoloom.nets.critic import PairCritic
from cosmoloom.pipeline.latent import draw_latent
from cosmoloom.scaling.rational import scale, unscale
from cosmoloom.scaling.standardisation import Standardisation
from cosmoloom.train.average import averaged_copy
from cosmoloom.train.calibration import calibrate
from cosmoloom.train.compute import Compute
from cosmoloom.train.games.duel import Drawer, Duel, Terms
from cosmoloom.train.games.pair_batch import PairBatch, pair_drawer
from cosmoloom.train.grow import grow_critic, grow_generator
from cosmoloom.train.pair_match import PairMatch
from cosmoloom.train.recipes.pairs import PairsRecipe
from cosmoloom.train.shared_statistics import shared_pattern

CALIBRATING = 64
"""Samples on which mean density and power are calibrated at the end."""


class PairGame(Duel[PairsRecipe, PairBatch, ConditionalGenerator, PairCritic]):
    """Training of the conditional generator.

    Parameters
    ----------
    recipe : PairsRecipe
        Settings.
    crops : Crops
        Real volumes.
    compute : Compute
        Where and how to compute.
    """

    batch_type = PairBatch
    largest_gradient = 10.0

    def __init__(self, recipe: PairsRecipe, crops: Crops, compute: Compute) -> None:
        self.recipe, self.compute = recipe, compute
        data, sizes = recipe.data, recipe.networks
        torch.manual_seed(recipe.seed)
        generator = ConditionalGenerator(recipe.config).to(compute.device)
        first = self.batch(crops, np.random.default_rng(recipe.seed))
        generator.calibrate(first.latent.repeat_interleave(2, dim=0), *first.flat)
        if recipe.updates.only_newest:
            generator.requires_grad_(False)
            for weight in generator.newest():
                weight.requires_grad_(True)
        self.critic_n = sizes.critic_n or data.n
        critic = PairCritic(n=self.critic_n, widths=sizes.critic_widths)
        super().__init__(recipe, crops, compute, generator=generator, critic=critic)
        self.standardisation = Standardisation.fit(
            {float(crops.cosmology.growth_factor(z)): crops.fields(i) for i, z in enumerate(data.redshifts)},
            kappa_range=data.kappa_range,
        ).to(compute.device)
        self.box_size = data.n * crops.voxel_size
        self.match = PairMatch(
            data.redshifts, data.kappa_range, n=data.n, box_size=self.box_size, k_max=recipe.match.k_max,
            compute=compute,
        )  # fmt: skip

    def step(self, iteration: int) -> dict[str, float]:
        """Play one round and return its losses, and errors of power and mean density per redshift [1]."""
        return {**super().step(iteration), **self.match.errors()}

    def drawer(self, crops: Crops) -> Drawer:
        """Return a function that draws volumes at two redshifts, kappas and latents."""
        return pair_drawer(self.recipe, crops)

    def make(self, generator: nn.Module, batch: PairBatch) -> Tensor:
        """Return network fields, shape (b, 2, n, n, n): each latent at both of its redshifts."""
        fake: Tensor = generator(batch.latent.repeat_interleave(2, dim=0), *batch.flat)
        return fake.unflatten(0, (-1, 2))

    def real(self, batch: PairBatch) -> Tensor:
        """Return real pairs in network space, shape (b, 2, m, m, m)."""
        return self._window(self._network_field(batch), batch)

    def seen(self, made: Tensor, batch: PairBatch) -> Tensor:
        """Return generated pairs clipped to densities that exist, shape (b, 2, m, m, m)."""
        x = self.standardisation.to_scaled(made.flatten(0, 1), *batch.flat)
        return self._window(self.standardisation.to_network(x, *batch.flat).unflatten(0, (-1, 2)), batch)

    def score(self, critic: nn.Module, fields: Tensor, batch: PairBatch) -> Tensor:
        """Return raw scores, shape (b,)."""
        scores: Tensor = critic(fields, batch.growth, batch.log_kappa)
        return scores

    def densities(self, made: Tensor, batch: PairBatch) -> tuple[Tensor, Tensor, Tensor]:
        """Return real and generated pairs, and their redshifts."""
        x = self.standardisation.to_scaled(made.flatten(0, 1), *batch.flat)
        redshifts = torch.tensor(self.recipe.data.redshifts, device=made.device)
        return batch.density, unscale(x, batch.kappa).unflatten(0, (-1, 2)), redshifts[batch.index]

    @property
    def further(self) -> tuple[str, ...]:
        """What the ensembles must share, and what volumes must not."""
        return ("match", "pattern")

    def further_terms(self, made: Tensor, batch: PairBatch, iteration: int) -> Terms:
        """Return what the ensembles must share, of the batch of all processes."""
        weights = self.recipe.match
        x = self.standardisation.to_scaled(made.flatten(0, 1), *batch.flat)
        seen = self.standardisation.to_network(x, *batch.flat)
        with torch.no_grad():
            density, network = batch.density.flatten(0, 1), self._network_field(batch).flatten(0, 1)
            real = density, scale(density, batch.kappa), network
        match = self.match.loss(
            real, (unscale(x, batch.kappa), x, seen), batch.index, batch.log_kappa,
            pace=self.recipe.updates.pace(iteration),
        )  # fmt: skip
        pattern = shared_pattern(self.compute.processes.gather(seen.unflatten(0, (-1, 2))), box_size=self.box_size)
        return {"match": (weights.weight, match), "pattern": (weights.pattern_weight, pattern)}

    def after_update(self) -> None:
        """Level the phases of the doublings again."""
        self.generator.level_phases()

    def state(self) -> dict[str, Any]:
        """Return what every duel keeps, and the running means."""
        return {**super().state(), "match": self.match.state()}

    def restore(self, state: dict[str, Any]) -> None:
        """Take over a state; what it lacks begins anew."""
        super().restore(state)
        self.match.restore(state["match"])

    def grow_from(self, coarser: dict[str, Any]) -> None:
        """Start from the state of a training on half the grid: its running average, where it has one."""
        grow_generator(self.generator, coarser.get("average", coarser["generator"]))
        self.average.load_state_dict(self.generator.state_dict())
        if self.critic_n * 2 == self.recipe.data.n:  # it sees as many voxels as before, on half the scale
            self.critic.load_state_dict(coarser["critic"])
        else:
            grow_critic(self.critic, coarser["critic"])

    @torch.no_grad()
    def draw(self, count: int, *, redshift: float, seed: int) -> Tensor:
        """Draw densities at the middle of the trained kappas, shape (count, n, n, n)."""
        device, data = self.compute.device, self.recipe.data
        growth = torch.full((count,), float(self.crops.cosmology.growth_factor(redshift)), device=device)
        log_kappa = torch.full_like(growth, float(np.log(data.kappa_range).mean()))
        field = self.average(self._latent(seed, count).to(device), growth, log_kappa)
        x = self.standardisation.to_scaled(field, growth, log_kappa)
        return unscale(x, float(log_kappa[0].exp())).cpu()

    def export(self, folder: Path, *, name: str, iteration: int) -> ConditionalCard:
        """Write the running average as a model; at the end of the training, calibrated on the training boxes."""
        recipe, config, table, share = self.recipe, self.average.config, self.standardisation, 0.0
        if iteration >= recipe.updates.iterations:
            average = averaged_copy(self.average).cpu()
            table, share = calibrate(average, table.cpu(), self.crops, self._latent(recipe.seed, CALIBRATING))
        card = ConditionalCard(
            name=name,
            description="Dark-matter density conditioned on redshift and kappa, one universe per latent vector.",
            architecture=config.as_dict(),
            n=config.n,
            box_size=self.box_size,
            latent_size=config.latent_size,
            latent_nu=recipe.nu,
            redshift_range=(min(recipe.data.redshifts), max(recipe.data.redshifts)),
            trained_redshifts=recipe.data.redshifts,
            kappa_range=recipe.data.kappa_range,
            cosmology=self.crops.cosmology.as_dict(),
            standardisation=StandardisationTable(**table.as_dict()),
            training={**recipe.facts(), "iterations_done": iteration, "calibrated": share},
        )
        return save_model(folder, generator=self.average, standardisation=table, card=card)

    def _latent(self, seed: int, count: int) -> Tensor:
        return draw_latent(seed, count, size=self.average.config.latent_size, nu=self.recipe.nu)

    def _network_field(self, batch: PairBatch) -> Tensor:
        x = scale(batch.density.flatten(0, 1), batch.kappa)
        return self.standardisation.to_network(x, *batch.flat).unflatten(0, (-1, 2))

    def _window(self, fields: Tensor, batch: PairBatch) -> Tensor:
        """Return the sub-volumes that the critic is shown."""
        x, y, z = (slice(start, start + self.critic_n) for start in batch.corner[0].tolist())
        return fields[..., x, y, z]
