"""The compiled form of the generator is the generator."""

from __future__ import annotations

import pytest
import torch

from cosmoloom import models
from cosmoloom.nets.conditional import ConditionalGenerator
from cosmoloom.pipeline.fast_generator import FastGenerator, compute_dtype

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def generator(tiny_model_folder) -> ConditionalGenerator:
    return models.load(tiny_model_folder).generator


@pytest.fixture(scope="module")
def inputs() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    latent = torch.randn(3, 536, generator=torch.Generator().manual_seed(0))
    return latent, torch.tensor([0.4, 0.7, 1.0]), torch.tensor([0.9, 1.8, 2.7])


def test_float32_equals_the_network_within_rounding(generator, inputs):
    plain = generator(*inputs)
    fast = FastGenerator(generator, device=CPU, dtype=torch.float32)(*inputs)
    assert (fast - plain).abs().max() < 1e-5 * plain.std()


def test_samples_of_one_condition_are_decoded_together(generator, inputs):
    latent, growth, log_kappa = inputs[0], inputs[1][:1].expand(3), inputs[2][:1].expand(3)
    plain = generator(latent, growth, log_kappa)
    fast = FastGenerator(generator, device=CPU, dtype=torch.float32)(latent, growth, log_kappa)
    assert (fast - plain).abs().max() < 1e-5 * plain.std()


def test_bfloat16_stays_within_one_percent(generator, inputs):
    plain = generator(*inputs)
    fast = FastGenerator(generator, device=CPU, dtype=torch.bfloat16)(*inputs)
    assert fast.dtype == torch.float32
    assert (fast - plain).square().mean().sqrt() < 0.01 * plain.std()


def test_exact_means_float32(generator):
    assert compute_dtype(CPU, "exact") is torch.float32
    assert compute_dtype(CPU, "fast") in (torch.float32, torch.bfloat16)


@pytest.mark.gpu
def test_the_gpu_agrees_with_the_cpu(tiny_model_folder):
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    here, there = models.load(tiny_model_folder), models.load(tiny_model_folder, device="cuda")
    latent = here.draw_latent(1)
    plain = here.network_field(latent, 0.5, 6.0)
    assert (there.network_field(latent, 0.5, 6.0).cpu() - plain).abs().max() < 1e-2 * plain.std()
