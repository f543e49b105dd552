"""The conditional generator as it is run, not trained: folded, channels-last, in the faster precision.

In evaluation mode normalisation, scale and shift are one affine map per channel, fixed by the condition.  It
is applied in place rather than put into weights, which have more entries than most features.  The first
layer's weight is permuted so that its product with the latent is already channels-last.  The last layer has
eight output channels, too few for a vector unit: it computes two cells along z at once.  Convolutions call
oneDNN by name, because torch hands a small one of one sample to code that takes ten times as long.
"""

from __future__ import annotations

from functools import lru_cache
from time import thread_time
from typing import Literal, cast

import torch
from torch import Tensor
from torch.nn import functional

from cosmoloom.nets.conditional import SLOPE, START, ConditionalGenerator, ScaleShift
from cosmoloom.nets.convolution import convolve

Precision = Literal["fast", "exact"]

MARGIN = 1.3
"""How much faster bfloat16 must multiply before its rounding is accepted [1]."""


def compute_dtype(device: torch.device, precision: Precision) -> torch.dtype:
    """Return bfloat16 for "fast" where it is faster, else float32."""
    if precision == "exact":
        return torch.float32
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    return torch.bfloat16 if _cpu_prefers_bfloat16() else torch.float32


@lru_cache(maxsize=1)
def _cpu_prefers_bfloat16() -> bool:
    """Time one product in both precisions: having the instruction does not make a processor fast at it."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)  # so that the thread's own clock sees all the work, and none of other programs'
    best = {}
    for dtype in (torch.float32, torch.bfloat16):
        a, b = torch.ones(384, 384, dtype=dtype), torch.ones(384, 384, dtype=dtype)
        seconds = []
        for _ in range(6):
            start = thread_time()
            torch.mm(a, b)
            seconds.append(thread_time() - start)
        best[dtype] = min(seconds)
    torch.set_num_threads(before)
    return best[torch.float32] > MARGIN * best[torch.bfloat16]


class FastGenerator:
    """Inference-only form of a conditional generator.

    Parameters
    ----------
    generator : ConditionalGenerator
        Trained network; it is moved to the device and put into evaluation mode.
    device : torch.device
        Where to compute.
    dtype : torch.dtype
        Of weights and activations, float32 or bfloat16; products are summed in float32.
    """

    def __init__(self, generator: ConditionalGenerator, *, device: torch.device, dtype: torch.dtype) -> None:
        source = generator.eval().requires_grad_(False).to(device)
        self._dtype = dtype
        self._condition = source.condition
        self._affine = _FoldedAffine([cast(ScaleShift, layer) for layer in source.modulations])
        first = source.first.weight.view(generator.config.widths[0], START**3, -1)
        self._first = first.permute(2, 1, 0).flatten(1)  # (coarse_size, 4^3 c)
        self._split = generator.config.split
        self._strengths = [strength.to(dtype)[:, None, None, None] for strength in source.strengths]
        self._ups = [
            up.get_parameter("weight").to(dtype).contiguous(memory_format=torch.channels_last_3d)
            for up in source.ups
        ]
        self._refines = [
            (
                refine.get_parameter("weight").to(dtype).contiguous(memory_format=torch.channels_last_3d),
                refine.get_parameter("bias").to(dtype),
            )
            for refine in source.refines
        ]
        weight, bias = _cell_weight(source.last.get_parameter("weight"), source.last.get_parameter("bias"))
        self._last = weight.to(dtype).contiguous(memory_format=torch.channels_last_3d)
        self._last_bias = bias.to(dtype)

    @torch.no_grad()
    def __call__(self, latent: Tensor, growth: Tensor, log_kappa: Tensor) -> Tensor:
        """Return standardised fields; arguments and result as in :class:`ConditionalGenerator`, float32."""
        groups = torch.stack([growth, log_kappa], dim=1)
        if len(groups) == 1 or bool((groups == groups[0]).all()):
            return self._decode(latent, growth[:1], log_kappa[:1])
        singles = [slice(i, i + 1) for i in range(len(latent))]
        return torch.cat([self._decode(latent[i], growth[i], log_kappa[i]) for i in singles])

    def _decode(self, latent: Tensor, growth: Tensor, log_kappa: Tensor) -> Tensor:
        """Decode latents that share one condition."""
        affine = self._affine(self._condition(growth, log_kappa)[0])
        coarse, details = self._split(latent)
        x = torch.mm(coarse, self._first).view(len(latent), START, START, START, -1)
        x = _modulate(x.permute(0, 4, 1, 2, 3), *affine[0])  # (b, c, 4, 4, 4)
        x = functional.leaky_relu_(x, SLOPE).to(self._dtype)
        for level, (weight, refine, (scale, shift)) in enumerate(
            zip(self._ups, self._refines, affine[1:], strict=True)
        ):
            x = functional.conv_transpose3d(x, weight, stride=2, padding=1)  # doubles the grid
            x = _modulate(x, scale.to(self._dtype), shift.to(self._dtype))
            if level < len(details):
                x.addcmul_(details[level].to(self._dtype), self._strengths[level])
            x = functional.leaky_relu_(x, SLOPE)
            x.add_(functional.leaky_relu_(convolve(x, *refine, padding=1), SLOPE))
        return _interleave_cells(self._write_cells(x).float())  # (b, 2m, 2m, 2m)

    def _write_cells(self, x: Tensor) -> Tensor:
        """Apply the last layer: (b, c, m, m, m) -> (b, 16, m + 1, m + 1, m / 2)."""
        return convolve(x, self._last, self._last_bias, padding=1, stride=(1, 1, 2))


class _FoldedAffine:
    """Scale and shift per channel of all layers at once, as functions of the condition alone."""

    def __init__(self, layers: list[ScaleShift]) -> None:
        self._widths = [layer.norm.num_features for layer in layers]
        maps = [(*layer.affine.weight.chunk(2), *layer.affine.bias.chunk(2)) for layer in layers]
        scale, shift, scale_bias, shift_bias = (torch.cat(parts) for parts in zip(*maps, strict=True))
        variance = torch.cat([layer.norm.get_buffer("running_var") + layer.norm.eps for layer in layers])
        self._mean = torch.cat([layer.norm.get_buffer("running_mean") for layer in layers])
        self._scale, self._scale_bias = (
            scale * variance.rsqrt()[:, None],
            (1.0 + scale_bias) * variance.rsqrt(),
        )
        self._shift, self._shift_bias = shift, shift_bias

    def __call__(self, condition: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Return (scale, shift) of each layer for a condition of shape (condition_width,)."""
        scale = torch.addmv(self._scale_bias, self._scale, condition)
        shift = torch.addmv(self._shift_bias, self._shift, condition).addcmul_(self._mean, scale, value=-1.0)
        return list(zip(scale.split(self._widths), shift.split(self._widths), strict=True))


