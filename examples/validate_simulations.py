"""Measure how far simulations depend on mesh, steps, start and particles, and draw it, as docs/validation.md shows.

python examples/validate_simulations.py --out validation              # half an hour on one core
python examples/validate_simulations.py --out trial --particles 16    # seconds; the numbers mean little

Families that OUT/convergence.json already holds are not run again.
"""

from argparse import ArgumentParser
from pathlib import Path

from cosmoloom.simulate.convergence import SPACINGS, converge
from cosmoloom.simulate.convergence_figure import convergence_figure, resolution_figure
from cosmoloom.simulate.convergence_file import read_curves, write_curves

parser = ArgumentParser(description="Measure the convergence of simulated power.")
parser.add_argument("--out", type=Path, default=Path("validation"), help="folder of the table and the pictures")
parser.add_argument("--particles", type=int, default=64, help="per side; the references have twice as many")
parser.add_argument("--device", default="cpu")
options = parser.parse_args()

options.out.mkdir(exist_ok=True)
table = options.out / "convergence.json"
curves = read_curves(table)
for spacing in SPACINGS:
    if any(curve.spacing == spacing for curve in curves):
        continue
    print(f"particles {spacing:g} Mpc/h apart:")
    curves += converge(
        spacing, n_particles=options.particles, device=options.device,
        on_run=lambda name: print(f"  {name}", flush=True),
    )
    write_curves(table, curves)

for name, figure in {"convergence": convergence_figure(curves), "resolution": resolution_figure(curves)}.items():
    figure.savefig(options.out / f"{name}.png", dpi=110)
    print(options.out / f"{name}.png")
