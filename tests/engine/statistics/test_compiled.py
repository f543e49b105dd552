"""Compiled loops work wherever their machine code can be kept, and where it cannot."""

from cosmoloom.statistics.compiled import compiled


def test_a_loop_without_a_folder_of_its_own_is_compiled_all_the_same():
    made: dict[str, object] = {}
    exec("def double(x):\n    return 2 * x\n", made)  # has no file, so that there is no place beside it
    assert compiled(made["double"])(21) == 42
