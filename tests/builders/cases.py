"""Cases, as they are loaded for a decision: for tests that need no world."""

from datetime import timedelta
from typing import Any

from paystream.model.case import Case, Occasion, Payer
from paystream.model.invoice import Invoice
from paystream.model.outcome import PayableStatus
from paystream.model.payment import Payment

from builders.records import RECORDED_AT, customer_record, integration_record, payment_record

DECIDED_AT = RECORDED_AT + timedelta(hours=1)
"""When something is decided about a case."""

ACCOUNT = integration_record()
CHARGEABLE = customer_record(
    payment_provider="stripe",
    payment_provider_code="stripe",
    integration_id="integration",
    provider_customer_id="cus_1",
    payment_method_id="pm_1",
)
"""A customer of this account, with a card."""
PAYER = Payer(CHARGEABLE, ACCOUNT)


def case_record(invoice: Invoice, *attempts: Payment, **fields: Any) -> Case:
    """The case of an invoice that is due: `acme` can be charged, and all attempts were sent through its account.
    `fields` are what is otherwise.
    """
    found: dict[str, Any] = {
        "occasion": Occasion.DUE,
        "now": DECIDED_AT,
        "customer": CHARGEABLE,
        "account": ACCOUNT,
        "sent_through": {one.lago_id: ACCOUNT for one in attempts},
    }
    return Case(invoice=invoice, attempts=attempts, **(found | fields))


def attempt_record(payment_status: PayableStatus, status: str = "", **fields: Any) -> Payment:
    """The first attempt, of which this is known; Stripe's status is the same word where none is given."""
    return payment_record(payment_status=payment_status, status=status or payment_status.value, **fields)
