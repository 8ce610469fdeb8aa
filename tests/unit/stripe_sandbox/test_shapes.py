"""The SDK's classes, generated from Stripe's OpenAPI description, say which fields each object has."""

from typing import Any, get_args

import pytest
import stripe
from sandbox.stripe.wire import JsonObject
from unit.stripe_sandbox.shop import Shop


def always_present(resource: type[Any]) -> set[str]:
    """The fields of a class that are neither class variables nor optional."""
    kinds = vars(resource)["__annotations__"]
    return {name for name, kind in kinds.items() if name != "OBJECT_NAME" and type(None) not in get_args(kind)}


@pytest.fixture
def objects(shop: Shop) -> dict[str, JsonObject]:
    shop.stripe.v1.webhook_endpoints.create({"url": "https://shop.example", "enabled_events": ["*"]})
    intent = shop.charge("pm_card_createDispute")
    refunded = shop.charge()
    shop.stripe.v1.refunds.create({"payment_intent": refunded.id})
    shop.stripe.v1.checkout.sessions.create(
        {"mode": "setup", "success_url": "https://shop.example", "allowed_payment_method_types": ["card"]}
    )
    account = shop.account
    collections = (
        account.customers,
        account.payment_methods,
        account.payment_intents,
        account.setup_intents,
        account.checkout_sessions,
        account.charges,
        account.refunds,
        account.disputes,
        account.events,
        account.webhook_endpoints,
    )
    assert intent.status == "succeeded"
    return {item["object"]: item for collection in collections for item in collection} | {"account": account.details}


RESOURCES: tuple[Any, ...] = (
    stripe.Account,
    stripe.Charge,
    stripe.checkout.Session,
    stripe.Customer,
    stripe.Dispute,
    stripe.Event,
    stripe.PaymentIntent,
    stripe.PaymentMethod,
    stripe.Refund,
    stripe.SetupIntent,
    stripe.WebhookEndpoint,
)


@pytest.mark.parametrize("resource", RESOURCES)
def test_an_object_has_every_field_that_stripe_always_sends(objects: dict[str, JsonObject], resource: Any) -> None:
    assert always_present(resource) - objects[resource.OBJECT_NAME].keys() == set()


@pytest.mark.parametrize("resource", RESOURCES)
def test_an_object_has_no_field_that_the_sdk_does_not_know(objects: dict[str, JsonObject], resource: Any) -> None:
    assert objects[resource.OBJECT_NAME].keys() - vars(resource)["__annotations__"].keys() == set()
