"""The house: which way files import each other, how many there are, and what they and their classes are called."""

from __future__ import annotations

import ast
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
SOURCE = TESTS.parent / "src"
PACKAGE = SOURCE / "cartwatch"

FILES, LINES = 330, 58_000
"""At most so many Python files under src/, of at most so many lines together: a ceiling to raise on purpose."""

OLD_NAMES = (
    "taking_back earlier opened keeping amendments contest contested agreed offers meaning citing turns outside asking "
    "rescue safekeeping accident guard litter standing finding changing phrases wording unit_words guidance_words "
    "canonical algebra declare hanging conversing call upcoming locations comparing"
)
"""File names that stand for a mood or an activity; each has a standard term."""


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def modules() -> dict[str, Path]:
    """Every file under src/ by the name it is imported by."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imported(name: str) -> set[str]:
    """What a module imports of ours: at its top, inside functions and under TYPE_CHECKING alike."""
    path = modules()[name]
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found.update(each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.rsplit(".", node.level - 1)[0] if node.level else ""
            base = ".".join(each for each in (above, node.module) if each)
            named = {f"{base}.{each.name}" for each in node.names}
            found |= named & modules().keys()
            if not named <= modules().keys():
                found.add(base)
    return (found & modules().keys()) - {name}


def cycles(arrows: dict[str, set[str]]) -> list[list[str]]:
    """The strongly connected components of more than one module (Tarjan 1972), each sorted."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        number[name] = lowest[name] = len(number)
        stack.append(name)
        for other in sorted(arrows[name]):
            if other not in number:
                visit(other)
                lowest[name] = min(lowest[name], lowest[other])
            elif other in stack:
                lowest[name] = min(lowest[name], number[other])
        if lowest[name] == number[name]:
            at = stack.index(name)
            found.append(sorted(stack[at:]))
            del stack[at:]

    for name in arrows:
        if name not in number:
            visit(name)
    return [each for each in found if len(each) > 1]


def bases(node: ast.ClassDef) -> list[str]:
    """The names of the classes that a class is derived from, without their modules and parameters."""
    plain = (each.value if isinstance(each, ast.Subscript) else each for each in node.bases)
    return [
        each.attr if isinstance(each, ast.Attribute) else each.id
        for each in plain
        if isinstance(each, ast.Attribute | ast.Name)
    ]


def test_a_cycle_is_found_through_any_number_of_modules() -> None:
    assert cycles({"a": {"b"}, "b": {"c", "d"}, "c": {"a"}, "d": set(), "e": {"a"}}) == [["a", "b", "c"]]
    assert cycles({"a": {"b"}, "b": {"c"}, "c": set()}) == []


@pytest.mark.slow
def test_no_file_imports_itself_by_way_of_others() -> None:
    assert cycles({name: imported(name) for name in modules()}) == []


def test_imports_are_seen_wherever_they_stand() -> None:
    assert "cartwatch.session.session" in imported("cartwatch.cli.context")  # under TYPE_CHECKING and in a function
    assert "cartwatch.cli.dispatch" in imported("cartwatch.__main__")


def test_nothing_stands_beside_the_rooms() -> None:
    assert {path.stem for path in PACKAGE.glob("*.py")} == {"__init__", "__main__", "sample"}


def test_the_house_does_not_grow() -> None:
    assert len(modules()) <= FILES
    assert sum(path.read_text(encoding="utf-8").count("\n") for path in modules().values()) <= LINES


@pytest.mark.slow
def test_a_public_class_has_a_name_of_its_own() -> None:
    tops = (node for path in modules().values() for node in tree(path).body if isinstance(node, ast.ClassDef))
    count = Counter(node.name for node in tops if not node.name.startswith("_"))
    assert {name for name, times in count.items() if times > 1} == set()


def test_no_class_of_the_app_is_the_third_of_its_line() -> None:
    paths = (path for path in modules().values() if path.is_relative_to(PACKAGE / "app"))
    ours = {node.name: bases(node) for path in paths for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)}

    def depth(name: str) -> int:
        return 1 + max((depth(each) for each in ours[name] if each in ours), default=0)

    assert {name for name in ours if depth(name) > 2} == set()


def test_nothing_is_left_for_a_subclass_to_implement() -> None:
    found = {name for name, path in modules().items() if "NotImplementedError" in path.read_text(encoding="utf-8")}
    assert found == set()


def test_files_are_named_for_what_they_hold() -> None:
    found = [path for path in modules().values() if path.stem in OLD_NAMES.split()]
    found += [path for path in modules().values() if path.parent == PACKAGE / "cli" and path.stem in ("reading", "history")]
    found += [path for path in TESTS.rglob("test_*.py") if path.stem.removeprefix("test_") in OLD_NAMES.split()]
    assert {path.relative_to(TESTS.parent).as_posix() for path in found} == set()


@pytest.mark.parametrize(
    "room", ["domain", "document", "storage", "session", "proposals", "sources", "formats", "views", "cli", "app"]
)
def test_a_room_has_a_line_that_says_what_it_is_for(room: str) -> None:
    assert ast.get_docstring(tree(PACKAGE / room / "__init__.py"))
