"""Laws of volumes that are made patch by patch."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from cosmoloom.data.patches import BORDERS
from cosmoloom.errors import InvalidInputError
from cosmoloom.nets.srivastava2018.patches import PatchConfig, PatchGenerator
from cosmoloom.pipeline.multiscale.landed import Landed
from cosmoloom.pipeline.multiscale.memory import REUSED, affordable_batch
from cosmoloom.pipeline.multiscale.noise import patch_latents
from cosmoloom.pipeline.multiscale.patch_canvas import PatchCanvas
from cosmoloom.pipeline.multiscale.patch_model import PatchModel
from cosmoloom.pipeline.multiscale.patchwise import weave_from_nothing, weave_patches
from cosmoloom.pipeline.multiscale.wavefront import wavefronts
from cosmoloom.scaling.of_counts import OfCounts
from cosmoloom.scaling.perraudin2019 import ShiftedLogLinear

M = 8
SCALING = OfCounts(scaling=ShiftedLogLinear(), mean_count=8.0)


class Neighbours(nn.Module):
    """Makes of every patch how many of its neighbours are there, and 1 for itself."""

    def __init__(self) -> None:
        super().__init__()
        self.patch, self.factor, self.latent_size = M, 1, 1
        self.one = nn.Parameter(torch.ones(()))

    def forward(self, _latent: Tensor, borders: Tensor, _low: Tensor | None = None) -> Tensor:
        return self.one + (borders.amax(dim=(2, 3, 4)) > 0).sum(1)[:, None, None, None].expand(-1, M, M, M)


def model(factor: int = 2) -> PatchModel:
    """A tiny network of srivastava2018; what it makes is not 0, and depends on every input."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        generator = PatchGenerator(PatchConfig(patch=M, width=4, factor=factor, ablation="plain"))
    *_, last = generator.parameters()
    torch.nn.init.ones_(last)  # the bias before its ReLU
    return PatchModel(generator=generator.eval(), scaling=SCALING)


def start(n: int, seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).gamma(2.0, 0.5, (n, n, n)).astype(np.float32)


def put_together(pieces: list[Landed]) -> NDArray[np.float32]:
    whole = np.full((pieces[-1].n,) * 3, np.nan, dtype=np.float32)
    for piece in pieces:
        assert np.isnan(whole[piece.where]).all(), "a place was made twice"
        whole[piece.where] = piece.density
    return whole


