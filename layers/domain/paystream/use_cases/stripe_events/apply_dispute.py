"""Apply what Stripe says of a dispute. Events come in any order and more than once; foreign ones are ignored."""

from dataclasses import dataclass
from datetime import datetime

from paystream.lago.dispute_notifications import dispute_notifications
from paystream.model.dispute import settle_dispute
from paystream.model.integration import Integration
from paystream.model.payment_dispute import Dispute
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways
from paystream.steps.attempts.read_payments import on_record
from paystream.use_cases.stripe_events.find_payment_by_intent import find_payment_by_intent


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeEvent:
    """A dispute of a payment intent was opened, has changed, or has come to its end."""

    dispute: Dispute
    intent_id: str | None
    occurred_at: datetime


def apply_dispute_event(
    event: DisputeEvent, *, integration: Integration, stores: Stores, gateways: Gateways, now: datetime
) -> bool:
    """Keep it with the payment; False if that is not one of ours.

    Raises VersionConflictError, also while the payment is not on record yet: let Stripe repeat it; and what asking
    Stripe raises.
    """
    found = find_payment_by_intent(event.intent_id, integration=integration, stores=stores, gateways=gateways, now=now)
    if found is None:
        return False
    invoice, payment = found
    known = on_record(invoice, stores)
    settled = settle_dispute(invoice, payment, event.dispute, said_at=event.occurred_at, on_record=known, now=now)
    if settled:
        customer = stores.customers.get(invoice.organization_id, invoice.external_customer_id)
        stores.invoices.settle(settled.settlement, dispute_notifications(settled, customer, now))
    return True
