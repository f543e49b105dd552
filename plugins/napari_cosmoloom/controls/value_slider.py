"""A named number: a slider and a box that show the same value."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QGridLayout, QLabel, QWidget

from napari_cosmoloom.controls.marked_slider import MarkedSlider
from napari_cosmoloom.controls.number_box import NumberBox


class ValueSlider(QWidget):
    """Slider with a name and a box to type in.

    Parameters
    ----------
    name : str
        Shown before or above the slider.
    bounds : (float, float)
        Range.
    logarithmic : bool
        Whether equal ways of the slider are equal factors.
    decimals, step
        Of the box.
    one_line : bool
        Name, slider and box in one row, instead of the slider below.
    marks : tuple of float
        Values marked at the slider.

    A range of one value is shown as that value: there is nothing to slide.

    Notes
    -----
    ``edited(float)`` is emitted for what a person does, not for :meth:`set_value`; ``held(bool)`` while the
    slider's handle is held.
    """

    edited = Signal(float)
    held = Signal(bool)

    def __init__(
        self,
        name: str,
        bounds: tuple[float, float],
        *,
        logarithmic: bool = False,
        decimals: int = 2,
        step: float = 0.05,
        one_line: bool = False,
        marks: tuple[float, ...] = (),
    ) -> None:
        super().__init__()
        self._logarithmic = logarithmic
        self._bounds = bounds
        self.name = QLabel(name)
        self.slider = MarkedSlider()
        self.box = NumberBox(bounds, decimals=decimals, step=step)
        self.box.setFixedWidth(76 if one_line else 92)
        self.name.setBuddy(self.box)
        self.fixed = QLabel()
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(8)
        layout.setVerticalSpacing(2)
        layout.addWidget(self.name, 0, 0)
        layout.setColumnStretch(1, 1)
        layout.addWidget(self.box, 0, 2)
        layout.addWidget(self.fixed, 0, 2)
        if one_line:
            layout.addWidget(self.slider, 0, 1)
        else:
            layout.addWidget(self.slider, 1, 0, 1, 3)
        self.set_bounds(bounds, marks)
        self.slider.valueChanged.connect(self._on_slider_moved)
        self.slider.sliderPressed.connect(lambda: self.held.emit(True))
        self.slider.sliderReleased.connect(lambda: self.held.emit(False))
        self.box.valueChanged.connect(self._on_box_edited)

    @property
    def value(self) -> float:
        """The value shown."""
        return float(self.box.value())

    def set_bounds(self, bounds: tuple[float, float], marks: tuple[float, ...] = ()) -> None:
        """Change the range and the marked values."""
        self._bounds = bounds
        single = bounds[1] <= bounds[0]
        self.slider.setVisible(not single)
        self.box.setVisible(not single)
        self.fixed.setVisible(single)
        self.fixed.setText(f"{bounds[0]:g}")
        self._silently(lambda: self.box.setRange(*bounds))
        self.slider.set_marks(tuple(self._fraction(mark) for mark in marks if bounds[0] <= mark <= bounds[1]))
        self.set_value(self.box.value())

    def set_value(self, value: float) -> None:
        """Show a value without announcing it."""
        self._silently(lambda: self.box.setValue(value))
        if not self.slider.isSliderDown():  # a held handle stays under the mouse
            self.slider.set_fraction(self._fraction(value))

    def set_tool_tip(self, text: str) -> None:
        """Explain the value."""
        for widget in (self.name, self.slider, self.box, self.fixed):
            widget.setToolTip(text)
        self.slider.setAccessibleName(self.name.text())
        self.box.setAccessibleName(self.name.text())

    def _fraction(self, value: float) -> float:
        low, high = self._bounds
        if high <= low:
            return 0.0
        if self._logarithmic:
            return (log(value) - log(low)) / (log(high) - log(low))
        return (value - low) / (high - low)

    def _value_at(self, fraction: float) -> float:
        low, high = self._bounds
        if self._logarithmic:
            return exp(log(low) + fraction * (log(high) - log(low)))
        return low + fraction * (high - low)

    def _silently(self, change: Callable[[], None]) -> None:
        blocked = self.box.blockSignals(True)
        change()
        self.box.blockSignals(blocked)

    def _on_slider_moved(self, _position: int) -> None:
        value = min(max(self._value_at(self.slider.fraction), self._bounds[0]), self._bounds[1])
        value = round(value, self.box.decimals())
        self._silently(lambda: self.box.setValue(value))
        self.edited.emit(value)

    def _on_box_edited(self, value: float) -> None:
        self.slider.set_fraction(self._fraction(value))
        self.edited.emit(value)
