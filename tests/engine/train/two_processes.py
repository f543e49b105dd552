"""A worker of the tests of several processes: plays a small game and writes its losses and weights.

Started once per process as ``python two_processes.py OUT``, in the environment that torchrun sets.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from torch import nn

from cosmoloom.nets.batch_scatter import BatchScatter
from cosmoloom.train.compute import Compute
from cosmoloom.train.processes import joined

STEPS, BATCH = 4, 8


class Critic(nn.Module):
    """Reads a volume and how much the batch scatters."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv3d(1, 6, 4, stride=2), nn.LeakyReLU(0.2), nn.Flatten(), nn.Linear(6, 5))
        self.scatter = BatchScatter()
        self.score = nn.Linear(6, 1)

    def forward(self, volume: torch.Tensor) -> torch.Tensor:
        x = self.body(volume)
        return self.score(torch.cat([x, self.scatter(x)], dim=1))[:, 0]


def play(compute: Compute) -> dict[str, object]:
    """Train generator (with batch normalisation) and critic (with gradient penalty); all batches from one seed."""
    torch.manual_seed(5)
    generator = nn.Sequential(
        nn.Linear(3, 8 * 8), nn.Unflatten(1, (8, 2, 2, 2)), nn.BatchNorm3d(8), nn.LeakyReLU(0.2),
        nn.ConvTranspose3d(8, 1, 2, stride=2),
    )  # fmt: skip
    compute.prepare(generator)
    critic = compute.prepare(Critic(), differentiated_twice=True)
    # Not Adam: where a gradient is 0, it makes steps of full size from its rounding.
    optimisers = [torch.optim.SGD(network.parameters(), lr=1e-2) for network in (generator, critic)]
    curve = []
    for _ in range(STEPS):
        real = compute.share(1.0 + torch.randn(BATCH, 1, 4, 4, 4))
        latent = compute.share(torch.randn(BATCH, 3))
        volumes = real.clone().requires_grad_()
        (slope,) = torch.autograd.grad(critic(volumes).sum(), volumes, create_graph=True)
        critic_loss = critic(generator(latent).detach()).mean() - critic(real).mean()
        critic_loss = critic_loss + 10 * (slope.flatten(1).norm(dim=1) - 1).square().mean()
        _update(compute, critic_loss, critic, optimisers[1])
        fake = generator(latent)
        scatter = compute.processes.gather(fake).mean(0).square().mean()  # what all volumes have in common
        generator_loss = scatter - critic(fake).mean()
        _update(compute, generator_loss, generator, optimisers[0])
        curve.append([float(compute.mean(loss.detach())) for loss in (critic_loss, generator_loss)])
    networks = {"generator": generator, "critic": critic}
    weights = {f"{name}.{key}": value for name, net in networks.items() for key, value in net.state_dict().items()}
    return {"curve": torch.tensor(curve), **weights}


def _update(compute: Compute, loss: torch.Tensor, network: nn.Module, optimiser: torch.optim.Optimizer) -> None:
    optimiser.zero_grad()
    loss.backward()
    compute.average_gradients(network.parameters())
    optimiser.step()


if __name__ == "__main__":
    with joined(torch.device("cpu")) as (processes, device):
        result = play(Compute(device=device, processes=processes))
        if processes.leads:
            torch.save(result, sys.argv[1])
    left = [thread for thread in Path("/proc/self/task").glob("*/comm") if "gloo" in thread.read_text()]
    assert not left, "threads of the group would outlive the interpreter, and abort the process"
