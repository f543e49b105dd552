"""Statistics of a batch that is spread over processes: those of the whole batch, not of each share.

Shares are equally large, so means over the batch are means over processes of the shares' means.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.modules.batchnorm import _BatchNorm

from cosmoloom.nets.batch_scatter import BatchScatter
from cosmoloom.train.processes import Processes


def synchronise(network: nn.Module, processes: Processes) -> None:
    """Let the layers of a network that look at the batch see all of it; weights and their names stay."""
    for name, child in network.named_children():
        if isinstance(child, _BatchNorm):
            setattr(network, name, SharedBatchNorm(child, processes))
        elif isinstance(child, BatchScatter):
            setattr(network, name, SharedBatchScatter(processes))
        else:
            synchronise(child, processes)


class SharedBatchNorm(_BatchNorm):
    """Batch normalisation by the statistics of all processes (Ioffe & Szegedy 2015, arXiv:1502.03167).

    torch's own needs CUDA and cannot be differentiated twice.

    Parameters
    ----------
    source : BatchNorm
        Whose parameters, running statistics and mode are taken over.
    processes : Processes
        Who share the batch.
    """

    def __init__(self, source: _BatchNorm, processes: Processes) -> None:
        super().__init__(source.num_features, source.eps, source.momentum, affine=False)
        self.affine, self.track_running_stats = source.affine, source.track_running_stats
        self.weight, self.bias = source.weight, source.bias
        self.running_mean, self.running_var = source.running_mean, source.running_var
        self.num_batches_tracked = source.num_batches_tracked
        self.training = source.training
        self._processes = processes

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002
        """Normalise each channel, axis 1, over all volumes of all processes."""
        if not self.training and self.running_mean is not None:
            return functional.batch_norm(
                input, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps
            )
        x = input.float()  # half precision would lose the variance
        axes = [0, *range(2, x.ndim)]
        shape = (1, -1, *(1 for _ in axes[1:]))
        mean = self._processes.mean(x.mean(axes))
        centred = x - mean.view(shape)
        variance = self._processes.mean(centred.square().mean(axes))
        if self.training and self.running_mean is not None:
            self._remember(mean.detach(), variance.detach(), x.numel() // x.shape[1] * self._processes.world)
        normalised = centred * (variance + self.eps).rsqrt().view(shape)
        if self.weight is not None:
            normalised = torch.addcmul(self.bias.view(shape), normalised, self.weight.view(shape))
        return normalised.to(input.dtype)

    def _remember(self, mean: Tensor, variance: Tensor, count: int) -> None:
        """Move the running statistics; that of the variance has Bessel's correction."""
        assert self.running_mean is not None
        assert self.running_var is not None
        assert self.num_batches_tracked is not None
        self.num_batches_tracked += 1
        blend = 1.0 / float(self.num_batches_tracked) if self.momentum is None else self.momentum
        self.running_mean.lerp_(mean, blend)
        self.running_var.lerp_(variance * count / (count - 1), blend)

    def _check_input_dim(self, input: Tensor) -> None:  # noqa: A002
        """Accept any number of axes: the layer that this one replaces had its own."""


class SharedBatchScatter(BatchScatter):
    """Scatter of all processes' volumes."""

    def __init__(self, processes: Processes) -> None:
        super().__init__()
        self._processes = processes

    def mean(self, x: Tensor) -> Tensor:
        """Return the mean over the volumes of all processes."""
        return self._processes.mean(x.mean(0))
