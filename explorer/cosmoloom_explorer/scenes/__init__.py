"""Scenes of a box by PyVista, for publications and teaching: pictures, movies, and views to turn in a notebook.

``scenes.surfaces(box, levels=[5, 20]).save("web.png")`` draws with or without a display.  PyVista is imported when
a scene is first drawn: ``pip install 'cosmoloom[pyvista]'``.
"""

from cosmoloom_explorer.scenes.camera import Camera
from cosmoloom_explorer.scenes.peaks import peaks
from cosmoloom_explorer.scenes.points import points
from cosmoloom_explorer.scenes.scene import Scene
from cosmoloom_explorer.scenes.slices import slices
from cosmoloom_explorer.scenes.surfaces import surfaces
from cosmoloom_explorer.scenes.volume import volume

__all__ = ["Camera", "Scene", "peaks", "points", "slices", "surfaces", "volume"]
