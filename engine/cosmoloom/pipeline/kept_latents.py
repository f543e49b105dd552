"""Latents that no seed draws, by name: what was edited, fitted or joined is kept here, and written beside a session.

A name is a digest of the numbers, so equal names are equal latents, on every machine.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from threading import Lock
from zipfile import BadZipFile

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cosmoloom.data.atomic import atomic_path
from cosmoloom.errors import BrokenFileError, InvalidInputError, MissingFileError

Latent = NDArray[np.float32]

KEPT, DRAWN = "latent-", "seed "
"""How the name of a kept latent begins, and that of a draw: "latent-0123456789ab", "seed 5"."""
PASSING = 8
"""Steps of an edit or a fit that are kept until they were shown."""


class KeptLatents:
    """Latents by name; callable from any thread."""

    def __init__(self) -> None:
        self._lasting: dict[str, Latent] = {}
        self._passing: OrderedDict[str, Latent] = OrderedDict()
        self._lock = Lock()

    def keep(self, latent: ArrayLike, *, lasting: bool = True) -> str:
        """Keep a latent and return its name; one that does not last makes room for later ones.

        Raises
        ------
        InvalidInputError
            If it is no row of finite numbers.
        """
        values = np.array(latent, dtype=np.float32)
        if values.ndim != 1 or not values.size or not np.isfinite(values).all():
            raise InvalidInputError(f"a latent is a row of finite numbers, got shape {values.shape}")
        values.setflags(write=False)
        name = KEPT + sha256(values.tobytes()).hexdigest()[:12]
        with self._lock:
            if lasting:
                self._lasting[name] = values
            elif name not in self._lasting:
                self._passing[name] = values
                while len(self._passing) > PASSING:
                    self._passing.popitem(last=False)
        return name

    def get(self, name: str) -> Latent:
        """Return a latent, not to be written to.

        Raises
        ------
        MissingFileError
            If none of this name is kept.
        """
        with self._lock:
            found = self._lasting.get(name, self._passing.get(name))
        if found is None:
            raise MissingFileError(f"{name} is not kept here; open the session that it was saved with")
        return found

    def save(self, path: str | Path, names: Iterable[str]) -> None:
        """Write latents to an .npz file, whole or not at all; raises as :meth:`get`, or UnwritableError."""
        found = {name: self.get(name) for name in names}
        with atomic_path(path) as draft, draft.open("wb") as file:
            np.savez(file, **found)  # type: ignore[arg-type]

    def load(self, path: str | Path) -> None:
        """Keep the latents of an .npz file, too.

        Raises
        ------
        MissingFileError
            If there is no such file.
        BrokenFileError
            If it holds something else, or a latent was altered.
        """
        if not Path(path).is_file():
            raise MissingFileError(f"no latents at {path}; keep the file beside its session")
        try:
            with np.load(path, allow_pickle=False) as file:
                found = {name: file[name] for name in file.files}
        except (ValueError, OSError, EOFError, BadZipFile) as error:
            raise BrokenFileError(f"{path} holds no latents: {error}") from error
        for name, values in found.items():
            if self.keep(values) != name:
                raise BrokenFileError(f"{path}: {name} was altered after it was written")


def require_name(name: str) -> str:
    """Return a name; raise InvalidInputError unless it is that of a draw or of a kept latent."""
    if name.startswith(KEPT) or (name.startswith(DRAWN) and name.removeprefix(DRAWN).isdecimal()):
        return name
    raise InvalidInputError(f"a latent is named {DRAWN!r} and a number, or {KEPT!r} and its digest; got {name!r}")
