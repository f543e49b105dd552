"""What a person wants to come back to: settings, camera and bookmarks, as a JSON file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from cosmoloom.data.atomic import atomic_path
from cosmoloom.errors import BrokenFileError, MissingFileError
from cosmoloom.pipeline.kept_latents import KEPT, KeptLatents
from cosmoloom_explorer.settings import Settings

FORMAT: Literal["cosmoloom-session"] = "cosmoloom-session"
SUFFIX = ".json"
LATENTS_SUFFIX = ".latents.npz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """Where the main view is seen from.

    Attributes
    ----------
    angles : tuple of three float
        Euler angles of the volume [degree].
    center : tuple of three float
        Point in the middle of the view, axes (z, y, x) [Mpc/h].
    zoom : float
        Pixels per [Mpc/h].
    """

    angles: tuple[float, float, float]
    center: tuple[float, float, float]
    zoom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """A state to come back to, by name."""

    name: str
    settings: Settings
    camera: Camera | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSession:
    """All that a session file holds.

    Attributes
    ----------
    settings : Settings
        State of the explorer.
    camera : Camera, optional
        Of the main view.
    bookmarks : tuple of Bookmark
        In the order in which they were kept.
    training : str, optional
        Folder of the training whose checkpoints were open.
    latents : str, optional
        File beside this one that holds the latents which no seed draws, by the names that settings use.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")  # read by pydantic

    settings: Settings
    camera: Camera | None = None
    bookmarks: tuple[Bookmark, ...] = ()
    training: str | None = None
    latents: str | None = None
    format: Literal["cosmoloom-session"] = FORMAT
    version: Literal[1] = 1

    @property
    def kept_latents(self) -> tuple[str, ...]:
        """Names of all latents that no seed draws."""
        every = (self.settings, *(kept.settings for kept in self.bookmarks))
        named = {name for settings in every for name in settings.latents if name.startswith(KEPT)}
        return tuple(sorted(named))

    def save(self, path: str | Path, latents: KeptLatents | None = None) -> None:
        """Write the session, whole or not at all; folders of models are written as absolute paths.

        Parameters
        ----------
        path : path
            JSON file; latents that no seed draws go into an .npz file of the same name, 1.2 MB each for the default
            model.
        latents : KeptLatents, optional
            Where those are kept.

        Raises
        ------
        UnwritableError
            If a file cannot be written.
        MissingFileError
            If a latent is not kept.
        """
        path, names = Path(path), self.kept_latents
        beside = path.with_suffix(LATENTS_SUFFIX)
        if names:
            (latents or KeptLatents()).save(beside, names)
        portable = replace(
            self,
            settings=_portable(self.settings),
            bookmarks=tuple(replace(kept, settings=_portable(kept.settings)) for kept in self.bookmarks),
            training=None if self.training is None else _absolute(self.training),
            latents=beside.name if names else None,
        )
        content = TypeAdapter(SavedSession).dump_json(portable, indent=2)
        with atomic_path(path) as draft:
            draft.write_bytes(content + b"\n")

    @classmethod
    def load(cls, path: str | Path, latents: KeptLatents | None = None) -> SavedSession:
        """Read a session file; whether its values suit the model is for the state to say.

        Parameters
        ----------
        path : path
            JSON file.
        latents : KeptLatents, optional
            Takes over what is written beside it.

        Raises
        ------
        MissingFileError
            If there is no such file, or its latents are not beside it.
        BrokenFileError
            If it is no session of this program, or its latents were altered.
        """
        path = Path(path)
        if not path.is_file():
            raise MissingFileError(f"no session at {path}")
        try:
            session = TypeAdapter(SavedSession).validate_json(path.read_bytes())
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "the file"
            raise BrokenFileError(f"{path} is no session of the explorer: {where}: {first['msg']}") from error
        if session.latents is not None and latents is not None:
            latents.load(path.parent / Path(session.latents).name)
        return session


def _portable(settings: Settings) -> Settings:
    return replace(settings, model=_absolute(settings.model))  # the file of a box of one's own is absolute already


def _absolute(name: str) -> str:
    """Return a folder's absolute path; the name of a bundled model stays a name."""
    return str(Path(name).resolve()) if Path(name).is_dir() else name
