from dataclasses import replace

import numpy as np
import pytest

from cosmoloom.cli.app import main
from cosmoloom.errors import InvalidInputError, UnknownModelError


def test_the_picture_shows_the_whole_window_with_fields_and_plots(qapp, settings, tmp_path):
    from matplotlib.image import imread

    from napari_cosmoloom.launch import render

    path = tmp_path / "view.png"
    render(path, replace(settings, redshift=1.0), size=(1600, 1000))
    picture = imread(path)[..., :3]
    assert picture.shape == (1000, 1600, 3)
    canvas, plots, slices = picture[60:650, 380:1180], picture[720:960, 60:1180], picture[60:640, 20:320]
    for part in (canvas, plots, slices):
        assert np.ptp(part) > 0.5
    assert [item.name for item in tmp_path.iterdir()] == ["view.png"]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["no-such-model"], "no-such-model"),
        (["--redshift", "9"], "redshift"),
        (["--kappa", "0"], "kappa"),
        (["--set", "slices=[0,99,0]"], "slices"),
        (["--set", "colour=red"], "colouring"),
        (["--render", "/no/such/folder/view.png"], "/no/such/folder"),
    ],
)
def test_bad_input_is_one_line_and_status_2(tiny_model_folder, capsys, arguments, word):
    model = [] if "no-such-model" in arguments else [str(tiny_model_folder)]
    assert main(["explore", *model, *arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    assert word in error


def test_opening_settings_keep_to_the_models_ranges(tiny_model_folder):
    from napari_cosmoloom.launch import opening_settings

    assert opening_settings(str(tiny_model_folder), redshift=0.5, seed=9).seed == 9
    with pytest.raises(InvalidInputError, match="redshift"):
        opening_settings(str(tiny_model_folder), redshift=-0.1)
    with pytest.raises(UnknownModelError):
        opening_settings("no-such-model")
