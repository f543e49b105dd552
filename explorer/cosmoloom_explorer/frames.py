"""What the session delivers to a view."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from cosmoloom.live_statistics import LiveStatistics
    from cosmoloom.models.card import ModelCard
    from cosmoloom_explorer.view import View

Volume = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """Fields for one view.

    Attributes
    ----------
    serial : int
        Number of the request; later requests have higher ones.
    view : View
        What was asked for.
    generated : array, shape (n, n, n)
        Scaled density x in [-1, 1), axes (x, y, z).
    reference : array, shape (n, n, n), or None
        The simulated sub-volume, scaled alike.
    reference_redshift : float or None
        Redshift of the snapshot shown [1].
    latent : array, shape (latent_size,)
        The latent that was decoded.
    timings : dict
        Seconds per stage that was run for this frame; a stage served from the cache is absent.
    """

    serial: int
    view: View
    generated: Volume
    reference: Volume | None
    reference_redshift: float | None
    latent: NDArray[np.float32]
    timings: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StatisticsFrame:
    """Statistics for one view.

    Attributes
    ----------
    serial, view
        As in :class:`Frame`.
    statistics : LiveStatistics
        Curves ready to be drawn.
    seconds : float
        Time that they took.
    """

    serial: int
    view: View
    statistics: LiveStatistics
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelFacts:
    """What a view needs to know of a model once it is loaded.

    Attributes
    ----------
    name : str
        As asked for.
    card : ModelCard
        Its card.
    explained : tuple of float
        Share of the first layer's variance along each leading direction [1].
    latent_sigma : float
        Standard deviation of one component of the prior [1].
    snapshots : tuple of float
        Redshifts of the held-out simulations; empty where the model comes without any.
    n_references : int
        Number of held-out sub-volumes to choose from.
    """

    name: str
    card: ModelCard
    explained: tuple[float, ...]
    latent_sigma: float
    snapshots: tuple[float, ...]
    n_references: int
