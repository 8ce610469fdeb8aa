"""Customers, here and at Stripe, and what they pay with."""

from typing import Any

import stripe
from paystream.model.identifiers import saved_method_id
from world.api_gateway import ORGANIZATION
from world.world import World

CUSTOMERS_PATH = "/api/v1/customers"
DECLINED = "pm_card_chargeCustomerFail"
BLOCKED = "pm_card_radarBlock"
UNAUTHENTICATED = "pm_card_authenticationRequired"
DISPUTED = "pm_card_createDispute"
"""Cards of https://docs.stripe.com/testing"""


def customer_who_pays_with(
    world: World, *types: str, payment_method: str | None = None, country: str | None = None, external_id: str = "acme"
) -> str:
    """A customer of ours with these `provider_payment_methods`, linked to one in Stripe; returns the `cus_…` id."""
    provider_customer_id = world.stripe_customer(payment_method)
    billing = {
        "payment_provider": "stripe",
        "payment_provider_code": "stripe",
        "provider_customer_id": provider_customer_id,
        "provider_payment_methods": list(types),
    }
    change_customer(world, external_id, name="Acme", country=country, billing_configuration=billing)
    return provider_customer_id


def change_customer(world: World, external_id: str = "acme", **changes: Any) -> None:
    """Change a customer through the API."""
    answer = world.api("POST", CUSTOMERS_PATH, {"customer": {"external_id": external_id, **changes}})
    assert answer.status == 200, answer.body


def pays_with(world: World, *types: str) -> None:
    """From now on `acme` pays with these."""
    change_customer(world, billing_configuration={"provider_payment_methods": list(types)})


def link_to_account(world: World, provider_customer_id: str, code: str) -> None:
    """`acme` stands for this customer of the account with this code from now on."""
    billing = {
        "payment_provider": "stripe",
        "payment_provider_code": code,
        "provider_customer_id": provider_customer_id,
    }
    change_customer(world, billing_configuration=billing)


def provider_customer_id(world: World, external_id: str = "acme") -> str:
    """The `cus_…` of a customer of ours."""
    (found,) = [item for item in world.items("customers") if item["external_id"] == external_id]
    return str(found["provider_customer_id"])


def stripe_customer_with_a_card(client: stripe.StripeClient) -> str:
    """A customer in this client's account whose default is a card that pays; returns its `cus_…` id."""
    customer = client.v1.customers.create({"name": "Acme"}).id
    card = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer}).id
    client.v1.customers.update(customer, {"invoice_settings": {"default_payment_method": card}})
    return customer


def attach(world: World, customer: str, method: str = "pm_card_visa") -> str:
    """A further payment method of a customer in Stripe, which is not its default; returns its `pm_…` id."""
    return world.stripe_client.v1.payment_methods.attach(method, {"customer": customer}).id


def make_default(world: World, customer: str, method: str) -> None:
    """What a customer in Stripe pays with from now on."""
    world.stripe_client.v1.customers.update(customer, {"invoice_settings": {"default_payment_method": method}})


def default_at_stripe(world: World, customer: str) -> str | None:
    """The `pm_…` id of what a customer in Stripe pays with."""
    settings = world.stripe_client.v1.customers.retrieve(customer).invoice_settings
    return str(settings.default_payment_method) if settings and settings.default_payment_method else None


def becomes_default(world: World, card: str = "pm_card_visa") -> None:
    """The default of `acme` is changed at Stripe, whose events about it are still to come."""
    customer = provider_customer_id(world)
    make_default(world, customer, attach(world, customer, card))


def pay_with(world: World, customer: str, method: str = "pm_card_visa") -> None:
    """The customer's default becomes another card; the message to collect what failed with it is lost."""
    make_default(world, customer, attach(world, customer, method))
    world.deliver_stripe_events()
    world.lose_messages()


def saved_method(world: World, customer: str, method: str = "pm_card_mastercard") -> str:
    """Lago's id of a further method, which the customer saves a second later."""
    world.pass_time(1)
    attached = attach(world, customer, method)
    world.run()
    return saved_method_id(ORGANIZATION, attached)


def set_up_card(world: World, customer: str, method: str = "pm_card_mastercard") -> str:
    """A customer in Stripe saves a card as on a page of Stripe's; returns its `pm_…` id."""
    saved = world.stripe_client.v1.setup_intents.create(
        {
            "customer": customer,
            "payment_method": method,
            "confirm": True,
            "usage": "off_session",
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        }
    ).payment_method
    assert isinstance(saved, str)
    return saved
