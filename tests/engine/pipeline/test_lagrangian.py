"""Displaced matter of two grids of noise: exact where theory is, periodic where it says so, and mass stays mass."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import torch
from torch import Tensor

from cosmoloom.cosmology import Cosmology
from cosmoloom.data.paint import paint
from cosmoloom.errors import InvalidInputError
from cosmoloom.pipeline.band_limited import BandLimited, select_modes
from cosmoloom.pipeline.lagrangian import Lagrangian
from cosmoloom.pipeline.lagrangian_config import LagrangianConfig
from cosmoloom.pipeline.linear_power import LinearPower
from cosmoloom.simulate.initial_conditions import displacements

GRIDS = LagrangianConfig(n=16, voxel_size=2.0, long_n=16, long_size=64.0, k_split=0.5, padding=8)
K = np.geomspace(0.05, 5.0, 64)
POWER = LinearPower(k=tuple(K.tolist()), power=tuple((150.0 * K**-1.5).tolist()))
"""As uneven as the real one at these scales."""


@pytest.fixture(scope="module")
def lagrangian() -> Lagrangian:
    return Lagrangian(GRIDS, POWER)


def noise(seed: int, *, long: float = 1.0, short: float = 1.0) -> Tensor:
    latent = torch.randn(GRIDS.latent_size, generator=torch.Generator().manual_seed(seed))
    latent[: GRIDS.long_n**3] *= long
    latent[GRIDS.long_n**3 :] *= short
    return latent


def magnitudes(n: int, box_size: float) -> Tensor:
    full, half = (2 * np.pi * f(n, box_size / n) for f in (np.fft.fftfreq, np.fft.rfftfreq))
    return torch.from_numpy(np.sqrt(full[:, None, None] ** 2 + full[None, :, None] ** 2 + half**2))


def combined(latent: Tensor) -> tuple[Tensor, Tensor]:
    """Return the modes of long waves, and of long and short ones, on the voxels of the whole box of long waves."""
    sides = (GRIDS.long_n, GRIDS.n)
    long, short = (part.view(m, m, m) for part, m in zip(latent.split([m**3 for m in sides]), sides, strict=True))
    whole = round(GRIDS.long_size / GRIDS.voxel_size)
    k = magnitudes(GRIDS.long_n, GRIDS.long_size)
    waves = torch.fft.rfftn(long) * torch.sqrt(POWER.at(k) * (GRIDS.long_n / GRIDS.long_size) ** 3)
    waves[(k >= GRIDS.k_split) | (k == 0)] = 0
    field = torch.fft.rfftn(torch.zeros(whole, whole, whole))
    half = GRIDS.long_n // 2
    rows = torch.cat([torch.arange(half), torch.arange(-half, 0)])
    field[rows[:, None], rows, : half + 1] = (waves * (whole / GRIDS.long_n) ** 3).to(field)
    k = magnitudes(GRIDS.n, GRIDS.size)
    ripples = torch.fft.rfftn(short) * torch.sqrt(POWER.at(k) / GRIDS.voxel_size**3)
    half = GRIDS.n // 2
    ripples[(k < GRIDS.k_split)] = 0
    ripples[half], ripples[:, half], ripples[..., half] = 0, 0, 0
    copies = torch.fft.irfftn(ripples, s=(GRIDS.n,) * 3).repeat(2, 2, 2).float()
    corner = round(GRIDS.corner / GRIDS.voxel_size)
    return field, field + torch.fft.rfftn(copies.roll((corner,) * 3, (0, 1, 2)))


def inner(field: Tensor, margin: int) -> Tensor:
    """Return the middle of a whole box, margin voxels wider than the region on every side."""
    corner = round(GRIDS.corner / GRIDS.voxel_size)
    part = slice(corner - margin, corner + GRIDS.n + margin)
    return field[part, part, part]


def correlation(a: Tensor, b: Tensor, *, k_max: float) -> float:
    kept = magnitudes(GRIDS.n, GRIDS.size) < k_max
    x, y = (torch.fft.rfftn(field - field.mean())[kept] for field in (a, b))
    return float((x * y.conj()).real.sum() / torch.sqrt((x.abs() ** 2).sum() * (y.abs() ** 2).sum()))


def test_band_limited_fields_are_those_of_a_transform_of_the_whole_box() -> None:
    modes = torch.fft.rfftn(torch.randn(2, 16, 16, 16), dim=(2, 3, 1)) / 16**3
    kept = select_modes(modes, 5)
    alone = torch.zeros_like(modes)
    for i, j in product(range(-5, 6), repeat=2):
        alone[:, :6, i, j] = modes[:, :6, i, j]
    expected = torch.fft.irfftn(alone * 16**3, s=(16, 16, 16), dim=(2, 3, 1)).permute(1, 2, 3, 0)
    whole = BandLimited(5, points=16, start=0.0, step=1 / 16)(kept)
    torch.testing.assert_close(whole, expected, rtol=0, atol=1e-5)
    finer = BandLimited(5, points=9, start=3 / 16, step=1 / 32)(kept)
    torch.testing.assert_close(finer[::2, ::2, ::2], expected[3:8, 3:8, 3:8], rtol=0, atol=1e-5)


def test_short_waves_have_the_power_of_theory_and_no_other_waves(lagrangian: Lagrangian) -> None:
    k = magnitudes(GRIDS.n, GRIDS.size)
    power = torch.zeros_like(k)
    for seed in range(20):
        modes = torch.fft.rfftn(lagrangian.displace(noise(seed, long=0.0)).linear)
        power += modes.abs().double() ** 2 * GRIDS.voxel_size**3 / GRIDS.n**3 / 20
    assert float(power[k < GRIDS.k_split].max()) < 1e-6
    for low, high in ((0.5, 0.8), (0.8, 1.1), (1.1, 1.5)):
        shell = (k >= low) & (k < high) & (power > 0)
        ratio = power[shell] / POWER.at(k[shell])
        assert float(ratio.mean()) == pytest.approx(1.0, abs=4 / (20 * int(shell.sum())) ** 0.5)


def test_long_waves_have_the_variance_of_theory(lagrangian: Lagrangian) -> None:
    k = magnitudes(GRIDS.long_n, GRIDS.long_size)
    weight = torch.full_like(k, 2.0)
    weight[..., 0] = 1.0
    chosen = (k > 0) & (k < GRIDS.k_split)
    shares = weight[chosen] * POWER.at(k[chosen]) / GRIDS.long_size**3
    found = [float(lagrangian.displace(noise(seed, short=0.0)).linear.square().mean()) for seed in range(60)]
    assert np.mean(found) == pytest.approx(float(shares.sum()), abs=4 * np.std(found) / 60**0.5)


def test_whitened_noise_has_every_wave_of_the_linear_field_at_equal_height(lagrangian: Lagrangian) -> None:
    displaced = lagrangian.displace(noise(1, long=0.0))
    k = magnitudes(GRIDS.n, GRIDS.size)
    linear, white = (torch.fft.rfftn(field) for field in (displaced.linear, displaced.white))
    kept = white.abs() > 1e-2
    ratio = (linear[kept] / white[kept]).real.double()
    torch.testing.assert_close(ratio, torch.sqrt(POWER.at(k[kept]) / GRIDS.voxel_size**3), rtol=1e-3, atol=0)
    whole = torch.stack([lagrangian.displace(noise(seed)).white for seed in range(10)])
    assert float(whole.var()) == pytest.approx((GRIDS.n - 1) ** 3 / GRIDS.n**3, abs=0.05)  # no Nyquist planes


def test_two_grids_displace_as_one_whole_box_does(lagrangian: Lagrangian) -> None:
    latent = noise(2)
    displaced = lagrangian.displace(latent)
    long, all_waves = combined(latent)
    whole = len(long)
    linear = inner(torch.fft.irfftn(all_waves, s=(whole,) * 3), 0)
    torch.testing.assert_close(displaced.linear, linear, rtol=0, atol=1e-4)
    first, second = displacements(all_waves, box_size=GRIDS.long_size)
    _, of_long = displacements(long, box_size=GRIDS.long_size)
    for found, expected in ((displaced.first, first), (displaced.second, of_long)):
        torch.testing.assert_close(found * GRIDS.voxel_size, inner(expected, GRIDS.padding), rtol=0, atol=1e-4)
    axis = torch.arange(whole, dtype=torch.float32)
    lattice = torch.stack(torch.meshgrid(axis, axis, axis, indexing="ij"), dim=-1)
    for redshift in (3.0, 1.0):
        growth, growth_2 = (float(f(redshift)) for f in (Cosmology().growth_factor, Cosmology().second_order_growth))
        density = lagrangian.density(displaced, growth=growth, second_growth=growth_2)
        for at_second_order, least in ((of_long, 0.9999), (second, 0.99)):
            moved = lattice + (growth * first + growth_2 * at_second_order) / GRIDS.voxel_size
            direct = inner(paint(moved.view(-1, 3), whole), 0)
            assert correlation(density, direct, k_max=0.5) > least
    torch.testing.assert_close(density, _painted(displaced, growth, growth_2), rtol=1e-4, atol=1e-4)


def _painted(displaced, growth: float, growth_2: float) -> Tensor:
    """Move first and paint then, as devices do."""
    axis = torch.arange(GRIDS.padded, dtype=torch.float32)
    lattice = torch.stack(torch.meshgrid(axis, axis, axis, indexing="ij"), dim=-1)
    mesh = paint((lattice + growth * displaced.first + growth_2 * displaced.second).view(-1, 3), GRIDS.padded)
    part = slice(GRIDS.padding, GRIDS.padding + GRIDS.n)
    return mesh[part, part, part]


def test_shifted_noise_is_a_shifted_universe(lagrangian: Lagrangian) -> None:
    """One cell of long waves is two voxels here."""
    sides = (GRIDS.long_n, GRIDS.n)
    latent = noise(3)
    parts = [part.view(m, m, m) for part, m in zip(latent.split([m**3 for m in sides]), sides, strict=True)]
    shifted = torch.cat([part.roll(step, 1).flatten() for part, step in zip(parts, (1, 2), strict=True)])
    before, after = (
        lagrangian.density(lagrangian.displace(each), growth=0.6, second_growth=-0.15) for each in (latent, shifted)
    )
    torch.testing.assert_close(after[:, 2:], before[:, :-2], rtol=0, atol=2e-3)
    assert float((after - before).abs().max()) > 1


def test_early_density_is_the_linear_field_times_growth(lagrangian: Lagrangian) -> None:
    displaced = lagrangian.displace(noise(4, short=0.0))
    early, later = (lagrangian.density(displaced, growth=D, second_growth=-3 / 7 * D * D) - 1.0 for D in (0.002, 0.004))
    long = magnitudes(GRIDS.n, GRIDS.size) < 0.3
    modes = [torch.fft.rfftn(field)[long] for field in (early, later, displaced.linear)]
    ratios = [float((modes[i] * modes[j].conj()).real.sum() / (modes[j].abs() ** 2).sum()) for i, j in ((1, 0), (0, 2))]
    assert ratios[0] == pytest.approx(2.0, rel=0.01)
    assert ratios[1] == pytest.approx(0.002, rel=0.06)  # clouds that hardly move take one-sided slopes


def test_mass_flows_in_as_out(lagrangian: Lagrangian) -> None:
    means = [
        float(lagrangian.density(lagrangian.displace(noise(seed)), growth=0.8, second_growth=-0.27).mean())
        for seed in range(40)
    ]
    assert np.mean(means) == pytest.approx(1.0, abs=4 * np.std(means) / 40**0.5)
    assert 0 < np.std(means) < 0.4


def test_second_order_growth_is_that_of_an_einstein_de_sitter_universe_early_on() -> None:
    universe = Cosmology()
    growth, second = universe.growth_factor([1000.0, 0.0]), universe.second_order_growth([1000.0, 0.0])
    assert second[0] == pytest.approx(-3 / 7 * growth[0] ** 2, rel=1e-6)
    assert second[1] == pytest.approx(-3 / 7 * 0.3111 ** (-1 / 143), rel=1e-6)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"n": 15}, "n must be even"),
        ({"padding": 9}, "must fit into the box of long waves"),
        ({"padding": 0}, "padding must lie in"),
        ({"k_split": 0.9}, r"k_split must lie in \[0.1963, 0.7854\]"),
        ({"k_split": 0.1}, "k_split must lie in"),
    ],
)
def test_grids_that_leave_waves_out_are_refused(changes: dict[str, float], said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        LagrangianConfig(**{**GRIDS.as_dict(), **changes})


def test_linear_power_is_that_of_the_cosmology() -> None:
    table = LinearPower.of(Cosmology(), k_min=0.04, k_max=6.0)
    k = torch.tensor([0.05, 0.11, 0.7, 3.0], dtype=torch.float64)
    assert table.at(k).numpy() == pytest.approx(Cosmology().linear_power(k.numpy()), rel=2e-3)
    with pytest.raises(InvalidInputError, match="ascending"):
        LinearPower(k=(1.0, 0.5), power=(1.0, 1.0))
