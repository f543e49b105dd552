"""A visible focus: napari's own style shows hardly any."""

from __future__ import annotations

from qtpy.QtWidgets import QWidget

from cosmoloom_explorer import colours

RINGED = ("QPushButton", "QComboBox", "QSpinBox", "QDoubleSpinBox", "QLineEdit", "QCheckBox", "QRadioButton", "QSlider")


def show_focus(panel: QWidget) -> None:
    """Have every control of a panel show by a ring that keys go to it; those that paint themselves ask for it."""
    ring = ", ".join(f"{kind}:focus" for kind in RINGED)
    panel.setStyleSheet(f"{ring} {{ border: 1px solid {colours.WARNING}; border-radius: 2px; }}")
