import inspect
from importlib.metadata import entry_points

from napari_cosmoloom.explorer import Explorer


def test_napari_finds_the_explorer_in_the_manifest():
    from npe2 import PluginManifest

    manifest = PluginManifest.from_distribution("cosmoloom")
    assert manifest.name == "cosmoloom"
    (widget,) = manifest.contributions.widgets
    command = next(found for found in manifest.contributions.commands if found.id == widget.command)
    assert command.id.startswith("cosmoloom.")
    module, _, name = command.python_name.partition(":")
    assert (module, name) == (Explorer.__module__, Explorer.__name__)


def test_napari_hands_the_viewer_over_by_name():
    assert "napari_viewer" in inspect.signature(Explorer.__init__).parameters


def test_the_program_finds_the_explorer_as_an_entry_point():
    (found,) = entry_points(group="cosmoloom.explorers", name="napari")
    assert callable(found.load())
    (found,) = entry_points(group="cosmoloom.movies")
    assert callable(found.load())
