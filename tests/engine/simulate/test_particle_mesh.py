from itertools import pairwise

import numpy as np
import pytest
import torch

from cosmoloom import Cosmology
from cosmoloom.errors import InvalidInputError
from cosmoloom.simulate import particle_mesh
from cosmoloom.simulate.forces import Forces
from cosmoloom.simulate.initial_conditions import coarser, linear_field
from cosmoloom.simulate.particle_mesh import Snapshot, evolve, lagrangian_start
from cosmoloom.simulate.plan import SimulationPlan

N, BOX = 16, 64.0


def plan(**options) -> SimulationPlan:
    return SimulationPlan(
        **{"box_size": BOX, "n_particles": N, "redshifts": (3.0, 0.0), "n_steps": 6, **options}
    )


def lattice(n: int, box: float) -> torch.Tensor:
    axis = torch.arange(n) * (box / n)
    return torch.stack(torch.meshgrid(axis, axis, axis, indexing="ij"), dim=-1).view(-1, 3)


def kept(snapshot: Snapshot) -> Snapshot:
    """Return a copy, as a snapshot is only valid until the next one is asked for."""
    return Snapshot(
        redshift=snapshot.redshift, positions=snapshot.positions.clone(), momenta=snapshot.momenta.clone()
    )


def pull(positions_in_cells: torch.Tensor, n: int = N) -> torch.Tensor:
    return Forces(plan(n_particles=n))(positions_in_cells * (BOX / n), 1.0)


# Once the mesh is finer than the particles it feels their lattice, which lifts growth by some percent.
@pytest.mark.parametrize(("n_steps", "mesh_factor", "tolerance"), [(3, 1, 5e-3), (12, 1, 5e-3), (6, 2, 2e-2)])
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


@pytest.mark.parametrize("mesh_factor", [1, 2])
def test_a_run_goes_on_from_any_snapshot_to_the_same_bits(mesh_factor):
    wanted = plan(redshifts=(3.0, 1.0, 0.5, 0.0), mesh_factor=mesh_factor)
    whole = [kept(snapshot) for snapshot in evolve(wanted)]
    for i, snapshot in enumerate(whole):
        rest = [kept(later) for later in evolve(wanted, after=kept(snapshot))]
        assert [later.redshift for later in rest] == list(wanted.redshifts[i + 1 :])
        for again, before in zip(rest, whole[i + 1 :], strict=True):
            assert torch.equal(again.positions, before.positions)
            assert torch.equal(again.momenta, before.momenta)


def test_a_run_counts_its_steps_on_where_it_goes_on():
    wanted, seen = plan(redshifts=(1.0, 0.0)), []
    first = kept(next(evolve(wanted)))
    list(evolve(wanted, after=first, on_step=lambda done, total: seen.append((done, total))))
    assert seen[-1] == (6, 6)
    assert [done for done, _ in seen] == list(range(7 - len(seen), 7))


def test_particles_of_another_plan_are_refused():
    with pytest.raises(InvalidInputError, match="no snapshot of this plan"):
        next(evolve(plan(), after=kept(next(evolve(plan(redshifts=(2.0, 0.0)))))))


def test_forces_are_refined_when_linear_structure_on_the_lattice_reaches_one():
    coarse, fine = plan(box_size=400.0, mesh_factor=2), plan(box_size=30.0, mesh_factor=2)
    assert plan().refined_at() == float("inf")
    assert fine.refined_at() < plan(mesh_factor=2).refined_at() < coarse.refined_at()
    forces = Forces(fine)
    assert [forces.factor_at(a) for a in (0.1, fine.refined_at(), 1.0)] == [1, 2, 2]


@pytest.mark.parametrize("start", [9.0, 49.0])
def test_displacements_far_smaller_than_a_cell_grow_as_linear_theory(start):
    """Particles on mesh points would feel only the direction of so small a displacement."""
    wanted = plan(box_size=300.0, n_particles=32, start_redshift=start, n_steps=20, redshifts=(1.0,))
    waves = linear_field(32, box_size=300.0, cosmology=Cosmology(), seed=3) * 1e-3
    waves[6:-5], waves[:, 6:-5], waves[:, :, 6:] = 0, 0, 0  # above a third of Nyquist the mesh itself is felt
    early = lagrangian_start(wanted, waves).positions - lattice(32, 300.0)
    late = next(evolve(wanted, after=lagrangian_start(wanted, waves))).positions - lattice(32, 300.0)
    assert float(early.abs().max()) < 0.01 * 300.0 / 32
    grown = float((late * early).double().sum() / early.double().square().sum())
    growth = Cosmology().growth_factor(1.0) / Cosmology().growth_factor(start)
    assert grown == pytest.approx(float(growth), rel=0.025)


@pytest.mark.parametrize("mesh_factor", [1, 2])
def test_a_wave_pulls_with_its_full_strength_wherever_the_mesh_lies(mesh_factor):
    """A quarter of Nyquist, in particles as many as mesh cells, moved to 20 places so that clouds fall anywhere."""
    forces, n = Forces(plan(mesh_factor=mesh_factor)), N * mesh_factor
    amplitude, k, x = 1e-2, 2 * np.pi * 2 / BOX, lattice(n, BOX)
    wave = torch.sin(k * x[:, 0])
    displaced = x + torch.stack([amplitude * wave, *torch.zeros((2, len(x)))], dim=-1)
    places = torch.rand((20, 3), generator=torch.Generator().manual_seed(1)) * BOX / n
    pulls = [forces(displaced + place, 1.0)[:, 0] / mesh_factor**3 for place in places]
    assert 2 * np.mean([float((pull * wave).mean()) for pull in pulls]) == pytest.approx(-amplitude, rel=0.02)


def test_a_lattice_does_not_disturb_growth_before_sheets_cross():
    """From z = 49, a mesh that is fine from the start lifts power near the lattice's scale by tens of percent."""
    options = {"box_size": 300.0, "start_redshift": 49.0, "redshifts": (9.0,), "n_steps": 40, "fixed": True}
    coarse, fine = (next(evolve(plan(**options, mesh_factor=factor))).positions for factor in (1, 2))
    assert torch.equal(coarse, fine)


def test_coarser_initial_conditions_are_the_same_waves():
    fine = linear_field(32, box_size=BOX, cosmology=Cosmology(), seed=3)
    field = torch.fft.irfftn(coarser(fine, 16), s=(16, 16, 16))
    low = fine.clone()
    low[8:25], low[:, 8:25], low[:, :, 8:] = 0, 0, 0
    expected = torch.fft.irfftn(low, s=(32, 32, 32))[::2, ::2, ::2]
    assert field.numpy() == pytest.approx(expected.numpy(), abs=1e-5 * float(expected.abs().max()))


def test_half_as_many_particles_start_from_the_same_displacements():
    fine = linear_field(32, box_size=BOX, cosmology=Cosmology(), seed=3)
    many = lagrangian_start(plan(n_particles=32), fine).positions
    few = lagrangian_start(plan(), coarser(fine, 16)).positions
    moved = [
        (positions - lattice(n, BOX)).view(n, n, n, 3)[:: n // 16, :: n // 16, :: n // 16].flatten()
        for positions, n in ((many, 32), (few, 16))
    ]
    assert float(torch.corrcoef(torch.stack(moved))[0, 1]) > 0.95


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
