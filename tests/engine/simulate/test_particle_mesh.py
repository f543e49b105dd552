from itertools import pairwise

import numpy as np
import pytest
import torch

from cosmoloom import Cosmology
from cosmoloom.errors import InvalidInputError
from cosmoloom.simulate import particle_mesh
from cosmoloom.simulate.fourier import inverse_laplacian
from cosmoloom.simulate.particle_mesh import SimulationPlan, evolve

N, BOX = 16, 64.0


def plan(**options) -> SimulationPlan:
    return SimulationPlan(
        **{"box_size": BOX, "n_particles": N, "redshifts": (3.0, 0.0), "n_steps": 6, **options}
    )


def lattice(n: int, box: float) -> torch.Tensor:
    axis = torch.arange(n) * (box / n)
    return torch.stack(torch.meshgrid(axis, axis, axis, indexing="ij"), dim=-1).view(-1, 3)


def pull(positions_in_cells: torch.Tensor, n: int = N) -> torch.Tensor:
    kernel = inverse_laplacian(n, box_size=BOX, sharpen=True)
    return particle_mesh._pull(positions_in_cells, plan(n_particles=n), kernel)


# A mesh finer than the particles feels their lattice, which lifts growth by some percent.
@pytest.mark.parametrize(("n_steps", "mesh_factor", "tolerance"), [(3, 1, 5e-3), (12, 1, 5e-3), (6, 2, 5e-2)])
def test_a_plane_wave_grows_as_linear_theory_in_any_number_of_steps(monkeypatch, n_steps, mesh_factor, tolerance):
    """Zel'dovich's solution is exact in one dimension until orbits cross."""
    n, amplitude = 32, 0.1
    x = 2 * np.pi * torch.arange(n) / n
    wave = (amplitude * torch.cos(x))[:, None, None].expand(n, n, n)
    monkeypatch.setattr(particle_mesh, "linear_field", lambda *_, **__: torch.fft.rfftn(wave))
    for snapshot in evolve(plan(n_particles=n, redshifts=(3.0, 1.0, 0.0), n_steps=n_steps, mesh_factor=mesh_factor)):
        moved = (snapshot.positions - lattice(n, BOX)).view(n, n, n, 3)
        reached = -2 * (moved[:, 2, 5, 0] * torch.sin(x)).mean() * (2 * np.pi / BOX)
        growth = Cosmology().growth_factor(snapshot.redshift)
        assert float(reached) == pytest.approx(float(growth) * amplitude, rel=tolerance)
        assert float(moved[..., 1:].abs().max()) < 1e-3 * float(moved[..., 0].abs().max())


def test_an_unperturbed_lattice_stays_where_it_is(monkeypatch):
    smooth = torch.zeros((N, N, N // 2 + 1), dtype=torch.complex64)
    monkeypatch.setattr(particle_mesh, "linear_field", lambda *_, **__: smooth)
    (snapshot,) = evolve(plan(redshifts=(0.0,)))
    assert torch.allclose(snapshot.positions, lattice(N, BOX), atol=1e-3)


def test_the_centre_of_mass_does_not_move():
    for snapshot in evolve(plan(seed=3)):
        moved = (snapshot.positions - lattice(N, BOX)).double()
        assert float(moved.mean(0).abs().max()) < 1e-3 * float(moved.std())


def test_a_lone_particle_does_not_pull_on_itself():
    beside = torch.tensor([[5.3, 7.8, 2.1], [6.8, 7.8, 2.1]])
    alone, together = pull(beside[:1]), pull(beside)
    assert float(alone.abs().max()) < 1e-4 * float(together.abs().max())


def test_two_particles_attract_each_other_alike():
    force = -pull(torch.tensor([[5.3, 7.8, 2.1], [8.1, 7.8, 2.1]]))
    assert force[0, 0] > 0 > force[1, 0]
    assert force[0].numpy() == pytest.approx(-force[1].numpy(), abs=1e-4 * float(force.abs().max()))


def test_a_plan_decides_the_outcome():
    first, again, other = (
        [snapshot.positions.clone() for snapshot in evolve(plan(seed=seed))][-1] for seed in (1, 1, 2)
    )
    assert torch.allclose(first, again, atol=1e-4)
    assert not torch.allclose(first, other, atol=1.0)


def test_steps_meet_every_snapshot_exactly():
    stretches = plan(redshifts=(3.0, 1.5, 0.0), n_steps=10).scale_factors()
    assert stretches[0][0] == pytest.approx(0.1)
    assert [stretch[-1] for stretch in stretches] == pytest.approx([0.25, 0.4, 1.0])
    assert all(after[0] == before[-1] for before, after in pairwise(stretches))


def test_progress_is_reported_after_every_step():
    seen = []
    list(evolve(plan(), on_step=lambda done, total: seen.append((done, total))))
    assert seen == [(i + 1, len(seen)) for i in range(len(seen))]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"n_particles": 17}, "even"),
        ({"box_size": 0.1}, "box_size"),
        ({"mesh_factor": 9}, "mesh_factor"),
        ({"n_steps": 1}, "n_steps"),
        ({"redshifts": ()}, "redshifts"),
        ({"redshifts": (0.0, 1.0)}, "redshifts must fall"),
        ({"redshifts": (1.0, -0.5)}, "redshifts"),
        ({"redshifts": (12.0, 0.0)}, "later than the start"),
    ],
)
def test_impossible_plans_are_refused(wrong, message):
    with pytest.raises(InvalidInputError, match=message):
        plan(**wrong)


@pytest.mark.gpu
def test_a_gpu_follows_the_same_orbits():
    there = [snapshot.positions.cpu() for snapshot in evolve(plan(), device="cuda")]
    here = [snapshot.positions for snapshot in evolve(plan())]
    assert torch.allclose(there[-1], here[-1], atol=0.05)
