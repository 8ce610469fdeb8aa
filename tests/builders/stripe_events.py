"""Events as Stripe posts them: read from what it sent, or made up; signed with the integration's own secret."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from paystream import bootstrap
from paystream.model.identifiers import payment_id
from sandbox.stripe.webhooks import Delivery, signature
from world.api_gateway import ORGANIZATION, Answer, proxy_event
from world.world import START, World

from builders.customers import provider_customer_id

WEBHOOK = "/api/v1/webhooks/stripe/{organization_id}"


OURS = "cus_ours"
"""Stands for the Stripe customer of our customer `acme`."""


def events_due(world: World, *types: str) -> list[Delivery]:
    """What Stripe has to send by now; with types, the events of these types only, in this order. The rest is lost."""
    due = world.stripe.due_deliveries()
    if not types:
        return due
    return [next(delivery for delivery in due if delivery.event_type == wanted) for wanted in types]


def lose_events(world: World) -> None:
    """The events that Stripe has to send by now never arrive, nor does what is queued here."""
    world.stripe.due_deliveries()
    world.lose_messages()


def event(world: World, event_type: str, item: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """An event of this type about an object. `created`, `livemode` and `previous_attributes` may be given."""
    data: dict[str, Any] = {"object": dict(item)}
    if data["object"].get("customer") == OURS:
        data["object"]["customer"] = provider_customer_id(world)
    if "previous_attributes" in more:
        data["previous_attributes"] = more.pop("previous_attributes")
    return {
        "id": "evt_made_up",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": int(world.clock.now()),
        "data": data,
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": _key_of_our_request(item)},
        "type": event_type,
    } | more


def _key_of_our_request(item: Mapping[str, Any]) -> str | None:
    """The event of an intent comes from the request that made it, under the payment's own key."""
    names: Mapping[str, str] = item.get("metadata") or {}
    return names.get("lago_payment_id")


def intent(invoice_id: str, status: str, *, attempt: int = 1, **more: Any) -> dict[str, Any]:
    """A payment intent of ours, as it looks in this status."""
    metadata = {
        "lago_invoice_id": invoice_id,
        "lago_organization_id": ORGANIZATION,
        "lago_payment_id": payment_id(ORGANIZATION, invoice_id, attempt),
        "paystream_attempt": str(attempt),
    }
    return {
        "id": f"pi_attempt_{attempt}",
        "object": "payment_intent",
        "created": int(START.timestamp()),
        "amount": 4200,
        "amount_received": more.get("amount", 4200) if status == "succeeded" else 0,
        "currency": "eur",
        "customer": OURS,
        "payment_method": "pm_made_up",
        "status": status,
        "metadata": metadata,
        "last_payment_error": None,
        "next_action": None,
    } | more


def signing_secrets(code: str = "stripe") -> tuple[str, ...]:
    """The secrets with which events for this integration are signed, newest first."""
    integration = bootstrap.stores().integrations.get(ORGANIZATION, code)
    assert integration
    credentials = bootstrap.secrets().get(integration)
    assert credentials
    return credentials.signing_secrets


def signed(world: World, body: bytes, *, code: str = "stripe", secrets: Sequence[str] = (), age: int = 0) -> str:
    """The `Stripe-Signature` header for a body that was signed so many seconds ago."""
    return signature(list(secrets or signing_secrets(code)), body, int(world.clock.now()) - age)


def request(
    body: str, signatures: Sequence[str], *, organization_id: str = ORGANIZATION, query: str = "?code=stripe"
) -> dict[str, Any]:
    """The proxy event of a request with these signature headers."""
    path = WEBHOOK.replace("{organization_id}", organization_id) + query
    sent = proxy_event("POST", path, body, headers={"Stripe-Signature": signatures[-1]} if signatures else {})
    sent["resource"] = WEBHOOK
    sent["pathParameters"] = {"organization_id": organization_id}
    sent["requestContext"].pop("authorizer")
    sent["multiValueHeaders"]["Stripe-Signature"] = list(signatures)
    return sent


def post(world: World, content: Mapping[str, Any], *, code: str = "stripe") -> Answer:
    """Stripe posts this event now, to the endpoint of an integration."""
    body = json.dumps(content)
    header = signed(world, body.encode(), code=code)
    return world.call("payment-result", request(body, [header], query=f"?code={code}"))


def fail_attempt(world: World, invoice_id: str, **error: Any) -> None:
    """The first attempt fails for this reason: Stripe's event says so."""
    failed = intent(invoice_id, "requires_payment_method", payment_method=None, last_payment_error=error)
    post(world, event(world, "payment_intent.payment_failed", failed))
