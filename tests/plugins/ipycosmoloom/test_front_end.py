"""The modules for the browser are handed over as one."""

import re

from ipycosmoloom import front_end


def test_every_module_is_handed_over_once():
    there = {path.name for path in front_end.FOLDER.glob("*.js")}
    assert there == set(front_end.MODULES)


def test_nothing_is_left_to_import_and_one_thing_is_exported():
    script = front_end.script()
    assert not re.search(r"^import ", script, re.MULTILINE)
    assert re.findall(r"^export .*", script, re.MULTILINE) == ["export default { render };"]


def test_the_wire_and_the_page_agree_on_the_traits():
    from ipycosmoloom import Explorer

    read = set(re.findall(r'(?<!waiting\.)\bget\("(\w+)"\)', front_end.script()))
    assert read <= set(Explorer.class_trait_names(sync=True))
