"""Draw what each direction of a latent space changes: a slice before and after, power, and the mass histogram.

Directions named by what they do are found by backward passes through the model; the leading ones are principal
components of a generator's first layer or, where the latent are initial conditions, their longest waves.

python examples/latent_directions.py --out directions
"""

from argparse import ArgumentParser
from pathlib import Path

import numpy as np
import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imsave

import cosmoloom as cl
from cosmoloom.pipeline.direction_names import TITLES
from cosmoloom.pipeline.latent_directions import named_directions
from cosmoloom.pipeline.latent_prior import LatentPrior
from cosmoloom.pipeline.latent_typicality import typicality

parser = ArgumentParser(description="One figure per direction of a latent space.")
parser.add_argument("--model", default="primordial64", help="name or folder")
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--redshift", type=float, default=0.0)
parser.add_argument("--step", type=float, default=3.0, help="along each direction [standard deviations]")
parser.add_argument("--leading", type=int, default=2, help="how many of the leading directions")
parser.add_argument("--out", default="directions", help="folder for the figures")
options = parser.parse_args()

model = cl.load(options.model)
kappa, prior = model.card.default_kappa, LatentPrior.of(model.card)
start = model.draw_latent(options.seed)[0]
found = named_directions(model, start, options.redshift, kappa)


def moved(index: int, sign: float) -> torch.Tensor:
    """Return the latent a step away along a named direction."""
    steps = [0.0] * len(found)
    steps[index] = sign * options.step
    return found.step(start, steps, prior)


ways = [(TITLES[name], moved(i, -1.0), moved(i, 1.0)) for i, name in enumerate(found.names)]
leading = model.directions
for i in range(min(options.leading, len(leading))):
    along = options.step * model.latent_sigma * leading.vectors[i]
    name = leading.names[i] if leading.names else f"principal component {i + 1}"
    ways.append((name, start - along, start + along))


def field(latent: torch.Tensor) -> cl.Box:
    """Decode a latent."""
    return model.sample(latent=latent.numpy(), redshift=options.redshift, kappa=kappa)


def draw(title: str, boxes: tuple[cl.Box, cl.Box, cl.Box]) -> np.ndarray:
    """Draw three slabs, ratios of power and ratios of histograms; return the pixels."""
    figure = Figure(figsize=(11, 2.4), layout="constrained")
    figure.suptitle(title, fontsize=10, fontweight="bold", x=0.01, ha="left")
    row = figure.subplots(1, 5)
    n, size = boxes[1].n, boxes[1].box_size
    thick = max(1, n // 8)
    slab = slice((n - thick) // 2, (n + thick) // 2)
    signs = f"-{options.step:g} sigma", "0", f"+{options.step:g} sigma"
    for axes, box, sign in zip(row[:3], boxes, signs, strict=True):
        picture = np.log10(box.density[:, :, slab].mean(2) + 0.01).T
        axes.imshow(picture, origin="lower", extent=(0, size, 0, size), cmap="magma", vmin=-1.0, vmax=1.3)
        axes.set(xlabel="x [Mpc/h]", ylabel="y [Mpc/h]")
        axes.set_title(sign, fontsize=9)
    power, histograms = ([measure(box) for box in boxes] for measure in (cl.power_spectrum, cl.mass_histogram))
    centres = 0.5 * (histograms[1].edges[1:] + histograms[1].edges[:-1])
    many = histograms[1].counts >= 30  # a ratio of fewer is mostly chance
    for index, colour in ((0, "#2b7bba"), (2, "#e07b00")):
        row[3].plot(power[1].k, power[index].power / power[1].power, color=colour, label=signs[index])
        ratio = histograms[index].counts[many] / histograms[1].counts[many]
        row[4].plot(centres[many], ratio, color=colour, label=signs[index])
    row[3].set_title("P(k) over that at 0", fontsize=9)
    row[3].set(xlabel="k [h/Mpc]", xscale="log")
    row[3].set_xticks([0.1, 1.0], ["0.1", "1"], minor=False)
    row[3].set_xticks([], minor=True)
    row[4].set_title("voxels over those at 0", fontsize=9)
    row[4].set(xlabel="log10 rho/mean")
    for axes in row[3:]:
        axes.axhline(1.0, color="0.4", lw=0.8)
        axes.set(yscale="log", ylim=(0.3, 3.3))
        axes.set_yticks([0.5, 1.0, 2.0], ["0.5", "1", "2"])
        axes.set_yticks([], minor=True)
        axes.legend(frameon=False, fontsize=7)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3]


folder = Path(options.out)
folder.mkdir(parents=True, exist_ok=True)
here = field(start)
pictures = []
print(f"{'direction':28s}  statistic           peaks at -, 0, +    below 0.3 [%] at -, 0, +   latent's worst gauge")
for number, (title, before, after) in enumerate(ways):
    boxes = field(before), here, field(after)
    pictures.append(draw(title, boxes))
    imsave(folder / f"{number:02d}.png", pictures[-1])
    change = f"{found.response[number, number] * options.step:+.3f} (linear)" if number < len(found) else ""
    peaks = "".join(f"{int(cl.peak_counts(box).counts.sum()):5d} " for box in boxes)
    voids = "".join(f"{100 * (box.density < 0.3).mean():7.1f} " for box in boxes)
    print(f"{title:28s}  {change:18s}  {peaks}  {voids}    {typicality(model, after).worst.sigma:+.1f} sigma")
imsave(folder / "all.png", np.vstack(pictures))
