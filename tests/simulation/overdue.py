"""What must hold of overdue invoices when all is quiet: each that is owed was notified once, and no other ever is."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from aws_in_memory.dynamodb.tables import Key
from aws_in_memory.dynamodb.values import Item

from .world import World

_LONGEST_DELAY = timedelta(hours=2)
"""From the time at which an invoice is overdue until that is notified: an attempt may have just begun."""

_OVERDUE = "invoice.payment_overdue"


def overdue_complaints(world: World) -> Iterator[str]:
    """Each thing that is wrong, in words."""
    now = datetime.fromtimestamp(world.clock.now(), UTC)
    for key, item in world.database.tables["InvoicesTable"].items():
        if "customer_key" not in item:
            continue
        notified = len(world.subscriber.keys(_OVERDUE, key[1]))
        if notified > 1:
            yield f"that invoice {key} is overdue was notified {notified} times"
        elif notified and not _is_overdue(item, now):
            yield f"that invoice {key} is overdue was notified before it was"
        elif not notified and _is_owed(item) and _is_overdue(item, now - _LONGEST_DELAY):
            yield f"that invoice {key} is overdue was never notified"
        yield from _remembered(key, item, notified)


def _remembered(key: Key, item: Item, notified: int) -> Iterator[str]:
    """What is owed is looked at for that no more; a backup that is put back may not know it, if it is owed no more."""
    if notified and _is_owed(item) and "overdue_notified_at" not in item:
        yield f"invoice {key} does not know that it was notified as overdue"


def _is_owed(item: Item) -> bool:
    """Neither paid nor voided, nor parked."""
    is_paid = item["payment_status"]["S"] == "succeeded"
    return not is_paid and item["status"]["S"] == "finalized" and "problem" not in item


def _is_overdue(item: Item, now: datetime) -> bool:
    last_day = item.get("payment_due_date", item["issuing_date"])["S"]
    return str(last_day) < now.date().isoformat()
