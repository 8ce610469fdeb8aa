"""The tests of the handlers share builders: no test module imports from another one, and one name means one thing."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping

import pytest
from template import REPOSITORY

TESTS = REPOSITORY / "tests"
SOURCES = {
    str(path.relative_to(TESTS)): path.read_text()
    for folder in ("builders", "functions")
    for path in sorted((TESTS / folder).glob("*.py"))
}
PYTESTS_OWN = {"pytestmark"}


def is_test(name: str) -> bool:
    return name.startswith(("test_", "Test"))


def imported(source: str) -> Iterator[str]:
    """All that a module imports, by its full name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module or ''}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def imported_from_tests(source: str) -> list[str]:
    """What a module imports from test modules."""
    return [name for name in imported(source) if any(map(is_test, name.split(".")))]


def defined(source: str) -> Iterator[str]:
    """A module's functions, fixtures, classes and constants, without its tests."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names = [node.name]
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [target.id for target in targets if isinstance(target, ast.Name)]
        else:
            names = []
        yield from (name for name in names if not is_test(name) and name not in PYTESTS_OWN)


def defined_twice(sources: Mapping[str, str]) -> dict[str, list[str]]:
    """The names that several modules define, each with these modules."""
    places = defaultdict(list)
    for module, source in sources.items():
        for name in set(defined(source)):
            places[name].append(module)
    return {name: modules for name, modules in places.items() if len(modules) > 1}


@pytest.mark.parametrize("module", SOURCES)
def test_nothing_is_imported_from_a_test_module(module: str) -> None:
    assert imported_from_tests(SOURCES[module]) == []


def test_one_name_means_one_thing() -> None:
    assert defined_twice(SOURCES) == {}


@pytest.mark.parametrize(
    "source",
    [
        "from functions.test_payment_url import sessions",
        "from functions import test_payment_url",
        "import functions.test_payment_url as links",
        "from .test_payment_url import sessions",
        "def late() -> None:\n    from functions.test_payment_url import sessions",
    ],
)
def test_an_import_from_a_test_module_would_be_noticed(source: str) -> None:
    assert imported_from_tests(source)


@pytest.mark.parametrize(
    "source", ["def pay(): ...", "class pay: ...", "pay = 1", "pay: int = 1", "async def pay(): ...", "first = pay = 1"]
)
def test_a_second_meaning_would_be_noticed(source: str) -> None:
    sources = {"one.py": "@fixture\ndef pay(): ...\ndef test_pay(): ...\nclass TestPay: ...", "other.py": source}
    assert defined_twice(sources | {"third.py": "pytestmark = 1"}) == {"pay": ["one.py", "other.py"]}
