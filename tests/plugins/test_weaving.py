"""Large volumes in a real window: they land bit by bit, and end as those of the command, to the last bit."""

import shlex
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import numpy as np
import pytest
from qtpy.QtWidgets import QApplication

import cosmoloom as cl
from cosmoloom.cli.app import main
from cosmoloom.data.pyramid import block_mean
from cosmoloom.pipeline.multiscale.ome_zarr import open_pyramid
from cosmoloom_explorer.landing import Landing
from cosmoloom_explorer.weaving_jobs import Woven
from napari_cosmoloom.launch import process_events, wait_until_shown


@pytest.fixture
def explorer(explorer, refiner_folder):
    """The shared window in a slice, with a tiny refiner to choose and no volume."""
    end_work(explorer)
    section = explorer.controls.large
    section.heading.setChecked(True)
    section.by.clear()
    section.to_disk.setChecked(False)
    section.source.setCurrentIndex(0)
    section.factor.setCurrentIndex(0)
    explorer.weaving.order = explorer.weaving.woven = None
    explorer.weaving.remove()
    explorer.state.ndisplay = 2
    explorer.weaving.open(refiner_folder)
    wait_until_shown(explorer)
    return explorer


def end_work(explorer, reached: Callable[[], bool] | None = None) -> None:
    """Process events until nothing is under way, or something is reached."""
    end = monotonic() + 200
    while not reached() if reached else explorer.weaving.busy:
        assert monotonic() < end
        process_events(0.01)
    if not reached:
        process_events(0.3)  # what has landed last goes on screen


def plan(explorer, scales: int) -> None:
    """Add scales, as a person does."""
    for _ in range(scales):
        explorer.controls.large.more.click()
    end_work(explorer)


def colours(explorer, density: np.ndarray) -> np.ndarray:
    kappa = explorer.state.shown_kappa
    return (2 * density / (density + kappa) - 1).T


def shown(explorer) -> np.ndarray:
    """Return what napari has of the volume's slice."""
    process_events(0.05)
    return np.asarray(explorer.weaving.layer.layer._data_view)


def finest(landing: Landing) -> np.ndarray:
    return np.asarray(landing.stage(len(landing.sides) - 1)[...])


def command_of(explorer) -> list[str]:
    explorer.controls.large.copy.click()
    end_work(explorer)
    return shlex.split(QApplication.clipboard().text())[1:]


def test_a_volume_lands_over_its_start_and_ends_as_that_of_the_copied_command(explorer, tmp_path):
    plan(explorer, 3)  # 16 -> 128, in 8 tiles
    landed: list[tuple[int, float]] = []
    explorer.weaving._workshop.progressed.connect(
        note := lambda progress: landed.append((progress.result.scale, progress.result.share))
    )
    explorer.controls.large.weave.click()
    landing, frame = explorer.weaving.order.landing, explorer.presenter.frame
    start = colours(explorer, frame.density)
    np.testing.assert_allclose(shown(explorer), start[8].repeat(8, 0).repeat(8, 1), atol=1e-2)  # bf16 may be quick
    end_work(explorer, lambda: bool(landed) and landed[-1][0] == 3)
    explorer.weaving.layer._refresh()
    partly = shown(explorer)
    explorer.controls.large.place.setCurrentIndex(1)
    explorer.controls.large.place.activated.emit(1)
    assert (explorer.layers.generated.visible, explorer.layers.simulation.visible) == (True, False)
    end_work(explorer)
    explorer.weaving._workshop.progressed.disconnect(note)
    assert landed == sorted(landed)
    assert explorer.weaving.woven.finished
    whole = finest(landing)
    at = int(explorer.viewer.dims.point[0] / (16.0 / 128))
    final = colours(explorer, whole)[at]
    coarse = colours(explorer, landing.stage(2)).repeat(2, 0).repeat(2, 1).repeat(2, 2)[at]
    assert (np.isclose(partly, final, atol=1e-6) | np.isclose(partly, coarse, atol=1e-6)).all()
    assert not np.allclose(partly, final, atol=1e-6), "all of it was there before it was looked at"
    np.testing.assert_allclose(shown(explorer), final, atol=1e-6)
    words = command_of(explorer)
    assert main([*words[:-1], str(tmp_path / "same.npz")]) == 0
    np.testing.assert_array_equal(cl.open(tmp_path / "same.npz").density, whole)
    explorer.weaving.save(tmp_path / "saved.zarr")
    end_work(explorer)
    assert main([*words[:-1], str(tmp_path / "same.zarr")]) == 0
    assert files(tmp_path / "saved.zarr") == files(tmp_path / "same.zarr")


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_all_scales_stand_in_the_same_box_and_slices_step_by_fine_voxels(explorer):
    plan(explorer, 1)
    explorer.weaving.weave()
    end_work(explorer)
    layer, generated, dims = explorer.weaving.layer.layer, explorer.layers.generated, explorer.viewer.dims
    for each in (layer, generated):
        half = np.asarray(each.scale) / 2
        np.testing.assert_allclose(each.extent.world[0] - half, 0.0, atol=1e-6)
        np.testing.assert_allclose(each.extent.world[1] + half, 16.0, rtol=1e-6)
    assert tuple(layer.contrast_limits) == tuple(generated.contrast_limits)
    whole = colours(explorer, finest(explorer.weaving.order.landing))
    for step in (10, 11):
        dims.set_current_step(0, step)
        process_events(0.05)
        assert explorer.state.slices[2] == 5
        np.testing.assert_allclose(np.asarray(layer._data_view), whole[step], atol=1e-6)
    explorer.state.set_slice(2, 9)
    assert 9.0 < dims.point[0] < 10.0
    explorer.state.contrast = (-0.9, 0.4)
    assert tuple(layer.contrast_limits) == (-0.9, 0.4)
    explorer.state.kappa = 5.0
    explorer.state.set_slice(2, 5)
    np.testing.assert_allclose(
        shown(explorer), colours(explorer, finest(explorer.weaving.order.landing))[layer_step(explorer)], atol=1e-6
    )


