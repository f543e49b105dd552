"""The published statistics, faults included, against direct counts."""

import numpy as np
import torch

from cosmoloom.statistics import mass_histogram, peak_counts, power_spectrum
from cosmoloom.statistics.scores import published_statistics


def lognormal(n=16, count=3, seed=0):
    return np.random.default_rng(seed).lognormal(sigma=1.2, size=(count, n, n, n)).astype(np.float32)


def test_every_voxel_is_counted_once_outliers_in_the_end_bins():
    fields = lognormal()
    fields[0, 0, 0, 0], fields[0, 0, 0, 1] = 0.0, 1e7
    mass = published_statistics(fields).mass
    assert (mass.sum(1) == 16**3).all()
    assert mass[0, -1] >= 1
    assert mass_histogram(fields).counts.sum() == mass.sum()


def test_peaks_at_the_faces_count_as_published():
    fields = lognormal()
    published = published_statistics(fields).peaks.sum(1)
    padded = np.pad(fields, [(0, 0)] + [(2, 2)] * 3, mode="symmetric")
    inside = peak_counts(fields).counts.sum(1).numpy()
    assert (published > 1.3 * inside).all()  # at this size much of the volume lies near a face
    assert (published == [sum_of_ties(field) for field in padded]).all()


def sum_of_ties(padded):
    windows = np.lib.stride_tricks.sliding_window_view(padded, (5, 5, 5))
    return (windows.max((3, 4, 5)) == padded[2:-2, 2:-2, 2:-2]).sum()


def test_plateaus_are_no_peaks_but_ties_are():
    flat = np.ones((1, 16, 16, 16), dtype=np.float32)
    assert published_statistics(flat + 0 * flat).peaks.sum() == 0
    flat[0, 8, 8, 8] = flat[0, 8, 8, 9] = 5.0
    assert published_statistics(flat).peaks.sum() == 2


def test_power_of_a_plane_wave_falls_into_one_bin_at_the_published_wavenumber():
    n, m = 32, 5
    wave = 1 + 0.3 * np.cos(2 * np.pi * m * np.arange(n) / n)
    field = np.broadcast_to(wave[:, None, None], (1, n, n, n)).astype(np.float32)
    found = published_statistics(field)
    at = int(found.power[0].argmax())
    assert found.power[0, at] > 1e6 * np.delete(found.power[0], at).max()
    assert abs(np.log(found.k[at] / (2 * np.pi * m / (n * 350 / 256)))) < 0.08


def test_power_agrees_with_the_right_one_on_white_noise_of_the_published_voxels():
    noise = 1 + 0.1 * torch.randn(4, 32, 32, 32, generator=torch.Generator().manual_seed(0))
    published = published_statistics(noise).power.mean()
    right = power_spectrum(noise, box_size=32 * 350 / 256).power.mean()
    assert abs(published / float(right) - 1) < 0.1


def test_own_mean_is_divided_out():
    fields = lognormal()
    assert np.allclose(published_statistics(3 * fields).power, published_statistics(fields).power, rtol=1e-4)
