"""Latency, frame rate and quality in the status bar, and the ground that the window stands on."""

import re

import numpy as np
import pytest

from cosmoloom_explorer import colours
from napari_cosmoloom import napari_window
from napari_cosmoloom.launch import open_explorer, process_events, wait_until_shown


def test_the_status_bar_tells_latency_frame_rate_and_quality_of_the_last_change(explorer):
    explorer.state.redshift = 1.2
    wait_until_shown(explorer)
    process_events(0.3)
    explorer.viewer.scene.camera.zoom *= 1.01
    process_events(0.3)
    text = explorer.hud.label.text()
    found = re.fullmatch(r"latency (\d+) ms . (\d+) frames/s . quality (finest|level \d of \d)", text)
    assert found, text
    assert float(found[1]) == pytest.approx(1e3 * explorer.hud.latency, abs=1)


def test_turning_the_volume_draws_it_coarsely_and_rest_brings_quality_back(explorer):
    explorer.state.ndisplay = 3
    wait_until_shown(explorer)
    while not explorer.quality.resting:
        process_events(0.02)
    fine = explorer.quality.level
    explorer.viewer.scene.camera.angles = (0.0, 33.0, 12.0)
    assert explorer.quality.level > fine
    while not explorer.quality.resting:
        process_events(0.02)
    assert explorer.quality.level == fine


def test_closing_takes_the_line_out_of_the_status_bar(own_window):
    explorer = own_window()
    bar, label = napari_window.main_window(explorer.viewer).statusBar(), explorer.hud.label
    assert label in bar.children()
    explorer.viewer.window.remove_dock_widget(explorer)
    process_events(0.1)
    assert "latency" not in " ".join(child.text() for child in bar.children() if hasattr(child, "text"))


def test_a_light_window_has_dark_text_on_a_light_ground(qapp, settings):
    explorer = open_explorer(settings, size=(1200, 800), theme="light")
    try:
        wait_until_shown(explorer)
        explorer.plots.canvas.finish()
        plots = explorer.plots.canvas.grab().toImage()
        ground = plots.pixelColor(2, 2).lightness()
        assert ground > 200
        assert f"color: {colours.THEMES['light']['MUTED']}" in explorer.plots.choice.note.styleSheet()
        for layer in explorer.layers.both:  # where a ray misses the volume it sees what stands behind it
            napari_window.draw_volume(explorer.viewer, layer, False)
        canvas = np.asarray(explorer.viewer.screenshot(canvas_only=True, flash=False))[..., :3]
        height, width = canvas.shape[:2]
        around = canvas[height // 2 - 20 : height // 2 - 4, width // 4 - 40 : width // 4 - 4]
        assert np.median(around) < 10
        assert np.median(canvas[-20:]) > 230
    finally:
        explorer.viewer.close()
        process_events(0.05)
        colours.use("dark")
