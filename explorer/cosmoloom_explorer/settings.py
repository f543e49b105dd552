"""Everything a person can set in the explorer, as one frozen value, and the ranges it must keep to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cosmoloom.errors import InvalidInputError
from cosmoloom.keys import Colouring, OwnBox
from cosmoloom_explorer.layouts import COMPARING, Layout, Rendering
from cosmoloom_explorer.plots.names import DEFAULT_PLOTS, further

if TYPE_CHECKING:
    from cosmoloom.models.card import ModelCard

N_DIRECTIONS = 6
DIRECTION_RANGE = (-5.0, 5.0)
COMPONENT_RANGE = (-8.0, 8.0)
SEED_RANGE = (0, 2**31 - 1)
K_RANGE = (0.0, 100.0)
HEIGHT_RANGE = (-10.0, 10.0)
TILT_RANGE = (-8.0, 8.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One state of the explorer; equal settings show equal pictures.

    Attributes
    ----------
    model : str
        Name of a bundled model, or a folder.
    seed : int
        Seed of the latent's draw.
    redshift : float
        Redshift [1].
    kappa : float
        The network's condition, where it reads one, and the display's scaling unless ``display_kappa`` is set
        [cosmic mean].
    display_kappa : float or None
        kappa of the display alone [cosmic mean]; None follows ``kappa``.
    directions : tuple of float
        Steps along the leading latent directions [standard deviations of the prior].
    components : tuple of (int, float)
        Single latent components set by hand, by rising index.
    origin, toward : str
        Names of latents, "seed 5" or one that is kept: where the latent begins in place of the seed's draw, and the
        other end of a great circle; empty for none.
    fraction : float
        Share of the way along the circle [1].
    tilts : tuple of float
        Steps along directions that are named by what they do [standard deviations].
    tilts_at : (str, float, float) or None
        Latent, redshift and kappa where those were found; None before anybody looked.
    reference_index : int
        Which held-out simulated sub-volume stands beside the generated field.
    own_box : OwnBox or None
        File of a box that stands in the simulation's place.
    colouring : str
        "density", or "error" for what an error of the network means in the density.
    slices : tuple of three int
        Voxel indices (x, y, z) at which the three orthogonal slices cut.
    ndisplay : int
        2 or 3: the main view shows a slice or the volume.
    layout : str
        How both fields stand in the main view, one of :data:`cosmoloom_explorer.layouts.LAYOUTS`.
    rendering : str
        How volumes are drawn, one of :data:`cosmoloom_explorer.layouts.RENDERINGS`.
    iso_density : float
        Density at which a surface stands [cosmic mean].
    top_percent : float
        Share of the densest voxels whose overlap is shown [%].
    contrast : (float, float)
        Ends of the colours, as scaled densities in [-1, 1]; they stay while fields change.
    peaks : bool
        Whether peaks are marked.
    peak_range : (float, float) or None
        Heights of the peaks that are marked, log10 rho over the cosmic mean; None marks all.
    band : (float, float) or None
        Only waves of these k are shown [h/Mpc]; None shows the field.
    plots : tuple of str
        Statistics that are drawn, two to four of :data:`cosmoloom_explorer.plots.PLOTS`.
    """

    model: str
    seed: int = 1
    redshift: float = 0.0
    kappa: float = 11.5
    display_kappa: float | None = None
    directions: tuple[float, ...] = (0.0,) * N_DIRECTIONS
    components: tuple[tuple[int, float], ...] = ()
    origin: str = ""
    toward: str = ""
    fraction: float = 0.0
    tilts: tuple[float, ...] = ()
    tilts_at: tuple[str, float, float] | None = None
    reference_index: int = 0
    own_box: OwnBox | None = None
    colouring: Colouring = "density"
    slices: tuple[int, int, int] = (0, 0, 0)
    ndisplay: int = 3
    layout: Layout = "beside"
    rendering: Rendering = "attenuated"
    iso_density: float = 10.0
    top_percent: float = 5.0
    contrast: tuple[float, float] = (-1.0, 1.0)
    peaks: bool = False
    peak_range: tuple[float, float] | None = None
    band: tuple[float, float] | None = None
    plots: tuple[str, ...] = DEFAULT_PLOTS

    @property
    def latents(self) -> tuple[str, ...]:
        """Names of the latents that these settings begin from, go to, or take directions from."""
        places = () if self.tilts_at is None else (self.tilts_at[0],)
        return tuple(name for name in (self.origin, self.toward, *places) if name)

    @property
    def computed(self) -> Settings:
        """The same settings without what only the view decides: equal means that nothing is to be computed."""
        return replace(
            self,
            slices=(0, 0, 0),
            ndisplay=3,
            layout=self.layout if self.layout in COMPARING else "beside",
            rendering="attenuated",
            iso_density=10.0,
            top_percent=self.top_percent if self.layout == "overlap" else 5.0,
            contrast=(-1.0, 1.0),
            peak_range=self.peak_range if self.peaks else None,
            plots=further(self.plots),
        )


