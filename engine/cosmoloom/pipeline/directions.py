"""The leading directions of a latent space: along them the first layer of a generator reacts most.

References
----------
Haerkoenen et al. (2020), GANSpace; Shen & Zhou (2021), whose closed form this is.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True, slots=True, eq=False)
class LatentDirections:
    """Orthonormal directions of a latent space, from the strongest on.

    Attributes
    ----------
    vectors : Tensor, shape (count, latent_size), float32
        Unit vectors; the largest component of each is positive.
    explained : Tensor, shape (count,), float32
        Share of the first layer's variance along each direction, for a prior of equal variances [1].
    names : tuple of str
        What each direction is; empty where nobody knows.
    """

    vectors: Tensor
    explained: Tensor
    names: tuple[str, ...] = ()

    def __len__(self) -> int:
        return int(self.vectors.shape[0])


def leading_directions(weight: Tensor, count: int = 16, *, latent_size: int | None = None) -> LatentDirections:
    """Return the principal directions of a linear map of the latent.

    Parameters
    ----------
    weight : Tensor, shape (features, coarse_size)
        Weight of the generator's first layer, which reads the first components of the latent.
    count : int
        Directions to keep; at most ``coarse_size``.
    latent_size : int, optional
        Components of the whole latent; no direction moves those beyond ``coarse_size``.

    Returns
    -------
    LatentDirections
        Eigenvectors of ``weight.T @ weight``, by falling eigenvalue.
    """
    matrix = weight.detach().double().cpu()
    values, vectors = torch.linalg.eigh(matrix.T @ matrix)
    values, vectors = values.flip(0).clamp_min(0.0), vectors.flip(1).T
    # An eigenvector's sign is arbitrary; fixing it keeps a slider's sense from one machine to the next.
    largest = vectors.gather(1, vectors.abs().argmax(dim=1, keepdim=True))
    vectors = vectors * largest.sign()
    count = min(count, vectors.shape[0])
    beyond = 0 if latent_size is None else latent_size - vectors.shape[1]
    kept = functional.pad(vectors[:count].float(), (0, beyond))
    return LatentDirections(kept, (values / values.sum())[:count].float())


def first_layer_directions(network: nn.Module, latent_size: int) -> LatentDirections:
    """Return the leading directions of any generator by its first layer that reads a whole latent.

    Parameters
    ----------
    network : Module
        Its layers are searched in the order of their definition for a linear or transposed convolution with
        ``latent_size`` inputs, or one more where a redshift is appended to the latent.
    latent_size : int
        Components of a latent.

    Returns
    -------
    LatentDirections
        None at all where there is no such layer.
    """
    for layer in network.modules():
        weight = _matrix(layer)
        if weight is not None and weight.shape[1] in (latent_size, latent_size + 1):
            return leading_directions(weight[:, :latent_size])
    return LatentDirections(torch.zeros(0, latent_size), torch.zeros(0))


def _matrix(layer: nn.Module) -> Tensor | None:
    """Return a layer's map of its input features, shape (features, inputs)."""
    if isinstance(layer, nn.Linear):
        return layer.weight
    if isinstance(layer, (nn.ConvTranspose2d, nn.ConvTranspose3d)):
        return layer.weight.flatten(1).T
    return None
