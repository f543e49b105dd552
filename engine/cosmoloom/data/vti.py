"""Volumes as image data of VTK (.vti), which ParaView, VisIt and PyVista open; written without VTK.

The file is XML around raw numbers: voxels are cells, so the volume reaches from 0 to its side in [Mpc/h].

References
----------
VTK file formats, https://docs.vtk.org/en/latest/vtk_file_formats/vtkxml_file_format.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np
from numpy.typing import NDArray

from cosmoloom.errors import InvalidInputError


def write_vti(path: Path, density: NDArray[np.float32], facts: Mapping[str, Any]) -> None:
    """Write one volume, or several as one array each.

    Parameters
    ----------
    path : Path
        The file, which is overwritten.
    density : array, shape (n, n, n) or (count, n, n, n)
        rho over the cosmic mean [1], axes (x, y, z); the arrays are called ``density``, or ``density_0`` and so on.
    facts : mapping
        ``box_size`` [Mpc/h] sets the spacing; all of them become field data, numbers as numbers, others as text.

    Raises
    ------
    InvalidInputError
        If there is no box size.
    """
    if "box_size" not in facts:
        raise InvalidInputError(f"{path.name}: VTK needs lengths; give the box_size [Mpc/h]")
    n = density.shape[-1]
    fields = {"density": density} if density.ndim == 3 else {f"density_{i}": each for i, each in enumerate(density)}
    n_bytes = 4 * n**3
    extent, spacing = " ".join(f"0 {n}" for _ in range(3)), " ".join([repr(float(facts["box_size"]) / n)] * 3)
    arrays = "".join(
        f'<DataArray type="Float32" Name="{name}" format="appended" offset="{i * (8 + n_bytes)}"/>\n'
        for i, name in enumerate(fields)
    )
    head = (
        '<?xml version="1.0"?>\n'
        '<VTKFile type="ImageData" version="1.0" byte_order="LittleEndian" header_type="UInt64">\n'
        f'<ImageData WholeExtent="{extent}" Origin="0 0 0" Spacing="{spacing}">\n'
        f"<FieldData>\n{''.join(_fact(name, value) for name, value in facts.items())}</FieldData>\n"
        f'<Piece Extent="{extent}">\n<CellData Scalars="{next(iter(fields))}">\n{arrays}</CellData>\n</Piece>\n'
        '</ImageData>\n<AppendedData encoding="raw">\n_'
    )
    with path.open("wb") as file:
        file.write(head.encode())
        for values in fields.values():
            file.write(np.uint64(n_bytes).astype("<u8").tobytes())
            file.write(values.astype("<f4").tobytes(order="F"))  # x runs fastest
        file.write(b"\n</AppendedData>\n</VTKFile>\n")


def _fact(name: str, value: Any) -> str:
    """Return a fact as an array of one number, or of one text as the codes of its bytes."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        kind, numbers, tag = "Float64", repr(float(value)), "DataArray"
    else:
        text = value if isinstance(value, str) else json.dumps(value)
        kind, numbers, tag = "String", " ".join(str(code) for code in [*text.encode(), 0]), "Array"
    return f'<{tag} type="{kind}" Name={quoteattr(name)} NumberOfTuples="1" format="ascii">{numbers}</{tag}>\n'
