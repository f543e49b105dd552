"""What a movie goes through: settings and cameras, frame by frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, log

import numpy as np

from cosmoloom.errors import InvalidInputError
from cosmoloom_explorer.saved_session import Camera, SavedSession
from cosmoloom_explorer.settings import Settings

MOST_FRAMES = 20_000
EULER = "yzx"
"""Order of the axes of a camera's angles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One frame of a movie.

    Attributes
    ----------
    settings : Settings
        What is shown.
    camera : Camera or None
        From where; None leaves the camera as it is.
    turn : float
        By how much it has gone around the boxes' upright axis besides [degree].
    """

    settings: Settings
    camera: Camera | None = None
    turn: float = 0.0


def plan(
    session: SavedSession, n_frames: int, *, redshifts: tuple[float, float] | None = None, turn: float = 0.0
) -> tuple[Shot, ...]:
    """Return the frames of a movie that begins with a session.

    Parameters
    ----------
    session : SavedSession
        Its settings are played from one redshift to another; without redshifts, the movie goes through its bookmarks
        where there are two or more, and stands still otherwise.
    n_frames : int
        Frames, at least 2.
    redshifts : (float, float), optional
        First and last redshift [1]; steps are equal in the scale factor.
    turn : float
        How far the camera goes around the boxes [degree].

    Raises
    ------
    InvalidInputError
        If nothing would move, or the frames are too few or too many.
    """
    if not 2 <= n_frames <= MOST_FRAMES:
        raise InvalidInputError(f"a movie has 2 to {MOST_FRAMES} frames, got {n_frames}")
    stops = [Shot(settings=kept.settings, camera=kept.camera) for kept in session.bookmarks]
    start = Shot(settings=session.settings, camera=session.camera)
    if redshifts is not None:
        shots = play(start, redshifts, n_frames)
    elif len(stops) >= 2:
        shots = walk(stops, n_frames)
    elif turn:
        shots = (start,) * n_frames
    else:
        raise InvalidInputError("nothing would move: give redshifts, a turn of the camera, or keep two bookmarks")
    shares = np.arange(n_frames) / n_frames  # a full turn ends one step before its beginning, so that it can be looped
    return tuple(replace(shot, turn=turn * float(share)) for shot, share in zip(shots, shares, strict=True))


def play(start: Shot, redshifts: tuple[float, float], n_frames: int) -> tuple[Shot, ...]:
    """Let time pass, in equal steps of the scale factor."""
    if min(redshifts) < 0:
        raise InvalidInputError(f"redshifts are 0 or above, got {redshifts}")
    first, last = (1 / (1 + redshift) for redshift in redshifts)
    factors = np.linspace(first, last, n_frames)
    values = [redshifts[0], *(1 / float(a) - 1 for a in factors[1:-1]), redshifts[1]]
    return tuple(replace(start, settings=replace(start.settings, redshift=value)) for value in values)


def walk(stops: Sequence[Shot], n_frames: int) -> tuple[Shot, ...]:
    """Go from stop to stop, slowly at each; what cannot change gradually changes half-way."""
    shots = []
    for at in np.linspace(0, len(stops) - 1, n_frames):
        index = min(int(at), len(stops) - 2)
        share = float(at) - index
        shots.append(between(stops[index], stops[index + 1], share * share * (3 - 2 * share)))
    return tuple(shots)


def between(a: Shot, b: Shot, share: float) -> Shot:
    """Return the frame at a share of the way; latents of two seeds go along a great circle.

    Redshift, directions, components and slices go in a straight line, kappa and zoom by equal factors.
    """
    if share in (0.0, 1.0):
        return (a, b)[int(share)]
    one, two = a.settings, b.settings
    later = two if share >= 0.5 else one
    settings = later
    if one.model == two.model:
        directions = _mixed(one.directions, two.directions, share)
        names = (one.origin or f"seed {one.seed}", two.origin or f"seed {two.seed}")
        settings = replace(
            later,
            redshift=_line(one.redshift, two.redshift, share),
            kappa=_factor(one.kappa, two.kappa, share),
            display_kappa=_both(one.display_kappa, two.display_kappa, share),
            directions=later.directions if directions is None else directions,
            components=_components(one.components, two.components, share),
            slices=_voxel(one.slices, two.slices, share),
        )
        if names[0] != names[1] and not (one.toward or two.toward):
            settings = replace(settings, seed=one.seed, origin=one.origin, toward=names[1], fraction=share)
    return Shot(settings=settings, camera=_camera(a.camera, b.camera, share))


def _camera(a: Camera | None, b: Camera | None, share: float) -> Camera | None:
    if a is None or b is None:
        return a or b
    from scipy.spatial.transform import Rotation, Slerp

    turns = Slerp((0.0, 1.0), Rotation.from_euler(EULER, [a.angles, b.angles], degrees=True))
    angles = [float(angle) for angle in turns(share).as_euler(EULER, degrees=True)]
    center = [_line(x, y, share) for x, y in zip(a.center, b.center, strict=True)]
    return Camera(
        angles=(angles[0], angles[1], angles[2]),
        center=(center[0], center[1], center[2]),
        zoom=_factor(a.zoom, b.zoom, share),
    )


def _voxel(a: tuple[int, int, int], b: tuple[int, int, int], share: float) -> tuple[int, int, int]:
    x, y, z = (round(_line(start, end, share)) for start, end in zip(a, b, strict=True))
    return x, y, z


def _line(a: float, b: float, share: float) -> float:
    return a if a == b else (1 - share) * a + share * b


def _factor(a: float, b: float, share: float) -> float:
    return a if a == b else exp(_line(log(a), log(b), share))


def _both(a: float | None, b: float | None, share: float) -> float | None:
    return (b if share >= 0.5 else a) if a is None or b is None else _factor(a, b, share)


def _mixed(a: tuple[float, ...], b: tuple[float, ...], share: float) -> tuple[float, ...] | None:
    return tuple(_line(x, y, share) for x, y in zip(a, b, strict=True)) if len(a) == len(b) else None


def _components(
    a: tuple[tuple[int, float], ...], b: tuple[tuple[int, float], ...], share: float
) -> tuple[tuple[int, float], ...]:
    """Return single components on the way, where both ends set the same ones."""
    if [index for index, _ in a] != [index for index, _ in b]:
        return b if share >= 0.5 else a
    return tuple((index, _line(x, y, share)) for (index, x), (_, y) in zip(a, b, strict=True))
