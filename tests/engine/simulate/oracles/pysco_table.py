"""Make ``pysco_table.json``: power spectra of PySCo from the initial conditions of our own runs.

PySCo (Breton 2025, MIT licence) is an independent particle-mesh code: adaptive leapfrog steps in supercomoving time,
triangular-shaped clouds, a multigrid solver and finite-difference gradients.  To make the table again:

    python3 -m venv --without-pip ENV && pip --python ENV/bin/python install pysco-nbody==1.0.9 "numpy<2.4"
    python tests/engine/simulate/oracles/pysco_table.py ENV/bin/python
"""

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import h5py
import numpy as np
import torch

from cosmoloom.data.paint import paint
from cosmoloom.simulate.particle_mesh import Snapshot, lagrangian_start
from cosmoloom.simulate.plan import SimulationPlan
from cosmoloom.statistics.power_spectrum import power_spectrum

PLAN = SimulationPlan(
    box_size=64.0, n_particles=64, mesh_factor=2, n_steps=45, redshifts=(3.0, 1.0, 0.5, 0.0), seed=11, fixed=True
)
MESHES = {2: 7, 4: 8}
"""Force mesh cells per particle and side, and the power of two that PySCo calls ncoarse."""

_RUN = "import ast, sys; import pysco; pysco.run(ast.literal_eval(sys.argv[1]))"


def write_start(start: Snapshot, path: Path) -> None:
    """Write particles as PySCo reads them: RayGal's HDF5, lengths in boxes, momenta a^2 dx/dt / H_0 in boxes."""
    box = PLAN.box_size
    with h5py.File(path, "w") as file:
        file.create_group("metadata/ramses_info").attrs["aexp"] = [1 / (1 + start.redshift)]
        file["metadata/npart_file"] = [len(start.positions)]
        file["metadata/npart_grp_array"] = [len(start.positions)]
        file["data/group00000001/position_part"] = (start.positions / box).remainder(1.0).numpy()
        file["data/group00000001/velocity_part"] = (start.momenta / box).numpy()


def run_pysco(python: str, start: Path, folder: Path, ncoarse: int) -> list[torch.Tensor]:
    """Return the positions [Mpc/h] of every snapshot."""
    c = PLAN.cosmology
    parameters = {
        "nthreads": 1, "theory": "newton", "H0": 100 * c.h, "Om_m": c.Omega_m, "T_cmb": 0.0, "N_eff": 0.0, "w0": -1.0,
        "wa": 0.0, "boxlen": PLAN.box_size, "ncoarse": ncoarse, "npart": PLAN.n_particles**3,
        "z_start": PLAN.start_redshift, "initial_conditions": str(start), "base": str(folder),
        "output_snapshot_format": "HDF5", "z_out": str(list(PLAN.redshifts)), "save_power_spectrum": "no",
        "integrator": "leapfrog", "mass_scheme": "TSC", "n_reorder": 50, "Courant_factor": 1.0,
        "max_aexp_stepping": 5, "linear_newton_solver": "multigrid", "gradient_stencil_order": 5, "Npre": 2,
        "Npost": 1, "epsrel": 1e-2, "verbose": 0, "seed": 0, "position_ICS": "edge", "fixed_ICS": True,
        "paired_ICS": False, "dealiased_ICS": False, "power_spectrum_file": "",
    }  # fmt: skip
    subprocess.run([python, "-c", _RUN, repr(parameters)], check=True)
    positions = []
    for i in range(len(PLAN.redshifts)):
        (path,) = (folder / f"output_{i + 1:05d}").glob("*.h5")
        with h5py.File(path) as file:
            positions.append(torch.from_numpy(np.asarray(file["position"])) * PLAN.box_size)
    return positions


def power_of(positions: torch.Tensor) -> list[float]:
    """Return the power up to the Nyquist wavenumber of the particles [(Mpc/h)^3]."""
    n = 2 * PLAN.n_particles
    density = paint(positions * (n / PLAN.box_size), n, "tsc") * (n / PLAN.n_particles) ** 3
    measured = power_spectrum(density, box_size=PLAN.box_size, assignment="tsc").power[: PLAN.n_particles // 2]
    return [float(f"{value:.6g}") for value in measured]


def main(python: str) -> None:
    rows = {}
    with TemporaryDirectory() as scratch:
        for factor, ncoarse in MESHES.items():
            folder = Path(scratch) / str(factor)
            folder.mkdir()
            write_start(lagrangian_start(PLAN), folder / "start.h5")
            snapshots = run_pysco(python, folder / "start.h5", folder, ncoarse)
            rows[factor] = [power_of(positions) for positions in snapshots]
    table = {"code": "pysco-nbody 1.0.9", "redshifts": PLAN.redshifts, "power by mesh factor": rows}
    Path(__file__).with_suffix(".json").write_text(json.dumps(table) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
