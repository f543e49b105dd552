"""Simulate a small box, measure it at every redshift, and compare large scales with linear theory.

python examples/simulate_and_measure.py --particles 64
"""

from argparse import ArgumentParser

import cosmoloom as cl

parser = ArgumentParser(description="Simulate a box of 64 Mpc/h and measure it.")
parser.add_argument("--particles", type=int, default=64, help="per side")
parser.add_argument("--seed", type=int, default=0)
options = parser.parse_args()

cosmology = cl.Cosmology()
boxes = cl.simulate(
    box_size=64.0, n_particles=options.particles, redshifts=[3.0, 1.0, 0.0], seed=options.seed, fixed=True
)

print("   z   P(k1) [(Mpc/h)^3]   over linear theory   densest voxel   peaks   empty-ish voxels")
for box in boxes:
    spectrum = cl.power_spectrum(box)
    k, power = float(spectrum.k[0]), float(spectrum.power[0])
    linear = float(cosmology.linear_power(k, redshift=box.redshift))
    peaks = int(cl.peak_counts(box).counts.sum())
    voids = float((box.density < 0.1).mean())
    print(
        f"{box.redshift:4g}   {power:17.1f}   {power / linear:18.2f}   {box.density.max():13.1f}"
        f"   {peaks:5d}   {voids:16.1%}"
    )
