"""The published networks have the layers, shapes and parameters of their papers' tables."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from torch import nn

from cosmoloom.errors import InvalidInputError
from cosmoloom.nets.cavezza2022 import CavezzaConfig, CavezzaCritic, CavezzaGenerator
from cosmoloom.nets.feder2020 import FederConfig, FederCritic, FederGenerator, FederRedshiftConfig
from cosmoloom.nets.perraudin2019 import m1, m2, m3
from cosmoloom.nets.perraudin2019.uniscale import UniscaleConfig
from cosmoloom.nets.published import PUBLISHED, architecture
from cosmoloom.nets.srivastava2018 import m3 as srivastava_m3
from cosmoloom.nets.srivastava2018 import patches
from cosmoloom.nets.srivastava2018.blocks import Residual
from cosmoloom.nets.ullmo2021 import UllmoConfig, UllmoCritic, UllmoEncoder, UllmoGenerator, UllmoMapConfig

CONVOLUTIONS = (nn.Conv2d, nn.Conv3d, nn.ConvTranspose2d, nn.ConvTranspose3d)

TINY = {
    "perraudin2019-m3": {"n": 16, "width": 4, "latent_size": 12},
    "perraudin2019-m2": {"patch": 8, "width": 4},
    "perraudin2019-m1": {"patch": 8, "width": 6, "critic_width": 4},
    "perraudin2019-uniscale": {"patch": 8, "width": 6, "critic_width": 4},
    "srivastava2018-m3": {"n": 16, "width": 2, "latent_size": 12},
    "srivastava2018-m2": {"patch": 8, "width": 2},
    "srivastava2018-m1": {"patch": 8, "width": 2},
    "srivastava2018-uniscale": {"patch": 8, "width": 2},
    "feder2020": {"n": 16, "widths": [8, 4], "latent_size": 12},
    "feder2020-redshift": {"n": 16, "widths": [8, 4], "latent_size": 12},
    "ullmo2021-2d": {"n": 16, "widths": [4, 8], "latent_size": 12},
    "ullmo2021-3d": {"n": 16, "widths": [4, 8], "latent_size": 12},
    "cavezza2022": {"n": 16, "widths": [16, 8, 8, 4, 4], "critic_widths": [4, 8, 8, 8, 8], "latent_size": 12},
}


def count(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def layer(taps: int, width_in: int, width_out: int, bias: bool = True) -> int:
    return taps * width_in * width_out + width_out * bias


def grids(network: nn.Module, *inputs: torch.Tensor, device: str = "meta") -> list[tuple[int, ...]]:
    """Run a network, by default without arithmetic, and return what shape each convolution gives."""
    shapes: list[tuple[int, ...]] = []
    for module in network.modules():
        if isinstance(module, CONVOLUTIONS):
            module.register_forward_hook(lambda _m, _i, out: shapes.append(tuple(out.shape[1:])))
    network.to(device)(*(tensor.to(device) for tensor in inputs))
    return shapes


def latent(config) -> torch.Tensor:
    return torch.randn(2, config.latent_size, generator=torch.Generator().manual_seed(3))


def generated(name: str, config, generator: nn.Module) -> torch.Tensor:
    kind = PUBLISHED[name]
    if kind.makes == "volumes":
        return generator(latent(config), *([torch.tensor([0.0, 2.0])] if "redshift" in name else []))
    borders = torch.rand(2, 7, *(config.patch,) * 3, generator=torch.Generator().manual_seed(4))
    low = torch.rand(2, *(config.patch // config.factor,) * 3, generator=torch.Generator().manual_seed(5))
    return generator(latent(config), borders, *([low] if config.factor > 1 else []))


def judged(name: str, config) -> tuple[torch.Tensor, ...]:
    rng = torch.Generator().manual_seed(6)
    if PUBLISHED[name].makes == "patches":
        return (torch.rand(2, 3 if config.factor > 1 else 1, *(2 * config.patch,) * 3, generator=rng),)
    field = torch.rand(2, *(config.n,) * config.dimensions, generator=rng)
    return (field, torch.tensor([0.0, 2.0])) if "redshift" in name else (field,)


# Tables ---------------------------------------------------------------------------------------------------


def test_feder2020_has_the_number_of_parameters_of_table_1():
    assert count(FederGenerator(FederConfig())) == 4_393_920


def test_feder2020_doubles_from_one_voxel_to_64():
    sides = [shape[-1] for shape in grids(FederGenerator(FederConfig()), torch.zeros(2, 100))]
    assert sides == [4, 8, 16, 32, 64]
    sides = [shape[-1] for shape in grids(FederCritic(FederConfig()), torch.zeros(2, 64, 64, 64))]
    assert sides == [32, 16, 8, 4, 1]


def test_the_redshift_costs_feder2020_one_input_and_one_channel():
    extra = count(FederGenerator(FederRedshiftConfig())) - count(FederGenerator(FederConfig()))
    assert extra == 4**3 * 256
    assert count(FederCritic(FederRedshiftConfig())) - count(FederCritic(FederConfig())) == 4**3 * 64


def test_perraudin2019_m3_has_the_layers_of_table_2():
    d = 64
    expected = layer(1, 256, 256 * d)
    expected += sum(layer(64, a, b) for a, b in ((4 * d, 4 * d), (4 * d, 2 * d), (2 * d, d), (d, d), (d, 1)))
    generator = m3.M3Generator(m3.M3Config())
    assert count(generator) == expected
    assert grids(generator, torch.zeros(1, 256)) == [
        (4 * d, 8, 8, 8), (2 * d, 16, 16, 16), (d, 32, 32, 32), (d, 32, 32, 32), (1, 32, 32, 32),
    ]  # fmt: skip
    critic = m3.M3Critic(m3.M3Config())
    pairs = ((1, d), (d, d), (d, 2 * d), (2 * d, 4 * d), (4 * d, 8 * d))
    assert count(critic) == sum(layer(64, a, b) for a, b in pairs) + layer(1, 512 * d, 1)
    assert grids(critic, torch.zeros(1, 32, 32, 32)) == [
        (d, 32, 32, 32), (d, 32, 32, 32), (2 * d, 16, 16, 16), (4 * d, 8, 8, 8), (8 * d, 4, 4, 4),
    ]  # fmt: skip


def test_perraudin2019_m2_has_the_layers_of_table_3():
    d = 32
    config = m2.M2Config()
    assert config.latent_size == 1024 + 16**3
    expected = sum(layer(64, a, b) for a, b in ((7, d), (d, d), (d, 16)))
    expected += layer(1, 2048, 256 * d)
    expected += sum(layer(64, a, b) for a, b in ((4, d), (d, d), (d, 4 * d), (4 * d, 2 * d), (2 * d, 1)))
    generator = m2.M2Generator(config)
    assert count(generator) == expected
    inputs = torch.zeros(1, config.latent_size), torch.zeros(1, 7, 32, 32, 32), torch.zeros(1, 16, 16, 16)
    assert grids(generator, *inputs) == [
        (d, 16, 16, 16), (d, 8, 8, 8), (16, 4, 4, 4),
        (d, 16, 16, 16), (d, 16, 16, 16), (4 * d, 32, 32, 32), (2 * d, 32, 32, 32), (1, 32, 32, 32),
    ]  # fmt: skip
    critic = m2.M2Critic(config)
    pairs = ((3, d), (d, 2 * d), (2 * d, 4 * d), (4 * d, d), (d, d))
    assert count(critic) == sum(layer(64, a, b) for a, b in pairs) + layer(1, 512 * d, 1)
    assert grids(critic, torch.zeros(1, 3, 64, 64, 64)) == [
        (d, 64, 64, 64), (2 * d, 32, 32, 32), (4 * d, 16, 16, 16), (d, 16, 16, 16), (d, 8, 8, 8),
    ]  # fmt: skip


def inception(width_in: int, width_out: int, kernels: tuple[int, ...] = (1, 2, 4)) -> int:
    merge = layer(1, len(kernels) * width_out, width_out)
    return sum(layer(size**3, width_in, width_out) for size in kernels) + merge


@pytest.mark.parametrize(("config", "inputs"), [(m1.M1Config(), 9), (UniscaleConfig(), 8)])
def test_perraudin2019_m1_has_the_layers_of_table_4(config, inputs):
    d = 64
    expected = inception(inputs, d) + 6 * inception(d, d) + inception(d, 1)
    assert count(m1.M1Generator(config)) == expected
    d = 32  # so that 8^3 d = 16,384, which the table counts
    expected = inception(3 if inputs == 9 else 1, 2 * d) + inception(2 * d, 2 * d) + inception(2 * d, d)
    expected += 5 * inception(d, d) + layer(1, 16_384 + 1_914, 64) + layer(1, 64, 16) + layer(1, 16, 1)
    assert count(m1.M1Critic(config)) == expected


def test_srivastava2018_has_eight_layers_to_make_and_six_to_judge():
    w, wide = 16, 48
    config = patches.PatchConfig()
    hidden = sum(layer(size**3, wide, w) for size in (1, 3, 5))
    expected = sum(layer(size**3, 9, w) for size in (1, 3, 5)) + 6 * hidden + inception(wide, 1, (1, 3, 5))
    assert count(patches.PatchGenerator(config)) == expected
    expected = sum(layer(size**3, 3, w) for size in (1, 3, 5)) + 4 * hidden + inception(wide, 2, (1, 3, 5))
    expected += layer(1, 8**3 * 2, 64) + layer(1, 64, 1)
    assert count(patches.PatchCritic(config)) == expected


def test_srivastava2018_m3_starts_from_two_voxels_of_eight_channels():
    generator = srivastava_m3.M3Generator(srivastava_m3.M3Config(width=1))
    first = next(module for module in generator.modules() if isinstance(module, nn.Linear))
    assert (first.in_features, first.out_features) == (100, 64)
    sides = [shape[-1] for shape in grids(generator, torch.zeros(1, 100), device="cpu")]
    assert sides == [4] * 3 + [8] * 3 + [16] * 3 + [32] * 12  # the last layer runs as one


def test_srivastava2018_makes_the_same_shapes_in_all_three_kinds():
    sizes = []
    for kind in ("plain", "inception", "residual"):
        config = patches.PatchConfig(patch=8, width=2, ablation=kind)
        generator = patches.PatchGenerator(config)
        assert generated("srivastava2018-m1", config, generator).shape == (2, 8, 8, 8)
        assert patches.PatchCritic(config)(torch.zeros(1, 3, 16, 16, 16)).shape == (1,)
        sizes.append(count(generator))
        assert sum(isinstance(module, Residual) for module in generator.modules()) == 3 * (kind == "residual")
    assert sizes[0] > sizes[1] == sizes[2]  # residual connections have no weights


@pytest.mark.parametrize(
    ("config", "up", "down", "kernel"),
    [
        (UllmoMapConfig(), (512, 256, 128, 64, 32, 1), (1, 32, 64, 128, 256, 512), 5),
        (UllmoConfig(), (256, 128, 64, 32, 1), (1, 32, 64, 128, 256), 4),
    ],
)
def test_ullmo2021_has_the_layers_of_tables_a1_and_a2(config, up, down, kernel):
    d, taps = config.dimensions, kernel**config.dimensions
    norms = 2 * sum(up[:-1])
    expected = layer(1, config.latent_size, up[0] * 4**d) + norms
    expected += sum(layer(taps, a, b) for a, b in pairwise(up))
    generator = UllmoGenerator(config)
    assert count(generator) == expected
    sides = [shape[-1] for shape in grids(generator, torch.zeros(1, config.latent_size))]
    assert sides == [8 * 2**level for level in range(len(up) - 1)]
    body = sum(layer(taps, a, b) for a, b in pairwise(down)) + 2 * sum(down[2:])
    inputs = down[-1] * 4**d  # 8192 in two dimensions, as in appendix A.2
    assert count(UllmoCritic(config)) == body + layer(1, inputs, 1)
    assert count(UllmoEncoder(config)) == body + layer(1, inputs, config.latent_size)


def test_cavezza2022_has_the_layers_of_tables_1_to_3():
    residual = sum(2 * (layer(27, width, width) + 2 * width) for width in (128, 64, 32))
    ups = ((256, 128), (128, 64), (64, 32))
    expected = layer(1, 256, 16_384) + sum(layer(64, a, b) + 2 * b for a, b in ups) + residual
    expected += layer(27, 32, 16) + 2 * 16 + layer(27, 16, 1)
    generator = CavezzaGenerator(CavezzaConfig())
    assert count(generator) == expected
    assert [s[-1] for s in grids(generator, torch.zeros(1, 256))] == [8] * 3 + [16] * 3 + [32] * 5
    critic = CavezzaCritic(CavezzaConfig())
    expected = sum(layer(64, a, b) for a, b in ((1, 64), (64, 128), (128, 256)))
    expected += layer(27, 256, 512) + layer(27, 512, 512) + layer(1, 32_768, 1)
    assert count(critic) == expected
    assert [s[-1] for s in grids(critic, torch.zeros(1, 32, 32, 32))] == [16, 8, 4, 4, 4]


# Laws -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_new_generator_makes_fields_of_sane_scale(name):
    torch.manual_seed(1)
    config = PUBLISHED[name].config.from_dict(TINY[name])
    field = generated(name, config, PUBLISHED[name].generator(config))
    assert field.shape == (2, *(config.n,) * config.dimensions)
    assert 0.01 < field.std() < 5
    assert field[0].sub(field[1]).abs().max() > 1e-3  # the latent matters


RECTIFIED = ["perraudin2019-m1", "perraudin2019-uniscale", "srivastava2018-m3", "srivastava2018-m1"]


@pytest.mark.parametrize("name", RECTIFIED)
def test_a_rectified_output_begins_alive_whatever_the_seed(name):
    config = PUBLISHED[name].config.from_dict(TINY[name])
    for seed in range(8):
        torch.manual_seed(seed)
        field = generated(name, config, PUBLISHED[name].generator(config))
        assert (field > 0).float().mean() > 0.5


@pytest.mark.parametrize("name", PUBLISHED)
def test_features_are_all_of_a_critic_but_its_last_layer(name):
    torch.manual_seed(2)
    config = PUBLISHED[name].config.from_dict(TINY[name])
    critic = PUBLISHED[name].critic(config).eval()
    features, score = critic.features(*judged(name, config)), critic(*judged(name, config))
    assert score.shape == (2,)
    last = critic.score.weight.flatten(1)
    bias = 0.0 if critic.score.bias is None else critic.score.bias
    torch.testing.assert_close((features @ last.T + bias).flatten(), score)


@pytest.mark.parametrize("name", [name for name in PUBLISHED if not name.startswith(("feder", "ullmo"))])
def test_the_slope_of_a_wasserstein_critic_can_be_penalised(name):
    torch.manual_seed(3)
    config = PUBLISHED[name].config.from_dict(TINY[name])
    critic = PUBLISHED[name].critic(config)
    (field,) = judged(name, config)
    field.requires_grad_()
    (slope,) = torch.autograd.grad(critic(field).sum(), field, create_graph=True)
    slope.square().sum().backward()
    moved = [parameter.grad is not None and bool(parameter.grad.abs().sum() > 0) for parameter in critic.parameters()]
    assert sum(moved) > 0.4 * len(moved)  # biases bend nothing, and dead rectifiers pass nothing


@pytest.mark.parametrize("name", ["perraudin2019-m2", "perraudin2019-m1", "srivastava2018-m1"])
def test_a_patch_depends_on_its_neighbours_and_its_low_resolution(name):
    torch.manual_seed(4)
    config = PUBLISHED[name].config.from_dict(TINY[name])
    generator = PUBLISHED[name].generator(config).eval()
    borders = torch.rand(1, 7, *(config.patch,) * 3)
    low = torch.rand(1, *(config.patch // config.factor,) * 3)
    drawn = latent(config)[:1]
    patch = generator(drawn, borders, low)
    assert (generator(drawn, borders.flip(1), low) - patch).abs().max() > 1e-4
    assert (generator(drawn, borders, low.flip(1)) - patch).abs().max() > 1e-4


def test_networks_without_low_resolution_refuse_one_and_others_require_it():
    borders, block = torch.zeros(1, 7, 8, 8, 8), torch.zeros(1, 2, 2, 2)
    uniscale = m1.M1Generator(UniscaleConfig(patch=8, width=2, critic_width=2))
    with pytest.raises(InvalidInputError, match="give none"):
        uniscale(torch.zeros(1, 512), borders, block)
    with pytest.raises(InvalidInputError, match="give one per patch"):
        m1.M1Generator(m1.M1Config(patch=8, width=2, critic_width=2))(torch.zeros(1, 512), borders)


def test_the_redshift_decides_what_feder2020_makes_and_must_be_given():
    torch.manual_seed(5)
    config = FederRedshiftConfig(n=16, widths=(8, 4), latent_size=12)
    generator, critic = FederGenerator(config).eval(), FederCritic(config).eval()
    w = latent(config)[:1].expand(2, -1)
    fields = generator(w, torch.tensor([0.0, 3.0]))
    assert (fields[0] - fields[1]).abs().max() > 1e-3
    scores = critic(fields[:1].expand(2, -1, -1, -1), torch.tensor([0.0, 3.0]))
    assert scores[0] != scores[1]
    with pytest.raises(InvalidInputError, match="redshift"):
        generator(w)


@pytest.mark.parametrize("name", PUBLISHED)
def test_sizes_survive_a_model_card(name):
    config = PUBLISHED[name].config.from_dict(TINY[name])
    assert type(config).from_dict(config.as_dict()) == config


def test_impossible_sizes_and_names_are_refused():
    with pytest.raises(InvalidInputError, match="widths make 32"):
        FederConfig(n=64, widths=(8, 8, 4))
    with pytest.raises(InvalidInputError, match="n must be 16, 32, 64"):
        UllmoConfig(n=48)
    with pytest.raises(InvalidInputError, match="no size named 'depth'"):
        CavezzaConfig.from_dict({"depth": 3})
    with pytest.raises(InvalidInputError, match="known are perraudin2019-m3"):
        architecture("stylegan")
    with pytest.raises(InvalidInputError, match="ablation"):
        patches.PatchConfig(ablation="dense")
    with pytest.raises(InvalidInputError, match="multiple of 8"):
        m3.M3Config(n=36)
