"""Stripe's events in our words. Needs no Stripe library."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Literal, cast

from paystream.adapters.stripe.fields import (
    needed_text,
    needed_time,
    needed_whole,
    part,
    reference,
    text,
    texts,
    unreadable_field,
)
from paystream.adapters.stripe.intents import currency_of, outcome_from_intent
from paystream.adapters.stripe.refund_objects import refund_outcome
from paystream.model.payment_dispute import Dispute
from paystream.use_cases.stripe_events.apply_customer import CustomerDeleted
from paystream.use_cases.stripe_events.apply_dispute import DisputeEvent
from paystream.use_cases.stripe_events.apply_intent import IntentEvent
from paystream.use_cases.stripe_events.apply_refund import RefundEvent
from paystream.use_cases.stripe_events.payment_method_events import (
    DefaultChanged,
    MethodAttached,
    MethodDetached,
    MethodRenewed,
    MethodSaved,
)
from paystream.use_cases.stripe_events.stripe_event import StripeEvent

EventType = Literal[
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.canceled",
    "payment_intent.processing",
    "payment_intent.requires_action",
    "payment_intent.partially_funded",
    "setup_intent.succeeded",
    "customer.updated",
    "customer.deleted",
    "payment_method.attached",
    "payment_method.detached",
    "payment_method.updated",
    "payment_method.automatically_updated",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "charge.dispute.closed",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.refund.updated",
]


def event_from_json(event: Mapping[str, Any]) -> StripeEvent | None:
    """What an event says; None if it is of a type we don't handle or about nobody's customer. Raises
    UnreadableObjectError.

    Source: https://docs.stripe.com/api/events/types
    """
    read = _READERS.get(cast("EventType", needed_text(event, "type")))
    return read(event) if read else None


def _intent(event: Mapping[str, Any]) -> IntentEvent:
    intent = _object(event)
    return IntentEvent(
        metadata=texts(intent, "metadata"),
        amount_cents=needed_whole(intent, "amount"),
        currency=_currency(intent),
        provider_customer_id=reference(intent, "customer"),
        outcome=outcome_from_intent(intent),
        idempotency_key=text(part(event, "request"), "idempotency_key"),
        occurred_at=_time(event),
        saves_method=text(intent, "setup_future_usage") == "off_session",
    )


def _setup_succeeded(event: Mapping[str, Any]) -> MethodSaved | None:
    setup = _object(event)
    customer_id, method_id = reference(setup, "customer"), reference(setup, "payment_method")
    if customer_id is None or method_id is None:
        return None
    return MethodSaved(provider_customer_id=customer_id, payment_method_id=method_id, occurred_at=_time(event))


def _customer_updated(event: Mapping[str, Any]) -> DefaultChanged | None:
    """Only a change of the default counts: a customer may have none, and a card that is charged all the same."""
    customer = _object(event)
    default = _default(customer)
    if _default({**customer, **_before(event, customer)}) == default:
        return None
    return DefaultChanged(
        provider_customer_id=needed_text(customer, "id"), payment_method_id=default, occurred_at=_time(event)
    )


def _customer_deleted(event: Mapping[str, Any]) -> CustomerDeleted:
    return CustomerDeleted(provider_customer_id=needed_text(_object(event), "id"))


def _before(event: Mapping[str, Any], customer: Mapping[str, Any]) -> dict[str, Any]:
    """Previous attributes name only what has changed, in nested objects too."""
    previous = part(part(event, "data"), "previous_attributes")
    settings = {**part(customer, "invoice_settings"), **part(previous, "invoice_settings")}
    return {**previous, "invoice_settings": settings}


def _default(customer: Mapping[str, Any]) -> str | None:
    settings = part(customer, "invoice_settings")
    return reference(settings, "default_payment_method") or reference(customer, "default_source")


def _attached(event: Mapping[str, Any]) -> MethodAttached | None:
    method = _object(event)
    customer_id = reference(method, "customer")
    if customer_id is None:
        return None
    return MethodAttached(
        provider_customer_id=customer_id,
        payment_method_id=needed_text(method, "id"),
        method_type=needed_text(method, "type"),
        occurred_at=_time(event),
    )


def _detached(event: Mapping[str, Any]) -> MethodDetached | None:
    """The method is nobody's any more; whose it was is among the previous attributes."""
    method = _object(event)
    before = part(part(event, "data"), "previous_attributes")
    customer_id = reference(method, "customer") or reference(before, "customer")
    if customer_id is None:
        return None
    return MethodDetached(
        provider_customer_id=customer_id, payment_method_id=needed_text(method, "id"), occurred_at=_time(event)
    )


