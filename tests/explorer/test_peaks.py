import numpy as np
import pytest
import torch

from cosmoloom.cosmology import Cosmology
from cosmoloom_explorer.peaks import CRITICAL_DENSITY, find_peaks
from cosmoloom_explorer.picking import densest_on_ray, nearest_to_ray, voxel_at


def test_a_lone_peak_is_found_where_it_is_with_its_mass():
    density = torch.ones(16, 16, 16)
    density[3, 7, 11] = 50.0
    universe = Cosmology(Omega_m=0.3)
    found = find_peaks(density, box_size=32.0, universe=universe)
    assert tuple(found.voxels[0]) == (3, 7, 11)
    assert tuple(found.positions[0]) == (7.0, 15.0, 23.0)
    assert found.densities[0] == 50.0
    assert found.masses[0] == pytest.approx((26 + 50) * 0.3 * CRITICAL_DENSITY * 2.0**3)
    assert found.heights[0] == pytest.approx((50.0 - float(density.mean())) / float(density.std(correction=0)))
    assert "Mpc/h" in found.text(0)
    assert "50" in found.text(0)


def test_a_ray_meets_the_densest_voxel_behind_the_mouse():
    volume = np.full((8, 8, 8), -1.0, dtype=np.float32)
    volume[2, 3, 5] = 0.5
    volume[2, 3, 1] = 0.2
    volume[7, 3, 5] = 1.0  # denser, but not on this line of sight
    along_z = ((2.5, 3.5, -100.0), (0.0, 0.0, 1.0))
    assert densest_on_ray(volume, *along_z, box_size=8.0) == (2, 3, 5)
    assert densest_on_ray(volume, (20.0, 3.5, 0.0), (0.0, 0.0, 1.0), box_size=8.0) is None


def test_the_point_nearest_to_a_ray_is_chosen_within_reach_only():
    points = np.array([[1.0, 1.0, 9.0], [4.0, 4.0, 0.0]])
    assert nearest_to_ray(points, (1.2, 1.0, 0.0), (0.0, 0.0, 2.0), reach=0.5) == 0
    assert nearest_to_ray(points, (2.5, 2.5, 0.0), (0.0, 0.0, 1.0), reach=0.5) is None
    assert nearest_to_ray(points[:0], (0.0, 0.0, 0.0), (0.0, 0.0, 1.0), reach=9.0) is None


def test_a_point_outside_of_the_box_is_no_voxel():
    assert voxel_at((3.9, 0.0, 7.99), box_size=8.0, n=16) == (7, 0, 15)
    assert voxel_at((8.0, 0.0, 0.0), box_size=8.0, n=16) is None
