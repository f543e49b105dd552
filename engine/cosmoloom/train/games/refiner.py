"""The refiner game: a network adds detail to real coarse fields, a critic sees fine, coarse, and what is between."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from cosmoloom.data.crops import Crops
from cosmoloom.models.refiner_card import RefinerCard
from cosmoloom.models.refiners import save_refiner
from cosmoloom.nets.seamless import EMPTY, SeamlessRefiner, gather
from cosmoloom.nets.seamless_critic import RefinerCritic
from cosmoloom.train.compute import Compute
from cosmoloom.train.games.duel import Drawer, Duel, Terms
from cosmoloom.train.games.refiner_batch import RefinerBatch, measure_contrast, refiner_drawer
from cosmoloom.train.lattice import lattice_error, steps_in_cells
from cosmoloom.train.recipes.refiner import RefinerRecipe
from cosmoloom.train.scale_match import ScaleMatch


class RefinerGame(Duel[RefinerRecipe, RefinerBatch, SeamlessRefiner, RefinerCritic]):
    """Training of a seamless refiner.

    Parameters
    ----------
    recipe : RefinerRecipe
        Settings.
    crops : Crops
        Real boxes at the finest resolution.
    compute : Compute
        Where and how to compute.
    """

    batch_type = RefinerBatch

    def __init__(self, recipe: RefinerRecipe, crops: Crops, compute: Compute) -> None:
        torch.manual_seed(recipe.seed)
        data, sizes, contrast = recipe.data, recipe.networks, measure_contrast(recipe, crops)
        super().__init__(
            recipe, crops, compute,
            generator=SeamlessRefiner(sizes.config, contrast),
            critic=RefinerCritic(contrast, widths=sizes.critic_widths, condition_width=sizes.condition_width),
        )  # fmt: skip
        voxel_sizes = [2 * scale * crops.voxel_size for scale in data.scales]
        self.match = ScaleMatch(data.redshifts, voxel_sizes, n=data.n, compute=compute)

    def drawer(self, crops: Crops) -> Drawer:
        """Return a function that draws sub-volumes and noise."""
        return refiner_drawer(self.recipe, crops, count=self.recipe.updates.batch)

    def make(self, generator: torch.nn.Module, batch: RefinerBatch) -> Tensor:
        """Return fine densities, shape (b, n, n, n), of real coarse ones or of such as it makes itself."""
        coarse = batch.coarse
        if batch.above.shape[-1]:
            with torch.no_grad():
                coarse = generator(batch.above, batch.above_noise, batch.growth, 2 * batch.voxel_size)
        fine: Tensor = generator(coarse, batch.noise, *batch.conditions)
        return fine

    def real(self, batch: RefinerBatch) -> Tensor:
        """Return what is judged of real sub-volumes, shape (b, 17, n / 2, n / 2, n / 2)."""
        return self.seen(batch.fine, batch)

    def seen(self, made: Tensor, batch: RefinerBatch) -> Tensor:
        """Return what is judged of fine densities, beside the coarse ones they were made from."""
        parents = gather(made).mean(dim=1).detach()  # mass is shared, so this is what it was made from
        return self.critic.fields(made, parents, *batch.conditions)

    def score(self, critic: torch.nn.Module, fields: Tensor, batch: RefinerBatch) -> Tensor:
        """Return raw scores, shape (b,)."""
        scores: Tensor = critic(fields, *batch.conditions)
        return scores

    def densities(self, made: Tensor, batch: RefinerBatch) -> tuple[Tensor, Tensor, Tensor]:
        """Return real and generated sub-volumes, and redshifts."""
        return batch.fine, made, batch.redshift

    @property
    def further(self) -> tuple[str, ...]:
        """What the ensembles must share, and what hides the coarse voxels."""
        return ("match", "lattice")

    def further_terms(self, made: Tensor, batch: RefinerBatch, iteration: int) -> Terms:
        """Return errors of the statistics that ensembles share, and of steps in coarse voxels, of the whole batch."""
        weights, pace = self.recipe.match, self.recipe.updates.pace(iteration)
        with torch.no_grad():
            real = self._log(batch.fine, batch)
        log = self._log(made, batch)
        match = self.match.loss((batch.fine, real), (made, log), batch.redshift, batch.voxel_size, pace=pace)
        lattice = lattice_error(self.compute.processes.mean(steps_in_cells(log)))
        return {"match": (weights.weight, match), "lattice": (weights.lattice_weight, lattice)}

    def state(self) -> dict[str, Any]:
        """Return what every duel keeps, and the running means."""
        return {**super().state(), "match": self.match.state()}

    def restore(self, state: dict[str, Any]) -> None:
        """Take over a state; what it lacks begins anew."""
        super().restore(state)
        if "match" in state:
            self.match.restore(state["match"])

    @torch.no_grad()
    def draw(self, count: int, *, redshift: float, seed: int) -> Tensor:
        """Refine real coarse sub-volumes of the training boxes, shape (count, n, n, n)."""
        draw = refiner_drawer(self.recipe, self.crops, count=count, redshift=redshift)
        entries = draw(np.random.default_rng(seed))
        batch = RefinerBatch.named(tuple(torch.from_numpy(entry).to(self.compute.device) for entry in entries))
        return self.make(self.average, batch).cpu()

    def export(self, folder: Path, *, name: str, iteration: int) -> RefinerCard:
        """Write the running average as a refiner."""
        data = self.recipe.data
        card = RefinerCard(
            name=name,
            description="Doubles the grid of a matter density without seams and without losing mass.",
            sizes=asdict(self.recipe.networks.config),
            n=data.n,
            box_size=data.n * self.crops.voxel_size * data.scales[0],
            voxel_sizes=tuple(scale * self.crops.voxel_size for scale in data.scales),
            latent_size=data.n**3,
            redshift_range=(min(data.redshifts), max(data.redshifts)),
            trained_redshifts=data.redshifts,
            cosmology=self.crops.cosmology.as_dict(),
            training={**self.recipe.facts(), "iterations_done": iteration},
        )
        return save_refiner(folder, refiner=self.average, card=card)

    def _log(self, fine: Tensor, batch: RefinerBatch) -> Tensor:
        """Return the standardised logarithm of fine densities, shape (b, n, n, n), as the critic sees it."""
        mean, scatter, _ = (column[:, 0] for column in self.critic.contrast(*batch.conditions))
        return (torch.log(fine + EMPTY) - mean) / scatter
