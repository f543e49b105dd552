"""What stays: sessions that other explorers open, and a picture in the notebook."""

from io import BytesIO

import numpy as np

from cosmoloom_explorer.saved_session import Bookmark, Camera, SavedSession
from ipycosmoloom import Explorer


def test_a_session_of_the_window_opens_here_and_goes_back_unharmed(explorer, tmp_path):
    camera = Camera(angles=(1.0, 2.0, 3.0), center=(8.0, 8.0, 8.0), zoom=4.0)
    settings = explorer.state.snapshot()
    kept = Bookmark(name="one", settings=settings, camera=camera)
    path = tmp_path / "window.json"
    SavedSession(settings=settings, camera=camera, bookmarks=(kept,)).save(path)
    explorer.redshift = 2.5
    explorer.load(path)
    assert explorer.redshift == settings.redshift
    explorer.seed = 77
    explorer.save(path)
    saved = SavedSession.load(path)
    assert saved.settings.seed == 77
    assert (saved.camera, saved.bookmarks[0].camera) == (camera, camera)


def test_a_session_file_opens_as_an_explorer(explorer, tmp_path):
    explorer.redshift, explorer.slices = 1.25, (1, 2, 3)
    explorer.save(tmp_path / "kept.json")
    other = Explorer(tmp_path / "kept.json")
    assert other.state.snapshot().redshift == 1.25
    assert other.slices == (1, 2, 3)
    other.close()


def test_a_window_opens_what_was_saved_here(explorer, tmp_path, qapp):
    from cosmoloom.engine import Engine
    from napari_cosmoloom.launch import open_explorer, process_events

    explorer.redshift, explorer.seed = 0.75, 12
    explorer.save(tmp_path / "kept.json")
    window = open_explorer(SavedSession.load(tmp_path / "kept.json").settings, engine=Engine("cpu"), size=(900, 700))
    here, there = explorer.state.snapshot(), window.state.snapshot()
    window.viewer.close()
    process_events(0.05)
    assert (there.redshift, there.seed, there.model) == (here.redshift, here.seed, here.model)


def test_a_cell_keeps_a_picture_beside_the_widget(explorer):
    from base64 import b64decode

    from PIL import Image

    data, _ = explorer._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    png = b64decode(data["image/png"])
    assert len(png) < 120_000
    assert np.ptp(np.asarray(Image.open(BytesIO(png)).convert("RGB"))) > 200


def test_the_picture_shows_the_state(explorer):
    before = explorer.picture()
    explorer.seed = 9
    assert explorer.picture() != before


def test_twenty_explorers_live_in_one_kernel_and_leave_no_thread(tiny_model_folder):
    from threading import enumerate as threads

    explorers = [Explorer(tiny_model_folder, seed=seed) for seed in range(20)]
    for explorer in explorers:
        explorer.wait(120)
    means = {float(explorer.live.frame.generated.mean()) for explorer in explorers}
    assert len(means) == 20, "two explorers show the same field"
    folder = str(tiny_model_folder)
    models = {id(explorer.live.call(lambda engine: engine.model(folder))) for explorer in explorers}
    assert len(models) == 1, "weights were loaded more than once"
    for explorer in explorers:
        explorer.close()
        assert explorer.live.frame is None
    assert not [thread for thread in threads() if thread.name.startswith("cosmoloom-")]
