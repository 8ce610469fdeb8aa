"""The tables and the diagram of docs/architecture.md that follow from the code.

`python -m architecture_tables` writes them into the page; a test compares them.
"""

import sys
from collections.abc import Callable, Mapping

from paystream.model.next_step import RULES
from paystream.model.standing import LEADS_TO, SHAPES, Stage
from template import REPOSITORY

PAGE = REPOSITORY / "docs" / "architecture.md"


def stages_diagram() -> str:
    """Which stage may follow which, as a diagram in Mermaid."""
    lines = [f"    {before} --> {after}" for before in Stage for after in Stage if after in LEADS_TO[before]]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])


def stages_table() -> str:
    """What each stage means, and which fields say so."""
    rows = [
        f"| `{stage}` | {shape.meaning} | {shape.payment_status or 'any'} "
        f"| {_names(shape.needs)} | {_names(shape.allows)} |"
        for stage, shape in SHAPES.items()
    ]
    return "\n".join(
        ["| stage | means | `payment_status` | needs | allows |", "| --- | --- | --- | --- | --- |", *rows]
    )


def steps_table() -> str:
    """The rules of `next_step` in their precedence."""
    rows = [f"| {number} | {_title(rule)} | {_when(rule)} |" for number, rule in enumerate(RULES, start=1)]
    return "\n".join(["| | rule | when |", "| ---: | --- | --- |", *rows])


BLOCKS: Mapping[str, Callable[[], str]] = {
    "stages-diagram": stages_diagram,
    "stages-table": stages_table,
    "steps-table": steps_table,
}


def with_tables(page: str) -> str:
    """The page with each block as the code says. Raises KeyError for a block that is not there."""
    for name, block in BLOCKS.items():
        begin, end = f"<!-- {name}: from the code, make tables -->", f"<!-- end of {name} -->"
        if begin not in page or end not in page:
            raise KeyError(name)
        before, _, rest = page.partition(begin)
        page = f"{before}{begin}\n{block()}\n{end}{rest.partition(end)[2]}"
    return page


def _names(fields: frozenset[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(fields)) or "none"


def _title(rule: object) -> str:
    return str(getattr(rule, "__name__", "")).replace("_", " ")


def _when(rule: object) -> str:
    return " ".join(str(rule.__doc__).split())


def main() -> int:
    """Write them into the page."""
    PAGE.write_text(with_tables(PAGE.read_text()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
