"""The item that an application puts into the invoices table."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic import StrictBool as Flag
from pydantic_core import PydanticCustomError

from paystream.entry.invoice_input import Amount, Currency, Day, Name, Owed, Timestamp
from paystream.entry.settled_item import ItemPaymentStatus, ItemStatus, Said, paid_before
from paystream.entry.validation import own_code, validated
from paystream.errors import InvalidInputError
from paystream.model.invoice import MOST_REJECTED, Invoice, Problem
from paystream.model.moves import PARKED, known_to_wait_for, new_standing
from paystream.model.payment_term import payment_term
from paystream.model.schedule import COLLECTED_BY_THEN

LARGEST_ITEM = 380 * 1024
"""As JSON, in bytes. DynamoDB takes 400 KB, and what becomes of the invoice is written beside what was put."""

NO_CURRENCY = "XXX"
"""ISO 4217's code for "no currency": shown for a parked item that names none."""

_NOT_MADE_YET = ("draft", "generating", "open", "pending", "closed", "failed")
"""Words of Lago's for an invoice that is not owed: https://github.com/getlago/lago-api/blob/main/app/models/invoice.rb"""

_KEPT_WHEN_PARKED = ("external_customer_id", "number", "currency", "total_amount_cents")


def _is_made(status: object) -> object:
    """An item that is a draft is taken in when it is put again as what it has become."""
    if status in _NOT_MADE_YET:
        raise PydanticCustomError(own_code("not_finalized"), "it is not owed yet")
    return status


class InvoiceItem(Owed):
    """An item that an application puts into the invoices table. Attributes beyond these are not read, but for Lago's
    words that would say that less is owed.
    """

    organization_id: Name
    lago_id: Name
    currency: Currency
    created_at: Timestamp | None = None
    issuing_date: Day | None = None
    self_billed: Flag | None = None
    status: Annotated[ItemStatus | None, BeforeValidator(_is_made)] = None
    payment_status: ItemPaymentStatus | None = None
    total_paid_amount_cents: Amount | None = None
    total_due_amount_cents: Amount | None = None

    def said(self) -> Said:
        return Said(
            status=self.status,
            payment_status=self.payment_status,
            paid_cents=self.total_paid_amount_cents,
            due_cents=self.total_due_amount_cents,
        )


def invoice_from_item(values: dict[str, Any], *, seen_at: datetime) -> Invoice:
    """The invoice of an item; one that breaks the contract has a `problem` and what was sent with it in `rejected`.

    `seen_at` is when the item was put: from then on it may have been sent to Stripe, whatever its `created_at` says.
    What it says was paid, or was voided, it says of the time before.
    """
    try:
        item = validated(InvoiceItem, values)
        _check_size(values)
        created_at = item.created_at or seen_at
        issued_on = item.issuing_date or created_at.date()
        term = payment_term(issued_on, days=item.net_payment_term, due_date=item.payment_due_date)
        paid = paid_before(item, item.said(), values, seen_at=seen_at)
    except InvalidInputError as invalid:
        return _parked(values, invalid, seen_at)
    return Invoice(
        organization_id=item.organization_id,
        lago_id=item.lago_id,
        external_customer_id=item.external_customer_id,
        number=item.number or item.lago_id,
        currency=item.currency,
        total_amount_cents=item.owed(),
        total_paid_amount_cents=paid,
        voided_at=seen_at if item.status == "voided" else None,
        fees=item.lines(),
        metadata=item.pairs(),
        created_at=created_at,
        updated_at=seen_at,
        issuing_date=issued_on,
        purchase_order_number=item.purchase_order_number,
        net_payment_term=term.days,
        payment_due_date=term.due_date,
        attempt_started_at=seen_at,
        skip_psp=item.on_request(),
        own_payment_method_id=item.method_id(),
        chosen_payment_method_id=item.method_id(),
        self_billed=bool(item.self_billed),
        standing=new_standing(
            owed=True,
            due_at=seen_at + COLLECTED_BY_THEN,
            waiting_for=known_to_wait_for(skip_psp=item.on_request(), self_billed=bool(item.self_billed)),
        ),
    )


def _check_size(values: dict[str, Any]) -> None:
    """Before Stripe is called: an outcome that cannot be written beside what was put would be lost."""
    if len(_as_text(values).encode()) > LARGEST_ITEM:
        raise InvalidInputError({"item": ["value_is_too_long"]})


def _parked(values: dict[str, Any], invalid: InvalidInputError, seen_at: datetime) -> Invoice:
    """What is right of the item stands in its place; all that has no place there is kept in `rejected`."""
    wrong = {field.partition(".")[0] for field in invalid.details}
    right = {name: values[name] for name in _KEPT_WHEN_PARKED if values.get(name) is not None and name not in wrong}
    contract = InvoiceItem.model_fields.keys() - {"organization_id", "lago_id"}
    return Invoice(
        organization_id=values["organization_id"],
        lago_id=values["lago_id"],
        external_customer_id=right.get("external_customer_id", ""),
        number=right.get("number", values["lago_id"]),
        currency=right.get("currency", NO_CURRENCY),
        total_amount_cents=right.get("total_amount_cents", 0),
        created_at=seen_at,
        updated_at=seen_at,
        issuing_date=seen_at.date(),
        standing=PARKED,
        problem=Problem(code="invalid_item", details=invalid.details),
        rejected=_as_text({name: values[name] for name in sorted(contract & values.keys() - right.keys())})[
            :MOST_REJECTED
        ],
    )


def _as_text(values: dict[str, Any]) -> str:
    """JSON, since DynamoDB does not take back every number that it gives; what JSON has no form for, as Python's."""
    return json.dumps(values, ensure_ascii=False, default=_as_python_shows)


def _as_python_shows(value: object) -> str:
    return str(value) if isinstance(value, Decimal) else repr(value)
