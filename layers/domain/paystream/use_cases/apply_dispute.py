"""Apply what Stripe says of a dispute. Events come in any order and more than once; foreign ones are ignored."""

from dataclasses import dataclass
from datetime import datetime

from paystream.errors import VersionConflictError
from paystream.lago.dispute_notifications import dispute_notifications
from paystream.model.dispute import settle_dispute
from paystream.model.identifiers import derived_id
from paystream.model.integration import Integration
from paystream.model.payment import Dispute, Payment
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways
from paystream.use_cases.refused_key import stripe_asked


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeEvent:
    """A dispute of a payment intent was opened, or has come to its end."""

    dispute: Dispute
    intent_id: str | None
    occurred_at: datetime


def apply_dispute_event(
    event: DisputeEvent, *, integration: Integration, stores: Stores, gateways: Gateways, now: datetime
) -> bool:
    """Keep it with the payment; False if that is not one of ours. A dispute does not say whose it is: its intent does.

    Raises VersionConflictError, also while the payment is not on record yet: let Stripe repeat it; and what asking
    Stripe raises.
    """
    if event.intent_id is None:
        return False
    with stripe_asked(integration, "payment_intent.retrieve", stores=stores, gateways=gateways, now=now) as gateway:
        intent = gateway.intent(event.intent_id)
    if intent is None or intent.payment_id is None:
        return False
    disputed = _payment(intent.payment_id, event.intent_id, integration, stores)
    invoice = stores.invoices.get(integration.organization_id, disputed.invoice_id) if disputed else None
    if disputed is None or invoice is None:
        return False
    # Read again: the invoice's version vouches only for what was read after it.
    payment = stores.payments.get(disputed.organization_id, disputed.lago_id) or disputed
    settlement = settle_dispute(invoice, payment, event.dispute, occurred_at=event.occurred_at, now=now)
    if settlement:
        customer = stores.customers.get(invoice.organization_id, invoice.external_customer_id)
        stores.invoices.settle(settlement, dispute_notifications(settlement, customer, now))
    return True


def _payment(payment_id: str, intent_id: str, integration: Integration, stores: Stores) -> Payment | None:
    """The payment that the intent collected: a second success is a payment of its own. None if it is another account's.

    Raises VersionConflictError.
    """
    for lago_id in (payment_id, derived_id("payment", payment_id, intent_id)):
        payment = stores.payments.get(integration.organization_id, lago_id)
        if payment and payment.provider_payment_id == intent_id:
            return payment if integration.leads_to(payment) else None
    raise VersionConflictError("the disputed payment is not on record yet")
