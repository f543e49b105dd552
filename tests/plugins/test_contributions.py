"""What napari's manifest promises, done by napari itself."""

import sys
from time import monotonic

import numpy as np
import pytest

import cosmoloom as cl
from cosmoloom.data.writers import write_fields
from napari_cosmoloom.contributions import get_reader, write


@pytest.fixture
def plugins():
    from npe2 import PluginManager

    manager = PluginManager()
    manager.discover()
    assert "cosmoloom" in manager
    return manager


@pytest.fixture
def cube(tmp_path):
    density = np.random.default_rng(4).random((6, 6, 6)).astype(np.float32)
    write_fields(tmp_path / "a.npz", density, {"box_size": 12.0, "redshift": 1.0})
    return tmp_path / "a.npz", density


def test_the_manifest_passes_the_validator_and_every_command_exists():
    from npe2 import PluginManifest

    manifest = PluginManifest.from_distribution("cosmoloom")
    manifest.validate_imports()
    assert {reader.command for reader in manifest.contributions.readers} == {"cosmoloom.read"}


def test_reading_what_was_written_gives_the_same_field(cube, tmp_path):
    from napari.layers import Image

    path, density = cube
    ((data, settings, kind),) = get_reader(str(path))(str(path))
    assert kind == "image"
    assert np.array_equal(data, density.transpose(2, 1, 0))
    assert settings["scale"] == (2.0, 2.0, 2.0)
    layer = Image(data * 2, **{**settings, "metadata": {}})
    attributes = layer.as_layer_data_tuple()[1]
    (written,) = write(str(tmp_path / "b.h5"), layer.data, attributes)
    box = cl.open(written)
    assert np.array_equal(box.density, density * 2)
    assert box.box_size == 12.0


def test_other_peoples_files_are_left_to_other_readers(tmp_path):
    np.save(tmp_path / "photo.npy", np.zeros((4, 5), dtype=np.uint8))
    (tmp_path / "folder").mkdir()
    for name in ("photo.npy", "folder", "missing.h5"):
        assert get_reader(str(tmp_path / name)) is None


def test_samples_are_universes(plugins):
    contribution = {sample.key: sample for sample in plugins.get_manifest("cosmoloom").contributions.sample_data}
    assert set(contribution) == {"simulated", "generated"}
    ((data, settings, kind),) = contribution["simulated"].open()
    assert (kind, data.ndim) == ("image", 3)
    assert data.mean() == pytest.approx(1.0, abs=0.5)
    assert settings["metadata"]["cosmoloom_box"].redshift == 0.0


def test_finding_a_reader_imports_no_torch_for_files_that_are_not_ours(tmp_path):
    import subprocess

    code = "import sys, napari_cosmoloom.contributions; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_plain_napari_opens_the_explorer_from_its_menu_and_reads_through_it(qapp, cube):
    import napari

    from napari_cosmoloom.launch import process_events, wait_until_shown

    viewer = napari.Viewer(show=True)
    try:
        (layer,) = viewer.open(str(cube[0]), plugin="cosmoloom")
        assert np.array_equal(layer.data, cube[1].transpose(2, 1, 0))
        _, explorer = viewer.window.add_plugin_dock_widget("cosmoloom", "Cosmic web explorer")
        end = monotonic() + 180
        while explorer.session is None:  # it starts by itself once it is shown
            assert monotonic() < end, "the explorer did not start"
            process_events(0.05)
        wait_until_shown(explorer)
        assert explorer.presenter.frame is not None
        while not explorer._warm_up.done:
            assert monotonic() < end, "it prepared nothing"
            process_events(0.05)
        assert all(each.visible for each in viewer.layers), "a person sees hidden layers in napari's list"
    finally:
        viewer.close()
        process_events(0.05)
