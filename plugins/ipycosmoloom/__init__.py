"""The explorer in notebooks: Explorer, and its parts for layouts of one's own."""

from ipycosmoloom.explorer import Explorer
from ipycosmoloom.parts import RedshiftSlider, SliceView, StatisticsView, VolumeView

__all__ = ["Explorer", "RedshiftSlider", "SliceView", "StatisticsView", "VolumeView"]
