"""The adversarial game of the conditional generator: one step of critic and generator."""

from __future__ import annotations

from types import EllipsisType

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import Adam

from cosmoloom.data.crops import Crops
from cosmoloom.nets.conditional import ConditionalGenerator, GeneratorConfig
from cosmoloom.nets.critic import PairCritic
from cosmoloom.pipeline.latent import draw_latent
from cosmoloom.scaling.rational import scale, unscale
from cosmoloom.scaling.standardisation import Standardisation
from cosmoloom.train.losses import EnsembleMatch, critic_hinge, generator_hinge, gradient_penalty
from cosmoloom.train.plan import TrainingPlan
from cosmoloom.train.shared_statistics import shared_pattern, shared_statistics, shared_weights

KAPPA_BINS = 3
"""Ranges of kappa that each match the simulations: too much at one shall not pay for too little at another."""
PENALISE_EVERY = 4
"""Steps of the critic per penalty on its gradient."""


class PairGame:
    """Networks, optimisers and random state of one training.

    Parameters
    ----------
    plan : TrainingPlan
        Settings.
    crops : Crops
        Real volumes.
    device : str
        Where the networks live.
    """

    def __init__(self, plan: TrainingPlan, crops: Crops, *, device: str = "cpu") -> None:
        self.plan, self.crops, self.device = plan, crops, torch.device(device)
        torch.manual_seed(plan.seed)
        config = GeneratorConfig(
            n=plan.n, coarse_size=plan.coarse_size, detail_levels=plan.detail_levels, widths=plan.widths
        )
        self.generator = ConditionalGenerator(config).to(device)
        self.growth = torch.as_tensor(
            crops.cosmology.growth_factor(plan.redshifts), dtype=torch.float32, device=device
        )
        self.rng = np.random.default_rng(plan.seed)
        self._calibrate()
        self.average = ConditionalGenerator(config).to(device)
        self.average.load_state_dict(self.generator.state_dict())
        self.average.requires_grad_(False)
        self.critic_n = plan.critic_n or plan.n
        self.critic = PairCritic(n=self.critic_n, widths=plan.critic_widths).to(device)
        self.standardisation = Standardisation.fit(
            {float(g): crops.fields(i) for i, g in enumerate(self.growth)}, kappa_range=plan.kappa_range
        ).to(device)
        betas = (0.0, 0.9)
        if plan.only_newest:
            self.generator.requires_grad_(False)
            for weight in self.generator.newest():
                weight.requires_grad_(True)
        learning = [parameter for parameter in self.generator.parameters() if parameter.requires_grad]
        self.optimiser = Adam(learning, lr=plan.learning_rate, betas=betas)
        self.critic_optimiser = Adam(self.critic.parameters(), lr=plan.critic_learning_rate, betas=betas)
        self.box_size = plan.n * crops.voxel_size
        weights = shared_weights(plan.n, self.box_size, k_max=plan.match_k_max)
        self.match = EnsembleMatch(len(plan.redshifts) * KAPPA_BINS, weights.to(device))

    def step(self, iteration: int) -> dict[str, float]:
        """Play one round and return its losses [1]."""
        pace = self._set_learning_rates(iteration)
        index, log_kappa = self._conditions()
        growth = self.growth[index]  # (b, 2)
        density = torch.from_numpy(self.crops.draw(self.rng, index.cpu().numpy(), n=self.plan.n)).to(self.device)
        flat_growth, flat_kappa = growth.flatten(), log_kappa.repeat_interleave(2)
        kappa = flat_kappa.exp()[:, None, None, None]
        real_density = density.flatten(0, 1)
        real = self.standardisation.to_network(scale(real_density, kappa), flat_growth, flat_kappa)

        latent = self.latents(self.plan.batch).to(self.device).repeat_interleave(2, dim=0)
        with self._autocast(), torch.set_grad_enabled(iteration >= self.plan.warm_up):
            fake = self.generator(latent, flat_growth, flat_kappa)
        fake = fake.float()
        x = self.standardisation.to_scaled(fake, flat_growth, flat_kappa)
        seen = self.standardisation.to_network(x, flat_growth, flat_kappa)  # clipped to densities that exist

        critic_loss = margin = 0.0
        if self.plan.critic_weight > 0:
            part = self._part()
            critic_loss, margin = self._critic_step(
                _pairs(real)[part], _pairs(seen.detach())[part], growth, log_kappa,
                penalise=iteration % PENALISE_EVERY == 0,
            )
        if iteration < self.plan.warm_up:
            return {"critic": critic_loss, "generator": 0.0, "match": 0.0, "margin": margin, "pattern": 0.0}
        with torch.no_grad():
            wanted = shared_statistics(real_density, scale(real_density, kappa), real, box_size=self.box_size)
        reached = shared_statistics(unscale(x, kappa), x, seen, box_size=self.box_size)
        match = self.match.loss(wanted, reached, self._match_rows(index, log_kappa), pace=pace)
        pattern = shared_pattern(seen.unflatten(0, (-1, 2)), box_size=self.box_size)
        statistics = self.plan.match_weight * match + self.plan.pattern_weight * pattern
        generator_loss = self._generator_step(_pairs(seen)[self._part()], statistics, growth, log_kappa)
        self._update_average(iteration)
        return {
            "critic": critic_loss, "generator": generator_loss, "match": match.item(), "margin": margin,
            "pattern": pattern.item(),
        }  # fmt: skip

    def _calibrate(self) -> None:
        """Measure the generator's channel statistics over all conditions."""
        index, log_kappa = self._conditions()
        latent = self.latents(self.plan.batch).to(self.device).repeat_interleave(2, dim=0)
        self.generator.calibrate(latent, self.growth[index].flatten(), log_kappa.repeat_interleave(2))

    def latents(self, count: int) -> Tensor:
        """Draw latents of the prior, shape (count, latent_size), on the CPU."""
        seed = int(self.rng.integers(2**60))
        return draw_latent(seed, count, size=self.generator.config.latent_size, nu=self.plan.latent_nu)

    def _autocast(self) -> torch.autocast:
        # Half precision pays on GPUs; on CPUs without matrix units it is no faster than single.
        return torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.device.type == "cuda")

    def _conditions(self) -> tuple[Tensor, Tensor]:
        """Draw two different redshifts per volume, and ln kappa."""
        plan = self.plan
        index = np.stack([self.rng.permutation(len(plan.redshifts))[:2] for _ in range(plan.batch)])
        low, high = np.log(plan.kappa_range)
        log_kappa = self.rng.uniform(low, high, plan.batch)
        return (
            torch.as_tensor(index, device=self.device),
            torch.as_tensor(log_kappa, dtype=torch.float32, device=self.device),
        )

    def match_error(self) -> Tensor:
        """Return ln(generated / real) of what is matched, shape (redshifts, KAPPA_BINS, statistics)."""
        return self.match.error().unflatten(0, (-1, KAPPA_BINS))

    def _match_rows(self, index: Tensor, log_kappa: Tensor) -> Tensor:
        low, high = np.log(self.plan.kappa_range)
        column = ((log_kappa - low) / (high - low) * KAPPA_BINS).long().clamp(0, KAPPA_BINS - 1)
        return (index * KAPPA_BINS + column[:, None]).flatten()

    def _part(self) -> tuple[EllipsisType | slice, ...]:
        """Draw the sub-volume that the critic is shown."""
        corner = self.rng.integers(self.plan.n - self.critic_n, size=3, endpoint=True).tolist()
        return (..., *(slice(start, start + self.critic_n) for start in corner))

    def _critic_step(
        self, real: Tensor, fake: Tensor, growth: Tensor, log_kappa: Tensor, *, penalise: bool
    ) -> tuple[float, float]:
        with self._autocast():
            score_real = self.critic(real, growth, log_kappa)
            score_fake = self.critic(fake, growth, log_kappa)
        loss = critic_hinge(score_real, score_fake)
        if penalise and self.plan.critic_penalty > 0:
            penalty = gradient_penalty(self.critic, real, growth, log_kappa)
            loss = loss + PENALISE_EVERY * self.plan.critic_penalty * penalty
        self.critic_optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.critic_optimiser.step()
        return loss.item(), (score_real.mean() - score_fake.mean()).item()

    def _generator_step(self, fake: Tensor, statistics: Tensor, growth: Tensor, log_kappa: Tensor) -> float:
        loss = fake.new_zeros(())
        if self.plan.critic_weight > 0:
            self.critic.requires_grad_(False)
            with self._autocast():
                loss = generator_hinge(self.critic(fake, growth, log_kappa))
            self.critic.requires_grad_(True)
        self.optimiser.zero_grad(set_to_none=True)
        (self.plan.critic_weight * loss + statistics).backward()
        nn.utils.clip_grad_norm_(self.optimiser.param_groups[0]["params"], 10.0)
        self.optimiser.step()
        self.generator.level_phases()
        return loss.item()

    @torch.no_grad()
    def _update_average(self, iteration: int) -> None:
        # Early on the average is short, so that it never remembers the random start.
        decay = min(self.plan.average_decay, (1 + iteration) / (10 + iteration))
        for target, source in zip(
            self.average.state_dict().values(), self.generator.state_dict().values(), strict=True
        ):
            if target.is_floating_point():
                target.lerp_(source, 1.0 - decay)
            else:
                target.copy_(source)

    def _set_learning_rates(self, iteration: int) -> float:
        """Set both learning rates and return their share of the highest."""
        progress = iteration / self.plan.iterations
        late = max(0.0, (progress - self.plan.decay_from) / max(1e-9, 1.0 - self.plan.decay_from))
        factor = 1.0 - 0.95 * min(1.0, late)
        for optimiser, rate in (
            (self.optimiser, self.plan.learning_rate),
            (self.critic_optimiser, self.plan.critic_learning_rate),
        ):
            for group in optimiser.param_groups:
                group["lr"] = rate * factor
        return factor


def _pairs(fields: Tensor) -> Tensor:
    """Group consecutive fields of one volume: (2b, n, n, n) -> (b, 2, n, n, n)."""
    return fields.view(-1, 2, *fields.shape[1:])
