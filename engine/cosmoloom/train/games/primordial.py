"""The primordial game: a network learns what becomes of initial conditions, first by example, then from a critic.

Regression on simulations of the same initial conditions finds the most likely collapse: right where matter goes, too
smooth where that depends on more than is known.  A critic of small sub-volumes at two redshifts, and statistics that
ensembles must share, then put the missing structure back, while block means hold it to its place.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import asdict, replace
from math import pi
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import Adam

from cosmoloom.data.crops import Crops
from cosmoloom.data.pyramid import block_mean
from cosmoloom.models.primordial_card import LinearPowerTable, LogCalibrationTable, PrimordialCard
from cosmoloom.models.primordials import save_primordial
from cosmoloom.nets.collapse import THIN, Collapse
from cosmoloom.nets.critic import PairCritic
from cosmoloom.pipeline.lagrangian import Lagrangian
from cosmoloom.pipeline.latent import draw_latent
from cosmoloom.pipeline.linear_power import LinearPower
from cosmoloom.scaling.rational import scale
from cosmoloom.scaling.standardisation import Standardisation
from cosmoloom.train.average import blend
from cosmoloom.train.compute import Compute
from cosmoloom.train.game import Round
from cosmoloom.train.games.duel import Drawer, Duel, Terms
from cosmoloom.train.games.primordial_batch import PrimordialBatch, primordial_drawer
from cosmoloom.train.generated import Generated
from cosmoloom.train.lattice import lattice_error, steps_in_cells
from cosmoloom.train.log_calibration import calibrate_log
from cosmoloom.train.optimisers import set_pace
from cosmoloom.train.pair_match import PairMatch
from cosmoloom.train.primordial_crops import PrimordialCrops
from cosmoloom.train.recipes.primordial import PrimordialRecipe

REGRESSION_BETAS = (0.9, 0.98)
"""Decay of the mean and of the mean square of gradients, without a critic that changes under the network."""


class PrimordialGame(Duel[PrimordialRecipe, PrimordialBatch, Collapse, PairCritic]):
    """Training of a collapse network.

    Parameters
    ----------
    recipe : PrimordialRecipe
        Settings.
    crops : PrimordialCrops
        Real volumes beside their initial conditions.
    compute : Compute
        Where and how to compute.
    """

    batch_type = PrimordialBatch
    largest_gradient = 10.0

    def __init__(self, recipe: PrimordialRecipe, crops: Crops, compute: Compute) -> None:
        torch.manual_seed(recipe.seed)
        data, sizes = recipe.data, recipe.networks
        self.grids = recipe.noise.grids(data.n, crops.voxel_size)
        super().__init__(
            recipe, crops, compute, generator=Collapse(recipe.config),
            critic=PairCritic(n=sizes.critic_n, widths=sizes.critic_widths),
        )  # fmt: skip
        self.regression_optimiser = Adam(self.learning, lr=recipe.updates.regression_rate, betas=REGRESSION_BETAS)
        self.standardisation = Standardisation.fit(
            {float(crops.cosmology.growth_factor(z)): crops.fields(i) for i, z in enumerate(data.redshifts)},
            kappa_range=data.kappa_range,
        ).to(compute.device)
        logs = [np.log(np.stack(crops.fields(i)) + THIN) for i in range(len(data.redshifts))]
        self.log_scatter = torch.tensor([float(log.std()) for log in logs], device=compute.device)
        self.match = PairMatch(
            data.redshifts, data.kappa_range, n=data.n, box_size=self.grids.size, k_max=recipe.match.k_max,
            compute=compute,
        )  # fmt: skip
        longest = 2 * pi / max(self.grids.long_size, crops.n * crops.voxel_size)
        self.power = LinearPower.of(crops.cosmology, k_min=0.9 * longest, k_max=2 * pi / crops.voxel_size)
        self._lagrangian = Lagrangian(self.grids, self.power, device=compute.device)

    def step(self, iteration: int) -> dict[str, float]:
        """Play one round, or learn by example; return losses, and errors of power and mean density per redshift [1]."""
        if iteration < self.recipe.updates.regression_iterations:
            return {"example": self._learn_by_example(iteration)}
        return {**super().step(iteration), **self.match.errors()}

    def drawer(self, crops: Crops) -> Drawer:
        """Return a function that draws volumes at two redshifts, their initial conditions and kappas."""
        return primordial_drawer(self.recipe, crops)

    def make(self, generator: nn.Module, batch: PrimordialBatch) -> Tensor:
        """Return ln rho, shape (b, 2, n, n, n)."""
        still = (field.repeat_interleave(2, dim=0) for field in (batch.linear, batch.white))
        made: Tensor = generator(batch.displaced.flatten(0, 1), *still, *batch.flat)
        return made.unflatten(0, (-1, 2))

    def real(self, batch: PrimordialBatch) -> Tensor:
        """Return windows of real pairs in network space, shape (b w, 2, m, m, m)."""
        return self._windows(self._network_field(batch.density, batch), batch)

    def seen(self, made: Tensor, batch: PrimordialBatch) -> Tensor:
        """Return the same windows of generated pairs, shape (b w, 2, m, m, m)."""
        return self._windows(self._network_field(made.exp(), batch), batch)

    def score(self, critic: nn.Module, fields: Tensor, batch: PrimordialBatch) -> Tensor:
        """Return raw scores of every window, shape (b w,)."""
        w = self.recipe.networks.critic_windows
        scores: Tensor = critic(fields, batch.growth.repeat_interleave(w, 0), batch.log_kappa.repeat_interleave(w))
        return scores

    def densities(self, made: Tensor, batch: PrimordialBatch) -> tuple[Tensor, Tensor, Tensor]:
        """Return real and generated pairs, and their redshifts."""
        redshifts = torch.tensor(self.recipe.data.redshifts, device=made.device)
        return batch.density, made.exp(), redshifts[batch.index]

    def play(self, crops: Crops, rng: np.random.Generator, *, generator: nn.Module, critic: nn.Module) -> Round:
        """Play one round of a whole batch; the score of a volume is the mean of its windows."""
        played = super().play(crops, rng, generator=generator, critic=critic)
        real, fake = (
            scores.unflatten(0, (len(played.real), -1)).mean(1) for scores in (played.score_real, played.score_fake)
        )
        return replace(played, score_real=real, score_fake=fake)

    @property
    def further(self) -> tuple[str, ...]:
        """What the ensembles must share, what holds volumes to their initial conditions, and what hides the cells."""
        return ("match", "blocks", "lattice")

    def further_terms(self, made: Tensor, batch: PrimordialBatch, iteration: int) -> Terms:
        """Return errors of shared statistics, of block means and of steps in cells, of the whole batch."""
        weights, density = self.recipe.match, made.exp()
        with torch.no_grad():
            real = self._network_field(batch.density, batch)
        seen = self._network_field(density, batch)
        real_views, made_views = (
            (rho.flatten(0, 1), scale(rho.flatten(0, 1), batch.kappa), y.flatten(0, 1))
            for rho, y in ((batch.density, real), (density, seen))
        )
        pace = self.recipe.updates.pace(iteration)
        match = self.match.loss(real_views, made_views, batch.index, batch.log_kappa, pace=pace)
        wanted, reached = (block_mean(fields, weights.regression_block) for fields in (real, seen))
        mean = self.compute.processes.mean
        blocks = mean((reached - wanted).square().mean()) / mean(wanted.square().mean())
        lattice = lattice_error(mean(steps_in_cells(seen)))
        return {
            "match": (weights.weight, match),
            "blocks": (weights.regression_weight, blocks),
            "lattice": (weights.lattice_weight, lattice),
        }

    def state(self) -> dict[str, Any]:
        """Return what every duel keeps, the optimiser of the first stage, and the running means."""
        return {
            **super().state(),
            "regression_optimiser": self.regression_optimiser.state_dict(),
            "match": self.match.state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take over a state; what it lacks begins anew."""
        super().restore(state)
        self.match.restore(state["match"])
        if "regression_optimiser" in state:
            self.regression_optimiser.load_state_dict(state["regression_optimiser"])

    @torch.no_grad()
    def draw(self, count: int, *, redshift: float, seed: int) -> Tensor:
        """Draw densities at the middle of the trained kappas, shape (count, n, n, n)."""
        device, universe = self.compute.device, self.crops.cosmology
        growth, second = (float(grown(redshift)) for grown in (universe.growth_factor, universe.second_order_growth))
        condition = torch.tensor([[growth], [float(np.log(self.recipe.data.kappa_range).mean())]], device=device)
        drawn = []
        for latent in draw_latent(seed, count, size=self.grids.latent_size, nu=None):
            displaced = self._lagrangian.displace(latent)
            density = self._lagrangian.density(displaced, growth=growth, second_growth=second)
            drawn.append(self.average(density[None], displaced.linear[None], displaced.white[None], *condition))
        return torch.cat(drawn).exp().cpu()

    def export(self, folder: Path, *, name: str, iteration: int) -> PrimordialCard:
        """Write the running average as a model; at the end of the training, calibrated on the training boxes."""
        recipe, table, share = self.recipe, None, 0.0
        if iteration >= recipe.updates.iterations:
            average = deepcopy(self.average).cpu()
            crops = cast("PrimordialCrops", self.crops)  # the drawer refuses all others
            found, share = calibrate_log(average, crops, n=recipe.data.n, kappa_range=recipe.data.kappa_range)
            table = LogCalibrationTable(**asdict(found))
        card = PrimordialCard(
            name=name,
            description="Dark-matter density grown from initial conditions: the latent is the noise of a universe.",
            architecture=self.average.config.as_dict(),
            grids=self.grids.as_dict(),
            linear_power=LinearPowerTable(k=self.power.k, power=self.power.power),
            n=recipe.data.n,
            box_size=self.grids.size,
            latent_size=self.grids.latent_size,
            redshift_range=(min(recipe.data.redshifts), max(recipe.data.redshifts)),
            trained_redshifts=recipe.data.redshifts,
            kappa_range=recipe.data.kappa_range,
            cosmology=self.crops.cosmology.as_dict(),
            calibration=table,
            training={**recipe.facts(), "iterations_done": iteration, "calibrated": share},
        )
        return save_primordial(folder, network=self.average, card=card)

    def _learn_by_example(self, iteration: int) -> float:
        """Update the network alone by its error on simulations of the same initial conditions, and return it."""
        updates = self.recipe.updates
        set_pace(updates, iteration, [(self.regression_optimiser, updates.regression_rate)])
        batch = self._named(self.batches.next()).share(self.compute)
        made = Generated(
            lambda part: self._made(self.generator, batch[part]), list(self.compute.parts(len(batch)))
        )
        density = made.fields.exp()
        log_error = torch.log(density + THIN) - torch.log(batch.density + THIN)
        field_error = self._network_field(density, batch) - self._network_field(batch.density, batch)
        over_scatter = log_error / self.log_scatter[batch.index][..., None, None, None]
        loss = over_scatter.square().mean() + field_error.square().mean()
        loss.backward()
        self.regression_optimiser.zero_grad(set_to_none=True)
        made.backward()
        self.compute.average_gradients(self.learning)
        self.regression_optimiser.step()
        blend(self.average, self.generator, decay=self.recipe.average.decay, iteration=iteration)
        return self.compute.mean(loss.detach()).item()

    def _network_field(self, density: Tensor, batch: PrimordialBatch) -> Tensor:
        """Return pairs as the critic sees them: scaled by kappa, over their scatter; shape (b, 2, n, n, n)."""
        x = scale(density.flatten(0, 1), batch.kappa)
        return self.standardisation.to_network(x, *batch.flat).unflatten(0, (-1, 2))

    def _windows(self, fields: Tensor, batch: PrimordialBatch) -> Tensor:
        """Return the sub-volumes that the critic is shown, those of a volume beside each other."""
        m = self.recipe.networks.critic_n
        return torch.stack(
            [
                pair[(..., *(slice(start, start + m) for start in corner))]
                for pair, corners in zip(fields, batch.corners.tolist(), strict=True)
                for corner in corners
            ]
        )
