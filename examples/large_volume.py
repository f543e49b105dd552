"""A volume larger than the model's, woven in the explorer's window, and a picture of it while it lands.

python examples/large_volume.py --by refiner/model --out large_volume.jpg     # needs a display, or xvfb-run -a
"""

from argparse import ArgumentParser
from pathlib import Path

from PIL import Image

from cosmoloom_explorer.opening import opening_settings
from napari_cosmoloom.capture import window_picture
from napari_cosmoloom.controls.section import Section
from napari_cosmoloom.launch import open_explorer, process_events, wait_until_shown

parser = ArgumentParser(description="Weave a large volume in the explorer.")
parser.add_argument("--model", default="primordial64", help="of the start: name of a bundled model, or a folder")
parser.add_argument("--by", required=True, help="refiner, or its folder")
parser.add_argument("--scales", type=int, default=1, help="how often to refine")
parser.add_argument("--redshift", type=float, default=0.0)
parser.add_argument("--landed", type=float, default=0.5, help="share of the finest scale that the picture shows")
parser.add_argument("--out", type=Path, default=Path("large_volume.jpg"))
parser.add_argument("--size", type=int, nargs=2, default=(1600, 1000), help="of the window [pixels]")
parser.add_argument("--width", type=int, default=1000, help="of the picture [pixels]")
options = parser.parse_args()

explorer = open_explorer(
    opening_settings(options.model, redshift=options.redshift, ndisplay=2), size=tuple(options.size)
)
wait_until_shown(explorer)
section, desk = explorer.controls.large, explorer.weaving
for other in explorer.controls.findChildren(Section):
    other.fold()
section.heading.setChecked(True)
desk.open(options.by)
for _ in range(options.scales):
    section.more.click()
while desk.busy:  # how fast the refiner is here
    process_events(0.02)
section.place.setCurrentIndex(section.place.findData("beside"))
section.placed.emit("beside")
section.weave.click()
drawn, window = False, options.out.with_suffix(".png")
while desk.busy:
    process_events(0.02)
    bar = section.bars[-1]
    if not drawn and options.landed < 1.0 and bar.value() >= options.landed * bar.maximum():
        drawn = window_picture(explorer.viewer).save(str(window), "PNG")
print(section.progress.text())
if not drawn:
    window_picture(explorer.viewer).save(str(window), "PNG")
explorer.viewer.close()
process_events(0.1)

picture = Image.open(window).convert("RGB")
window.unlink()
picture.thumbnail((options.width, options.width))
picture.save(options.out, quality=80, optimize=True)
print(options.out)
