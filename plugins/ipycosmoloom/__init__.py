"""The explorer in notebooks: Explorer, and its parts for layouts of one's own."""

from ipycosmoloom.editing import EditView
from ipycosmoloom.explorer import Explorer
from ipycosmoloom.parts import RedshiftSlider, SliceView, StatisticsView, VolumeView

__all__ = ["EditView", "Explorer", "RedshiftSlider", "SliceView", "StatisticsView", "VolumeView"]
