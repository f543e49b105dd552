"""Print the tables of docs/validation.md: our power over that of other codes.

    python tests/engine/simulate/oracles/compare_codes.py STORE

STORE holds the boxes that the page compares with theory.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pysco_table

from cosmoloom.data.store import SimulationStore
from cosmoloom.simulate.particle_mesh import evolve
from cosmoloom.simulate.theory import compare_with_theory

SHARES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9)
HERE = Path(__file__).parent


def row(redshift: float, share: Sequence[float], ratio: Sequence[float], more: str = "") -> None:
    values = " | ".join(f"{value:.3f}" for value in np.interp(SHARES, share, ratio))
    sys.stdout.write(f"| {redshift:g} | {values} |{more}\n")


def beside_pysco() -> None:
    theirs = json.loads((HERE / "pysco_table.json").read_text())["power by mesh factor"]["4"]
    share = (np.arange(32) + 1) / 32
    for snapshot, power in zip(evolve(pysco_table.PLAN), theirs, strict=True):
        row(snapshot.redshift, share, np.array(pysco_table.power_of(snapshot.positions)) / power)


def beside_emulator(store: SimulationStore) -> None:
    table = json.loads((HERE / "emulator_table.json").read_text())
    for found in compare_with_theory(store):
        boost = table["nonlinear over linear power"][table["redshifts"].index(found.redshift)]
        emulated = found.linear * np.interp(np.log(found.k), np.log(table["k"]), boost)
        share = found.k / found.k[-1]
        ratio, judged = found.power / emulated, share <= 0.3
        row(found.redshift, share, ratio, f" {np.abs(ratio - 1)[judged].max():.1%} |")
        row(found.redshift, share, found.power / found.nonlinear, f" {found.worst(0.3):.1%} |")


if __name__ == "__main__":
    sys.stdout.write("over PySCo\n")
    beside_pysco()
    sys.stdout.write("over the emulator, over HMcode; worst shell below 0.3\n")
    beside_emulator(SimulationStore.open(sys.argv[1]))
