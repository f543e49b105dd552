"""Keep OpenGL programs whose text did not change, which vispy compiles anew whenever its scene is arranged anew."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from typing import Any

MOST = 512
"""Texts whose variables are remembered; an explorer in use has some 60."""


def keep_programs() -> None:
    """Have vispy keep what would come out the same; once for a process, and nothing is drawn otherwise than before.

    napari moves layers in the tree of its scene whenever one is shown, hidden or put into another view.  vispy then
    puts the programs of all that moved together again, mostly to the same text, looks for variables in these texts by
    regular expressions and has OpenGL compile them: two thirds of the longest turns of the window's loop.
    """
    with suppress(ImportError, AttributeError):
        from vispy.gloo.program import Program

        link: Any = Program.set_shaders
        read: Any = Program._parse_variables_from_code  # noqa: SLF001  vispy has no public name for it
        if hasattr(link, "variables"):  # by an explorer that was opened before
            return
        variables: OrderedDict[tuple[str, ...], dict[str, Any]] = OrderedDict()

        def read_once(program: Any, update_variables: bool = True) -> None:
            text = tuple(shader.code for shader in program.shaders)
            if text not in variables:
                read(program, update_variables=False)
                variables[text] = program._code_variables  # noqa: SLF001
                if len(variables) > MOST:
                    variables.popitem(last=False)
            variables.move_to_end(text)
            program._code_variables = dict(variables[text])  # noqa: SLF001
            if update_variables:
                program._process_pending_variables()  # noqa: SLF001

        def link_changed(program: Any, vert: str, frag: str, geom: str | None = None, **how: Any) -> None:
            text = vert, frag, geom
            if getattr(program, "kept_text", None) != text or how.get("update_variables", True):
                link(program, vert, frag, geom, **how)
                program.kept_text = text

        link_changed.variables = variables  # type: ignore[attr-defined]
        Program._parse_variables_from_code = read_once  # noqa: SLF001
        Program.set_shaders = link_changed
