"""The training benchmark counts, times and compares real trainings."""

from __future__ import annotations

import json

import pytest
import torch
from torch import nn

from cosmoloom.bench.noise_boxes import TRAINED, side_needed, write_noise_boxes
from cosmoloom.bench.operations import count_operations
from cosmoloom.bench.training import Job, PlainCompute, TrainingSpeed, measure_preset, trainable_presets
from cosmoloom.cli.app import main
from cosmoloom.data.store import SimulationStore
from cosmoloom.errors import InvalidInputError
from cosmoloom.nets.convolution import convolve
from cosmoloom.train.recipes.file import resolve

SMALL = ("data.n=16", "networks.sizes.widths=[8,4]", "networks.sizes.latent_size=12", "updates.batch=4")


def test_operations_are_two_per_tap_channel_and_voxel():
    layer = nn.Conv3d(3, 5, 3, padding=1, bias=False)
    forward = 2 * 27 * 3 * 5 * 8**3
    x = torch.zeros(2, 3, 8, 8, 8, requires_grad=True)
    assert count_operations(lambda: layer(x)) == 2 * forward
    assert count_operations(lambda: layer(x).sum().backward()) == 3 * 2 * forward  # to input and to weight


def test_operations_without_gradients_are_counted_too():
    layer, x = nn.Conv3d(3, 5, 3, padding=1, bias=False), torch.zeros(2, 3, 8, 8, 8)
    with torch.inference_mode():
        assert count_operations(lambda: layer(x)) == 2 * 2 * 27 * 3 * 5 * 8**3


def test_convolutions_by_the_name_of_their_library_count_the_same():
    x, weight, bias = torch.zeros(2, 3, 8, 8, 8), torch.zeros(5, 3, 3, 3, 3), torch.zeros(5)
    assert count_operations(lambda: convolve(x, weight, bias, padding=1)) == 2 * 2 * 27 * 3 * 5 * 8**3


def test_operations_of_a_gradient_of_a_gradient_are_counted():
    layer = nn.Linear(4, 6, bias=False)
    x = torch.ones(3, 4, requires_grad=True)

    def penalty():
        (slope,) = torch.autograd.grad(layer(x).square().sum(), x, create_graph=True)
        slope.square().sum().backward()

    product = 2 * 3 * 4 * 6
    assert count_operations(lambda: layer(x).square().sum().backward()) == 3 * product
    assert count_operations(penalty) == 6 * product  # field, slope, and each of both back to input and weight


def test_plain_torch_leaves_networks_as_they_are():
    network = PlainCompute().prepare(nn.Conv3d(4, 4, 3))
    assert network.weight.is_contiguous()
    assert not network.weight.is_contiguous(memory_format=torch.channels_last_3d)


def test_a_preset_is_measured_beside_plain_torch():
    found = measure_preset(Job(preset="feder2020", settings=SMALL, iterations=1))
    assert (found.preset, found.batch) == ("feder2020", 4)
    # The generator alone, once forward and twice back: a lower bound of what a step does.
    layers = ((64, 12, 8, 1), (64, 8, 4, 4**3), (64, 4, 1, 8**3))
    least = 3 * 4 * sum(2 * taps * a * b * voxels for taps, a, b, voxels in layers)
    assert least < found.operations < 40 * least
    assert found.images_per_second == pytest.approx(4 / found.seconds)
    assert found.peak_memory > 50 * 2**20
    assert found.speed_up > 0
    alone = measure_preset(Job(preset="feder2020", settings=SMALL, iterations=1, plain=False))
    assert (alone.operations, alone.speed_up) == (found.operations, None)


def test_a_compiled_training_is_not_measured_alone():
    with pytest.raises(InvalidInputError, match="hide their operations"):
        measure_preset(Job(preset="feder2020", compiled=True, plain=False))


@pytest.mark.parametrize("name", trainable_presets())
def test_every_preset_finds_what_it_needs_in_boxes_of_noise(tmp_path, name):
    write_noise_boxes(tmp_path / "small.zarr", n=8, redshifts=(0.0,))
    settings = (f"data.boxes={TRAINED}", "data.validation=0001", "data.held_out=[]")
    recipe = resolve(name, store=tmp_path / "small.zarr", settings=settings)
    side, data = side_needed(recipe), recipe.data
    assert side >= data.n * data.coarsen
    assert side % data.coarsen == 0


def test_a_training_that_needs_initial_conditions_is_measured():
    found = measure_preset(Job(preset="loom32-primordial", settings=("updates.batch=2",), iterations=1, plain=False))
    assert found.operations > 0
    assert found.share_of_limit > 0


def test_noise_has_the_mean_of_the_universe_and_every_snapshot(tmp_path):
    write_noise_boxes(tmp_path / "boxes.zarr", n=16, redshifts=(0.0, 2.0))
    stored = SimulationStore.open(tmp_path / "boxes.zarr")[TRAINED]
    assert stored.redshifts == (2.0, 0.0)
    assert stored.density(0.0).mean() == pytest.approx(1.0, abs=0.1)
    assert stored.density(2.0).std() < stored.density(0.0).std()


def test_rates_follow_from_what_was_measured():
    found = TrainingSpeed(
        preset="x", batch=8, precision="float32", seconds=2.0, median_seconds=2.5, operations=30, matrix_rate=20.0,
        plain_seconds=3.0, peak_memory=1,
    )  # fmt: skip
    assert (found.images_per_second, found.share_of_limit, found.speed_up) == (4.0, 0.75, 1.5)
    assert found.as_dict()["speed_up"] == 1.5


def test_the_command_works_in_a_process_of_its_own_and_tells_what_failed(tmp_path, capsys):
    out = tmp_path / "speed.json"
    status = main(["bench", "training", "loom32", "--set", "networks.depth=3", "--out", str(out)])
    printed = capsys.readouterr().out
    assert status == 1
    assert "loom32: " in printed
    assert "networks.depth" in printed
    document = json.loads(out.read_text())
    assert document["rows"] == []
    assert "networks.depth" in document["failed"]["loom32"]


def test_an_unknown_preset_is_refused():
    with pytest.raises(InvalidInputError, match="no preset is named"):
        measure_preset(Job(preset="loom1024"))
