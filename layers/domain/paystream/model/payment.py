"""What was paid, or is to be: an attempt to collect an invoice, or money that came by another way."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from paystream.model.outcome import CANCELED, Failure, PayableStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentLink:
    """A page of Stripe on which the customer pays: a checkout session. It has no `session_id` until it is made there.

    `gives_way`: somebody asked for a charge instead, so it is expired, and the next attempt follows.
    """

    session_id: str | None = None
    url: str | None = None
    expires_at: datetime | None = None
    gives_way: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """The customer has asked the bank for the money back. `status` and `reason` are Stripe's, `amount_cents` is what is
    disputed, in minor units of the dispute's currency.

    Source: https://docs.stripe.com/api/disputes/object
    """

    id: str
    status: str
    reason: str
    amount_cents: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One attempt to collect an invoice.

    `lago_id` is derived from the invoice and the attempt, and is the idempotency key at Stripe.

    `integration_id` names the account it was sent to: a code can be connected to another account later.

    `status` is Stripe's status of the payment intent, `payment_status` its meaning. `provider_created_at` is when
    Stripe made the intent: there it stands in lists. `unknown_tries` counts the requests whose outcome stayed unknown.
    With a `link` it is the customer who pays, and nothing is charged.
    """

    organization_id: str
    lago_id: str
    invoice_id: str
    invoice_number: str
    attempt: int
    external_customer_id: str
    lago_customer_id: str
    payment_provider_code: str
    integration_id: str
    provider_customer_id: str
    amount_cents: int
    currency: str
    created_at: datetime
    updated_at: datetime
    status: str = "pending"
    payment_status: PayableStatus = PayableStatus.PENDING
    provider_payment_id: str | None = None
    provider_created_at: datetime | None = None
    payment_method_id: str | None = None
    failure: Failure | None = None
    next_action: dict[str, Any] | None = None
    unknown_tries: int = 0
    link: PaymentLink | None = None
    dispute: Dispute | None = None

    @property
    def is_in_flight(self) -> bool:
        """Whether its outcome is still to come, as far as is known: an open link is on its way, too."""
        return self.payment_status in (PayableStatus.PENDING, PayableStatus.PROCESSING)

    @property
    def is_open_link(self) -> bool:
        """Whether the customer may pay on the link's page, as far as is known."""
        return self.link is not None and self.payment_status is PayableStatus.PENDING

    @property
    def is_to_be_closed(self) -> bool:
        """Whether money may come of it although nobody counts on it: it failed, or is a link whose page is open."""
        has_failed = self.payment_status is PayableStatus.FAILED and self.status != CANCELED
        return has_failed or self.is_open_link


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
