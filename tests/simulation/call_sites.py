"""Where Paystream's adapters call AWS and Stripe, read from their source."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from template import REPOSITORY

from .effects import Site

_LAYER = REPOSITORY / "layers" / "domain"
_CLIENTS = frozenset({"client", "_client", "_v1"})
"""The names under which adapters keep a client: what is called on it is an effect."""


@dataclass(frozen=True, slots=True, order=True)
class CallSite:
    """One call of a client in the source; lines are those of the call's first and last line."""

    module: str
    first_line: int
    last_line: int
    operation: str

    def has(self, site: Site) -> bool:
        return site.module == self.module and self.first_line <= site.line <= self.last_line


def call_sites() -> list[CallSite]:
    """All calls of AWS or Stripe in `paystream.adapters`, in order."""
    found = []
    for path in sorted((_LAYER / "paystream" / "adapters").rglob("*.py")):
        module = ".".join(path.relative_to(_LAYER).with_suffix("").parts)
        found += list(_calls(module, ast.parse(path.read_text())))
    return sorted(found)


def _calls(module: str, tree: ast.AST) -> Iterator[CallSite]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            chain = _chain(node.func)
            owner = next((place for place, name in enumerate(chain[:-1]) if name in _CLIENTS), None)
            if owner is not None:
                operation = ".".join(chain[owner + 1 :])
                yield CallSite(module, node.lineno, node.end_lineno or node.lineno, operation)


def _chain(node: ast.expr) -> list[str]:
    """The names of `self._v1.customers.create`, outermost last."""
    if isinstance(node, ast.Attribute):
        return [*_chain(node.value), node.attr]
    return [node.id] if isinstance(node, ast.Name) else []
