"""Which tests have to kill the mutants of which module of the model: the quickest first."""

from pathlib import Path

from template import REPOSITORY

MODEL = Path("layers/domain/paystream/model")

_OF_ALL = ("tests/unit/test_records.py",)
"""What holds for all records."""

_HANDLERS = {
    "attempts": ("invoice_created_repeats", "refusals_over_unwritten_successes", "create_payment"),
    "case": ("planned_retries", "invoice_created", "retry_payment"),
    "moves": ("planned_retries", "payment_url", "paused_integration"),
    "next_step": ("planned_retries", "settled_otherwise", "another_card", "older_attempts_that_are_paid"),
    "invoice": ("planned_retries", "create_invoice", "invoice_created_items", "change_invoice", "payment_url"),
    "refund": ("refund_payment", "second_payments"),
    "schedule": ("settle_due", "collect_due", "planned_retries", "payment_url", "settled_otherwise"),
    "settlement": ("planned_retries", "requires_action", "payment_result", "another_card", "settled_otherwise"),
}
"""Tests of handlers, where those of the module alone are not enough."""


NOT_HELD_YET = frozenset(
    {"attempts", "case", "invoice", "moves", "next_step", "refund", "schedule", "settlement", "standing", "steps"}
)
"""The core of docs/decisions/stages-and-steps.md: its survivors are counted, and fail nothing until each is killed or
explained.
"""


def modules() -> tuple[str, ...]:
    """The names of all modules of the model that have code."""
    return tuple(sorted(path.stem for path in (REPOSITORY / MODEL).glob("[!_]*.py")))


def killers(module: str) -> tuple[str, ...]:
    """The files of tests, relative to the repository."""
    handlers = (f"tests/functions/test_{name}.py" for name in _HANDLERS.get(module, ()))
    own = f"tests/unit/test_{module}.py"
    return (*((own,) if (REPOSITORY / own).exists() else ()), *_OF_ALL, *handlers)
