"""Draw one universe in every way that scenes know, as pictures and as a movie.

python examples/draw_scenes.py --seed 1 --out scenes
"""

from argparse import ArgumentParser
from pathlib import Path

import cosmoloom as cl
from cosmoloom_explorer import scenes

parser = ArgumentParser(description="Draw surfaces, volume, points, slices and peaks of a generated universe.")
parser.add_argument("--model", default="primordial64", help="name of a bundled model, or a model's folder")
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--out", default="scenes", help="folder for the pictures")
parser.add_argument("--width", type=int, default=800, help="of a picture [pixels]; its height is 3/4 of that")
parser.add_argument("--frames", type=int, default=100, help="of the movie")
options = parser.parse_args()

folder = Path(options.out)
folder.mkdir(parents=True, exist_ok=True)
size = (options.width, options.width * 3 // 4)
model = cl.load(options.model)
box = model.sample(seed=options.seed, redshift=0.0)
faint = scenes.volume(box, low=0.7, high=120)

scenes.surfaces(box, levels=[3, 20]).save(folder / "surfaces.jpg", size=size)
scenes.volume(box).save(folder / "volume.jpg", size=size)
scenes.points(box).save(folder / "points.jpg", size=size, style="light")
scenes.slices(box).save(folder / "slices.jpg", size=size)
both = faint + scenes.peaks(box, lowest=40)
both.save(folder / "peaks.jpg", size=size, camera=scenes.Camera(azimuth=-40, elevation=35))
scenes.volume(box).save(folder / "publication.jpg", size=size, style="publication")
scenes.slices(box).orbit(folder / "orbit.mp4", frames=options.frames, size=size)
print(*sorted(str(path) for path in folder.iterdir()), sep="\n")
