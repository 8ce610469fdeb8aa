"""Customers who pay with something else than a card, and what such a payment looks like."""

from typing import Any

from world.world import World


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
    answer = world.api("POST", "/api/v1/customers", {"customer": {"external_id": external_id, **changes}})
    assert answer.status == 200, answer.body


def pays_with(world: World, *types: str) -> None:
    """From now on `acme` pays with these."""
    change_customer(world, billing_configuration={"provider_payment_methods": list(types)})


def collected(world: World, *, amount: int = 4200, currency: str = "EUR") -> str:
    """An invoice of `acme` of which everything has happened that happens at once; returns its id."""
    invoice_id = world.create_invoice(amount=amount, currency=currency)
    world.run()
    return invoice_id


def state(world: World, invoice_id: str) -> tuple[str, str]:
    """The invoice's payment status, and Stripe's status of its newest payment."""
    return world.invoice(invoice_id)["payment_status"], world.payments(invoice_id)[0]["status"]


def intents(world: World) -> list[Any]:
    """All payment intents at Stripe, the newest first."""
    return list(world.stripe_client.v1.payment_intents.list({"limit": 100}).data)
