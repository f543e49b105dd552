"""The explorer's state: settings that announce their changes and refuse what is out of range."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, get_args

from psygnal import SignalGroupDescriptor

from cosmoloom.errors import InvalidInputError
from cosmoloom.keys import Colouring, Fit, OwnBox
from cosmoloom.pipeline.direction_names import TITLES
from cosmoloom.pipeline.kept_latents import DRAWN, require_name
from cosmoloom_explorer.layouts import ISO_RANGE, TOP_RANGE, Layout, Rendering
from cosmoloom_explorer.plots.names import DEFAULT_PLOTS, checked_plots
from cosmoloom_explorer.settings import (
    COMPONENT_RANGE,
    DIRECTION_RANGE,
    HEIGHT_RANGE,
    K_RANGE,
    NO_LATENT,
    SEED_RANGE,
    TILT_RANGE,
    Limits,
    Settings,
    within,
)


@dataclass(kw_only=True, eq=False)
class ExplorerState:
    """Mutable twin of :class:`Settings`; ``state.events.redshift`` fires when the redshift changes.

    Setting an equal value emits nothing; setting a value out of range raises InvalidInputError and
    changes nothing.  Fields mean what they do in :class:`Settings`.
    """

    limits: Limits
    model: str
    seed: int = 1
    redshift: float = 0.0
    kappa: float = 11.5
    display_kappa: float | None = None
    directions: tuple[float, ...] = ()
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

    events: ClassVar[SignalGroupDescriptor] = SignalGroupDescriptor()

    @classmethod
    def from_settings(cls, settings: Settings, limits: Limits) -> ExplorerState:
        """Make a state that holds these settings."""
        return cls(limits=limits, **asdict(settings))

    def __setattr__(self, name: str, value: Any) -> None:
        check = getattr(self, f"_check_{name}", None)
        object.__setattr__(self, name, value if check is None else check(value))

    @property
    def shown_kappa(self) -> float:
        """kappa with which every field is displayed [cosmic mean]."""
        return self.kappa if self.display_kappa is None else self.display_kappa

    def snapshot(self) -> Settings:
        """Return the settings as they are now."""
        return Settings(**{field.name: getattr(self, field.name) for field in fields(Settings)})

    def restore(self, settings: Settings) -> None:
        """Take over settings of the same model, one change announced per field that differs."""
        if settings.model != self.model:
            raise InvalidInputError(f"these settings belong to model {settings.model}, not to {self.model}")
        ExplorerState.from_settings(settings, self.limits)  # refuses all of them before any is set
        self._take_over(settings)

    def use_model(self, model: str, limits: Limits) -> None:
        """Go to another model; settings that it does not know move into its ranges."""
        adapted = limits.adapt(self.snapshot(), model, self.limits)
        with self._announced_together():
            self.limits = limits
            self._take_over(adapted)

    def reset(self) -> None:
        """Go back to the settings with which the explorer opens; seed and view stay."""
        fresh = self.limits.defaults(self.model)
        with self._announced_together():
            for name in ("redshift", "kappa", "display_kappa", "directions", "colouring", "slices", *NO_LATENT):
                setattr(self, name, getattr(fresh, name))

    def set_direction(self, index: int, step: float) -> None:
        """Set the step along one leading direction [standard deviations]."""
        if not 0 <= index < len(self.directions):
            raise InvalidInputError(f"directions are numbered 0 to {len(self.directions) - 1}, got {index}")
        self.directions = (*self.directions[:index], step, *self.directions[index + 1 :])

    def set_component(self, index: int, value: float | None) -> None:
        """Set one latent component by hand; None gives it back to the seed."""
        kept = [pair for pair in self.components if pair[0] != index]
        self.components = tuple(kept if value is None else [*kept, (index, value)])

    def set_tilt(self, index: int, step: float) -> None:
        """Set the step along one direction that is named by what it does [standard deviations]."""
        if not 0 <= index < len(TITLES):
            raise InvalidInputError(f"named directions are numbered 0 to {len(TITLES) - 1}, got {index}")
        steps = (*self.tilts, *(0.0,) * (len(TITLES) - len(self.tilts)))
        self.tilts = (*steps[:index], step, *steps[index + 1 :])

    def go_to_seed(self, seed: int) -> None:
        """Go to the draw of a seed, away from a kept latent and from any way to another."""
        seed = self._check_seed(seed)
        with self._announced_together():
            self.seed, self.origin, self.toward, self.fraction = seed, "", "", 0.0

    def go_to_latent(self, name: str) -> None:
        """Go to a latent as it is, a kept one or a draw: no step, no way, nothing set by hand."""
        name = self._check_origin(name)
        with self._announced_together():
            if name.startswith(DRAWN):
                self.seed, name = int(name.removeprefix(DRAWN)), ""
            self.origin, self.toward, self.fraction, self.tilts = name, "", 0.0, ()
            self.directions, self.components = (0.0,) * len(self.directions), ()

    def set_slice(self, axis: int, position: int) -> None:
        """Move one of the three slices; axis 0, 1, 2 is x, y, z."""
        moved = list(self.slices)
        moved[axis] = position
        self.slices = (moved[0], moved[1], moved[2])

    def _take_over(self, settings: Settings) -> None:
        with self._announced_together():
            for field in fields(Settings):
                setattr(self, field.name, getattr(settings, field.name))

    @contextmanager
    def _announced_together(self) -> Iterator[None]:
        """Announce changes once all are made: who listens never sees a mixture of two states."""
        with ExitStack() as stack:
            for name in self.events:  # pausing the group alone would only pause what it relays
                stack.enter_context(self.events[name].paused())
            yield

    def _check_seed(self, value: int) -> int:
        low, high = SEED_RANGE
        if int(value) != value or not low <= value <= high:
            raise InvalidInputError(f"seed must be a whole number in [{low}, {high}], got {value}")
        return int(value)

    def _check_redshift(self, value: float) -> float:
        return within("redshift", value, self.limits.redshift)

    def _check_kappa(self, value: float) -> float:
        return within("kappa", value, self.limits.kappa, " cosmic means")

    def _check_display_kappa(self, value: float | None) -> float | None:
        return None if value is None else within("display kappa", value, self.limits.display_kappa, " cosmic means")

    def _check_directions(self, value: Iterable[float]) -> tuple[float, ...]:
        steps = tuple(within("a latent direction", step, DIRECTION_RANGE, " sigma") for step in value)
        if len(steps) > self.limits.n_directions:
            raise InvalidInputError(f"there are {self.limits.n_directions} leading directions, got {len(steps)}")
        return steps

    def _check_components(self, value: Iterable[tuple[int, float]]) -> tuple[tuple[int, float], ...]:
        pairs = sorted((int(i), within("a latent component", v, COMPONENT_RANGE)) for i, v in value)
        last = self.limits.latent_size - 1
        if any(not 0 <= index <= last for index, _ in pairs):
            raise InvalidInputError(f"latent components are numbered 0 to {last}, got {[i for i, _ in pairs]}")
        return tuple(pairs)

    def _check_origin(self, value: str) -> str:
        return require_name(value) if value else ""

    def _check_toward(self, value: str) -> str:
        return require_name(value) if value else ""

    def _check_fraction(self, value: float) -> float:
        return within("the way between two latents", value, (0.0, 1.0))

    def _check_tilts(self, value: Iterable[float]) -> tuple[float, ...]:
        steps = tuple(within("a named direction", step, TILT_RANGE, " sigma") for step in value)
        if len(steps) > len(TITLES):
            raise InvalidInputError(f"there are {len(TITLES)} named directions, got {len(steps)}")
        return steps

    def _check_tilts_at(self, value: tuple[str, float, float] | None) -> tuple[str, float, float] | None:
        if value is None:
            return None
        name, redshift, kappa = value
        return (
            require_name(name),
            within("the redshift of directions", redshift, self.limits.redshift),
            within("the kappa of directions", kappa, self.limits.kappa, " cosmic means"),
        )

    def _check_reference_index(self, value: int) -> int:
        if int(value) < 0:
            raise InvalidInputError(f"reference sub-volumes are numbered from 0, got {value}")
        return int(value)

    def _check_own_box(self, value: OwnBox | None) -> OwnBox | None:
        if value is None:
            return None
        path, fit, size, redshift = value
        if not (0 < float(size) < float("inf") and 0 <= float(redshift) < float("inf")):
            raise InvalidInputError(f"a box has a side above 0 Mpc/h and a redshift of 0 or more, got {value}")
        _one_of("a box is made to fit by", fit, get_args(Fit))
        return str(path), fit, float(size), float(redshift)

    def _check_colouring(self, value: str) -> str:
        if value not in (chosen := get_args(Colouring)[:2]):  # waves are shown by naming their band
            raise InvalidInputError(f"colours show {' or '.join(chosen)}, got {value!r}")
        return value

    def _check_slices(self, value: Iterable[int]) -> tuple[int, int, int]:
        x, y, z = (int(position) for position in value)
        if any(not 0 <= position < self.limits.n for position in (x, y, z)):
            raise InvalidInputError(f"slices lie in [0, {self.limits.n - 1}] voxels, got {(x, y, z)}")
        return x, y, z

    def _check_ndisplay(self, value: int) -> int:
        if value not in (2, 3):
            raise InvalidInputError(f"the main view shows 2 or 3 dimensions, got {value}")
        return int(value)

    def _check_layout(self, value: str) -> str:
        return _one_of("the main view's layout", value, get_args(Layout))

    def _check_rendering(self, value: str) -> str:
        return _one_of("volumes are drawn as", value, get_args(Rendering))

    def _check_iso_density(self, value: float) -> float:
        return within("the density of a surface", value, ISO_RANGE, " cosmic means")

    def _check_top_percent(self, value: float) -> float:
        return within("the share of the densest voxels", value, TOP_RANGE, " %")

    def _check_contrast(self, value: Iterable[float]) -> tuple[float, float]:
        low, high = (within("an end of the colours", end, (-1.0, 1.0)) for end in value)
        if not low < high:
            raise InvalidInputError(f"colours need a lower and a higher end, got {(low, high)}")
        return low, high

    def _check_peaks(self, value: bool) -> bool:
        return bool(value)

    def _check_peak_range(self, value: Iterable[float] | None) -> tuple[float, float] | None:
        return None if value is None else _interval("heights of peaks", value, HEIGHT_RANGE, " dex")

    def _check_band(self, value: Iterable[float] | None) -> tuple[float, float] | None:
        return None if value is None else _interval("wavenumbers", value, K_RANGE, " h/Mpc")

    def _check_plots(self, value: Iterable[str]) -> tuple[str, ...]:
        return checked_plots(value)


def _one_of(what: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise InvalidInputError(f"{what} one of {', '.join(known)}; got {value!r}")
    return value


def _interval(what: str, value: Iterable[float], bounds: tuple[float, float], unit: str) -> tuple[float, float]:
    low, high = (within(f"the {what}", end, bounds, unit) for end in value)
    if not low < high:
        raise InvalidInputError(f"the {what} need a lower and a higher end, got {(low, high)}{unit}")
    return low, high
