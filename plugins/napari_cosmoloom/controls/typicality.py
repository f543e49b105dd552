"""Where the latent lies in its prior."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qtpy.QtCore import QPointF, QRectF, Qt
from qtpy.QtGui import QColor, QFont, QPainter, QPen
from qtpy.QtWidgets import QWidget

from cosmoloom_explorer import ExplorerState, StatisticsFrame, colours, readouts
from napari_cosmoloom.controls.section import Report, Section, note

if TYPE_CHECKING:
    from cosmoloom.pipeline.latent_typicality import Typicality

REACH = 6.0
"""Deviation at which the scale ends [standard deviations]."""
USUAL = 2.0


class TypicalitySection(Section):
    """A scale with one mark per gauge, and a warning beyond what the prior draws."""

    def __init__(self, state: ExplorerState, report: Report) -> None:
        super().__init__("HOW TYPICAL THIS LATENT IS", state, report)
        self.scale = TypicalityScale()
        self.rows.addWidget(self.scale)
        self._text = note()
        self.rows.addWidget(self._text)
        self.warning = note(colour=colours.WARNING)
        self.rows.addWidget(self.warning)
        self.warning.hide()

    def show_statistics(self, frame: StatisticsFrame) -> None:
        """Show the gauges of the latent on screen."""
        found = frame.typicality
        if found is None:
            return
        from cosmoloom.pipeline.latent_typicality import warning

        self.scale.show_typicality(found)
        self._text.setText(readouts.typicality_text(found))
        self._text.setToolTip(readouts.typicality_tip(found))
        text = warning(found)
        self.warning.setText(text)
        self.warning.setVisible(bool(text))
        if text:
            self.heading.setChecked(True)


class TypicalityScale(QWidget):
    """Deviations on a line from -6 to 6 standard deviations: the whole latent as a diamond, bands of k as dots."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(40)
        self.setAccessibleName("deviations of the latent from its prior")
        self._found: Typicality | None = None

    def show_typicality(self, found: Typicality) -> None:
        """Take new gauges."""
        self._found = found
        self.setToolTip(readouts.typicality_tip(found))
        self.update()

    def paintEvent(self, _event: Any) -> None:
        """Paint scale, usual range and marks."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(12, 4, self.width() - 24, 18)
        painter.fillRect(frame, QColor(colours.PANEL))
        low, high = (self._place(frame, sigma) for sigma in (-USUAL, USUAL))
        painter.fillRect(QRectF(low, frame.top(), high - low, frame.height()), QColor(colours.LINE))
        font = QFont(self.font())
        font.setPixelSize(10)
        painter.setFont(font)
        painter.setPen(QColor(colours.MUTED))
        for sigma in (-6, -4, -2, 0, 2, 4, 6):
            x = self._place(frame, sigma)
            text = f"{sigma:+d} \u03c3" if sigma else "0"
            painter.drawText(QRectF(x - 20, frame.bottom() + 1, 40, 13), Qt.AlignmentFlag.AlignHCenter, text)
        if self._found is not None:
            self._paint_marks(painter, frame, self._found)
        painter.end()

    def _paint_marks(self, painter: QPainter, frame: QRectF, found: Typicality) -> None:
        painter.setPen(QPen(QColor(colours.BACKGROUND), 1.0))
        count = len(found.bands)
        for index, gauge in enumerate(found.bands):  # long waves are blue, short ones orange
            share = index / max(count - 1, 1)
            painter.setBrush(_between(colours.SIMULATION, colours.GENERATED, share))
            y = frame.top() + 4 + share * (frame.height() - 8)
            painter.drawEllipse(QPointF(self._place(frame, gauge.sigma), y), 3.6, 3.6)
        painter.setBrush(QColor(colours.TEXT))
        x, y = self._place(frame, found.whole.sigma), frame.center().y()
        painter.drawPolygon([QPointF(x, y - 7), QPointF(x + 5, y), QPointF(x, y + 7), QPointF(x - 5, y)])

    @staticmethod
    def _place(frame: QRectF, sigma: float) -> float:
        return frame.left() + (min(max(sigma, -REACH), REACH) + REACH) / (2 * REACH) * frame.width()


def _between(first: str, second: str, share: float) -> QColor:
    one, two = QColor(first), QColor(second)
    parts = ((1 - share) * a + share * b for a, b in zip(one.getRgb(), two.getRgb(), strict=True))
    return QColor(*(round(part) for part in parts))