def _updated(event: Mapping[str, Any]) -> MethodRenewed | None:
    """By a person or a program: only what is charged counts, not an address, nor metadata."""
    before = part(part(event, "data"), "previous_attributes")
    return _renewed(event) if "card" in before else None


def _renewed(event: Mapping[str, Any]) -> MethodRenewed | None:
    """By the card's bank: https://docs.stripe.com/api/events/types#event_types-payment_method.automatically_updated"""
    method = _object(event)
    customer_id = reference(method, "customer")
    if customer_id is None:
        return None
    return MethodRenewed(
        provider_customer_id=customer_id, payment_method_id=needed_text(method, "id"), occurred_at=_time(event)
    )


def _dispute(event: Mapping[str, Any]) -> DisputeEvent:
    dispute = _object(event)
    return DisputeEvent(
        dispute=Dispute(
            id=needed_text(dispute, "id"),
            status=needed_text(dispute, "status"),
            reason=text(dispute, "reason"),
            amount_cents=needed_whole(dispute, "amount"),
            currency=_currency(dispute),
        ),
        intent_id=reference(dispute, "payment_intent"),
        occurred_at=_time(event),
    )


def _refund(event: Mapping[str, Any]) -> RefundEvent:
    """Some changes are sent under two names; `charge.refund.updated` is the one that Lago reads."""
    refund = _object(event)
    return RefundEvent(outcome=refund_outcome(refund), intent_id=reference(refund, "payment_intent"))


def _object(event: Mapping[str, Any]) -> Mapping[str, Any]:
    return part(part(event, "data"), "object")


def _currency(thing: Mapping[str, Any]) -> str:
    currency = currency_of(thing)
    if currency is None:
        raise unreadable_field(thing, "currency")
    return currency


def _time(event: Mapping[str, Any]) -> datetime:
    return needed_time(event, "created")


_READERS: dict[EventType, Callable[[Mapping[str, Any]], StripeEvent | None]] = {
    "payment_intent.succeeded": _intent,
    "payment_intent.payment_failed": _intent,
    "payment_intent.canceled": _intent,
    "payment_intent.processing": _intent,
    "payment_intent.requires_action": _intent,
    "payment_intent.partially_funded": _intent,
    "setup_intent.succeeded": _setup_succeeded,
    "customer.updated": _customer_updated,
    "customer.deleted": _customer_deleted,
    "payment_method.attached": _attached,
    "payment_method.detached": _detached,
    "payment_method.updated": _updated,
    "payment_method.automatically_updated": _renewed,
    "charge.dispute.created": _dispute,
    "charge.dispute.updated": _dispute,
    "charge.dispute.funds_withdrawn": _dispute,
    "charge.dispute.funds_reinstated": _dispute,
    "charge.dispute.closed": _dispute,
    "refund.created": _refund,
    "refund.updated": _refund,
    "refund.failed": _refund,
    "charge.refund.updated": _refund,
}

ENABLED_EVENTS: tuple[EventType, ...] = tuple(_READERS)
"""What the webhook endpoint is registered for: all that is handled, nothing more."""


def types_of(*, of_intents: bool, of_others: bool) -> list[str]:
    """The types of the events of payment intents, or of all else."""
    is_wanted = {True: of_intents, False: of_others}
    return [name for name in ENABLED_EVENTS if is_wanted[name.startswith("payment_intent.")]]
