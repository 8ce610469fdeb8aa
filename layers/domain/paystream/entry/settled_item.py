"""What an item says of itself: that it was paid, or voided, or is not owed yet. It may contradict itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from paystream.entry.invoice_input import Owed
from paystream.entry.refused_words import NOT_SUPPORTED, is_said, refused_of_amount, refused_of_lines
from paystream.errors import InvalidInputError
from paystream.model.currency import smallest_step

_CLOCKS_DIFFER_BY = timedelta(hours=1)
_EARLIEST_DATE = timedelta(hours=14)
"""So far ahead of UTC is the date where a day begins first."""

_SAYS_LESS_IS_OWED = ("payment_dispute_lost_at", "total_offsetted_credit_note_amount_cents", "voided_at")

ItemStatus = Literal["finalized", "voided"]
"""Lago's `status` of what is owed, or is owed no more; its other words are of invoices that are not made yet."""

ItemPaymentStatus = Literal["pending", "succeeded", "failed", "unpaid"]
"""Lago's `payment_status`, and the plain word for what is owed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """In Lago's words, where it says any; amounts in minor units."""

    status: ItemStatus | None
    payment_status: ItemPaymentStatus | None
    paid_cents: int | None
    due_cents: int | None


def paid_before(item: Owed, said: Said, values: Mapping[str, Any], *, seen_at: datetime) -> int:
    """What was paid before the item was put, in minor units; `values` is the item as it was put.

    Raises InvalidInputError if it contradicts itself, or is not owed now and does not say why.
    """
    total = item.owed()
    paid = _paid(total, said)
    if paid < total and said.status != "voided":
        wrong = refused_of_lines(values) | _not_owed_now(values, seen_at)
        if item.total_amount_cents is None:
            wrong |= refused_of_amount(values)
        if item.currency and paid % smallest_step(item.currency):
            wrong["total_paid_amount_cents"] = ["amount_not_in_steps"]
        if wrong:
            raise InvalidInputError(wrong)
    return paid


def _paid(total: int, said: Said) -> int:
    """Raises InvalidInputError."""
    is_paid = said.payment_status == "succeeded"
    paid = _said_to_be_paid(total, said) if said.paid_cents is None else said.paid_cents
    if not 0 <= paid <= total:
        name = "total_due_amount_cents" if said.paid_cents is None else "total_paid_amount_cents"
        raise InvalidInputError({name: ["value_is_out_of_range"]})
    if said.due_cents not in (None, total - paid):
        code = "does_not_match_payment_status" if is_paid else "does_not_match_payments"
        raise InvalidInputError({"total_due_amount_cents": [code]})
    if said.payment_status is not None and total and is_paid is not (paid == total):
        raise InvalidInputError({"payment_status": ["does_not_match_payments"]})
    return paid


def _said_to_be_paid(total: int, said: Said) -> int:
    """Where only the status, or what is due, says it."""
    if said.payment_status == "succeeded":
        return total
    return 0 if said.due_cents is None else total - said.due_cents


def _not_owed_now(values: Mapping[str, Any], seen_at: datetime) -> dict[str, list[str]]:
    wrong = {name: [NOT_SUPPORTED] for name in _SAYS_LESS_IS_OWED if is_said(values.get(name))}
    if values.get("ready_for_payment_processing") is False:
        wrong["ready_for_payment_processing"] = [NOT_SUPPORTED]
    if _is_ahead(values.get("created_at"), seen_at + _CLOCKS_DIFFER_BY):
        wrong["created_at"] = ["value_is_in_the_future"]
    issued_on = values.get("issuing_date")
    if issued_on is not None and issued_on > (seen_at + _EARLIEST_DATE).date().isoformat():
        wrong["issuing_date"] = ["value_is_in_the_future"]
    return wrong


def _is_ahead(created_at: str | None, latest: datetime) -> bool:
    return created_at is not None and datetime.fromisoformat(created_at) > latest
