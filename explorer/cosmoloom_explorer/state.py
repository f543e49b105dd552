"""The explorer's state: settings that announce their changes and refuse what is out of range."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, get_args

from psygnal import SignalGroupDescriptor

from cosmoloom.errors import InvalidInputError
from cosmoloom.keys import Colouring
from cosmoloom_explorer.settings import (
    COMPONENT_RANGE,
    DIRECTION_RANGE,
    SEED_RANGE,
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
    reference_index: int = 0
    colouring: Colouring = "density"
    slices: tuple[int, int, int] = (0, 0, 0)
    ndisplay: int = 3

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
            for name in ("redshift", "kappa", "display_kappa", "directions", "components", "colouring", "slices"):
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

    def _check_reference_index(self, value: int) -> int:
        if int(value) < 0:
            raise InvalidInputError(f"reference sub-volumes are numbered from 0, got {value}")
        return int(value)

    def _check_colouring(self, value: str) -> str:
        if value not in get_args(Colouring):
            raise InvalidInputError(f"colours show {' or '.join(get_args(Colouring))}, got {value!r}")
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