NO_LATENT: dict[str, Any] = {
    "components": (), "origin": "", "toward": "", "fraction": 0.0, "tilts": (), "tilts_at": None,
}  # fmt: skip
"""What a latent of another size leaves behind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Ranges of the settings for one model.

    Attributes
    ----------
    redshift, kappa, display_kappa : (float, float)
        Lowest and highest value; a range may be one value.
    n, latent_size : int
        Voxels per side, and components of a latent.
    n_directions : int
        Latent directions to step along.
    kappa_conditions : bool
        Whether the network reads kappa; where it does not, kappa scales the display only.
    """

    redshift: tuple[float, float]
    kappa: tuple[float, float]
    display_kappa: tuple[float, float]
    n: int
    latent_size: int
    n_directions: int = N_DIRECTIONS
    kappa_conditions: bool = True

    @classmethod
    def from_card(cls, card: ModelCard) -> Limits:
        """Read the ranges of a model card; a display may scale beyond what the network was trained on.

        Raises
        ------
        InvalidInputError
            If the model makes something else than volumes from latents.
        """
        from cosmoloom.models import PublishedCard
        from cosmoloom.models.refiner_card import RefinerCard

        if card.dimensions != 3:
            raise InvalidInputError(f"the explorer shows volumes, and model {card.name} makes maps")
        if isinstance(card, RefinerCard) or (isinstance(card, PublishedCard) and card.makes == "patches"):
            raise InvalidInputError(
                f"the explorer shows volumes, and model {card.name} makes parts of them: use cosmoloom weave"
            )
        low, high = card.kappa_range
        display = (min(0.5, low), max(100.0, high))
        return cls(
            redshift=card.redshift_range,
            kappa=card.kappa_range if card.kappa_conditions else display,
            display_kappa=display,
            n=card.n,
            latent_size=card.latent_size,
            n_directions=min(N_DIRECTIONS, card.latent_size),
            kappa_conditions=card.kappa_conditions,
        )

    def defaults(self, model: str) -> Settings:
        """Return the settings with which the explorer opens."""
        middle = self.n // 2
        return Settings(
            model=model,
            redshift=self.redshift[0],
            kappa=clamp(11.5, self.kappa),
            directions=(0.0,) * self.n_directions,
            slices=(middle, middle, middle),
        )

    def adapt(self, settings: Settings, model: str, before: Limits) -> Settings:
        """Carry settings over from a model with other limits, moving into these what lies outside."""
        x, y, z = (min(position * self.n // before.n, self.n - 1) for position in settings.slices)
        steps = settings.directions + (0.0,) * self.n_directions
        kappa, shown = settings.kappa, settings.display_kappa
        if not self.kappa_conditions and shown is not None:  # there it is kappa itself that scales the display
            kappa, shown = shown, None
        return replace(
            settings,
            model=model,
            redshift=clamp(settings.redshift, self.redshift),
            kappa=clamp(kappa, self.kappa),
            display_kappa=None if shown is None else clamp(shown, self.display_kappa),
            directions=steps[: self.n_directions],
            own_box=settings.own_box if before.n == self.n else None,
            **(NO_LATENT if before.latent_size != self.latent_size else {}),
            slices=(x, y, z),
        )


def clamp(value: float, bounds: tuple[float, float]) -> float:
    """Return the value of a range nearest to ``value``."""
    return min(max(value, bounds[0]), bounds[1])


def within(name: str, value: float, bounds: tuple[float, float], unit: str = "") -> float:
    """Return ``value`` as a float; raise InvalidInputError outside of its range, or for NaN."""
    low, high = bounds
    number = float(value)
    slack = 1e-9 * max(abs(low), abs(high), 1.0)
    if not low - slack <= number <= high + slack:
        raise InvalidInputError(f"{name} must lie in [{low:g}, {high:g}]{unit}, got {value}")
    return clamp(number, bounds)
