"""Keep OpenGL programs, which vispy compiles anew whenever its scene is arranged anew."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from typing import Any

MOST = 512
"""Texts whose variables are remembered; an explorer in use has some 60."""
MOST_OF_ONE = 4
"""Compiled texts that one program goes back and forth between: of a slice and of a volume, in two places."""


def keep_programs() -> None:
    """Have vispy keep what it would compile again; once for a process, and nothing is drawn otherwise than before.

    napari moves layers in the tree of its scene whenever one is shown, hidden or put into another view.  vispy then
    puts the programs of all that moved together again, mostly to the same text, looks for variables in these texts by
    regular expressions and has OpenGL compile them: two thirds of the longest turns of the window's loop.  From slice
    to volume the texts do change, and change back: what was compiled for either is kept.
    """
    with suppress(ImportError, AttributeError):
        from vispy.gloo.globject import GLObject
        from vispy.gloo.program import Program

        link: Any = Program.set_shaders
        delete: Any = Program.delete
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
            text, update = (vert, frag, geom), how.get("update_variables", True)
            if getattr(program, "kept_text", None) == text and not update:
                return
            compiled: OrderedDict[Any, tuple[int, Any]] = program.__dict__.setdefault("kept_compiled", OrderedDict())
            if text in compiled:
                compiled.move_to_end(text)
                program._id, program._shaders = compiled[text]  # noqa: SLF001
                program._pending_variables.update(program._user_variables)  # noqa: SLF001
                program._user_variables = {}  # noqa: SLF001  to be sent again: they belong to what was compiled
                read_once(program, update_variables=update)
            else:
                if compiled:  # leave what the program was, and be another one of OpenGL's
                    GLObject._idcount += 1  # noqa: SLF001
                    program._id = GLObject._idcount  # noqa: SLF001
                    program._glir.command("CREATE", program.id, program._GLIR_TYPE)  # noqa: SLF001
                link(program, vert, frag, geom, **how)
                compiled[text] = program.id, program.shaders
                if len(compiled) > MOST_OF_ONE:
                    program._glir.command("DELETE", compiled.popitem(last=False)[1][0])  # noqa: SLF001
            program.kept_text = text

        def delete_all(program: Any) -> None:
            for former, _ in program.__dict__.pop("kept_compiled", {}).values():
                if former != program.id and hasattr(program, "_glir"):
                    program._glir.command("DELETE", former)  # noqa: SLF001
            delete(program)

        link_changed.variables = variables  # type: ignore[attr-defined]
        Program._parse_variables_from_code = read_once  # noqa: SLF001
        Program.set_shaders = link_changed
        Program.delete = delete_all
