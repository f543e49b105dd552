"""The engine behind every view: stages with frozen keys, a small cache per stage, one owner of the device.

One thread calls it.  A key names a result completely, so what is unchanged is served from the cache: moving
a slice or the colours never runs the network.  torch is imported when the first result is asked for.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property, partial
from time import perf_counter
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from cosmoloom.errors import InvalidInputError, MissingFileError
from cosmoloom.keys import (
    Colouring,
    DensityKey,
    FieldKey,
    LatentKey,
    ReferenceKey,
    ScaledKey,
    ScaledReferenceKey,
    StatisticsKey,
)

if TYPE_CHECKING:
    from torch import Tensor

    from cosmoloom.box import Box
    from cosmoloom.evaluate.reference import HeldOut
    from cosmoloom.live_statistics import Curves, LiveStatistics, MeasuredField
    from cosmoloom.models.card import ModelCard
    from cosmoloom.pipeline.latent_recipes import LatentRecipes
    from cosmoloom.pipeline.latent_typicality import Typicality
    from cosmoloom.pipeline.model import Model

MeasuredCurves = dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]
"""Positions and values by name of the curve."""

WAVES_SHOWN = 3.0
"""Waves of as many times their unit take the last colours [1]."""
KEPT_FIELDS = 4
KEPT_MODELS = 3

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """The results of the last few keys."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._entries: OrderedDict[Key, Value] = OrderedDict()

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """Return the result of a key, made now if it is not kept."""
        if key not in self._entries:
            value = make()
            self._entries[key] = value
            while len(self._entries) > self._size:
                self._entries.popitem(last=False)
        self._entries.move_to_end(key)
        return self._entries[key]

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()


