"""Write ``pylians_table.npz``: what Pylians 0.12 measures of a field that anybody can make again.

Run by hand in an environment of its own (``pip install Pylians==0.12``); the tests read the table.

Pylians' shells of P(k) and xi(r) are floor(k / k_f) and floor(r / voxel), ours are rounded: the test sorts our
modes into Pylians' shells.  Its bispectrum has our shells, but counts the mean of the field as a mode of the
lowest and lets triangles close across the grid's edge where k1 + k2 + k3 nears twice Nyquist; the triangles below
stay clear of both.
"""

from pathlib import Path

import numpy as np

N, BOX_SIZE = 32, 80.0
THETA = np.array([0.1, 0.5, 1.0, 1.5, 2.0, 2.5])
SIDES = {"scalene": (0.31, 0.47), "isosceles": (0.4, 0.4), "elongated": (0.26, 0.61)}


def density(seed: int) -> np.ndarray:
    """Make a smooth, positive and skewed field of mean 1, without a transform that versions could change."""
    noise = np.random.default_rng(seed).normal(size=(N, N, N))
    for axis in range(3):
        noise = noise + np.roll(noise, 1, axis) + np.roll(noise, 2, axis)
    lognormal = np.exp(0.3 * noise)
    return (lognormal / lognormal.mean()).astype(np.float32)


def main() -> None:
    import Pk_library as PKL

    a, b = density(1) - 1, (density(1) + density(2)) / 2 - 1
    table = {}
    for scheme in ("None", "NGP", "CIC", "TSC"):
        auto = PKL.Pk(a.copy(), BOX_SIZE, 0, scheme, 1, verbose=False)
        table[f"power_{scheme.lower()}"] = auto.Pk[:, 0]
    table["k"], table["n_modes"] = auto.k3D, auto.Nmodes3D
    crossed = PKL.XPk([a.copy(), b.copy()], BOX_SIZE, 0, ["None", "None"], 1)
    table["cross"] = crossed.XPk[:, 0, 0]
    separation = PKL.Xi(a.copy(), BOX_SIZE, "None", 0, 1)
    table["r"], table["xi"] = separation.r3D, separation.xi[:, 0]
    for name, (k1, k2) in SIDES.items():
        triangles = PKL.Bk(a.copy(), BOX_SIZE, k1, k2, THETA, "None", 1)
        table[f"k3_{name}"] = triangles.k[2:]
        table[f"bispectrum_{name}"] = triangles.B
        table[f"reduced_{name}"] = triangles.Q
        # a sum over voxels of three indicator fields, each divided by N^3
        table[f"n_closed_{name}"] = triangles.triangles * N**6
    np.savez_compressed(Path(__file__).with_suffix(".npz"), **table)


if __name__ == "__main__":
    main()
