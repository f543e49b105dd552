"""Grow one universe: the same latent at three redshifts, as slices and as power spectra.

python examples/grow_a_universe.py --seed 1 --out universe.png
"""

from argparse import ArgumentParser

import numpy as np
from matplotlib.figure import Figure

import cosmoloom as cl

parser = ArgumentParser(description="Draw one generated universe at three redshifts.")
parser.add_argument("--model", default="primordial64", help="name of a bundled model, or a model's folder")
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--out", default="universe.png")
options = parser.parse_args()

model = cl.load(options.model)
boxes = [model.sample(seed=options.seed, redshift=redshift) for redshift in (3.0, 1.0, 0.0)]

figure = Figure(figsize=(13, 3.4), layout="constrained")
*pictures, plot = figure.subplots(1, 4)
for axis, box in zip(pictures, boxes, strict=True):
    slab = box.density[:, :, : box.n // 8].mean(axis=2)
    image = axis.imshow(
        np.log10(slab.T + 0.01), origin="lower", extent=(0, box.box_size) * 2, cmap="magma", vmin=-1, vmax=1.5
    )
    axis.set(title=f"z = {box.redshift:g}", xlabel="x [Mpc/h]", ylabel="y [Mpc/h]")
figure.colorbar(image, ax=pictures, label="log10 (density / cosmic mean)")

for box in boxes:
    spectrum = cl.power_spectrum(box)
    plot.loglog(spectrum.k, spectrum.power, label=f"z = {box.redshift:g}")
plot.set(xlabel="k [h/Mpc]", ylabel="P(k) [(Mpc/h)$^3$]")
plot.legend(frameon=False)

figure.savefig(options.out, dpi=150)
print(options.out)