def test_a_volume_that_a_person_removes_gives_its_place_back(explorer):
    plan(explorer, 1)
    explorer.weaving.layer.stand("alone")
    explorer.weaving.weave()
    end_work(explorer)
    assert not explorer.layers.generated.visible
    explorer.viewer.layers.remove(explorer.weaving.layer.layer)
    process_events(0.05)
    assert all(field.visible for field in explorer.layers.both)
    assert len(explorer.arrangement.marks) == 2
    explorer.controls.large.weave.click()
    end_work(explorer)
    assert explorer.weaving.layer.present


def layer_step(explorer) -> int:
    layer = explorer.weaving.layer.layer
    return round((explorer.viewer.dims.point[0] - float(layer.translate[0])) / float(layer.scale[0]))


def test_a_cancelled_volume_stays_as_far_as_it_landed(explorer):
    plan(explorer, 3)
    section = explorer.controls.large
    section.weave.click()
    landing = explorer.weaving.order.landing
    end_work(explorer, lambda: landing.stage(3) is not None and np.isfinite(landing.stage(3)[0, 0, 0]))
    assert section.weave.text() == "cancel"
    section.weave.click()
    end_work(explorer)
    known = np.isfinite(landing.stage(3)).mean()
    assert 0.0 < known < 1.0
    assert np.isfinite(shown(explorer)).all()
    assert "stopped" in section.progress.text()
    assert (section.weave.text(), section.save.isEnabled()) == ("weave", False)


def test_a_volume_streams_to_disk_goes_on_after_a_stop_and_is_opened_lazily(explorer, tmp_path):
    plan(explorer, 3)
    out = tmp_path / "streamed.zarr"
    explorer.weaving.weave(out)
    landing = explorer.weaving.order.landing
    end_work(explorer, lambda: landing.stage(3) is not None and np.isfinite(landing.stage(3)[0, 0, 0]))
    explorer.weaving.cancel()
    end_work(explorer)
    assert not out.exists()
    assert f"{out}.partial keeps" in explorer.controls.large.progress.text()
    explorer.weaving.weave(out)
    end_work(explorer)
    scales, _ = open_pyramid(out)
    assert [scale.shape[0] for scale in scales] == [128, 64, 32, 16]
    fine = explorer.weaving.order.landing.stage(3)
    assert not isinstance(fine, np.ndarray)
    at = layer_step(explorer)
    np.testing.assert_allclose(shown(explorer), colours(explorer, fine[:, :, at : at + 1])[0], atol=1e-6)
    words = command_of(explorer)
    assert words[-1] == str(out)
    assert main([*words[:-1], str(tmp_path / "same.zarr")]) == 0
    assert files(out) == files(tmp_path / "same.zarr")


