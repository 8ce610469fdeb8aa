"""A mutant that was made by hand."""

from dataclasses import dataclass

FUNCTIONS = "tests/functions"
STORIES = "tests/simulation/test_money.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One guard, removed. `name` says what the product does then.

    `text` stands exactly once in the file at `path`, which is relative to `layers/domain/paystream`; `replacement`
    takes its place. `killers` are pytest's node ids: at least one of these tests has to fail.
    """

    name: str
    path: str
    text: str
    replacement: str
    killers: tuple[str, ...]
