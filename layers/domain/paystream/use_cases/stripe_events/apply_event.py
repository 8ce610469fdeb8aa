"""Apply what an event of Stripe means, whichever way it became known: posted, or read from Stripe's list."""

from collections.abc import Callable
from datetime import datetime
from typing import assert_never

from paystream.model.integration import Integration
from paystream.ports.messages import CollectionQueue
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways
from paystream.use_cases.stripe_events.apply_customer import CustomerDeleted, apply_customer_deleted
from paystream.use_cases.stripe_events.apply_dispute import DisputeEvent, apply_dispute_event
from paystream.use_cases.stripe_events.apply_intent import IntentEvent, apply_intent_event
from paystream.use_cases.stripe_events.apply_payment_method import apply_payment_method_event
from paystream.use_cases.stripe_events.apply_refund import RefundEvent, apply_refund_event
from paystream.use_cases.stripe_events.payment_method_events import (
    DefaultChanged,
    MethodAttached,
    MethodDetached,
    MethodRenewed,
    MethodSaved,
)
from paystream.use_cases.stripe_events.stripe_event import StripeEvent


def apply_event(
    meaning: StripeEvent,
    integration: Integration,
    *,
    stores: Stores,
    gateways: Callable[[], Gateways],
    queue: CollectionQueue,
    now: datetime,
) -> bool:
    """Whether it was about something of ours. Safe to repeat, in any order. `gateways` is called by what asks Stripe
    only: its library takes long to load.

    Raises VersionConflictError, and what asking Stripe raises: repeat it.
    """
    match meaning:
        case IntentEvent():
            is_ours = apply_intent_event(meaning, integration=integration, stores=stores, gateways=gateways, now=now)
            saved = meaning.saved_method if is_ours else None
            if saved:
                apply_payment_method_event(
                    saved, integration=integration, stores=stores, gateways=gateways(), queue=queue, now=now
                )
            return is_ours
        case DisputeEvent():
            return apply_dispute_event(meaning, integration=integration, stores=stores, gateways=gateways(), now=now)
        case RefundEvent():
            return apply_refund_event(meaning, integration=integration, stores=stores, gateways=gateways(), now=now)
        case MethodSaved() | DefaultChanged() | MethodAttached() | MethodDetached() | MethodRenewed():
            return apply_payment_method_event(
                meaning, integration=integration, stores=stores, gateways=gateways(), queue=queue, now=now
            )
        case CustomerDeleted():
            return apply_customer_deleted(meaning, integration=integration, stores=stores, queue=queue, now=now)
        case _:
            assert_never(meaning)
