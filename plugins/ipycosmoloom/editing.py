"""More or less mass in a box that is marked in a notebook, with all else held."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from cosmoloom.errors import CosmoloomError, InvalidInputError
from cosmoloom_explorer import colours, readouts
from cosmoloom_explorer.latent_jobs import changing
from cosmoloom_explorer.slices import AXES, PLANES, Plane, slice_image
from cosmoloom_explorer.workshop import Progress, Workshop

if TYPE_CHECKING:
    from cosmoloom_explorer import Frame
    from ipycosmoloom.explorer import Explorer

FACTORS, HOLDS = (0.2, 5.0), (0.05, 20.0)
"""Mass wanted over that before, weight of what is held [1]."""
SHARE = 0.15
"""Side of the box that is marked at first, over that of the volume."""
TILE, MARGIN, TITLE = 200, 8, 16
"""Side of a slice in the picture, room around it, and height of its title [pixels]."""
KIND = "edit"

Region = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]


class EditView(ipywidgets.VBox):
    """A box to be marked by dragging three ranges, the mass that it is to hold, and how far an edit has come.

    Every step goes on screen in all views of the explorer; "cancel" keeps the best so far, "undo" brings back what was
    before.

    Parameters
    ----------
    explorer : Explorer
        Whose universe to edit; it need not be shown itself.

    Examples
    --------
    >>> edit = EditView(explorer)
    >>> edit.region = ((20, 28), (36, 44), (28, 36))        # x, y and z [Mpc/h]
    >>> edit.change(1.5)
    >>> edit.wait()
    """

    def __init__(self, explorer: Explorer) -> None:
        self._live = live = explorer.live
        self._workshop = Workshop(live.loop.deliver)
        self._workshop.progressed.connect(self._on_progressed)
        self._workshop.finished.connect(self._on_finished)
        self._workshop.failed.connect(self._on_failed)
        self._kept: Any = None
        size = live.card.box_size
        middle = [(at + 0.5) * live.card.voxel_size for at in live.state.slices]
        self.ranges = tuple(
            ipywidgets.FloatRangeSlider(
                value=_around(centre, SHARE * size, size), min=0.0, max=size, step=live.card.voxel_size,
                readout_format=".0f", description=f"{axis} [Mpc/h]",
                tooltip=f"Drag the ends, or the middle, of the box along {axis}.",
            )
            for axis, centre in zip(AXES, middle, strict=True)
        )  # fmt: skip
        self.factor = ipywidgets.FloatSlider(
            value=1.5, min=FACTORS[0], max=FACTORS[1], step=0.05, description="mass \u00d7",
            tooltip="Mass of the box that is asked for, over what it is now.",
        )  # fmt: skip
        low, high = np.log10(HOLDS)
        self.hold = ipywidgets.FloatLogSlider(
            value=1.0, min=low, max=high, step=0.01, description="hold", readout_format=".2f",
            tooltip="How much r(k) outside of the box counts beside its mass.",
        )  # fmt: skip
        self.start = _button("change mass", "Look for initial conditions with this mass, near these.", self.change)
        self.stop = _button("cancel", "Stop, and keep the best so far.", self.cancel)
        self.back = _button("undo", "Bring back what was before.", self.undo)
        self.text = ipywidgets.Label("mark a box in the three slices, and ask for more or less mass in it")
        self.picture = ipywidgets.Image(format="png", alt="Three slices through the marked box")
        width = len(PLANES) * (TILE + MARGIN) - MARGIN
        for each in (self.picture, *self.ranges, self.factor, self.hold):
            each.layout.width = f"{width}px"
        for each in self.ranges:
            each.observe(self.draw, "value")
        super().__init__([
            self.picture, *self.ranges, self.factor, self.hold,
            ipywidgets.HBox([self.start, self.stop, self.back]), self.text,
        ])  # fmt: skip
        self._show_busy(False)
        self._watch = _Watch(self)
        live.attach(self._watch)
        live.ask()
        self.draw()

    @property
    def region(self) -> Region:
        """Ends of the box along x, y and z [Mpc/h]."""
        (x, y, z) = (tuple(each.value) for each in self.ranges)
        return x, y, z

    @region.setter
    def region(self, ends: Region) -> None:
        for each, (low, high) in zip(self.ranges, ends, strict=True):
            if not 0 <= low < high <= each.max:
                raise InvalidInputError(f"a box lies between 0 and {each.max:g} Mpc/h along every axis, got {ends}")
            each.value = (low, high)

    @property
    def mask(self) -> NDArray[np.float32]:
        """1 in the voxels whose centres lie in the box and 0 elsewhere, shape (n, n, n)."""
        n, voxel = self._live.card.n, self._live.card.voxel_size
        at = (np.arange(n) + 0.5) * voxel
        x, y, z = ((low <= at) & (at <= high) for low, high in self.region)
        return (x[:, None, None] & y[:, None] & z).astype(np.float32)

    def change(self, factor: float | None = None) -> None:
        """Begin to change the mass of the box; :meth:`wait` blocks until that is done.

        Parameters
        ----------
        factor : float, optional
            Mass wanted over what it is now; by default the slider's [1].
        """
        live = self._live
        if factor is not None:
            self.factor.value = factor
        try:
            live.wait()
            self._kept = live.call(lambda engine: engine.recipes.kept)
        except CosmoloomError as error:
            self.text.value = str(error)
            return
        frame = live.frame
        assert frame is not None  # it was waited for
        live.record()
        field = frame.view.field
        where = field.redshift, frame.view.scaled.display_kappa if field.kappa is None else field.kappa
        self._show_busy(True)
        self.text.value = "looking for initial conditions"
        job = changing(frame.latent, self.mask, float(self.factor.value), where, hold=float(self.hold.value))
        self._workshop.start(KIND, live.state.model, job)

    def wait(self, timeout: float = 600.0) -> None:
        """Block until no edit is under way and its end is on screen; raises CosmoloomError if it takes longer."""
        if not self._live.loop.run_until(lambda: self.stop.disabled, timeout):
            raise CosmoloomError(f"the edit was not done within {timeout:g} s")
        self._live.wait(timeout)

    def cancel(self) -> None:
        """Stop after the step that is under way, and keep the best so far."""
        self._workshop.cancel()

    def undo(self) -> None:
        """Stop, and bring back what was before."""
        self.cancel()
        self._kept = None  # what still comes is let go
        self._live.undo()

    def close(self) -> None:
        """Stop, and take the widget off its pages."""
        self._live.detach(self._watch)
        self._workshop.close()
        super().close()

    def _on_progressed(self, progress: Progress) -> None:
        self._take(progress.result, lasting=False)

    def _on_finished(self, progress: Progress) -> None:
        if progress.result is not None:
            self._take(progress.result, lasting=True)
            if self._kept is not None:
                self._live.record()
        self._show_busy(False)

    def _on_failed(self, _kind: str, text: str) -> None:
        self.text.value = text

    def _take(self, edited: Any, *, lasting: bool) -> None:
        if self._kept is None or self._live.closed:
            return
        self.text.value = readouts.edit_text(edited)
        self._live.state.go_to_latent(self._kept.keep(np.asarray(edited.latent), lasting=lasting))

    def _show_busy(self, busy: bool) -> None:
        self.start.disabled = self.back.disabled = busy
        self.stop.disabled = not busy

    def draw(self, _change: Any = None) -> None:
        """Draw the marked slices anew."""
        if self._live.frame is not None:
            self.picture.value = marked_slices(self._live.frame, self.region)


class _Watch:
    """Draws the marked slices anew whenever the explorer shows another field."""

    has_room, pages = True, 0

    def __init__(self, view: EditView) -> None:
        self._view = view

    def show_frame(self) -> None:
        """Show the last fields."""
        self._view.draw()

    def show_model(self) -> None:
        """Show nothing of a model."""

    def show_statistics(self) -> None:
        """Show no curves."""

    def show_error(self, text: str) -> None:
        """Show one line of an error."""
        self._view.text.value = text

    def show_busy(self, busy: bool) -> None:
        """Show nothing of it."""

    def show_closed(self) -> None:
        """Stop with the explorer."""
        self._view.cancel()


def marked_slices(frame: Frame, region: Region) -> bytes:
    """Return a PNG file of the three slices through the middle of a box, with the box marked in each."""
    from matplotlib import colormaps
    from PIL import Image, ImageDraw, ImageFont

    n, size = len(frame.generated), frame.box_size
    low, high = colours.CONTRAST
    colormap = colormaps[colours.COLORMAPS[frame.view.scaled.colouring]]
    whole = Image.new("RGB", (len(PLANES) * (TILE + MARGIN) - MARGIN, TILE + TITLE), "white")
    draw, font = ImageDraw.Draw(whole), ImageFont.load_default(12)
    for column, plane in enumerate(PLANES):
        cut = min(int(sum(region[plane.normal]) / 2 * n / size), n - 1)
        shown = (slice_image(frame.generated, plane, cut) - low) / (high - low)
        tile = Image.fromarray((colormap(shown)[..., :3] * 255).astype(np.uint8))
        left = column * (TILE + MARGIN)
        whole.paste(tile.resize((TILE, TILE), Image.Resampling.NEAREST), (left, TITLE))
        title = f"{plane.title.replace(chr(0x2013), '-')} at {AXES[plane.normal]} = {(cut + 0.5) * size / n:.0f} Mpc/h"
        draw.text((left, 0), title, fill="black", font=font)
        draw.rectangle(_on_tile(region, plane, size, left), outline="white", width=2)
    file = BytesIO()
    whole.save(file, "PNG")
    return file.getvalue()


def _on_tile(region: Region, plane: Plane, size: float, left: int) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of a box in a slice [pixels]."""
    (x0, x1), (y0, y1) = ((end * TILE / size for end in region[axis]) for axis in (plane.across, plane.up))
    return left + x0, TITLE + TILE - y1, left + x1, TITLE + TILE - y0


def _around(centre: float, side: float, size: float) -> tuple[float, float]:
    low = min(max(centre - side / 2, 0.0), size - side)
    return low, low + side


def _button(text: str, tip: str, run: Any) -> Any:
    made = ipywidgets.Button(description=text, tooltip=tip)
    made.on_click(lambda _: run())
    return made
