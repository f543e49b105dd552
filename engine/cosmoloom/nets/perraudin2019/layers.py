"""Convolutions of 4^3 voxels that keep, halve or double the grid, each with its LeakyReLU: M2 and M3 are made of them.

Borders are padded with zeros; one that keeps the grid reaches one voxel before a voxel and two after it.
"""

from __future__ import annotations

from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

from cosmoloom.nets.xavier import SLOPE, xavier

KERNEL = 4


def keep(width_in: int, width_out: int) -> list[nn.Module]:
    """Return a convolution on one grid, which a transposed one of stride 1 is, too."""
    return [nn.ZeroPad3d((1, 2) * 3), xavier(nn.Conv3d(width_in, width_out, KERNEL)), nn.LeakyReLU(SLOPE)]


def halve(width_in: int, width_out: int) -> list[nn.Module]:
    """Return a convolution of stride 2."""
    return [xavier(nn.Conv3d(width_in, width_out, KERNEL, stride=2, padding=1)), nn.LeakyReLU(SLOPE)]


def double(width_in: int, width_out: int) -> list[nn.Module]:
    """Return a transposed convolution of stride 2."""
    return [xavier(nn.ConvTranspose3d(width_in, width_out, KERNEL, stride=2, padding=1)), nn.LeakyReLU(SLOPE)]


def bounded(layers: list[nn.Module]) -> list[nn.Module]:
    """Normalise the spectrum of every convolution."""
    return [spectral_norm(layer) if isinstance(layer, nn.Conv3d) else layer for layer in layers]
