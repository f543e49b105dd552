"""Looks of a scene: ground, ink and colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cosmoloom.errors import InvalidInputError
from cosmoloom_explorer import colours

Quantity = Literal["density", "mass", "position"]
StyleName = Literal["dark", "light", "publication"]
Maps = dict[Quantity, tuple[str, float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How everything in a scene looks that is not the field itself.

    Attributes
    ----------
    ground, sky : str
        Background at the bottom and at the top of the picture.
    ink, line : str
        Colours of text, and of the box's edges.
    maps : dict
        Per quantity a Matplotlib colour map and the part of it that is used, from 0 to 1: what there is much of stands
        out from the ground.
    font : float
        Height of text, as a share of the picture's height [1].
    titled : bool
        Whether the field's name is written above it; a publication has captions.
    """

    ground: str
    sky: str
    ink: str
    line: str
    maps: Maps
    font: float = 0.021
    titled: bool = True


_ON_WHITE: Maps = {
    "density": ("magma_r", 0.0, 0.95),
    "mass": ("viridis_r", 0.1, 0.95),
    "position": ("turbo", 0.05, 0.95),
}
STYLES: dict[str, Style] = {
    "dark": Style(
        ground=colours.BACKGROUND, sky="#222834", ink=colours.TEXT, line="#5b6475",
        maps={"density": ("magma", 0.0, 1.0), "mass": ("viridis", 0.3, 1.0), "position": ("turbo", 0.05, 0.95)},
    ),
    "light": Style(ground="#ffffff", sky="#e9edf3", ink="#22252b", line="#8b93a1", maps=_ON_WHITE),
    "publication": Style(
        ground="#ffffff", sky="#ffffff", ink="#000000", line="#4d4d4d", maps=_ON_WHITE, font=0.027, titled=False
    ),
}  # fmt: skip


def style_named(name: StyleName) -> Style:
    """Return a style.

    Raises
    ------
    InvalidInputError
        If there is none of this name.
    """
    if name not in STYLES:
        raise InvalidInputError(f"a style is one of {', '.join(STYLES)}, got {name!r}")
    return STYLES[name]
