"""From settings to the engine's keys: a pure function."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cosmoloom.keys import (
    DensityKey,
    FieldKey,
    LatentKey,
    ReferenceKey,
    ScaledKey,
    ScaledReferenceKey,
    StatisticsKey,
)
from cosmoloom_explorer.layouts import COMPARING, Layout
from cosmoloom_explorer.plots.names import further
from cosmoloom_explorer.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the engine is asked for; slice positions and camera are no part of it.

    Attributes
    ----------
    scaled : ScaledKey
        The generated field as displayed.
    reference : ReferenceKey or None
        The simulated sub-volume, or the box of one's own, beside it.
    comparison : str or None
        Layout for which a field is computed of both, "difference" or "overlap".
    top_percent : float
        Share of the densest voxels that overlap [%].
    peaks : bool
        Whether peaks are looked for.
    peak_range : (float, float) or None
        Only peaks of these heights, log10 rho over the cosmic mean.
    further : tuple of str
        What is measured besides, as :class:`cosmoloom.keys.StatisticsKey` takes it.
    """

    scaled: ScaledKey
    reference: ReferenceKey | None
    comparison: Layout | None = None
    top_percent: float = 5.0
    peaks: bool = False
    peak_range: tuple[float, float] | None = None
    further: tuple[str, ...] = ()

    @property
    def field(self) -> FieldKey:
        """The network's field."""
        return self.scaled.density.field

    @property
    def scaled_reference(self) -> ScaledReferenceKey | None:
        """The simulated sub-volume, displayed like the generated field."""
        if self.reference is None:
            return None
        return ScaledReferenceKey(
            reference=self.reference,
            display_kappa=self.scaled.display_kappa,
            colouring=self.scaled.colouring,
            # Colours of a density do not depend on the network: its kappa would only make the key another one.
            kappa=self.field.kappa if self.scaled.colouring == "error" else None,
            band=self.scaled.band,
        )

    @property
    def statistics(self) -> StatisticsKey:
        """The statistics of generated field and reference."""
        return StatisticsKey(density=self.scaled.density, reference=self.reference, further=self.further)


def resolve(
    settings: Settings,
    *,
    snapshots: tuple[float, ...] = (),
    n_directions: int | None = None,
    kappa_conditions: bool = True,
) -> View:
    """Return the view that settings ask for.

    Parameters
    ----------
    settings : Settings
        State of the explorer.
    snapshots : tuple of float
        Redshifts at which held-out simulations exist; empty where a model comes without any.  The nearest
        one is named in the key, so that a slider between two snapshots keeps the same reference.
    n_directions : int, optional
        Directions that the model has, by default as many as there are steps; steps along others mean nothing.
    kappa_conditions : bool
        Whether the network reads kappa; where it does not, no kappa makes another field.
    """
    steps = settings.directions[:n_directions]
    # All steps at zero are no steps: the key, and with it the cached field, is the one of the bare seed.
    directions = steps if any(steps) else ()
    on_the_way = bool(settings.toward and settings.fraction)
    tilted = settings.tilts_at is not None and any(settings.tilts)
    latent = LatentKey(
        model=settings.model,
        seed=settings.seed,
        directions=directions,
        components=settings.components,
        origin=settings.origin,
        toward=settings.toward if on_the_way else "",
        fraction=settings.fraction if on_the_way else 0.0,
        tilts=settings.tilts if tilted else (),
        tilts_at=settings.tilts_at if tilted else None,
    )
    kappa = settings.kappa if kappa_conditions else None
    field = FieldKey(latent=latent, redshift=settings.redshift, kappa=kappa)
    shown = settings.kappa if settings.display_kappa is None else settings.display_kappa
    reference = None
    if settings.own_box is not None:
        own = settings.own_box
        reference = ReferenceKey(model=settings.model, index=0, redshift=own[3], own_box=own)
    elif snapshots:
        nearest = min(snapshots, key=lambda z: abs(z - settings.redshift))
        reference = ReferenceKey(model=settings.model, index=settings.reference_index, redshift=nearest)
    scaled = ScaledKey(density=DensityKey(field=field), display_kappa=shown, colouring=settings.colouring)
    if settings.band is not None:
        scaled = replace(scaled, colouring="waves", band=settings.band, rms_of=reference)
    return View(
        scaled=scaled,
        reference=reference,
        comparison=settings.layout if settings.layout in COMPARING else None,
        top_percent=settings.top_percent,
        peaks=settings.peaks,
        peak_range=settings.peak_range if settings.peaks else None,
        further=further(settings.plots),
    )
