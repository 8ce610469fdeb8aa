"""The figures when all is quiet: what was counted is what the tables say, invoice by invoice and row by row."""

from collections import Counter
from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any, cast

from aws_in_memory.dynamodb.values import Item
from paystream.adapters.dynamodb.database import Database, Tables
from paystream.adapters.dynamodb.figures import DynamoFigures
from paystream.adapters.dynamodb.invoices import DynamoInvoices
from paystream.adapters.dynamodb.payments import DynamoPayments
from paystream.ports.stores import Stores
from paystream.use_cases.figures.check_figures import Part, check_figures
from world.world import TABLES

from .world import World

_MEASURES = {
    ("day", "collected_cents"): "collected",
    ("day", "refunded_cents"): "refunded",
    ("open", "amount_cents"): "open",
    ("open", "invoices"): "open invoices",
}
_GOES_NOT_BACK = ("failed", "canceled")

Sums = Counter[tuple[str, str, str]]
"""By organization, currency, and what it is."""


def figure_complaints(world: World) -> Iterator[str]:
    """Each thing that is wrong, in words: by the operator's check, and by sums that know nothing of how it counts."""
    for what in _found_by_check(world):
        yield f"the figures differ from the tables: {what}"
    counted, there = _counted(world), _there(world)
    for key in sorted(counted.keys() | there.keys()):
        if counted[key] != there[key]:
            yield f"the figures say of {key} {counted[key]}, the tables {there[key]}"


def _found_by_check(world: World) -> Iterator[Any]:
    stores, rows = _stores(world), Counter[Any]()
    for part in Part:
        cursor, is_begun = None, False
        while cursor or not is_begun:
            page, is_begun = check_figures(part, stores=stores, cursor=cursor), True
            yield from page.miscounted
            for one in page.differences:
                rows[one.organization_id, one.row, one.measure] += one.number
            cursor = page.next_cursor
    yield from ((key, number) for key, number in rows.items() if number)


def _stores(world: World) -> Stores:
    """Those that a check reads, past all weather."""
    database = Database(cast("Any", world.database), Tables(**TABLES))
    read = SimpleNamespace(
        figures=DynamoFigures(database), invoices=DynamoInvoices(database), payments=DynamoPayments(database)
    )
    return cast("Stores", read)


def _counted(world: World) -> Sums:
    sums: Sums = Counter()
    for (organization_id, name), item in world.database.tables["FiguresTable"].items():
        kind, _, rest = name.partition("#")
        for measure, content in item.items():
            if (kind, measure) in _MEASURES:
                sums[organization_id, rest.split("#")[1], _MEASURES[kind, measure]] += int(content["N"])
    return sums


def _there(world: World) -> Sums:
    sums: Sums = Counter()
    tables = world.database.tables
    for (organization_id, _), item in tables["PaymentsTable"].items():
        for what, amount in _of_payment(item):
            sums[organization_id, item["currency"]["S"], what] += amount
    for (organization_id, _), item in tables["InvoicesTable"].items():
        if "customer_key" in item and _is_owed(item):
            paid, total = (int(item[name]["N"]) for name in ("total_paid_amount_cents", "total_amount_cents"))
            sums[organization_id, item["currency"]["S"], "open"] += max(total - paid, 0)
            sums[organization_id, item["currency"]["S"], "open invoices"] += 1
    return sums


def _of_payment(item: Item) -> Iterator[tuple[str, int]]:
    """What is on record without an attempt came by hand."""
    if "attempt" not in item or item["payment_status"] == {"S": "succeeded"}:
        yield "collected", int(item["amount_cents"]["N"])
    for refund in item.get("refunds", {"L": []})["L"]:
        if refund["M"]["status"]["S"] not in _GOES_NOT_BACK:
            yield "refunded", int(refund["M"]["amount_cents"]["N"])


def _is_owed(item: Mapping[str, Any]) -> bool:
    is_finalized = item["status"] == {"S": "finalized"} and "problem" not in item
    return is_finalized and item["payment_status"] != {"S": "succeeded"}
