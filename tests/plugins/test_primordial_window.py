"""A model of initial conditions in the window: its longest waves are the sliders."""

from pathlib import Path

import numpy as np

from cosmoloom.scaling.rational import scale
from napari_cosmoloom.launch import wait_until_shown


def test_a_universe_is_shown_and_its_longest_waves_move_it(explorer, tiny_primordial_folder: Path):
    from cosmoloom import models

    explorer.controls.model.chosen.emit(str(tiny_primordial_folder))
    wait_until_shown(explorer)
    model = models.load(tiny_primordial_folder)
    box = model.sample(seed=explorer.state.seed, redshift=explorer.state.redshift, kappa=explorer.state.kappa)
    frame = explorer.presenter.frame
    np.testing.assert_allclose(frame.generated, scale(box.density, explorer.state.shown_kappa), atol=3e-2)
    explorer.state.set_direction(0, 2.0)
    wait_until_shown(explorer)
    change = explorer.presenter.frame.generated - frame.generated
    assert np.abs(change).max() > 0.1
