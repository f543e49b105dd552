"""A box of one's own in the simulation's place: from a file, made to fit as a person chooses."""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QLabel

from cosmoloom.keys import Fit
from cosmoloom_explorer import ExplorerState, readouts
from napari_cosmoloom.controls.number_box import NumberBox
from napari_cosmoloom.controls.section import Report, Section, button, note

FITS: dict[Fit, str] = {
    "refuse": "refuse it if it differs",
    "crop": "cut its middle out",
    "rescale": "rescale all of it",
}
AS_IN_FILE = "as in the file"
INVITATION = (
    "Drop a file onto the window, or open one: .npy, .npz, .h5, .zarr, .fits, or a snapshot.  Then encode and refine "
    "it below."
)


def worded(text: str) -> str:
    """Return why a box is refused with this section's choices instead of those of a command or of Python."""
    text = re.sub(r'fit="(\w+)"(?: \(--fit \w+\))?', lambda found: f'"{FITS[cast("Fit", found[1])]}"', text)
    text = text.replace("add --box-size in Mpc/h", "type its side in A BOX OF YOUR OWN")
    return re.sub(r"say it$", "type it in A BOX OF YOUR OWN", text)


class OwnBoxSection(Section):
    """Which file stands beside the generated field, and how it is made to fit.

    ``asking(str)`` asks for the file of this path.
    """

    asking = Signal(str)

    def __init__(self, state: ExplorerState, report: Report) -> None:
        super().__init__("A BOX OF YOUR OWN", state, report)
        self._path = ""
        row = QHBoxLayout()
        row.setSpacing(6)
        self.open = button("open\N{HORIZONTAL ELLIPSIS}", "Choose the file of a density field or of a snapshot.")
        self.open.clicked.connect(self._on_opened)
        self.fit = QComboBox()
        for name, text in FITS.items():
            self.fit.addItem(text, name)
        self.fit.setToolTip(
            "A box of another size, voxel, unit or redshift than the model's.  Cutting keeps lengths true; rescaling "
            "takes all of the box for one of the model's, whose lengths and times it then only pretends to have."
        )
        self.fit.setAccessibleName("how the box is made to fit")
        self.fit.activated.connect(self._on_changed)
        self.close_it = button("close", "Put a held-out simulation back beside the generated field.")
        self.close_it.clicked.connect(lambda: self.put("own_box", None))
        row.addWidget(self.open)
        row.addWidget(self.fit, 1)
        row.addWidget(self.close_it)
        self.rows.addLayout(row)
        row = QHBoxLayout()
        row.setSpacing(6)
        self.size = NumberBox((0.0, 1e5), decimals=3, step=1.0, suffix=" Mpc/h")
        self.redshift = NumberBox((-0.01, 1100.0), decimals=2, step=0.1)
        for box, text, tip in (
            (self.size, "side", "Side of the box, where the file does not say"),
            (self.redshift, "z", "Redshift of the box, where the file does not say"),
        ):
            box.setSpecialValueText(AS_IN_FILE)
            box.setValue(box.minimum())
            box.setToolTip(tip)
            box.setAccessibleName(tip)
            box.valueChanged.connect(self._on_changed)
            row.addWidget(QLabel(text))
            row.addWidget(box, 1)
        self.rows.addLayout(row)
        self._text = note(INVITATION)
        self.rows.addWidget(self._text)
        state.events.own_box.connect(self._show_own)
        self._show_own()
        self.fold()

    def ask(self, path: str | Path) -> None:
        """Ask for a file, as if it had been chosen here."""
        self._path = str(path)
        self.heading.setChecked(True)
        self._text.setText(f"reading {Path(path).name}")
        self.asking.emit(self._path)

    def offer(self, path: str | Path, text: str) -> None:
        """Say why a file does not stand beside yet; another choice asks for it again."""
        self._path = str(path)
        self.heading.setChecked(True)
        self._text.setText(worded(text))

    def chosen(self) -> tuple[Fit, float | None, float | None]:
        """Return how to make a box fit, and side [Mpc/h] and redshift; None for those of the file."""
        size, redshift = (box.value() if box.value() > box.minimum() else None for box in (self.size, self.redshift))
        return cast("Fit", self.fit.currentData()), size, redshift

    def show_text(self, text: str) -> None:
        """Say what a box is and what was done to it, or why it is refused."""
        self._text.setText(worded(text))

    def _on_opened(self) -> None:
        kinds = "Density fields and snapshots (*.npy *.npz *.h5 *.hdf5 *.fits *.0 *);;All files (*)"
        path, _ = QFileDialog.getOpenFileName(self, "A box of your own", str(Path(self._path).parent), kinds)
        if path:
            self.ask(path)

    def _on_changed(self) -> None:
        if self._path:
            self.ask(self._path)

    def _show_own(self) -> None:
        own = self.state.own_box
        self.close_it.setEnabled(own is not None)
        if own is None:
            self._path = ""
            self._text.setText(INVITATION)
        elif own[0] != self._path:  # a session, or undo, brought it
            self._path = own[0]
            self.fit.setCurrentIndex(list(FITS).index(own[1]))
            self._text.setText(readouts.own_box_text(own, self.state.redshift))
