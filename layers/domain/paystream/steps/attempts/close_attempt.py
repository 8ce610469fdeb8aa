"""Close an attempt that failed: see to it at Stripe that nothing can come of it any more, or learn what did.

A failed intent can still be confirmed: by the customer, or by anybody who may write to the account. And a refusal that
has no intent is not kept under its idempotency key, so a function that is still at work can charge under it.
"""

from datetime import datetime

from paystream.model.attempts import started_at
from paystream.model.customer import Customer
from paystream.model.integration import Integration
from paystream.model.invoice import Invoice
from paystream.model.outcome import CANCELED, Outcome, PayableStatus, gone
from paystream.model.payment import Payment, ended_on_page
from paystream.model.schedule import LONGEST_REQUEST
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways, PaymentGateway
from paystream.steps.accounts.connected import account_of
from paystream.steps.accounts.refused_key import calls_stripe
from paystream.steps.attempts.record_outcome import record_outcome
from paystream.steps.pages.payment_link import close_page, outwait


def close_attempt(
    invoice: Invoice, payment: Payment, customer: Customer, *, stores: Stores, gateways: Gateways, now: datetime
) -> tuple[Invoice, bool]:
    """The updated invoice, and whether the payment is closed: not so if it has succeeded, which is recorded, or
    is on its way after all. A page is expired.

    Safe to repeat. Raises TooEarlyError while a function may be at work under a key that leads to no intent,
    NotFoundError if the account is not connected any more, and what asking Stripe raises.
    """
    if payment.status == CANCELED:
        return invoice, True
    integration, since = account_of(payment, stores), started_at(invoice, payment)
    outcome = close_at_stripe(payment, integration, since=since, stores=stores, gateways=gateways, now=now)
    if outcome is None:
        return invoice, True
    if outcome.status is PayableStatus.PROCESSING:
        return invoice, False
    recorded = record_outcome(
        invoice, ended_on_page(payment, outcome), outcome, customer=customer, stores=stores, now=now
    )
    return recorded, outcome.intent_status == CANCELED


def close_at_stripe(
    payment: Payment,
    integration: Integration,
    *,
    since: datetime,
    stores: Stores,
    gateways: Gateways,
    now: datetime,
) -> Outcome | None:
    """Cancel the payment's intent, or expire its page; what has become of it, None if there is none. `since` is the
    earliest time at which it can have been sent.

    Raises TooEarlyError while a function may be at work under a key that leads to no intent, and what asking Stripe
    raises.
    """
    if payment.provider_payment_id is None and not (payment.link and payment.link.session_id):
        outwait(payment, now)
    action = "checkout.session.expire" if payment.link else "payment_intent.cancel"
    with calls_stripe(integration, action, stores=stores, gateways=gateways, now=now) as gateway:
        return close_page(payment, gateway) if payment.link else _cancel(payment, gateway, since - LONGEST_REQUEST)


def _cancel(payment: Payment, gateway: PaymentGateway, since: datetime) -> Outcome | None:
    """What has become of the intent; None if none was made. One that is gone is closed."""
    intent_id = payment.provider_payment_id
    if intent_id is None:
        found = gateway.find_payment(
            payment_id=payment.lago_id,
            provider_customer_id=payment.provider_customer_id,
            since=since,
        )
        intent_id = found.intent_id if found else None
    return gateway.cancel_payment(intent_id) or gone(intent_id) if intent_id else None
