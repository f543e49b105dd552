"""A small refiner whose details are not small."""

from __future__ import annotations

import pytest
import torch

from cosmoloom.nets.seamless import RefinerConfig, SeamlessRefiner


@pytest.fixture(scope="session")
def refiner() -> SeamlessRefiner:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(4)
        network = SeamlessRefiner(RefinerConfig(width=8, depth=3, condition_width=4))
        for modulation in network.modulations:
            torch.nn.init.normal_(modulation.weight, std=0.3)
        torch.nn.init.normal_(network.last.weight, std=0.2)
    return network.eval().requires_grad_(False)