def one_after_another(patch_model: PatchModel, low: NDArray[np.float32], seed: int) -> NDArray[np.float32]:
    """The published procedure, as its papers tell it: raster order, one patch at a time."""
    f = patch_model.generator.factor
    n = len(low) * f
    field = np.zeros((n + M,) * 3, dtype=np.float32)  # in network space, a patch of nothing before the first
    scaled = patch_model.scaling.scale(torch.from_numpy(low))
    for place in product(range(0, n, M), repeat=3):
        borders = []
        for step in BORDERS:
            x, y, z = (slice(c + (1 + s) * M, c + (2 + s) * M) for c, s in zip(place, step, strict=True))
            borders.append(np.flip(field[x, y, z], [axis for axis, s in enumerate(step) if s == -1]))
        block = tuple(slice(c // f, (c + M) // f) for c in place)
        i, j, k = (c // M for c in place)
        with torch.inference_mode():
            patch = patch_model.generator(
                patch_latents(seed, 1, [(i, j, k)], size=M**3),
                torch.from_numpy(np.stack(borders))[None], scaled[block][None],
            )  # fmt: skip
        field[tuple(slice(c + M, c + 2 * M) for c in place)] = patch[0].numpy()
    return patch_model.to_density(torch.from_numpy(field[M:, M:, M:])).numpy()


def test_fronts_hold_every_patch_once_and_after_all_it_depends_on() -> None:
    for first, stop in [(0, 1), (0, 4), (-1, 3)]:
        seen: set[tuple[int, int, int]] = set()
        for front in wavefronts(first, stop):
            for place in front:
                before = {tuple(a + b for a, b in zip(place, step, strict=True)) for step in BORDERS}
                assert {p for p in before if min(p) >= first} <= seen
            assert not seen & set(front)
            seen |= set(front)
        assert len(seen) == (stop - first) ** 3


def test_512_patches_take_22_steps() -> None:
    assert len(list(wavefronts(0, 8))) == 22


@pytest.mark.parametrize("factor", [2, 4])
def test_wavefront_order_equals_raster_order(factor: int) -> None:
    low = start(3 * M // factor)
    pieces = list(weave_patches(low, [model(factor)], seed=5))[1:]
    # Batches of another size may round otherwise; 12^3 voxels in 27 steps amplify that a little.
    np.testing.assert_allclose(put_together(pieces), one_after_another(model(factor), low, 5), rtol=2e-4, atol=1e-5)


def test_every_input_matters_to_the_volume() -> None:
    low = start(8)
    whole = put_together(list(weave_patches(low, [model()], seed=5))[1:])
    other_seed = put_together(list(weave_patches(low, [model()], seed=6))[1:])
    other_start = put_together(list(weave_patches(start(8, seed=1), [model()], seed=5))[1:])
    assert whole.std() > 0.1 * whole.mean() > 0
    for other in (other_seed, other_start):
        assert (np.abs(other - whole) > 1e-3 * whole).mean() > 0.9


def test_less_memory_makes_smaller_batches_and_the_same_volume() -> None:
    pieces = list(weave_patches(start(12), [model()], seed=1))
    frugal = list(weave_patches(start(12), [model()], seed=1, memory=1))
    canvas = PatchCanvas(model(), n=24, low=start(12), seed=1, scale=1)
    assert affordable_batch(canvas.model.network, *canvas.example(), memory=1) == 1
    assert affordable_batch(canvas.model.network, *canvas.example(), memory=10**6) > 7
    np.testing.assert_allclose(put_together(frugal[1:]), put_together(pieces[1:]), rtol=2e-4, atol=1e-5)


def test_on_a_processor_more_memory_makes_no_larger_batches() -> None:
    canvas = PatchCanvas(model(), n=24, low=start(12), seed=1, scale=1)
    network, example = canvas.model.network, canvas.example()
    assert affordable_batch(network, *example) == affordable_batch(network, *example, memory=REUSED)
    assert affordable_batch(network, *example, memory=2 * REUSED) > affordable_batch(network, *example)


def test_scales_follow_one_another_and_the_start_comes_first() -> None:
    low = start(4)
    pieces = list(weave_patches(low, [model(), model(4)], seed=1))
    assert [piece.scale for piece in pieces] == [0] + [1] + [2] * 64
    assert [piece.n for piece in pieces[:3]] == [4, 8, 32]
    assert pieces[0].density is low
    assert [piece.share for piece in pieces[2:]] == [(i + 1) / 64 for i in range(64)]


def test_the_finer_scale_refines_the_coarser_one() -> None:
    pieces = list(weave_patches(start(4), [model(), model(4)], seed=1))
    middle = put_together(pieces[1:2])
    alone = PatchCanvas(model(4), n=32, low=middle, seed=1, scale=2).make([(0, 0, 0)])[0]
    np.testing.assert_allclose(pieces[2].density, alone, rtol=1e-5)


def test_a_closed_stream_makes_no_more_patches() -> None:
    making, calls = model(), []
    making.network.register_forward_pre_hook(lambda _module, inputs: calls.append(len(inputs[0])))
    stream = weave_patches(start(16), [making], seed=1)
    next(stream), next(stream), next(stream)  # the start, the first patch, the first of the second front
    stream.close()
    assert calls == [1, 1, 3]  # to measure the memory, and two of ten fronts


def test_patches_at_a_face_have_nothing_before_them_and_wrapped_ones_do() -> None:
    counting = PatchModel(generator=Neighbours().eval(), scaling=SCALING)
    for wrapped, expected in [(False, [0, 1, 3, 7]), (True, [7])]:
        whole = put_together(list(weave_from_nothing(4 * M, counting, seed=1, wrapped=wrapped)))
        neighbours = SCALING.scale(torch.from_numpy(whole)).sub(1).round().int()
        assert neighbours.unique().tolist() == expected


def test_patches_that_do_not_tile_a_volume_are_refused() -> None:
    with pytest.raises(InvalidInputError, match=r"patches of 8\^3 voxels do not tile 6\^3; .* a multiple of 4 voxels"):
        list(weave_patches(start(3), [model()], seed=1))
