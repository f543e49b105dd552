"""A tour of the explorer as a movie: structure grows, views follow each other, one universe becomes another.

python examples/tour.py --out tour.mp4      # two minutes; needs a display, or xvfb-run -a
"""

from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cosmoloom_explorer.opening import opening_settings
from cosmoloom_explorer.shots import Shot, play, walk
from napari_cosmoloom.launch import open_explorer, process_events, wait_until_shown
from napari_cosmoloom.movie import record

parser = ArgumentParser(description="Film a tour of the explorer.")
parser.add_argument("--model", default="primordial64", help="name of a bundled model, or a model's folder")
parser.add_argument("--out", default="tour.mp4", help=".mp4, .gif, or a folder of pictures")
parser.add_argument("--seconds", type=float, default=120.0)
parser.add_argument("--rate", type=float, default=25.0, help="frames per second")
parser.add_argument("--size", type=int, nargs=2, default=(1280, 720), help="[pixels]")
options = parser.parse_args()

explorer = open_explorer(opening_settings(options.model))
today, limits = explorer.state.snapshot(), explorer.state.limits
(late, early), middle, last = limits.redshift, limits.n // 2, limits.n - 1


def still(n: int, **changes: Any) -> Sequence[Shot]:
    """Stand at one state while the camera goes around."""
    return (Shot(settings=replace(today, **changes)),) * n


def through(n: int, *stops: dict[str, Any]) -> Sequence[Shot]:
    """Go from state to state."""
    return walk([Shot(settings=replace(today, **changes)) for changes in stops], n)


SCENES = [  # seconds of a two-minute tour, and what is seen
    (16, lambda n: play(Shot(settings=today), (early, late), n)),
    (6, lambda n: still(n, rendering="mip")),
    (8, lambda n: still(n, rendering="iso", iso_density=15.0)),
    (8, lambda n: still(n, rendering="points")),
    (8, lambda n: still(n, peaks=True)),
    (10, lambda n: through(n, {"kappa": limits.kappa[0]}, {"kappa": limits.kappa[1]}, {})),
    (10, lambda n: still(n, layout="difference")),
    (12, lambda n: through(n, *({"layout": "swipe", "slices": (x, middle, middle)} for x in (0, last, middle)))),
    (6, lambda n: still(n, layout="overlap", ndisplay=2)),
    (10, lambda n: through(n, *({"ndisplay": 2, "slices": (middle, middle, z)} for z in (0, last)))),
    (18, lambda n: through(n, *({"seed": seed} for seed in (today.seed, today.seed + 1, today.seed + 2)))),
    (8, lambda n: play(Shot(settings=replace(today, seed=today.seed + 2)), (late, early), n)),
]

total = sum(seconds for seconds, _ in SCENES)
frames = options.seconds * options.rate
shots = [shot for seconds, scene in SCENES for shot in scene(max(2, round(frames * seconds / total)))]
shots = [replace(shot, turn=720.0 * index / len(shots)) for index, shot in enumerate(shots)]
wait_until_shown(explorer)
try:
    record(
        explorer, options.out, shots, rate=options.rate, size=tuple(options.size),
        progress=lambda done, wanted: print(f"\r{done} of {wanted} frames", end="", flush=True) is None,
    )  # fmt: skip
finally:
    explorer.viewer.close()
    process_events()
print(f"\n{options.out}")
