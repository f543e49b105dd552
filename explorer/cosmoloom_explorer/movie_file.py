"""Movies from frames that are made one after the other: MP4, GIF, or numbered pictures in a folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cosmoloom.data.atomic import atomic_path
from cosmoloom.errors import InvalidInputError, MissingExtraError

Frame = NDArray[np.uint8]
SUFFIXES = (".mp4", ".gif", "")
"""H.264, GIF, and a folder of numbered PNG files."""


def require_movie_name(path: str | Path) -> None:
    """Refuse a name that tells no kind of movie, before frames are made.

    Raises
    ------
    InvalidInputError
        Unless it ends in .mp4 or .gif, or has no ending.
    """
    if Path(path).suffix.lower() not in SUFFIXES:
        raise InvalidInputError(f"a movie is a .mp4, a .gif, or a folder (no ending) of pictures, got {path}")


def write_movie(path: str | Path, frames: Iterable[Frame], *, rate: float) -> None:
    """Write a movie, whole or not at all; frames are asked for one by one.

    Parameters
    ----------
    path : str or Path
        ``.mp4``, ``.gif``, or a name without ending for a folder of pictures 0000.png, 0001.png, ...
    frames : iterable of array, shape (height, width, 3), uint8
        All of one shape; of MP4, which takes even sides only, an odd last row or column is left out.
    rate : float
        Frames per second, above 0.

    Raises
    ------
    InvalidInputError
        If the name or the rate is unfit, or there is no frame.
    MissingExtraError
        If MP4 is asked for without imageio-ffmpeg.
    UnwritableError
        If the file cannot be written.
    """
    require_movie_name(path)
    if not rate > 0:
        raise InvalidInputError(f"rate must be above 0 frames per second, got {rate}")
    suffix = Path(path).suffix.lower()
    iterator = iter(frames)
    first = next(iterator, None)
    if first is None:
        raise InvalidInputError(f"{path}: a movie needs at least one frame")
    with atomic_path(path) as draft:
        write = {".mp4": _write_mp4, ".gif": _write_gif, "": _write_pictures}[suffix]
        write(draft, chain([first], iterator), rate)


def _write_mp4(path: Path, frames: Iterator[Frame], rate: float) -> None:
    try:
        import imageio_ffmpeg
    except ModuleNotFoundError as error:
        raise MissingExtraError("MP4 needs imageio-ffmpeg: pip install 'cosmoloom[movie]'") from error
    first = _even(next(frames))
    height, width = first.shape[:2]
    # Without a macro block of 1, sides that 16 does not divide are scaled, which blurs text.
    file = imageio_ffmpeg.write_frames(
        str(path), (width, height), fps=rate, codec="libx264", quality=8, macro_block_size=1, ffmpeg_log_level="error",
    )  # fmt: skip
    file.send(None)
    try:
        for frame in chain([first], map(_even, frames)):
            file.send(np.ascontiguousarray(frame))
    finally:
        file.close()


def _write_gif(path: Path, frames: Iterator[Frame], rate: float) -> None:
    first, *rest = (_indexed(frame) for frame in frames)
    first.save(path, save_all=True, append_images=rest, duration=1000 / rate, loop=0, disposal=1)


def _write_pictures(path: Path, frames: Iterator[Frame], _rate: float) -> None:
    from PIL import Image

    path.mkdir()
    for number, frame in enumerate(frames):
        Image.fromarray(frame).save(path / f"{number:04d}.png")


def _even(frame: Frame) -> Frame:
    height, width = frame.shape[:2]
    return frame[: height // 2 * 2, : width // 2 * 2]


def _indexed(frame: Frame) -> Any:
    """Return a frame in 256 colours of its own, without the grain of dithering."""
    from PIL import Image

    return Image.fromarray(frame).quantize(256, dither=Image.Dither.NONE)
