"""Apply what Stripe says of a refund, ours or one that a person made at Stripe. Events come in any order and more than
once; foreign ones are ignored.
"""

from dataclasses import dataclass
from datetime import datetime

from paystream.model.integration import Integration
from paystream.model.refund import RefundOutcome
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways
from paystream.steps.refunds.record_refund import record_refund
from paystream.use_cases.stripe_events.find_payment_by_intent import find_payment_by_intent


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundEvent:
    """A refund of a payment intent was made, or has reached a new status."""

    outcome: RefundOutcome
    intent_id: str | None


def apply_refund_event(
    event: RefundEvent, *, integration: Integration, stores: Stores, gateways: Gateways, now: datetime
) -> bool:
    """Keep it with the payment; False if that is not one of ours.

    Raises VersionConflictError, also while the payment is not on record yet: let Stripe repeat it; and what asking
    Stripe raises.
    """
    found = find_payment_by_intent(event.intent_id, integration=integration, stores=stores, gateways=gateways, now=now)
    if found is None:
        return False
    invoice, payment = found
    record_refund(invoice, payment, event.outcome, stores=stores, now=now)
    return True
