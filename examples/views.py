"""Every view of the explorer as a picture, each with the settings that show it.

python examples/views.py --out views        # as many JPEG files as there are views; needs a display, or xvfb-run -a
"""

from argparse import ArgumentParser
from pathlib import Path

from PIL import Image

from cosmoloom_explorer.opening import opening_settings
from napari_cosmoloom.launch import render

VIEWS = {
    "side-by-side": {},
    "difference": {"layout": "difference"},
    "difference-slice": {"layout": "difference", "ndisplay": 2},
    "overlap": {"layout": "overlap", "top_percent": 5.0, "ndisplay": 2},
    "swipe": {"layout": "swipe"},
    "orthogonal": {"layout": "orthogonal"},
    "maximum": {"rendering": "mip"},
    "surface": {"rendering": "iso", "iso_density": 15.0},
    "points": {"rendering": "points"},
    "peaks": {"peaks": True},
    "contrast": {"contrast": (-0.95, 0.3)},
}

parser = ArgumentParser(description="Draw every view of the explorer.")
parser.add_argument("--model", default="primordial64", help="name of a bundled model, or a model's folder")
parser.add_argument("--out", type=Path, default=Path("views"), help="folder, made if it is not there")
parser.add_argument("--only", nargs="+", choices=VIEWS, default=list(VIEWS))
parser.add_argument("--size", type=int, nargs=2, default=(1600, 1000), help="of the window [pixels]")
parser.add_argument("--width", type=int, default=800, help="of the pictures [pixels]")
options = parser.parse_args()

options.out.mkdir(exist_ok=True)
for name in options.only:
    window = options.out / f"{name}.png"
    render(window, opening_settings(options.model, **VIEWS[name]), size=tuple(options.size))
    picture = Image.open(window).convert("RGB")
    window.unlink()
    picture.thumbnail((options.width, options.width))
    picture.save(window.with_suffix(".jpg"), quality=78, optimize=True)
    print(window.with_suffix(".jpg"))
