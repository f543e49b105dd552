"""Grow a trained generator and critic to twice the grid, without changing what the generator draws.

Large scales are learnt eight times cheaper on a grid of half the resolution.  The larger generator keeps
all layers but the last; its new layer computes the old output and its negative, from which, past the
rectifier, the last layer interpolates the finer field.  Interpolation smooths; the residual convolution before
it sharpens as much, up to half the Nyquist wavenumber of the coarse grid.  The critic keeps all layers but its
entry.

References
----------
Karras et al. (2018), arXiv:1710.10196 (progressive growing); Chen, Goodfellow & Shlens (2016),
arXiv:1511.05641 (function-preserving growth).
"""

from __future__ import annotations

from itertools import product

import torch
from torch import Tensor

from cosmoloom.errors import InvalidInputError
from cosmoloom.nets.conditional import SLOPE, ConditionalGenerator
from cosmoloom.nets.critic import PairCritic


@torch.no_grad()
def grow_generator(large: ConditionalGenerator, small: dict[str, Tensor]) -> None:
    """Fill a generator with the weights of one of half the grid.

    Parameters
    ----------
    large : ConditionalGenerator
        Its first widths must be those of the small one.
    small : dict
        State of the small generator.
    """
    state = large.state_dict()
    kept = {key: value for key, value in small.items() if not key.startswith("last.")}
    if any(key not in state or state[key].shape != value.shape for key, value in kept.items()):
        raise InvalidInputError("the coarser generator must have the same latent size and first widths")
    large.load_state_dict({**state, **kept})
    transposed = as_transposed(small["last.weight"])  # (c, 1, 4, 4, 4)
    newest_up = large.get_parameter(f"ups.{len(large.ups) - 1}.weight")
    newest_up[:, 0:1] = transposed
    newest_up[:, 1:2] = -transposed
    newest = large.scale_shifts()[-1]
    newest.norm.reset_running_stats()
    newest.affine.weight.zero_()
    large.last.weight[:, 2:] *= 0.1
    for strength in list(large.strengths)[len(large.ups) - 1 :]:
        strength[:2] = 0.0
    for phase, steps in enumerate(product((0, 1), repeat=3)):
        for taps in product((0, 1), repeat=3):
            # Trilinear interpolation: phase 0 lies closer to the lower of its two neighbours, phase 1 to the upper.
            share = 1.0
            for step, tap in zip(steps, taps, strict=True):
                share *= 0.75 if step == tap else 0.25
            value = share / (1.0 + SLOPE)
            large.last.weight[(phase, 0, *taps)] = value
            large.last.weight[(phase, 1, *taps)] = -value
    beyond = _sharpening() / (1.0 + SLOPE)
    for target, source, sign in ((0, 0, 1.0), (0, 1, -1.0), (1, 0, -1.0), (1, 1, 1.0)):
        large.refines[-1].get_parameter("weight")[target, source] = sign * beyond
    large.get_parameter("last.bias").fill_(float(small["last.bias"].mean()))


def grow_critic(large: PairCritic, small: dict[str, Tensor]) -> None:
    """Fill a critic with the weights of one of half the grid, but for its entry and first step down."""
    state = large.state_dict()
    for key, value in small.items():
        name = key
        if key.startswith("downs."):
            level, rest = key.removeprefix("downs.").split(".", 1)
            name = f"downs.{int(level) + 1}.{rest}"
        if not key.startswith("entry") and name in state and state[name].shape == value.shape:
            state[name] = value
    large.load_state_dict(state)


def _sharpening() -> Tensor:
    """Return what to add to a field, shape (3, 3, 3), before it is interpolated linearly to twice the grid.

    Along an axis, interpolation damps a wave of phase p per cell by ``3/4 cos(p/4) + 1/4 cos(3p/4)``; three taps
    that sum to one undo this to 1 % at p = pi/2.
    """
    taps = torch.tensor([-0.125, 1.25, -0.125])
    kernel = taps[:, None, None] * taps[:, None] * taps
    kernel[1, 1, 1] -= 1.0
    return kernel


def as_transposed(subpixel: Tensor) -> Tensor:
    """Return the transposed convolution (kernel 4, stride 2, padding 1) that equals a sub-pixel convolution.

    Parameters
    ----------
    subpixel : Tensor, shape (8, c, 2, 2, 2)
        Kernel whose eight outputs are interleaved.

    Returns
    -------
    Tensor, shape (c, 1, 4, 4, 4)
    """
    kernel = subpixel.new_empty(subpixel.shape[1], 1, 4, 4, 4)
    for phase, steps in enumerate(product((0, 1), repeat=3)):
        for taps in product((0, 1), repeat=3):
            x, y, z = (2 * (1 - tap) + step for step, tap in zip(steps, taps, strict=True))
            kernel[:, 0, x, y, z] = subpixel[phase, :, taps[0], taps[1], taps[2]]
    return kernel
