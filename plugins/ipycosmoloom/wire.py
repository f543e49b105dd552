"""Which pixels a widget needs next: only those that it does not show already."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from cosmoloom import models
from cosmoloom_explorer import colours, readouts
from cosmoloom_explorer.colour_ticks import colour_text, colour_ticks
from cosmoloom_explorer.layouts import ISO_RANGE
from cosmoloom_explorer.settings import DIRECTION_RANGE, SEED_RANGE
from ipycosmoloom import messages, projection

if TYPE_CHECKING:
    from cosmoloom_explorer.frames import Volume
    from ipycosmoloom.live import LiveExplorer
    from ipycosmoloom.pane import Pane

MAPS = {str(name): table for name, table in colours.COLORMAPS.items()} | {"difference": "RdBu_r"}
"""Colour maps by what they show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a widget's parts show.

    Attributes
    ----------
    plane : str
        The slices' plane.
    slices, volume : bool
        Whether slices, and whether volumes, are on its page.
    position : int
        Voxel at which the plane cuts.
    camera : tuple of float, or None
        From where pictures of the volumes are drawn for pages that cannot do so themselves; None for the others.
    """

    plane: str
    slices: bool
    volume: bool
    position: int
    camera: tuple[float, float, float] | None = None

    @classmethod
    def of(cls, pane: Pane, *, webgl: bool) -> Wanted:
        """Read from a pane what it shows."""
        both = {"slices", "volume"} <= set(pane.parts)
        volume = "volume" in pane.parts and (not both or pane.live.state.ndisplay == 3)
        slices = "slices" in pane.parts and (not both or pane.live.state.ndisplay == 2)
        position = pane.live.state.slices[messages.plane_of(pane.plane).normal]
        yaw, pitch, zoom = pane.camera
        camera = None if webgl else (yaw, pitch, zoom)
        return cls(plane=pane.plane, slices=slices, volume=volume, position=position, camera=camera)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pictured:
    """Which simulated field a page shows, and where it was cut."""

    volume: Volume | None = None
    cut: tuple[Volume, str, int] | None = None


NOTHING = Pictured()


def lacks_volume(live: LiveExplorer, wanted: Wanted, shown: Pictured) -> bool:
    """Tell whether a page still has to be sent the simulated volume."""
    reference = None if live.frame is None else live.frame.reference
    return wanted.volume and wanted.camera is None and reference is not None and shown.volume is not reference


def frame_message(
    live: LiveExplorer, wanted: Wanted, before: Pictured, *, simulated_volume: bool = False
) -> tuple[messages.Content, list[messages.Bytes], Pictured]:
    """Return words and arrays for the frame shown, and what the page will then show.

    The simulated field is sent only when it is another one, or cut elsewhere: while a redshift moves it rarely is.

    Parameters
    ----------
    live : LiveExplorer
        What is shown.
    wanted : Wanted
        Which arrays.
    before : Pictured
        What the page shows already.
    simulated_volume : bool
        Send that alone: two volumes at once would take too long on the way.
    """
    frame = live.frame
    assert frame is not None
    reference = frame.reference
    plane, position = messages.plane_of(wanted.plane), min(wanted.position, len(frame.generated) - 1)
    arrays: dict[str, messages.Bytes] = {}
    cut, volume = before.cut, before.volume
    if wanted.slices and not simulated_volume:
        arrays["slice.generated"] = messages.slice_levels(frame.generated, plane, position)
        if reference is not None and not _same_cut(cut, reference, wanted.plane, position):
            arrays["slice.reference"] = messages.slice_levels(reference, plane, position)
            cut = (reference, wanted.plane, position)
    if wanted.volume and wanted.camera is not None:
        table = live.state.contrast, palette(frame.view.scaled.colouring)
        arrays["picture.generated"] = projection.png(frame.generated, wanted.camera, *table)
        if reference is not None:
            arrays["picture.reference"] = projection.png(reference, wanted.camera, *table)
    elif simulated_volume and reference is not None:
        arrays["volume.reference"] = messages.volume_levels(reference)
        volume = reference
    elif wanted.volume:
        arrays["volume.generated"] = messages.volume_levels(frame.generated)
    kappa, colouring = frame.view.scaled.display_kappa, frame.view.scaled.colouring
    words = {
        **messages.frame_words(frame),
        "plane": wanted.plane,
        "position": position,
        "hasReference": reference is not None,
        "growth": readouts.redshift_text(frame.view.field.redshift, live.card.universe),
        "ticks": colour_ticks(kappa, colouring),
        "colourText": colour_text(kappa, colouring),
        "arrays": list(arrays),
    }
    return words, list(arrays.values()), Pictured(volume=volume, cut=cut)


def facts(live: LiveExplorer) -> dict[str, Any]:
    """Return what the controls need to know of the model."""
    limits, known = live.state.limits, live.facts
    names = known.direction_names if known is not None else ()
    own = live.state.own_box
    return {
        "models": list(dict.fromkeys((*models.names(), live.state.model))),
        "redshift": list(limits.redshift),
        "kappa": list(limits.kappa),
        "isoDensity": list(ISO_RANGE),
        "displayKappa": list(limits.display_kappa),
        "direction": list(DIRECTION_RANGE),
        "seed": list(SEED_RANGE),
        "n": limits.n,
        "boxSize": live.card.box_size,
        "directions": [names[i] if i < len(names) else f"direction {i + 1}" for i in range(limits.n_directions)],
        "references": [source.label for source in known.references] if known is not None else [],
        "ownBox": None if own is None else readouts.own_box_text(own, live.state.redshift),
        "kappaConditions": limits.kappa_conditions,
        "kappaRole": readouts.kappa_role(conditions=limits.kappa_conditions, follows=live.state.display_kappa is None),
        "kappaText": readouts.kappa_text(live.state.kappa),
        "canUndo": live.history.can_undo,
        "canRedo": live.history.can_redo,
        "noReference": readouts.NO_REFERENCE,
    }


def palettes() -> dict[str, bytes]:
    """Return tables of 256 colours, RGB."""
    return {name: palette(name).tobytes() for name in MAPS}


@cache
def palette(name: str) -> messages.Bytes:
    """Return one of the tables, shape (256, 3)."""
    from matplotlib import colormaps

    rgba = np.asarray(colormaps[MAPS[name]](np.arange(256)))
    return (rgba[:, :3] * 255).round().astype(np.uint8)


def _same_cut(cut: tuple[Volume, str, int] | None, reference: Volume, plane: str, position: int) -> bool:
    return cut is not None and cut[0] is reference and cut[1:] == (plane, position)

