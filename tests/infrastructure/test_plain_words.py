"""The words of code, docs and tests: field terms and everyday words, none that only their author understands."""

import re
from functools import cache

import pytest
from template import REPOSITORY

INSTEAD = {
    "put anew": "replaced",
    "by itself": "automatically, or on its own",
    "as it is then": "the updated invoice",
    "whoever": "the function, the caller or the person that is meant",
    "in vain": "without success, needlessly",
    "somebody is at it": "it is claimed, another function is at work",
}
"""What stands for each: docs/glossary.md has the terms."""

EXCEPTIONS = {
    "tests/infrastructure/test_plain_words.py": "it names them",
}

PLACES = ("README.md", "CHANGELOG.md", "Makefile", "template.yaml", "pyproject.toml")
TREES = ("layers", "functions", "operations", "sandbox", "events", "environments", "tests", "docs", "page/src")
BETWEEN_WORDS = r"(?:_|\s+(?:# )?)"
SUFFIXES = {".py", ".md", ".yaml", ".json", ".toml", ".mjs", ".rs", ".ts", ".tsx"}


@cache
def texts() -> dict[str, str]:
    """All that a person wrote, by path."""
    below = (path for tree in TREES for path in (REPOSITORY / tree).rglob("*") if path.suffix in SUFFIXES)
    paths = [*(REPOSITORY / place for place in PLACES), *below]
    return {str(path.relative_to(REPOSITORY)): path.read_text() for path in paths}


def occurrences(phrase: str) -> list[str]:
    """Where a phrase stands, as words or as part of a name, even broken over two lines."""
    together = BETWEEN_WORDS.join(phrase.split())
    pattern = re.compile(rf"(?<![a-z]){together}(?![a-z])", re.IGNORECASE)
    return [path for path, text in texts().items() if pattern.search(text)]


@pytest.mark.parametrize("phrase", INSTEAD)
def test_no_text_uses_a_phrase_of_its_authors(phrase: str) -> None:
    found = [path for path in occurrences(phrase) if path not in EXCEPTIONS]

    assert found == [], f"say {INSTEAD[phrase]} instead of {phrase!r}"


def test_each_exception_is_one() -> None:
    assert {path for phrase in INSTEAD for path in occurrences(phrase)} == EXCEPTIONS.keys()
