"""What the fields of a stored invoice must not say together."""

from collections.abc import Iterator

from aws_in_memory.dynamodb.values import Item


def contradictions(invoice: Item, payment: Item | None) -> Iterator[str]:
    """What contradicts itself in an invoice of ours, in words; `payment` is that of its last attempt, if it is on
    record.
    """
    status = invoice["payment_status"]["S"]
    is_ended = status == "succeeded" or invoice["status"] == {"S": "voided"}
    is_planned = {"next_retry_at", "planned_payment_method_id"} & invoice.keys()
    if is_ended:
        yield from (f"has ended, and has {name}" for name in sorted(is_planned | _waits(invoice)))
    elif status == "pending" and "problem" not in invoice:
        yield from (f"is pending, and has {name}" for name in sorted(is_planned) if not _is_link(payment))
        if _follows(invoice):
            yield "is pending, and a page is to follow"


def _waits(invoice: Item) -> set[str]:
    return {"waiting_for", "paused_integration_id"} & invoice.keys()


def _follows(invoice: Item) -> bool:
    return invoice.get("link_follows") == {"BOOL": True}


def _is_link(payment: Item | None) -> bool:
    """Whether a page is open, or what was chosen there is on its way: the plan is kept for the time after."""
    return payment is not None and "link" in payment and payment["payment_status"]["S"] in ("pending", "processing")
