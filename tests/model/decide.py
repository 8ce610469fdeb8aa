"""The state machine of the model is the product's own: `paystream.model.settlement.settle`."""

from datetime import UTC, date, datetime
from functools import cache
from typing import NamedTuple

from builders.standings import standing
from paystream.model.invoice import Invoice
from paystream.model.outcome import CANCELED, Outcome, PayableStatus, payable_status
from paystream.model.payment import Payment
from paystream.model.settlement import settle
from paystream.model.standing import PaymentStatus

NOW = datetime(2027, 1, 1, tzinfo=UTC)


class Decision(NamedTuple):
    """The part of a settlement that the model keeps."""

    invoice_status: str
    attempt: int
    is_open: bool
    payment_status: str
    notified: tuple[str, ...]


@cache
def decide(
    invoice_status: str, invoice_attempt: int, attempt: int, payment_status: str, *, intent_status: str, heard: str
) -> Decision | None:
    """What `settle` makes of an intent's status that was heard of an attempt."""
    settlement = settle(
        invoice_of(invoice_status, invoice_attempt),
        payment_of(attempt, payment_status, intent_status),
        Outcome(status=meaning(heard), intent_status=_stripes_word(heard), intent_id="pi_1"),
        now=NOW,
    )
    if settlement is None:
        return None
    return Decision(
        settlement.invoice.payment_status.value,
        settlement.invoice.attempt,
        settlement.invoice.is_open,
        settlement.payment.payment_status.value,
        tuple(webhook_type.value for webhook_type in settlement.notify),
    )


def _stripes_word(heard: str) -> str:
    """An expired link is a canceled payment: nothing can come of it any more."""
    return CANCELED if heard == "expired" else heard


def meaning(intent_status: str) -> PayableStatus:
    """A refusal without an intent, and a link that has ended, are failures too."""
    ended = intent_status in ("failed", "expired")
    return PayableStatus.FAILED if ended else payable_status(intent_status)


def invoice_of(status: str, attempt: int) -> Invoice:
    """An invoice of the product in a state of the model."""
    return Invoice(
        organization_id="org",
        lago_id="invoice",
        external_customer_id="customer",
        number="1",
        currency="EUR",
        total_amount_cents=100,
        created_at=NOW,
        updated_at=NOW,
        issuing_date=date(2027, 1, 1),
        standing=standing(payment_status=PaymentStatus(status), due_at=NOW),
        attempt=attempt,
    )


def payment_of(attempt: int, status: str, intent_status: str) -> Payment:
    """A payment of the product in a state of the model."""
    return Payment(
        organization_id="org",
        lago_id=f"payment {attempt}",
        invoice_id="invoice",
        invoice_number="1",
        attempt=attempt,
        external_customer_id="customer",
        lago_customer_id="customer",
        payment_provider_code="stripe",
        integration_id="integration",
        provider_customer_id="cus_1",
        amount_cents=100,
        currency="EUR",
        created_at=NOW,
        updated_at=NOW,
        status=intent_status,
        payment_status=PayableStatus(status),
    )
