"""Items that an application puts over its own, whatever has become of their invoices by then."""

from collections.abc import Callable, Mapping
from typing import Any

from .workload import Workload

_PUT = ("organization_id", "lago_id", "external_customer_id", "currency", "total_amount_cents")
_MOST = 100_000
_CURRENCIES = ("USD", "EUR", "GBP", "BRL")


def put_again(workload: Workload) -> None:
    """One of the invoices that were brought lately, as it was put: also one that is paid, by hand too, or void."""
    _replace_item(workload, lambda item: {})


def replace_with_another_currency(workload: Workload) -> None:
    _replace_item(workload, lambda item: {"currency": {"S": workload.world.random.choice(_CURRENCIES)}})


def replace_with_another_amount(workload: Workload) -> None:
    """More, or less, than before."""
    _replace_item(workload, lambda item: {"total_amount_cents": {"N": str(workload.world.random.randint(10, _MOST))}})


def replace_with_another_customer(workload: Workload) -> None:
    """Of the same organization."""

    def another(item: dict[str, Any]) -> dict[str, Any]:
        theirs = [one for one in workload.payers if one.organization_id == item["organization_id"]["S"]]
        return {"external_customer_id": {"S": workload.world.random.choice(theirs).external_id}}

    _replace_item(workload, another)


def replace_with_a_mistake(workload: Workload) -> None:
    _replace_item(workload, lambda item: workload.mistake(), kind="malformed")


def take_a_backup(workload: Workload) -> None:
    """Of the table, and with it of what Paystream has written there."""
    table = workload.world.database.tables["InvoicesTable"]
    kinds = workload.expected
    workload.backup = {key: (item, kinds[key]) for key in workload.recent if (item := table.get(key)) is not None}


def put_back_from_the_backup(workload: Workload) -> None:
    """One item, as it was. Nothing looks at one that was paid or voided by then: it learns what was refunded or paid
    again since with the next news of it only (docs/reliability.md#the-simulation).
    """
    still_open = [key for key, (item, _) in workload.backup.items() if "due_at" in item or "stage" not in item]
    if still_open:
        key = workload.world.random.choice(still_open)
        item, kind = workload.backup[key]
        workload.put(dict(item), kind, over=True)


def _replace_item(
    workload: Workload, changes: Callable[[dict[str, Any]], dict[str, Any]], *, kind: str = "put"
) -> None:
    table = workload.world.database.tables["InvoicesTable"]
    ours = [key for key in workload.recent if _is_taken_in(table.get(key) or {})]
    if not ours:
        return
    stored = table.get(workload.world.random.choice(ours)) or {}
    item = {name: dict(stored[name]) for name in _PUT if name in stored}
    workload.put(item | changes(item), kind, over=True)


def _is_taken_in(item: Mapping[str, Any]) -> bool:
    """Whether it is an invoice of ours by now, and right."""
    return "customer_key" in item and "problem" not in item
