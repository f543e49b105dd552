"""Growth of the networks to twice the grid."""

from __future__ import annotations

import torch
from torch.nn import functional

from cosmoloom.nets.conditional import ConditionalGenerator, GeneratorConfig, interleave
from cosmoloom.nets.critic import PairCritic
from cosmoloom.statistics.power_spectrum import spherical_power
from cosmoloom.train.grow import as_transposed, grow_critic, grow_generator


def test_a_grown_generator_draws_the_same_universe() -> None:
    torch.manual_seed(0)
    small = ConditionalGenerator(GeneratorConfig(n=16, coarse_size=8, detail_levels=1, widths=(16, 8)))
    large = ConditionalGenerator(GeneratorConfig(n=32, coarse_size=8, detail_levels=2, widths=(16, 8, 8)))
    latent, growth, log_kappa = torch.randn(32, large.config.latent_size), torch.rand(32), torch.rand(32)
    shared = latent[:, : small.config.latent_size]
    small.calibrate(shared, growth, log_kappa)
    grow_generator(large, small.state_dict())
    with torch.no_grad():
        coarse, fine = small(shared, growth, log_kappa), large(latent, growth, log_kappa)
    expected = functional.interpolate(coarse[:, None], scale_factor=2, mode="trilinear")[:, 0]
    inner = (slice(None), *3 * (slice(4, -4),))
    correlation = torch.corrcoef(torch.stack([fine[inner].flatten(), expected[inner].flatten()]))[0, 1]
    assert correlation > 0.95
    power, before = spherical_power(fine, box_size=32.0).mean(0), spherical_power(coarse, box_size=32.0).mean(0)
    assert (power[:4] / before[:4] - 1).abs().max() < 0.1, "up to half the Nyquist wavenumber of the coarse grid"


def test_a_grown_critic_keeps_its_coarse_layers() -> None:
    small, large = PairCritic(n=16, widths=(8, 16)), PairCritic(n=32, widths=(8, 8, 16))
    grow_critic(large, small.state_dict())
    name = "parametrizations.weight.original"
    assert torch.equal(large.dense.get_parameter(name), small.dense.get_parameter(name))
    assert torch.equal(large.downs[1].get_parameter(name), small.downs[0].get_parameter(name))


def test_sub_pixel_convolution_equals_a_transposed_one() -> None:
    torch.manual_seed(0)
    features, kernel = torch.randn(1, 3, 4, 4, 4), torch.randn(8, 3, 2, 2, 2)
    phases = functional.conv3d(features, kernel, padding=1)
    fine = interleave(phases)[:, 1:-1, 1:-1, 1:-1]
    expected = functional.conv_transpose3d(features, as_transposed(kernel), stride=2, padding=1)[:, 0]
    torch.testing.assert_close(fine, expected, atol=1e-5, rtol=1e-5)
