"""What the sandbox assumes of Stripe because no document says it: `# Assumed (name): what` where it does so."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .comparison import Difference, table
from .run import SHAPES

_SANDBOX = Path(__file__).parents[1] / "stripe"
_MARK = re.compile(r"# Assumed \((?P<name>[a-z0-9-]+)\): (?P<text>.+(?:\n\s*# (?!Assumed).+)*)")
_NO_REQUEST = {
    "automatic-updates": "no test card has an updater",
    "appeals": "no test card's dispute is appealed",
    "lock-timeout": "it takes two requests at once, and luck",
    "settlement": "what takes days takes minutes in test mode",
}
"""What no request of a test account settles, and why."""
_WIDTHS = (30, 42, 24)


@dataclass(frozen=True, slots=True)
class Assumption:
    """`text` says what is assumed; `places` are files of the sandbox."""

    name: str
    text: str
    places: tuple[str, ...]

    @property
    def settled_by(self) -> tuple[str, ...]:
        """The requests whose answers settle it."""
        return tuple(shape.name for shape in SHAPES if self.name in shape.settles)

    @property
    def why_not(self) -> str | None:
        """Why no request does."""
        return _NO_REQUEST.get(self.name)


@cache
def assumptions() -> tuple[Assumption, ...]:
    """All that are marked, by name."""
    places: dict[str, list[str]] = defaultdict(list)
    texts: dict[str, str] = {}
    for path in sorted(_SANDBOX.rglob("*.py")):
        for mark in _MARK.finditer(path.read_text()):
            places[mark["name"]].append(str(path.relative_to(_SANDBOX.parent)))
            texts.setdefault(mark["name"], re.sub(r"\s*\n\s*# ", " ", mark["text"]))
    return tuple(Assumption(name, texts[name], tuple(places[name])) for name in sorted(texts))


def table_of_assumptions(answered: Collection[str] = (), found: Sequence[Difference] = ()) -> Iterator[str]:
    """What settles each, and what it has come to: `answered` are the shapes that Stripe has answered."""
    differing = {one.shape for one in found}
    rows = [
        (
            f"{one.name}: {one.text}",
            "; ".join(one.settled_by) or f"no request: {one.why_not}",
            _result(one, answered, differing),
        )
        for one in assumptions()
    ]
    return table(rows, ("what the sandbox assumes", "what settles it", "result"), _WIDTHS)


def _result(assumption: Assumption, answered: Collection[str], differing: set[str]) -> str:
    if not assumption.settled_by or not {*assumption.settled_by} <= {*answered}:
        return "assumed"
    wrong = [name for name in assumption.settled_by if name in differing]
    return f"look at: {'; '.join(wrong)}" if wrong else "as Stripe answers"
