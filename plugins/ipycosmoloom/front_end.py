"""The part that runs in the browser: modules in static/, handed over as one text because a notebook asks for one."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).parent / "static"
MODULES = (
    "dom.js", "colours.js", "axis.js", "bar.js", "link.js", "slices.js", "matrix.js", "shaders.js", "gpu.js",
    "volume.js", "plots.js", "sliders.js", "controls.js", "status.js", "view.js",
)  # fmt: skip
"""In an order in which each uses only those before it; the last one is what the notebook calls."""
STYLE = "explorer.css"
IMPORT = re.compile(r'^import \{[^}]*\} from "\./([a-z]+\.js)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:const|function|class) (\w+))", re.MULTILINE)


def script() -> str:
    """Return all modules as one; each keeps a scope of its own and hands out what it exports."""
    parts: list[str] = []
    for position, name in enumerate(MODULES):
        text = (FOLDER / name).read_text(encoding="utf-8")
        late = set(IMPORT.findall(text)) - set(MODULES[:position])
        assert not late, f"{name} uses {late}, which does not come before it"
        text = IMPORT.sub("", text)
        names = ", ".join(EXPORT.findall(text))
        if position < len(MODULES) - 1:
            text = f"const {{ {names} }} = (() => {{\n{EXPORT.sub('', text)}return {{ {names} }};\n}})();\n"
        parts.append(text)
    return "\n".join(parts)


def style() -> str:
    """Return the style sheet."""
    return (FOLDER / STYLE).read_text(encoding="utf-8")
