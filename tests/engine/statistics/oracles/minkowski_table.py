"""Write ``minkowski_table.json``: topology by scikit-image 0.26, surface and curvature of meshes by trimesh 5.

Run by hand in an environment of its own (``pip install scikit-image trimesh``); the tests read the table.

The Euler number is that of 6-connected voxels, the same body as ours.  Surface and curvature are those of the
triangulated level surface between the voxel centres, an independent estimate, so these agree on average alone.
"""

import json
from pathlib import Path

import numpy as np

N, SEEDS = 48, (1, 2, 3, 4)
THRESHOLDS = (-0.5, 0.25, 1.0, 1.75)


def field(seed: int) -> np.ndarray:
    """Make smooth noise that sinks towards the borders, so that all dense regions end inside."""
    noise = np.random.default_rng(seed).normal(size=(N, N, N))
    for _ in range(12):
        for axis in range(3):
            noise = np.roll(noise, -1, axis) + noise + np.roll(noise, 1, axis)
    along = ((np.arange(N) - (N - 1) / 2) / (0.38 * N)) ** 2
    distance = along[:, None, None] + along[:, None] + along
    return noise / noise.std() - 3 * distance**3


def main() -> None:
    import trimesh
    from skimage.measure import euler_number, marching_cubes

    rows = []
    for seed in SEEDS:
        for threshold in THRESHOLDS:
            body = field(seed) > threshold
            vertices, faces, _, _ = marching_cubes(field(seed), threshold)
            mesh = trimesh.Trimesh(vertices, faces)
            mesh.fix_normals()
            rows.append(
                {
                    "seed": seed,
                    "threshold": threshold,
                    "euler": int(euler_number(body, connectivity=1)),
                    "area": float(mesh.area),
                    "mean_curvature": float(mesh.integral_mean_curvature),
                }
            )
    Path(__file__).with_suffix(".json").write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
