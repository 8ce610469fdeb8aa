"""What a payment intent names: by it, its events and those who look it up know whose it is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from paystream.model.identifiers import payment_id
from paystream.model.invoice import Invoice
from paystream.model.payment import Payment

_ATTEMPT = re.compile(r"[1-9][0-9]{0,3}")


@dataclass(frozen=True, slots=True)
class NamedAttempt:
    """An attempt to collect an invoice, and the id of its payment."""

    invoice_id: str
    attempt: int
    payment_id: str


def intent_metadata(invoice: Invoice, payment: Payment) -> dict[str, str]:
    """Lago's names, and the attempt."""
    return {
        "lago_invoice_id": invoice.lago_id,
        "lago_customer_id": payment.lago_customer_id,
        "lago_organization_id": invoice.organization_id,
        "lago_payment_id": payment.lago_id,
        "lago_payable_id": invoice.lago_id,
        "lago_payable_type": "Invoice",
        "invoice_issuing_date": invoice.issuing_date.isoformat(),
        "invoice_type": "one_off",
        "paystream_attempt": str(payment.attempt),
    }


def named_attempt(metadata: Mapping[str, str], organization_id: str) -> NamedAttempt | None:
    """The organization's attempt that is named; None if none is. Lago gives such names, too, but of other payments."""
    invoice_id, attempt = metadata.get("lago_invoice_id", ""), metadata.get("paystream_attempt", "")
    if not _ATTEMPT.fullmatch(attempt):
        return None
    named = NamedAttempt(invoice_id, int(attempt), payment_id(organization_id, invoice_id, int(attempt)))
    is_ours = (metadata.get("lago_organization_id"), metadata.get("lago_payment_id")) == (
        organization_id,
        named.payment_id,
    )
    return named if is_ours else None
