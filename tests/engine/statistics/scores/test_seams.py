"""Patches that do not fit together are seen, whole fields are not."""

import numpy as np
import pytest
import torch

from cosmoloom.box import Box
from cosmoloom.errors import InvalidInputError
from cosmoloom.statistics.scores import seams


def web(seed, n=32):
    noise = torch.randn(n, n, n, generator=torch.Generator().manual_seed(seed))
    k = torch.fft.fftfreq(n)[:, None, None] ** 2 + torch.fft.fftfreq(n)[:, None] ** 2 + torch.fft.rfftfreq(n) ** 2
    smooth = torch.fft.irfftn(torch.fft.rfftn(noise) * torch.exp(-60 * k), s=(n, n, n))
    return (smooth / smooth.std()).exp()


def patchwork(patch=8, mix=1.0):
    """Patches of different fields, mixed into one whole field."""
    whole, out = web(0), web(0).clone()
    for number, corner in enumerate(np.ndindex(4, 4, 4)):
        part = tuple(slice(c * patch, (c + 1) * patch) for c in corner)
        out[part] = (1 - mix) * whole[part] + mix * web(number + 1)[part]
    return out


def test_a_whole_field_has_no_seams():
    found = seams(web(0), patch=8, periodic=True)
    assert not found.visible
    assert found.gradient_ratio == pytest.approx(1, abs=0.2)
    assert np.median(found.power_ratio) == pytest.approx(1, abs=0.2)
    assert found.n_faces == 12


@pytest.mark.parametrize("mix", [1.0, 0.4])
def test_a_patchwork_has(mix):
    found = seams(patchwork(mix=mix), patch=8, periodic=True)
    assert found.visible
    assert found.gradient_ratio > 1.5
    assert found.power_ratio.max() > found.gradient_ratio


def test_faces_that_are_smoothed_over_are_seams_too():
    smoothed = web(0, n=32).clone()
    for axis in range(3):  # each voxel before a face moves towards its neighbour behind
        layers = smoothed.movedim(axis, 0)
        layers[1::2] += 0.3 * (layers.roll(-1, 0)[1::2] - layers[1::2])
    found = seams(smoothed, patch=2, periodic=True)
    assert found.visible
    assert found.gradient_ratio < 0.9


def test_seams_are_found_only_where_they_are():
    shifted = patchwork().roll((4, 4, 4), (0, 1, 2))
    assert not seams(shifted, patch=8, periodic=True).visible


def test_outer_faces_count_for_periodic_fields_only():
    part = web(0, n=64)[:32, :32, :32]
    open_ends, closed = (seams(part, patch=16, periodic=p) for p in (False, True))
    assert (open_ends.n_faces, closed.n_faces) == (3, 6)
    assert not open_ends.visible
    assert closed.gradient_ratio > 2
    box = Box.from_array(part.numpy(), box_size=32.0, redshift=0.0, periodic=True)
    assert seams(box, patch=16).n_faces == 6


@pytest.mark.parametrize("patch", [0, 1, 5, 32, 64])
def test_patches_that_do_not_tile_are_refused(patch):
    with pytest.raises(InvalidInputError, match="tile"):
        seams(web(0), patch=patch)
