"""A scene: what is shown of a box, to be saved as a picture, turned in a movie, or put into a notebook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from cosmoloom.box import Box
from cosmoloom.data.atomic import atomic_path
from cosmoloom.errors import InvalidInputError
from cosmoloom_explorer.movie_file import require_movie_name, write_movie
from cosmoloom_explorer.scenes.camera import ANGLE, Camera
from cosmoloom_explorer.scenes.colour_bar import PITCH, add_colour_bar
from cosmoloom_explorer.scenes.colour_scale import ColourScale
from cosmoloom_explorer.scenes.frame import BoxFrame
from cosmoloom_explorer.scenes.style import Style, StyleName, style_named
from cosmoloom_explorer.scenes.text import add_text
from cosmoloom_explorer.scenes.toolkit import pyvista

Picture = NDArray[np.uint8]
FINER = 2
"""Pictures are drawn this many times finer per side and averaged, so that no edge is jagged."""
BROAD = 1.06
"""Width that a box with its ticks may need, in heights [1]."""
FEWEST_PIXELS, MOST_PIXELS = 64, 8192


class Part(Protocol):
    """One way of showing a box."""

    @property
    def box(self) -> Box:
        """What is shown."""

    @property
    def scale(self) -> ColourScale:
        """What its colours mean."""

    def draw(self, plotter: Any, style: Style) -> None:
        """Add itself to a plotter."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One or several parts in one box with edges, ticks and colour bars; ``a + b`` shows both in one box.

    Attributes
    ----------
    parts : tuple of Part
        What is shown, all of boxes of the same side.
    """

    parts: tuple[Part, ...]

    def __add__(self, other: Scene) -> Scene:
        sizes = {part.box.box_size for part in (*self.parts, *other.parts)}
        if len(sizes) > 1:
            sides = " and ".join(f"{size:g}" for size in sorted(sizes))
            raise InvalidInputError(f"scenes of boxes of {sides} Mpc/h do not fit into one another")
        return Scene((*self.parts, *other.parts))

    @property
    def box_size(self) -> float:
        """Side of the box [Mpc/h]."""
        return self.parts[0].box.box_size

    @property
    def title(self) -> str:
        """The field's name and redshift."""
        box = self.parts[0].box
        return ", ".join(filter(None, [box.label, "" if box.redshift is None else f"z = {box.redshift:g}"]))

    @property
    def scales(self) -> tuple[ColourScale, ...]:
        """What the colours mean; parts with equal scales share a bar."""
        return tuple(dict.fromkeys(part.scale for part in self.parts))

    @property
    def _right_margin(self) -> float:
        """Share of the picture's width that belongs to the bars; the box stands in the middle of the rest [1]."""
        return PITCH * (0.3 + len(self.scales))

    def save(
        self,
        path: str | Path,
        *,
        size: tuple[int, int] = (1600, 1200),
        style: StyleName = "dark",
        camera: Camera | None = None,
    ) -> None:
        """Draw a picture, with or without a display.

        Parameters
        ----------
        path : str or Path
            A ``.png``, ``.jpg``, ``.tif`` or ``.webp``.
        size : tuple of int
            Width and height [pixels].
        style : str
            "dark", "light", or "publication": white ground, larger type, no title.
        camera : Camera, optional
            From where.

        Raises
        ------
        InvalidInputError
            If size, style or the ending of the name is unfit.
        MissingExtraError
            If PyVista is not installed.
        UnwritableError
            If the file cannot be written.
        """
        from PIL import Image

        suffix = Path(path).suffix.lower()
        if suffix not in (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp"):
            raise InvalidInputError(f"a picture is a .png, .jpg, .tif or .webp, got {path}")
        with atomic_path(path) as draft:
            Image.fromarray(self.picture(size=size, style=style, camera=camera)).save(draft, dpi=(300, 300), quality=90)

    def picture(
        self, *, size: tuple[int, int] = (1600, 1200), style: StyleName = "dark", camera: Camera | None = None
    ) -> Picture:
        """Return a picture of shape (height, width, 3), as :meth:`save` writes it."""
        return next(self._pictures(iter([camera or Camera()]), size, style))

    def orbit(
        self,
        path: str | Path,
        *,
        frames: int = 120,
        rate: float = 25.0,
        turn: float = 360.0,
        size: tuple[int, int] = (960, 720),
        style: StyleName = "dark",
        camera: Camera | None = None,
    ) -> None:
        """Write a movie of a way around the box.

        Parameters
        ----------
        path : str or Path
            ``.mp4``, ``.gif``, or a name without ending for a folder of numbered pictures.
        frames : int
            How many, 1 or more.
        rate : float
            Frames per second.
        turn : float
            How far around [degrees]; 360 comes back, so the movie can be repeated.
        size, style, camera
            As for :meth:`save`; the way begins at the camera.

        Raises
        ------
        InvalidInputError, MissingExtraError, UnwritableError
            As :meth:`save` does.
        """
        require_movie_name(path)
        if frames < 1:
            raise InvalidInputError(f"a movie has at least one frame, got {frames}")
        way = (camera or Camera()).orbit(frames, turn)
        write_movie(path, self._pictures(way, size, style), rate=rate)

    def show(
        self, *, size: tuple[int, int] = (960, 720), style: StyleName = "dark", camera: Camera | None = None
    ) -> Any:
        """Show the scene to be turned: in a notebook by PyVista's Jupyter backend, else in a window.

        Arguments and errors are those of :meth:`save`; what PyVista's ``show`` returns is returned.  In a cell that is
        narrower than the size, the view keeps its shape and shrinks.
        """
        width, height = size
        shrinks = {"width": f"min(100%, {width}px)", "height": f"auto; aspect-ratio: {width} / {height}"}
        return self.plotter(size=size, style=style, camera=camera, off_screen=None).show(jupyter_kwargs=shrinks)

    def plotter(
        self,
        *,
        size: tuple[int, int] = (960, 720),
        style: StyleName = "dark",
        camera: Camera | None = None,
        off_screen: bool | None = True,
    ) -> Any:
        """Return a PyVista plotter that shows the scene, to add to it; ``close()`` it when done.

        ``off_screen`` is PyVista's: None leaves it to its settings. Other arguments are those of :meth:`save`.
        """
        plotter, frame = self._drawn(size, style_named(style), off_screen)
        self._look(plotter, frame, camera or Camera())
        # However the view is turned, by hand or by code, ticks follow.
        plotter.camera.AddObserver("ModifiedEvent", lambda *_: frame.place())
        return plotter

    def _pictures(self, cameras: Iterator[Camera], size: tuple[int, int], style: StyleName) -> Iterator[Picture]:
        """Draw once, look from one camera after the other."""
        from PIL import Image

        _require_size(size)
        plotter, frame = self._drawn((size[0] * FINER, size[1] * FINER), style_named(style), True)
        try:
            for camera in cameras:
                self._look(plotter, frame, camera)
                plotter.render()
                fine = Image.fromarray(plotter.screenshot(None, return_img=True))
                yield np.asarray(fine.resize(size, Image.Resampling.BOX))
        finally:
            plotter.close()

    def _drawn(self, size: tuple[int, int], style: Style, off_screen: bool | None) -> tuple[Any, BoxFrame]:
        _require_size(size, most=FINER * MOST_PIXELS)
        plotter = pyvista().Plotter(off_screen=off_screen, window_size=size, lighting="none")
        plotter.render_window.SetMultiSamples(0)  # with which surfaces that are seen through would vanish
        plotter.set_background(style.ground, top=style.sky if style.sky != style.ground else None)
        _light(plotter)
        for part in self.parts:
            part.draw(plotter, style)
        frame = BoxFrame(plotter, self.box_size, style)
        for place, scale in enumerate(self.scales):
            add_colour_bar(plotter, scale, style, place)
        if style.titled and self.title:
            add_text(plotter, self.title, (0.03, 0.955), style, across="left")
        plotter.camera.SetWindowCenter(self._right_margin, 0.0)
        return plotter, frame

    def _look(self, plotter: Any, frame: BoxFrame, camera: Camera) -> None:
        middle = np.full(3, 0.5 * self.box_size)
        width, height = plotter.window_size
        fits = BROAD * height / (width * (1 - self._right_margin))
        distance = camera.distance(self.box_size) * max(1.0, fits)
        plotter.camera.view_angle = ANGLE
        plotter.camera.focal_point = middle
        plotter.camera.position = middle + distance * camera.outwards
        plotter.camera.up = camera.up
        plotter.camera.clipping_range = (max(distance - self.box_size, 0.02 * distance), distance + self.box_size)
        frame.place()


def _light(plotter: Any) -> None:
    """Light from over the left shoulder, a weak one from the right, and a weaker one from behind for the outline."""
    module = pyvista()
    for position, intensity in (((-1.0, 1.4, 1.6), 0.9), ((1.6, 0.2, 1.0), 0.3), ((0.3, -1.0, -1.2), 0.25)):
        plotter.add_light(module.Light(position=position, intensity=intensity, light_type="camera light"))


def _require_size(size: tuple[int, int], *, most: int = MOST_PIXELS) -> None:
    if len(size) != 2 or any(not FEWEST_PIXELS <= side <= most for side in size):
        raise InvalidInputError(f"size is a width and a height of {FEWEST_PIXELS} to {MOST_PIXELS} pixels, got {size}")