class Engine:
    """Answer keys with fields and statistics.

    Parameters
    ----------
    device : str, optional
        "cpu" or "cuda"; by default CUDA where there is some.
    precision : str
        "fast" runs the network in bfloat16 where that is faster, "exact" in float32.
    threads : int, optional
        Threads of the CPU for every stage; by default half of the cores, because a view draws meanwhile.  All
        threads of a stage wait for the last: on two busy cores a network took 9 ms with one, 130 with two.

    Attributes
    ----------
    last_timings : dict
        Seconds that each stage took when it last ran: network, density, transfer, statistics.
    """

    def __init__(
        self,
        device: str | None = None,
        precision: Literal["fast", "exact"] = "fast",
        threads: int | None = None,
    ) -> None:
        self._wanted_device = device
        self.threads = max(1, _cores() // 2) if threads is None else threads
        self._precision: Literal["fast", "exact"] = precision
        self.last_timings: dict[str, float] = {}
        self._models: Recent[str, Model] = Recent(KEPT_MODELS)
        self._held_out: Recent[str, HeldOut | None] = Recent(KEPT_MODELS)
        self._latents: Recent[LatentKey, NDArray[np.float32]] = Recent(KEPT_FIELDS)
        self._typicalities: Recent[LatentKey, Typicality] = Recent(KEPT_FIELDS)
        self._fields: Recent[FieldKey, Tensor] = Recent(KEPT_FIELDS)
        self._densities: Recent[DensityKey, Tensor] = Recent(KEPT_FIELDS)
        self._scaled: Recent[ScaledKey, NDArray[np.float32]] = Recent(KEPT_FIELDS)
        self._references: Recent[ReferenceKey, Box] = Recent(KEPT_FIELDS)
        self._scaled_references: Recent[ScaledReferenceKey, NDArray[np.float32]] = Recent(KEPT_FIELDS)
        self._measured: Recent[ReferenceKey, MeasuredField] = Recent(KEPT_FIELDS)
        self._rms: Recent[tuple[DensityKey | ReferenceKey, tuple[float, float]], float] = Recent(4 * KEPT_FIELDS)
        self._measured_further: Recent[tuple[ReferenceKey, str], MeasuredCurves] = Recent(KEPT_FIELDS)
        self._statistics: Recent[StatisticsKey, LiveStatistics] = Recent(KEPT_FIELDS)

    @property
    def device(self) -> str:
        """Name of the device in use."""
        if self._wanted_device is None:
            import torch

            self._wanted_device = "cuda" if torch.cuda.is_available() else "cpu"
        return self._wanted_device

    def clear(self) -> None:
        """Free every cached model and result."""
        for cache in (
            self._models,
            self._held_out,
            self._latents,
            self._typicalities,
            self._fields,
            self._densities,
            self._scaled,
            self._references,
            self._scaled_references,
            self._measured,
            self._rms,
            self._measured_further,
            self._statistics,
        ):
            cache.clear()

    def model(self, name: str) -> Model:
        """Return a model by name or folder; raises as :func:`cosmoloom.models.load` does."""
        from cosmoloom.models.catalogue import load

        return self._models.get(name, lambda: load(name, device=self.device, precision=self._precision))

    @cached_property
    def recipes(self) -> LatentRecipes:
        """What makes latents, and keeps those that no seed draws."""
        from cosmoloom.pipeline.latent_recipes import LatentRecipes

        return LatentRecipes()

    def card(self, name: str) -> ModelCard:
        """Return the card of a model."""
        return self.model(name).card

    def held_out(self, name: str) -> HeldOut | None:
        """Return the held-out simulations that come with a model, None where none do."""
        return self._held_out.get(name, lambda: self._load_held_out(name))

    def latent(self, key: LatentKey) -> NDArray[np.float32]:
        """Return the latent of a key, shape (latent_size,); not to be written to.

        Raises
        ------
        InvalidInputError
            If the key names a direction or component that the model lacks.
        MissingFileError
            If it names a latent that is not kept.
        """
        return self._latents.get(key, lambda: self.recipes.make(self.model(key.model), key))

    def typicality(self, key: LatentKey) -> Typicality:
        """Return where a latent lies in its prior."""
        import torch

        from cosmoloom.pipeline.latent_typicality import typicality

        return self._typicalities.get(
            key, lambda: typicality(self.model(key.model), torch.from_numpy(self.latent(key)))
        )

    def density(self, key: DensityKey) -> Tensor:
        """Return rho over the cosmic mean [1], shape (n, n, n), on the device."""
        return self._densities.get(key, lambda: self._make_density(key))

    def scaled(self, key: ScaledKey) -> NDArray[np.float32]:
        """Return a field as displayed, x in [-1, 1], shape (n, n, n), contiguous, on the host."""
        return self._scaled.get(key, lambda: self._make_scaled(key))

    def scaled_reference(self, key: ScaledReferenceKey) -> NDArray[np.float32]:
        """Return a held-out field displayed as a generated one would be; raises as :meth:`reference` does."""
        return self._scaled_references.get(key, lambda: self._make_scaled_reference(key))

    def reference(self, key: ReferenceKey) -> Box:
        """Return a held-out simulated box at the snapshot nearest to the key's redshift, or a box of one's own.

        Raises
        ------
        MissingFileError
            If the model comes without held-out simulations, or there is no such file.
        InvalidInputError
            If a box of one's own does not fit the model.
        """
        return self._references.get(key, lambda: self._make_reference(key))

    def statistics(self, key: StatisticsKey) -> LiveStatistics:
        """Return the statistics of a density beside those of the held-out simulations."""
        return self._statistics.get(key, lambda: self._make_statistics(key))

    def rms(self, key: DensityKey | ReferenceKey, band: tuple[float, float]) -> float:
        """Return the root mean square of a field's waves within a band of k [h/Mpc]; of the overdensity [1]."""

        def make() -> float:
            if isinstance(key, DensityKey):
                density, model = self.density(key), key.field.latent.model
            else:
                density, model = self.reference(key).tensor(), key.model
            return float(self._waves(density, model, band).square().mean().sqrt())

        return self._rms.get((key, band), make)

    def _waves(self, density: Tensor, model: str, band: tuple[float, float]) -> Tensor:
        from cosmoloom.statistics.band_pass import band_pass

        return band_pass(density, k_low=band[0], k_high=band[1], box_size=self.card(model).box_size)

    def _display_waves(
        self, density: Tensor, model: str, band: tuple[float, float], unit: float
    ) -> NDArray[np.float32]:
        """Return waves as colours: from -1 to 1 at :data:`WAVES_SHOWN` units."""
        waves = self._waves(density, model, band)
        shown = (waves / (WAVES_SHOWN * unit)).clamp(-1, 1) if unit > 0 else waves
        return np.ascontiguousarray(shown.cpu().numpy())

    def _make_field(self, key: FieldKey) -> Tensor:
        import torch

        model = self.model(key.latent.model)
        latent = torch.from_numpy(self.latent(key.latent))[None]
        with self._timed("network"):
            return model.network_field(latent, key.redshift, self._kappa(key))

    def _make_density(self, key: DensityKey) -> Tensor:
        field = self._fields.get(key.field, lambda: self._make_field(key.field))
        model = self.model(key.field.latent.model)
        with self._timed("density"):
            return model.to_density(field, key.field.redshift, self._kappa(key.field))[0]

    def _kappa(self, key: FieldKey) -> float:
        """Return a kappa to hand over to any model; one that reads none ignores it."""
        return self.card(key.latent.model).default_kappa if key.kappa is None else key.kappa

    def _make_scaled(self, key: ScaledKey) -> NDArray[np.float32]:
        density, field = self.density(key.density), key.density.field
        with self._timed("transfer"):
            if key.band is not None:
                unit = self.rms(key.density if key.rms_of is None else key.rms_of, key.band)
                return self._display_waves(density, field.latent.model, key.band, unit)
            return self._display(density, field.latent.model, key.display_kappa, key.colouring, self._kappa(field))

    def _make_scaled_reference(self, key: ScaledReferenceKey) -> NDArray[np.float32]:
        model = key.reference.model
        density = self.reference(key.reference).tensor()
        if key.band is not None:
            return self._display_waves(density, model, key.band, self.rms(key.reference, key.band))
        kappa = self.card(model).default_kappa if key.kappa is None else key.kappa
        return self._display(density, model, key.display_kappa, key.colouring, kappa)

    def _display(
        self, density: Tensor, model: str, display_kappa: float, colouring: Colouring, kappa: float
    ) -> NDArray[np.float32]:
        """Return what the colours of a density stand for, on the host."""
        from cosmoloom.scaling.rational import scale
        from cosmoloom.scaling.relative_error import as_colours, relative_error

        if not display_kappa > 0:
            raise InvalidInputError(f"display_kappa must be positive [cosmic mean], got {display_kappa}")
        if colouring == "error":
            shown = as_colours(relative_error(density, self.model(model).scaling_at(kappa)))
        else:
            shown = scale(density, display_kappa)
        return np.ascontiguousarray(shown.cpu().numpy())

    def _make_reference(self, key: ReferenceKey) -> Box:
        if key.own_box is not None:
            from cosmoloom.pipeline.inversion.own_box import read_own_box

            return read_own_box(key.own_box, self.card(key.model))[0]
        held_out = self.held_out(key.model)
        if held_out is None:
            raise MissingFileError(f"model {key.model} comes without held-out simulations to compare with")
        return held_out.box(key.index, key.redshift)

    def _make_statistics(self, key: StatisticsKey) -> LiveStatistics:
        from cosmoloom.live_statistics import compare, measure

        name, redshift = key.density.field.latent.model, key.density.field.redshift
        density = self.density(key.density)
        held_out = self.held_out(name)
        with self._timed("statistics"):
            reference = None if key.reference is None else self._measured_reference(key.reference)
            field = measure(density, box_size=self.card(name).box_size, ranks=reference is not None)
            found = compare(field, redshift=redshift, reference=reference, held_out=held_out)
            return replace(found, further=self._further(key, found.trusted_k)) if key.further else found

    def _further(self, key: StatisticsKey, trusted_k: float | None) -> dict[str, Curves]:
        from cosmoloom.live_further import compare_further, measure_further

        name = key.density.field.latent.model
        density, box_size = self.density(key.density), self.card(name).box_size
        found: dict[str, Curves] = {}
        for kind in key.further:
            reference = None
            if key.reference is not None:
                box = self.reference(key.reference)
                measured = partial(measure_further, kind, box.tensor(self.device), box_size=box.box_size)
                reference = self._measured_further.get((key.reference, kind), measured)
            found |= compare_further(
                measure_further(kind, density, box_size=box_size), redshift=key.density.field.redshift,
                n=density.shape[-1], box_size=box_size, reference=reference, held_out=self.held_out(name),
                trusted_k=trusted_k,
            )  # fmt: skip
        return found

    def _measured_reference(self, key: ReferenceKey) -> MeasuredField:
        from cosmoloom.live_statistics import measure

        def make() -> MeasuredField:
            box = self.reference(key)
            return measure(box.tensor(self.device), box_size=box.box_size)

        return self._measured.get(key, make)

    def _load_held_out(self, name: str) -> HeldOut | None:
        from cosmoloom.evaluate.bundled import references_for

        return references_for(self.card(name))

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        """Run a stage on this engine's threads and time it until the device has finished it."""
        import torch

        before = torch.get_num_threads()
        torch.set_num_threads(self.threads)
        start = perf_counter()
        try:
            yield
            if self.device.startswith("cuda"):
                torch.cuda.synchronize()
        finally:
            torch.set_num_threads(before)
        self.last_timings[stage] = perf_counter() - start


def _cores() -> int:
    """Return the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
