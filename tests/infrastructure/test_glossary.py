"""docs/glossary.md explains the words of the code: each name that it gives is there, and each stage is in it."""

import ast
import re
from collections.abc import Iterator

import pytest
from paystream.model.standing import SHAPES
from template import REPOSITORY

DOMAIN = REPOSITORY / "layers" / "domain" / "paystream"
GLOSSARY = REPOSITORY / "docs" / "glossary.md"
SECTIONS = dict(re.findall(r"^## (.+?)$\n(.*?)(?=^## |\Z)", GLOSSARY.read_text(), re.MULTILINE | re.DOTALL))


def rows(text: str) -> list[list[str]]:
    """The cells of each row of a section's table."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


TERMS = {cells[0]: cells[2] for name, text in SECTIONS.items() if name != "Stages" for cells in rows(text)}


def defined(source: str) -> Iterator[str]:
    """The functions, classes, constants and fields of a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


@pytest.mark.parametrize("term", TERMS)
def test_each_term_lives_where_the_glossary_says(term: str) -> None:
    path, *names = re.findall(r"`([^`]+)`", TERMS[term])

    assert (DOMAIN / path).is_file()
    assert set(names) <= set(defined((DOMAIN / path).read_text()))


def test_each_stage_is_there_with_its_meaning() -> None:
    stages = {cells[0].strip("`"): cells[1] for cells in rows(SECTIONS["Stages"])}

    assert stages == {stage.value: shape.meaning for stage, shape in SHAPES.items()}


def test_no_term_is_explained_twice() -> None:
    terms = [cells[0] for name, text in SECTIONS.items() if name != "Stages" for cells in rows(text)]

    assert len(terms) == len(set(terms))


def test_each_word_of_others_has_its_source() -> None:
    sources = [cells[3] for name in ("Stripe's", "Lago's", "AWS's") for cells in rows(SECTIONS[name])]

    assert all(re.fullmatch(r"\[[^\]]+\]\(https://[^)]+\)", source) for source in sources)


@pytest.mark.parametrize("page", ["README.md", "docs/architecture.md"])
def test_the_page_leads_to_it(page: str) -> None:
    link = "(docs/glossary.md)" if page == "README.md" else "(glossary.md)"

    assert link in (REPOSITORY / page).read_text()
