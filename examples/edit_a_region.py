"""Put more and more mass into a ball, and see what it costs elsewhere.

Prints a row per mass asked for: what was reached, how well r(k) outside was held, and how many bins of P(k), mass
histogram and peak counts lie within the 16-84 % range of samples; draws the trade-off.

python examples/edit_a_region.py --out edit.png
"""

from argparse import ArgumentParser

import numpy as np
import torch
from matplotlib.figure import Figure

import cosmoloom as cl
from cosmoloom.pipeline.latent_editing import Edited, ball, edit
from cosmoloom.pipeline.latent_typicality import typicality

parser = ArgumentParser(description="More mass in a ball, with all else held.")
parser.add_argument("--model", default="primordial64", help="name or folder")
parser.add_argument("--seed", type=int, default=3)
parser.add_argument("--redshift", type=float, default=0.0)
parser.add_argument("--radius", type=float, default=4.0, help="of the ball [voxels]")
parser.add_argument("--factors", type=float, nargs="+", default=[0.6, 1.25, 1.5, 2.0, 3.0])
parser.add_argument("--steps", type=int, default=15)
parser.add_argument("--samples", type=int, default=32, help="behind the 16-84 % range")
parser.add_argument("--out", default="edit.png")
options = parser.parse_args()

model = cl.load(options.model)
n, size, kappa = model.card.n, model.card.box_size, model.card.default_kappa
start = model.draw_latent(options.seed)[0]
centre = (n * 5 // 16, n * 10 // 16, n // 2)
region = ball(n, centre, options.radius)


def statistics(density: torch.Tensor) -> np.ndarray:
    """Return P(k), mass histogram and peak counts in a row."""
    power = cl.power_spectrum(density, box_size=size).power
    return np.concatenate([power, cl.mass_histogram(density).counts, cl.peak_counts(density).counts])


def decoded(seed: int) -> torch.Tensor:
    """Return the field of a seed."""
    return model.density(model.draw_latent(seed), options.redshift, kappa)[0]


low, high = np.percentile([statistics(decoded(1000 + i)) for i in range(options.samples)], [16, 84], axis=0)


def share_inside(density: torch.Tensor) -> float:
    """Return the share of bins within the range of samples; bins that are empty in all do not count."""
    values, known = statistics(density), high > 0
    return float(((values >= low) & (values <= high))[known].mean())


def best_of(factor: float, hold: float) -> Edited:
    """Return the last, which is the best, state of an edit."""
    *_, last = edit(
        model, start, region, factor, redshift=options.redshift, kappa=kappa, steps=options.steps, hold=hold
    )
    return last


before = decoded(options.seed)
print(f"before: {share_inside(before):.0%} of the bins within the 16-84 % range of {options.samples} samples")
print("asked   reached   least r(k)   mean r(k)   moved [sigma]   bins within   latent [sigma]   steps")
done: dict[float, list[Edited]] = {1.0: [], 0.0: []}
for hold, edits in done.items():
    print("r(k) outside is held" if hold else "nothing is held")
    for factor in options.factors:
        edited = best_of(factor, hold)
        edits.append(edited)
        worst = typicality(model, edited.latent).worst.sigma
        print(
            f"{edited.wanted:5.2f}   {edited.ratio:7.3f}   {edited.least_held:10.3f}   {float(edited.held.mean()):9.3f}"
            f"   {edited.moved:13.2f}   {share_inside(edited.density):11.0%}   {worst:+14.1f}   {edited.step:5d}",
            flush=True,
        )

shown = min(done[1.0], key=lambda edited: abs(edited.wanted - 1.5))
figure = Figure(figsize=(10, 3), layout="constrained")
panels = figure.subplots(1, 4, width_ratios=(1, 1, 1, 1.3))
for axes, density, title in (
    (panels[0], before, "before"), (panels[1], shown.density, f"ball: mass x {shown.ratio:.2f}"),
):  # fmt: skip
    picture = torch.log10(density[:, :, centre[2]] + 0.01).T
    axes.imshow(picture, origin="lower", extent=(0, size, 0, size), cmap="magma", vmin=-1, vmax=1.5)
    angle = np.linspace(0, 2 * np.pi, 100)
    x, y = ((at + 0.5 + options.radius * f(angle)) * size / n for at, f in zip(centre, (np.cos, np.sin), strict=False))
    axes.plot(x, y, color="w", lw=1)
    axes.set(title=title, xlabel="x [Mpc/h]", ylabel="y [Mpc/h]")
change = torch.log10((shown.density + 0.01) / (before + 0.01))[:, :, centre[2]].T
picture = panels[2].imshow(change, origin="lower", extent=(0, size, 0, size), cmap="RdBu_r", vmin=-0.5, vmax=0.5)
figure.colorbar(picture, ax=panels[2], label="change [dex]")
panels[2].set(title="change", xlabel="x [Mpc/h]")
for hold, style, label in ((1.0, "o-", "r(k) held"), (0.0, "s--", "not held")):
    panels[3].plot([e.ratio for e in done[hold]], [e.least_held for e in done[hold]], style, label=label)
panels[3].axhline(0.9, color="0.5", lw=0.8)
panels[3].set(title="trade-off", xlabel="mass in the ball, over before", ylabel="least r(k) outside", xscale="log")
panels[3].set_xticks([], minor=True)
panels[3].set_xticks([0.5, 1.0, 2.0, 3.0], ["0.5", "1", "2", "3"])
panels[3].legend(frameon=False, fontsize=8)
figure.savefig(options.out, dpi=90)
