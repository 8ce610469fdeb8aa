"""Which tests have to kill the mutants of which module of the model: the quickest first."""

from pathlib import Path

from template import REPOSITORY

MODEL = Path("layers/domain/paystream/model")

_OF_ALL = ("tests/unit/test_records.py",)
"""What holds for all records."""

_HANDLERS = {
    "invoice": ("planned_retries", "create_invoice", "invoice_created_items", "change_invoice", "payment_url"),
    "refund": ("refund_payment", "second_payments"),
    "schedule": ("settle_due", "collect_due", "planned_retries", "payment_url", "settled_otherwise"),
    "settlement": ("planned_retries", "requires_action", "payment_result", "another_card", "settled_otherwise"),
}
"""Tests of handlers, where those of the module alone are not enough."""


NOT_HELD_YET = frozenset({"invoice", "refund", "schedule", "settlement"})
"""They are being rewritten (docs/decisions/stages-and-steps.md): their survivors are counted, and fail nothing."""


def modules() -> tuple[str, ...]:
    """The names of all modules of the model that have code."""
    return tuple(sorted(path.stem for path in (REPOSITORY / MODEL).glob("[!_]*.py")))


def killers(module: str) -> tuple[str, ...]:
    """The files of tests, relative to the repository."""
    handlers = (f"tests/functions/test_{name}.py" for name in _HANDLERS.get(module, ()))
    own = f"tests/unit/test_{module}.py"
    return (*((own,) if (REPOSITORY / own).exists() else ()), *_OF_ALL, *handlers)
