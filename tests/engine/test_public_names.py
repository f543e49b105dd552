import subprocess
import sys

import pytest

import cosmoloom as cl


def run_python(code: str) -> str:
    """Run code in a fresh interpreter, where nothing is imported yet."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_importing_cosmoloom_imports_no_heavy_library():
    heavy = "torch numpy scipy zarr camb matplotlib typer"
    code = f"import sys, cosmoloom; print(*[m for m in '{heavy}'.split() if m in sys.modules])"
    assert run_python(code) == ""


def test_building_the_command_line_imports_no_torch():
    code = (
        "import sys, cosmoloom.cli.app; print(*[m for m in ('torch', 'numpy', 'napari') if m in sys.modules])"
    )
    assert run_python(code) == ""


def test_every_public_name_exists_and_can_be_called():
    for name in set(dir(cl)) - {"__version__"}:
        assert callable(getattr(cl, name)), name


def test_names_that_are_also_packages_stay_callable_once_imported():
    code = (
        "import cosmoloom.simulate.campaign, cosmoloom.models, cosmoloom as cl;"
        "print(callable(cl.simulate), callable(cl.models))"
    )
    assert run_python(code) == "True True"


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        cl.nonsense  # noqa: B018
