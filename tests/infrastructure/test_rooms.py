"""How the code is laid out: small rooms, short ways from one module to the next, and none that leads back."""

import ast
from functools import cache
from pathlib import Path

import pytest
from template import REPOSITORY

DOMAIN = REPOSITORY / "layers" / "domain" / "paystream"
MOST_FILES = 12
DEEPEST = 4
WITH_ROOMS = ("use_cases", "steps")
TREES = (*WITH_ROOMS, "model/rules")


def modules(tree: str) -> dict[str, Path]:
    """By their dotted names below the package."""
    found = (path for path in (DOMAIN / tree).rglob("*.py") if path.name != "__init__.py")
    return {".".join(path.relative_to(DOMAIN).with_suffix("").parts): path for path in found}


@cache
def imported(name: str) -> frozenset[str]:
    """The modules of the same tree that a module imports."""
    known = next(modules(tree) for tree in TREES if name.startswith(tree.replace("/", ".")))
    found = set()
    for node in ast.walk(ast.parse(known[name].read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            base = node.module.removeprefix("paystream.")
            found |= {one for one in (base, *(f"{base}.{alias.name}" for alias in node.names)) if one in known}
    return frozenset(found)


def depth(name: str, above: tuple[str, ...] = ()) -> int:
    """How many modules lie one below the other. Raises if a way leads back."""
    assert name not in above, f"a way leads back: {' > '.join((*above, name))}"
    return 1 + max((depth(below, (*above, name)) for below in imported(name)), default=0)


@pytest.mark.parametrize("tree", TREES)
def test_modules_lie_at_most_four_one_below_the_other(tree: str) -> None:
    assert max(map(depth, modules(tree))) <= DEEPEST


@pytest.mark.parametrize("tree", TREES)
def test_a_room_holds_a_dozen_files_at_most(tree: str) -> None:
    rooms: dict[Path, int] = {}
    for path in modules(tree).values():
        rooms[path.parent] = rooms.get(path.parent, 0) + 1

    assert max(rooms.values()) <= MOST_FILES


@pytest.mark.parametrize("tree", WITH_ROOMS)
def test_each_module_lies_in_a_room(tree: str) -> None:
    assert DOMAIN / tree not in {path.parent for path in modules(tree).values()}
