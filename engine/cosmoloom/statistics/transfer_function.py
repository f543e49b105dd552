"""Transfer function: how one field must be amplified to have the structure of another, and what stays unlike."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from cosmoloom.statistics.cross_power import measure_pair
from cosmoloom.statistics.fields import Field, Measured


@dataclass(frozen=True, slots=True)
class TransferFunction(Measured):
    """Amplitude and phase errors of a field against a reference, apart.

    Attributes
    ----------
    k : Tensor, shape (n_bins,)
        Mean wavenumber of the modes of each shell in [h/Mpc].
    transfer : Tensor, shape (*batch, n_bins)
        Ratio of the amplitudes [1]: 1 where the field has the power of the reference.
    correlation : Tensor, shape (*batch, n_bins)
        Correlation coefficient r(k) in [-1, 1]: 1 where the phases agree.
    stochasticity : Tensor, shape (*batch, n_bins)
        ``1 - r^2`` [1]: share of the reference's power that no amplification of the field can explain.
    error_power : Tensor, shape (*batch, n_bins)
        Power of the difference of the fields in [(Mpc/h)^3].
    n_modes : Tensor, shape (n_bins,)
        Modes per shell, k and -k counted both [1].
    """

    k: Tensor
    transfer: Tensor
    correlation: Tensor
    stochasticity: Tensor
    error_power: Tensor
    n_modes: Tensor


def transfer_function(field: Field, reference: Field, *, box_size: float | None = None) -> TransferFunction:
    """Compare a field with a reference that has the same phases, such as a simulation with the same seed.

    ``T(k) = sqrt(P_field / P_reference)``, and the power of the difference is
    ``P_field - 2 P_cross + P_reference``.

    Parameters
    ----------
    field, reference : Box, or Tensor or array of shape (*batch, n, n, n)
        rho / cosmic mean [1]; batches broadcast.
    box_size : float, optional
        Side in [Mpc/h]; a :class:`Box` knows its own.

    Returns
    -------
    TransferFunction
        NaN or infinite where the reference has no power.

    Raises
    ------
    InvalidInputError
        If a field is unfit, or the two differ in size.

    References
    ----------
    Tassev, Zaldarriaga & Eisenstein (2013), JCAP 06, 036; Seljak & Warren (2004), MNRAS 355, 129 (stochasticity).
    """
    pair = measure_pair(field, reference, box_size=box_size)
    correlation = pair.correlation
    return TransferFunction(
        k=pair.k,
        transfer=(pair.auto_a / pair.auto_b).sqrt(),
        correlation=correlation,
        stochasticity=1 - correlation.square(),
        error_power=pair.auto_a - 2 * pair.cross + pair.auto_b,
        n_modes=pair.n_modes,
    )
