import json
from itertools import pairwise
from typing import Any

import pytest
import stripe
from sandbox.stripe.engine import StripeSandbox
from sandbox.stripe.webhooks import Delivery
from unit.stripe_sandbox.shop import Shop

HOUR = 3600


def endpoint(shop: Shop, *events: Any, **params: Any) -> stripe.WebhookEndpoint:
    wanted: Any = {"url": "https://shop.example/hook", "enabled_events": list(events) or ["*"], **params}
    return shop.stripe.v1.webhook_endpoints.create(wanted)


def send(sandbox: StripeSandbox, status: int | None = 200) -> list[Delivery]:
    """Delivers what is due; all endpoints answer with this status."""
    deliveries = sandbox.due_deliveries()
    for delivery in deliveries:
        sandbox.delivered(delivery, status)
    return deliveries


def types(deliveries: list[Delivery]) -> list[str]:
    return [json.loads(delivery.body)["type"] for delivery in deliveries]


def test_a_delivery_is_signed_with_the_secret_shown_once(shop: Shop) -> None:
    created = endpoint(shop, "customer.created")
    customer = shop.stripe.v1.customers.create({"email": "ada@example.com"}, {"idempotency_key": "key-1"})

    (delivery,) = send(shop.sandbox)
    event = stripe.Webhook.construct_event(
        delivery.body, delivery.headers["Stripe-Signature"], str(created.secret), tolerance=10**9
    )

    assert (event.type, event.data.object["id"], event.livemode) == ("customer.created", customer.id, False)
    assert event.request is not None
    assert event.request.idempotency_key == "key-1"
    assert "secret" not in shop.stripe.v1.webhook_endpoints.retrieve(created.id)


def test_only_the_types_asked_for_are_sent(shop: Shop) -> None:
    endpoint(shop, "payment_intent.succeeded", "payment_method.attached")
    shop.charge()

    assert types(send(shop.sandbox)) == ["payment_method.attached", "payment_intent.succeeded"]


def test_a_disabled_or_deleted_endpoint_gets_nothing(shop: Shop) -> None:
    disabled, deleted = endpoint(shop), endpoint(shop)
    shop.customer()
    shop.stripe.v1.webhook_endpoints.update(disabled.id, {"disabled": True})
    shop.stripe.v1.webhook_endpoints.delete(deleted.id)
    shop.customer()

    assert send(shop.sandbox) == []


def test_the_endpoint_chooses_the_api_version_of_its_events(shop: Shop) -> None:
    endpoint(shop, api_version="2025-04-30.basil")
    shop.customer()

    assert json.loads(send(shop.sandbox)[0].body)["api_version"] == "2025-04-30.basil"


def test_failed_deliveries_are_retried_with_growing_pauses_for_three_days(shop: Shop) -> None:
    endpoint(shop)
    shop.customer()
    tries = []
    for _ in range(4 * 24 * 60):
        tries += [(delivery.attempt, shop.clock.now()) for delivery in send(shop.sandbox, 500)]
        shop.clock.advance(60)

    times = [at for _, at in tries]
    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert [attempt for attempt, _ in tries] == list(range(1, len(tries) + 1))
    assert pauses == sorted(pauses)
    assert 2 * 24 * HOUR < times[-1] - times[0] <= 3 * 24 * HOUR


def test_undelivered_events_can_be_listed(shop: Shop) -> None:
    endpoint(shop)
    first, second = shop.customer(), shop.customer()
    delivered, failed = shop.sandbox.due_deliveries()
    shop.sandbox.delivered(delivered, 204)
    shop.sandbox.delivered(failed, None)

    events = shop.stripe.v1.events.list({"delivery_success": False, "types": ["customer.created"]})

    assert [event.data.object["id"] for event in events.data] == [second.id]
    assert [event.pending_webhooks for event in shop.stripe.v1.events.list().data] == [1, 0]
    assert first.id != second.id


def test_while_a_secret_is_rolled_both_sign(shop: Shop) -> None:
    created = endpoint(shop)
    new_secret = shop.sandbox.control.roll_webhook_secret(created.id, expires_in=HOUR)
    shop.customer()
    (rolling,) = send(shop.sandbox)
    shop.clock.advance(HOUR)
    shop.customer()
    (rolled,) = send(shop.sandbox)

    def verifies(delivery: Delivery, secret: str) -> bool:
        header = delivery.headers["Stripe-Signature"]
        return bool(stripe.WebhookSignature.verify_header(delivery.body.decode(), header, secret))

    assert verifies(rolling, str(created.secret))
    assert verifies(rolling, new_secret)
    assert verifies(rolled, new_secret)
    with pytest.raises(stripe.SignatureVerificationError):
        verifies(rolled, str(created.secret))


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("drop", ["payment_intent.succeeded"]),
        ("duplicate", ["payment_intent.created", "payment_intent.created", "payment_intent.succeeded"]),
        ("delay", ["payment_intent.succeeded"]),
    ],
)
def test_the_next_deliveries_can_be_disrupted(shop: Shop, mode: str, expected: list[str]) -> None:
    endpoint(shop, "payment_intent.created", "payment_intent.succeeded")
    shop.sandbox.control.disrupt_webhooks(mode, count=1, types=["payment_intent.created"])
    shop.charge()

    assert types(send(shop.sandbox)) == expected
    shop.clock.advance(60)
    assert types(send(shop.sandbox)) == (["payment_intent.created"] if mode == "delay" else [])


def test_deliveries_can_be_reordered(shop: Shop) -> None:
    endpoint(shop, "payment_intent.created", "payment_intent.succeeded")
    shop.sandbox.control.disrupt_webhooks("reorder", count=2)
    shop.charge()

    assert types(send(shop.sandbox)) == ["payment_intent.succeeded", "payment_intent.created"]


def test_an_account_has_at_most_16_endpoints(shop: Shop) -> None:
    for _ in range(16):
        endpoint(shop)

    with pytest.raises(
        stripe.InvalidRequestError, match=r"You have reached the maximum of 16 test webhook endpoints\."
    ):
        endpoint(shop)


@pytest.mark.parametrize("url", ["shop.example/hook", "ftp://shop.example", "https://"])
def test_an_endpoint_needs_a_valid_url(shop: Shop, url: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        endpoint(shop, url=url)

    assert (caught.value.code, caught.value.param) == ("url_invalid", "url")


def test_events_are_kept_for_30_days(shop: Shop) -> None:
    shop.customer()
    shop.clock.advance(30 * 24 * HOUR + 1)

    assert shop.stripe.v1.events.list().data == []
