"""The explorer as one widget."""

from __future__ import annotations

from base64 import b64encode
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cosmoloom.errors import CosmoloomError
from cosmoloom_explorer import ExplorerState
from cosmoloom_explorer.copy_as import as_python
from cosmoloom_explorer.engine_room import EngineRoom
from cosmoloom_explorer.opening import opening_settings
from cosmoloom_explorer.saved_session import SUFFIX, SavedSession
from cosmoloom_explorer.training import is_training, read_training
from ipycosmoloom import messages
from ipycosmoloom.live import PATIENCE, LiveExplorer
from ipycosmoloom.pane import Pane, Part

if TYPE_CHECKING:
    from cosmoloom.box import Box
    from cosmoloom.keys import Fit

STILL_PATIENCE = 60.0
"""Longest time that a cell waits for the picture that stays in the notebook [s]."""
WHOLE: tuple[Part, ...] = ("controls", "slices", "volume", "statistics")


class Explorer(Pane):
    """Scrub latents, redshift and kappa of a generator in a notebook; slices, volume and statistics follow.

    Parameters
    ----------
    model : str or path, optional
        Name of a bundled model, folder of a model or of a training, or file of a session; by default the default model.
    reference : int, str, path or Box, optional
        What stands beside the generated field: a held-out simulation by its number, or a box of one's own.
    fit : str
        What is done with a box that does not fit the model: it is refused, or its middle is cut out ("crop"), or it is
        taken for one of the model's size ("rescale").
    device : str, optional
        "cpu" or "cuda"; by default the best.
    **settings
        Further settings to open with; see :class:`cosmoloom_explorer.Settings`.

    Raises
    ------
    CosmoloomError
        If there is no such model, or it does not know such settings.

    Examples
    --------
    >>> explorer = Explorer(redshift=1.0)
    >>> explorer.observe(lambda change: print(change.new), "redshift")
    >>> explorer.redshift = 0.5
    0.5
    """

    def __init__(
        self,
        model: str | Path | None = None,
        reference: int | str | Path | Box | None = None,
        *,
        fit: Fit = "refuse",
        device: str | None = None,
        **settings: Any,
    ) -> None:
        name = None if model is None else str(model)
        saved = SavedSession.load(name, EngineRoom.kept) if name is not None and Path(name).suffix == SUFFIX else None
        if name is not None and saved is None and is_training(name):
            name = read_training(name).newest.model
        wanted = {"ndisplay": 2} | settings
        if saved is not None:
            name, wanted = saved.settings.model, settings
        live = LiveExplorer(opening_settings(name, **wanted), device=device)
        if saved is not None:
            live.continue_from(saved, **settings)
        if reference is not None:
            live.compare_with(reference, fit)
        super().__init__(live, WHOLE)

    @property
    def state(self) -> ExplorerState:
        """The state; ``state.events`` tells of its changes."""
        return self.live.state

    @property
    def box(self) -> Box:
        """The generated field as a Box, in single precision; waits until the state was answered."""
        return self.live.box()

    def wait(self, timeout: float = PATIENCE) -> None:
        """Block until fields and statistics of the state are there; raises CosmoloomError if they cannot be."""
        self.live.wait(timeout)

    def picture(self) -> bytes:
        """Return a PNG file of slices and statistics; waits until the state was answered."""
        self.wait()
        return self._picture()

    def compare_with(self, reference: int | str | Path | Box, *, fit: Fit = "refuse") -> None:
        """Let another field stand beside the generated one: a simulation by its number, a file, or a box.

        Raises
        ------
        CosmoloomError
            If there is no such simulation or file, or the box does not fit the model; see ``fit`` of the explorer.
        """
        self.live.compare_with(reference, fit)

    def to_python(self) -> str:
        """Return a script that makes the field shown, and its colours."""
        return as_python(self.state.snapshot(), kappa_conditions=self.state.limits.kappa_conditions)

    def save(self, path: str | Path) -> None:
        """Write a session file, which every explorer of the project opens."""
        self.live.save(path)

    def load(self, path: str | Path) -> None:
        """Go on from a session file."""
        self.live.load(path)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """Return the widget, and beside it a still picture for where no kernel runs."""
        data, metadata = super()._repr_mimebundle_(**options)
        with suppress(CosmoloomError):  # the widget itself says what is wrong
            self.wait(STILL_PATIENCE)
            data["image/png"] = b64encode(self._picture()).decode()
        return data, metadata

    def _picture(self) -> bytes:
        from ipycosmoloom.picture import picture

        frame, statistics = self.live.frame, self.live.statistics
        assert frame is not None
        assert statistics is not None
        position = self.state.slices[messages.plane_of(self.plane).normal]
        return picture(frame, statistics, self.live.plots, plane=self.plane, position=position)

    def close(self) -> None:
        """Stop, free memory and take the widget off its pages."""
        super().close()
        self.live.close()
