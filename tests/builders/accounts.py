"""Stripe accounts, their keys, and the codes under which they are connected."""

from typing import Any

import stripe
from world.world import World

from builders.customers import link_to_account, stripe_customer_with_a_card

INTEGRATION_PATH = "/api/v1/integrations/stripe/stripe"
OTHER_KEY = "sk_test_other000000000000000"
"""The key of a second account."""
ROLLED_KEY = "sk_test_rolled11111111111111"
"""The key in events/connect-integration-rotate.json."""
OTHER_ORGANIZATION = "0a1b2c3d-0000-4000-8000-000000000002"


def connect_with_customer(world: World) -> None:
    """A connected account, and the customer `acme` with a card."""
    world.connect()
    world.customer()


def add_key(world: World, value: str, *permissions: str) -> str:
    """A further key of the world's account, restricted if it is named so."""
    return world.stripe.control.add_key(world.account.id, value=value, kind=value[:2], permissions=permissions)


ALL_PERMISSIONS = (
    "rak_accounts_kyc_basic_read",
    "rak_webhook_write",
    "rak_customer_write",
    "rak_payment_method_write",
    "rak_payment_intent_write",
    "rak_checkout_session_write",
    "rak_charge_write",
    "rak_event_read",
)
"""Of a restricted key that lacks nothing."""


def connect_restricted(world: World, *lost: str, lacking: tuple[str, ...] = ()) -> str:
    """Connected with a restricted key that lacks something from the beginning, and loses something afterwards."""
    permissions = [one for one in ALL_PERMISSIONS if one not in lacking]
    key = add_key(world, "rk_test_restricted00000", *permissions)
    world.connect(secret_key=key)
    world.stripe.control.set_permissions(key, [one for one in permissions if one not in lost])
    return key


def endpoints_at_stripe(world: World) -> list[Any]:
    """The webhook endpoints of the world's account, the newest first."""
    return world.stripe_client.v1.webhook_endpoints.list(params={"limit": 100}).data


def connect_other_account(world: World, code: str) -> stripe.StripeClient:
    """A second Stripe account of the organization, connected under this code."""
    world.stripe.control.add_account(secret_key=OTHER_KEY)
    world.connect(code, secret_key=OTHER_KEY)
    return world.stripe_as(OTHER_KEY)


def disconnect_at_once(world: World, code: str = "stripe") -> None:
    """Whatever is on its way."""
    answer = world.api("DELETE", f"/api/v1/integrations/stripe/{code}?force=true")
    assert (answer.status, answer.body["integration"]["disconnecting_since"]) == (200, None)


def give_the_code_to_another_account(world: World, *, is_linked_again: bool) -> stripe.StripeClient:
    """The integration's code stands for another account from now on; the customer may be linked to one of it."""
    disconnect_at_once(world)
    client = connect_other_account(world, "stripe")
    if is_linked_again:
        link_to_account(world, stripe_customer_with_a_card(client), "stripe")
    return client


def charged_there(client: stripe.StripeClient) -> list[int]:
    """The amounts that another account has charged, in minor units."""
    return [one.amount for one in client.v1.payment_intents.list().data if one.status == "succeeded"]