def test_of_a_volume_beyond_memory_only_the_planes_in_view_are_read(explorer):
    plane = np.random.default_rng(0).lognormal(size=(512, 512)).astype(np.float32)
    landing = Landing((128, 256, 512), 16.0)
    for scale, n in enumerate(landing.sides):
        means = plane.reshape(n, 512 // n, n, 512 // n).mean((1, 3))
        landing.provide(scale, np.broadcast_to(means[:, :, None], (n, n, n)))
    explorer.weaving.layer.show(landing, "vast")
    layer = explorer.weaving.layer.layer
    explorer.state.set_slice(2, 3)
    (row, column), (last_row, last_column) = layer.corner_pixels[:, 1:]
    process_events(0.05)
    assert layer.multiscale
    n = landing.sides[2 - layer.data_level]  # as fine as the screen can show
    means = plane.reshape(n, 512 // n, n, 512 // n).mean((1, 3))
    expected = colours(explorer, means)[row : last_row + 1, column : last_column + 1]
    np.testing.assert_allclose(np.asarray(layer._data_view), expected, atol=1e-6)
    assert {axis for _, axis, _ in landing._kept} == {2}, "more than planes across z was read"
    assert explorer.arrangement.marks[layer]._cross.visible


def test_models_of_patches_weave_as_the_command_does(explorer, make_published, tmp_path):
    folder = tmp_path / "m1"
    make_published(folder, "perraudin2019-m1")  # patches of 8, four times finer
    explorer.weaving.open(folder)
    plan(explorer, 1)
    explorer.weaving.weave()
    end_work(explorer)
    landing = explorer.weaving.order.landing
    assert landing.sides == (16, 64)
    words = command_of(explorer)
    assert main([*words[:-1], str(tmp_path / "same.npz")]) == 0
    np.testing.assert_array_equal(cl.open(tmp_path / "same.npz").density, finest(landing))


def test_a_start_that_no_command_can_name_is_kept_in_a_file(explorer, tmp_path):
    section = explorer.controls.large
    explorer.state.set_direction(0, 1.0)
    wait_until_shown(explorer)
    section.factor.setCurrentIndex(1)
    section.factor.activated.emit(1)
    plan(explorer, 1)
    explorer.weaving.weave()
    end_work(explorer)
    made = finest(explorer.weaving.order.landing)
    np.testing.assert_allclose(
        block_mean(made, 2), block_mean(explorer.presenter.frame.density, 2), rtol=0.05, atol=0.02
    )
    explorer.weaving.copy(tmp_path / "start.npz")
    end_work(explorer)
    words = shlex.split(QApplication.clipboard().text())[1:]
    assert words[1] == str(tmp_path / "start.npz")
    assert main([*words[:-1], str(tmp_path / "same.npz")]) == 0
    np.testing.assert_array_equal(cl.open(tmp_path / "same.npz").density, made)


def test_a_redrawn_patch_changes_itself_and_what_sees_it(explorer, tmp_path):
    plan(explorer, 3)
    explorer.weaving.weave()
    end_work(explorer)
    before = finest(explorer.weaving.order.landing).copy()
    explorer.state.slices = (2, 12, 4)
    explorer.controls.large.redraw.click()
    end_work(explorer)
    after = finest(explorer.weaving.order.landing)
    changed = after != before
    assert changed[:64, 64:, :64].mean() > 0.99
    assert not changed[68:-4, :, :].any()  # a network of two layers sees 4 voxels
    np.testing.assert_allclose(block_mean(after, 2), block_mean(before, 2), rtol=1e-5)
    at = layer_step(explorer)
    np.testing.assert_allclose(shown(explorer), colours(explorer, after)[at], atol=1e-6)
    explorer.weaving.save(tmp_path / "redrawn.zarr")
    end_work(explorer)
    scales, facts = open_pyramid(tmp_path / "redrawn.zarr")
    np.testing.assert_array_equal(scales[0][...], after)
    assert [entry["patch"] for entry in facts["rerolled"]] == [[0, 1, 0]]


def test_what_cannot_be_woven_says_what_to_do(explorer, tiny_model_folder, tmp_path):
    section, error = explorer.controls.large, explorer.controls._error
    section.weaving.emit()
    assert "add a scale first" in error.text()
    explorer.weaving.open(tiny_model_folder)
    assert "makes whole volumes" in error.text()
    plan(explorer, 11)  # 32768^3
    assert "stream it to disk" in section.doubt.text()
    section.weave.click()
    assert "are free: stream it to disk" in error.text()
    explorer.controls._error.clear()
    explorer.weaving._attempt(lambda: explorer.weaving.weave(tmp_path / "vast.zarr"))
    assert "has no room for" in error.text()
    assert not explorer.weaving.busy


def test_closing_the_window_while_it_weaves_ends_the_thread(own_window, refiner_folder):
    explorer = own_window(ndisplay=2)
    explorer.weaving.open(refiner_folder)
    plan(explorer, 4)
    explorer.weaving.weave()
    results: list[Woven] = []
    explorer.weaving._workshop.progressed.connect(lambda progress: results.append(progress.result))
    end_work(explorer, lambda: bool(results))
    viewer = explorer.viewer
    viewer.window.remove_dock_widget(explorer)  # what the dock's close button does
    process_events(0.1)
    assert "cosmoloom-workshop" not in {thread.name for thread in threading.enumerate()}
    assert len(viewer.layers) == 0
