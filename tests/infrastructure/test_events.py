"""events/: what AWS really sends, for `sam local invoke`, for the docs, and for the tests."""

import json
from pathlib import Path

import pytest
from template import REPOSITORY, resources

EVENTS = sorted((REPOSITORY / "events").glob("*.json"))
FUNCTIONS = sorted(
    properties["CodeUri"].removeprefix("functions/") for properties in resources("AWS::Serverless::Function").values()
)
TESTS = "\n".join(path.read_text() for path in sorted((REPOSITORY / "tests" / "functions").glob("test_*.py")))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_has_an_event_of_its_name(function: str) -> None:
    assert (REPOSITORY / "events" / f"{function}.json").is_file()


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_event_is_named_after_a_function_and_a_case(path: Path) -> None:
    assert any(path.stem == function or path.stem.startswith(f"{function}-") for function in FUNCTIONS)


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_event_is_used_by_a_test(path: Path) -> None:
    assert f'"{path.stem}"' in TESTS


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_event_is_json_as_one_would_write_it_by_hand(path: Path) -> None:
    text = path.read_text()

    assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"