def _modulate(x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    """Scale and shift each channel of x, shape (b, c, m, m, m), in place."""
    return torch.addcmul(shift[:, None, None, None], x, scale[:, None, None, None], out=x)


def _cell_weight(weight: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    """Return weight (16, c, 2, 2, 4) and bias of a convolution of stride (1, 1, 2) equal to the last layer.

    The layer's weight (8, c, 2, 2, 2) makes the voxels (2 i - 1, 2 i) of cell i from its inputs i - 1 and i.
    Along z the result makes voxels 4 j to 4 j + 3 from inputs 2 j - 1 to 2 j + 2; its channels are ordered as
    (phase x, phase y, voxel).
    """
    channels = weight.shape[1]
    phases = weight.view(2, 2, 2, channels, 2, 2, 2)
    cells = weight.new_zeros(2, 2, 4, channels, 2, 2, 4)
    for voxel, (phase, start) in enumerate(((1, 0), (0, 1), (1, 1), (0, 2))):
        cells[:, :, voxel, :, :, :, start : start + 2] = phases[:, :, phase]
    return cells.view(16, channels, 2, 2, 4), bias.view(2, 2, 2)[:, :, [1, 0, 1, 0]].reshape(16)


def _interleave_cells(cells: Tensor) -> Tensor:
    """Write 16 channels on an (m + 1, m + 1, m / 2) grid as the voxels of a (2m)^3 grid."""
    b, _, m, _, h = cells.shape
    voxels = cells.permute(0, 2, 3, 4, 1).reshape(b, m, m, h, 2, 2, 4)
    rows = voxels.view(torch.complex128)[
        ..., 0
    ]  # four voxels move as one number of 16 bytes: three times faster
    rows = rows.permute(0, 1, 4, 2, 5, 3).reshape(b, 2 * m, 2 * m, h)
    return rows.view(torch.float32)[:, 1:-1, 1:-1]
