"""With what an explorer opens: from the words of a command to settings, a session and a training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cosmoloom import models
from cosmoloom.pipeline.kept_latents import KeptLatents
from cosmoloom_explorer.copy_as import with_choices
from cosmoloom_explorer.saved_session import SUFFIX, SavedSession
from cosmoloom_explorer.settings import Limits, Settings
from cosmoloom_explorer.state import ExplorerState
from cosmoloom_explorer.training import Training, is_training, read_training


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What there is when an explorer opens.

    Attributes
    ----------
    settings : Settings
        The state.
    session : SavedSession or None
        The session's file that was asked for.
    training : Training or None
        The training whose checkpoints are to be scrubbed.
    """

    settings: Settings
    session: SavedSession | None = None
    training: Training | None = None


def opening(
    model: str | None = None, *, choices: Sequence[str] = (), latents: KeptLatents | None = None, **values: Any
) -> Opening:
    """Find out what to open.

    Parameters
    ----------
    model : str, optional
        Name or folder of a model, folder of a training, or file of a session; by default the default model.
    choices : sequence of str
        Further settings, each as "name=value".
    latents : KeptLatents, optional
        Takes over those of a session that no seed draws.
    **values
        Settings by name; None leaves one as it is.

    Raises
    ------
    CosmoloomError
        If there is no such model, or it does not know such values.
    """
    session = SavedSession.load(model, latents) if model is not None and Path(model).suffix == SUFFIX else None
    folder = model if session is None else session.training
    training = read_training(folder) if folder is not None and is_training(folder) else None
    if session is None:
        start = opening_settings(model if training is None else training.newest.model)
    else:
        start = session.settings
    asked = replace(start, **{name: value for name, value in values.items() if value is not None})
    return Opening(settings=checked(with_choices(asked, choices)), session=session, training=training)


def opening_settings(model: str | None = None, **values: Any) -> Settings:
    """Return a model's opening settings with some values of one's own; raises as :func:`opening` does."""
    name = models.DEFAULT_MODEL if model is None else model
    return checked(replace(Limits.from_card(models.read_card(name)).defaults(name), **values))


def checked(settings: Settings) -> Settings:
    """Return settings that their model knows; raises as :func:`opening` does."""
    return ExplorerState.from_settings(settings, Limits.from_card(models.read_card(settings.model))).snapshot()
