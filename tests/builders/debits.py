"""Debits of a bank account, which take days: customers who pay so, and their invoices."""

from typing import Any

from world.world import World

from builders.customers import change_customer, pays_with
from builders.durations import DAY, MINUTE

IBAN_THAT_SUCCEEDS = "AT611904300234573201"
IBAN_THAT_FAILS = "AT861904300235473202"
"""https://docs.stripe.com/testing?payment-method=sepa-direct-debit"""
BANK = "pm_usBankAccount_success"


def sepa_debit(iban: str = IBAN_THAT_SUCCEEDS) -> Any:
    """What Stripe is sent to create such a payment method."""
    return {
        "type": "sepa_debit",
        "sepa_debit": {"iban": iban},
        "billing_details": {"name": "Acme", "email": "ap@acme.test"},
    }


def create_sepa_debit(world: World, iban: str = IBAN_THAT_SUCCEEDS) -> str:
    """A payment method of no customer yet; returns its `pm_…` id."""
    return world.stripe_client.v1.payment_methods.create(sepa_debit(iban)).id


def sepa_invoice(world: World, iban: str = IBAN_THAT_SUCCEEDS) -> str:
    """An invoice that is paid by a SEPA debit, by a customer who may pay by card too."""
    world.connect()
    world.customer(payment_method=create_sepa_debit(world, iban))
    pays_with(world, "card", "sepa_debit")
    invoice_id = world.create_invoice()
    world.collect_new_invoices()
    return invoice_id


def bank_debit(world: World, *, settles_after: float = 14 * DAY, iban: str = IBAN_THAT_SUCCEEDS, **terms: Any) -> str:
    """An invoice whose payment is processing, for so many seconds."""
    world.connect()
    world.stripe.control.set_settlement_delay(settles_after)
    world.customer(payment_method=create_sepa_debit(world, iban))
    pays_with(world, "sepa_debit")
    invoice_id = world.create_invoice(**terms)
    world.collect_new_invoices()
    assert world.payments(invoice_id)[0]["payment_status"] == "processing"
    return invoice_id


def debit_customer(
    world: World,
    external_id: str = "acme",
    *,
    code: str = "stripe",
    key: str | None = None,
    iban: str = IBAN_THAT_SUCCEEDS,
) -> str:
    """A customer who pays by a debit that takes three minutes, whose outcome Stripe never reports; the `cus_…` id."""
    client = world.stripe_as(key).v1 if key else world.stripe_client.v1
    world.stripe.control.set_settlement_delay(3 * MINUTE)
    world.stripe.control.disrupt_webhooks("drop", count=None)
    customer = client.customers.create({"name": "Acme"}).id
    method = client.payment_methods.attach(
        client.payment_methods.create(sepa_debit(iban)).id, {"customer": customer}
    ).id
    client.customers.update(customer, {"invoice_settings": {"default_payment_method": method}})
    billing = {
        "payment_provider": "stripe",
        "payment_provider_code": code,
        "provider_customer_id": customer,
        "provider_payment_methods": ["sepa_debit"],
    }
    change_customer(world, external_id, name="Acme", billing_configuration=billing)
    return customer


def put_invoices_of_customer(world: World, number: int, external_id: str = "acme") -> list[str]:
    """So many items in the invoices table, put at once; returns their ids."""
    ids = [f"{external_id}-{position:04}" for position in range(number)]
    for lago_id in ids:
        world.put_invoice_item(lago_id=lago_id, external_customer_id=external_id)
    return ids


def processing(world: World, number: int, external_id: str = "acme") -> list[str]:
    """So many invoices of a `debit_customer` whose payments are on their way, sent in the same second."""
    ids = put_invoices_of_customer(world, number, external_id)
    assert world.collect_new_invoices() == []
    return ids


def debit_on_its_way(world: World) -> str:
    """An invoice that is paid by a debit, whose outcome Stripe never reports."""
    world.connect()
    debit_customer(world)
    (invoice_id,) = processing(world, 1)
    return invoice_id
