"""What the session delivers to a view."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from cosmoloom.evaluate.reference import Source
    from cosmoloom.live_statistics import LiveStatistics
    from cosmoloom.models.card import ModelCard
    from cosmoloom.pipeline.latent_typicality import Typicality
    from cosmoloom.scaling.interface import Scaling
    from cosmoloom_explorer.dice import Chance
    from cosmoloom_explorer.peaks import Peaks
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
        What the colours show, in [-1, 1], axes (x, y, z).
    reference : array, shape (n, n, n), or None
        The simulated sub-volume, scaled alike.
    reference_redshift : float or None
        Redshift of the snapshot shown [1].
    reference_name : str
        Name of the simulated sub-volume; empty where there is none.
    box_size : float
        Comoving side of both [Mpc/h].
    latent : array, shape (latent_size,)
        The latent that was decoded.
    timings : dict
        Seconds per stage that was run for this frame; a stage served from the cache is absent.
    compared : array, shape (n, n, n), or None
        The difference or the overlap of both fields, where the view asks for one.
    peaks : tuple of Peaks
        Of the generated field, and of the simulated one; empty where the view asks for none.
    density : array, shape (n, n, n), or None
        rho over the cosmic mean of the generated field, on the host [1]; not to be written to.
    rms : tuple of float
        Root mean square of the waves shown, of both fields; empty where the view shows whole fields [1].
    """

    serial: int
    view: View
    generated: Volume
    reference: Volume | None
    reference_redshift: float | None
    reference_name: str
    box_size: float
    latent: NDArray[np.float32]
    timings: dict[str, float] = field(default_factory=dict)
    compared: Volume | NDArray[np.uint8] | None = None
    peaks: tuple[Peaks, ...] = ()
    density: Volume | None = None
    rms: tuple[float, ...] = ()


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
    typicality : Typicality or None
        Where the latent lies in its prior.
    chance : Chance or None
        Dice of unrelated simulated fields; None without any.
    """

    serial: int
    view: View
    statistics: LiveStatistics
    seconds: float
    typicality: Typicality | None = None
    chance: Chance | None = None


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
        Share of what latents change along each leading direction [1]; empty where there are none.
    direction_names : tuple of str
        What each direction is; empty where nobody knows.
    latent_sigma : float
        Standard deviation of one component of the prior [1].
    snapshots : tuple of float
        Redshifts of the held-out simulations; empty where the model comes without any.
    references : tuple of Source
        Where the held-out sub-volumes to choose from come from.
    scaling : Scaling or None
        The network's own scaling of the density; None where kappa decides it.
    """

    name: str
    card: ModelCard
    explained: tuple[float, ...]
    direction_names: tuple[str, ...]
    latent_sigma: float
    snapshots: tuple[float, ...]
    references: tuple[Source, ...]
    scaling: Scaling | None = None

    def scaling_at(self, kappa: float) -> Scaling:
        """Return the scaling between the density and what the network decodes at a kappa [cosmic mean]."""
        from cosmoloom.scaling.rational import Rational

        return Rational(kappa=kappa) if self.scaling is None else self.scaling
