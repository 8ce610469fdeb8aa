"""Money for an invoice that came outside of Stripe."""

from dataclasses import dataclass
from datetime import datetime

from paystream.model.payment import Payment


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualPayment:
    """Money that came outside of Stripe. `created_at` is when it was paid, `reference` what it is known by there."""

    organization_id: str
    lago_id: str
    invoice_id: str
    invoice_number: str
    external_customer_id: str
    amount_cents: int
    currency: str
    reference: str
    created_at: datetime
    updated_at: datetime
    lago_customer_id: str | None = None


AnyPayment = Payment | ManualPayment
