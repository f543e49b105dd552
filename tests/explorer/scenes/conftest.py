import numpy as np
import pytest

import cosmoloom as cl


@pytest.fixture(scope="session")
def web() -> cl.Box:
    """A smooth lognormal field of 16^3 voxels of 2 Mpc/h."""
    rng = np.random.default_rng(3)
    k = np.fft.fftfreq(16)
    smooth = np.exp(-60 * (k[:, None, None] ** 2 + k[None, :, None] ** 2 + k[None, None, :] ** 2))
    field = np.fft.ifftn(np.fft.fftn(rng.normal(size=(16, 16, 16))) * smooth).real
    return cl.Box.from_array(np.exp(1.5 * field / field.std()), box_size=32.0, redshift=0.5, label="a web")


@pytest.fixture(scope="session")
def spark() -> cl.Box:
    """A box of 10 voxels of 2 Mpc/h whose only dense voxel is centred at x = 5, y = 9, z = 15 Mpc/h."""
    density = np.full((10, 10, 10), 0.01)
    density[2, 4, 7] = 1000.0
    return cl.Box.from_array(density, box_size=20.0)
