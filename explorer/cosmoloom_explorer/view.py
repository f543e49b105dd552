"""From settings to the engine's keys: a pure function."""

from __future__ import annotations

from dataclasses import dataclass

from cosmoloom.keys import DensityKey, FieldKey, LatentKey, ReferenceKey, ScaledKey, StatisticsKey
from cosmoloom_explorer.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the engine is asked for; slice positions and camera are no part of it.

    Attributes
    ----------
    scaled : ScaledKey
        The generated field as displayed.
    reference : ReferenceKey or None
        The simulated sub-volume beside it.
    """

    scaled: ScaledKey
    reference: ReferenceKey | None

    @property
    def field(self) -> FieldKey:
        """The network's field."""
        return self.scaled.density.field

    @property
    def statistics(self) -> StatisticsKey:
        """The statistics of generated field and reference."""
        return StatisticsKey(density=self.scaled.density, reference=self.reference)


def resolve(settings: Settings, *, snapshots: tuple[float, ...] = ()) -> View:
    """Return the view that settings ask for.

    Parameters
    ----------
    settings : Settings
        State of the explorer.
    snapshots : tuple of float
        Redshifts at which held-out simulations exist; empty where a model comes without any.  The nearest
        one is named in the key, so that a slider between two snapshots keeps the same reference.
    """
    # All steps at zero are no steps: the key, and with it the cached field, is the one of the bare seed.
    directions = settings.directions if any(settings.directions) else ()
    latent = LatentKey(model=settings.model, seed=settings.seed, directions=directions, components=settings.components)
    field = FieldKey(latent=latent, redshift=settings.redshift, kappa=settings.kappa)
    shown = settings.kappa if settings.display_kappa is None else settings.display_kappa
    reference = None
    if snapshots:
        nearest = min(snapshots, key=lambda z: abs(z - settings.redshift))
        reference = ReferenceKey(model=settings.model, index=settings.reference_index, redshift=nearest)
    return View(scaled=ScaledKey(density=DensityKey(field=field), display_kappa=shown), reference=reference)
