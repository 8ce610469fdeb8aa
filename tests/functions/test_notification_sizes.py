"""Notifications: a message that would be too large for the topic is told without what the API can tell."""

import json
from typing import Any

from world.world import World

MOST_BYTES = 240_000
LONG = "\u0001" * 1024
"""As long as a text may be, and six times as long in JSON."""

ADDRESS = dict.fromkeys("address_line1 address_line2 city zipcode state".split(), LONG)
TEXTS = "name firstname lastname url logo_url legal_name legal_number tax_identification_number external_salesforce_id"
PROFILE = dict.fromkeys(TEXTS.split(), LONG) | ADDRESS | {"shipping_address": ADDRESS}
"""A customer of some 120 KB."""


def fees(number: int) -> list[dict[str, Any]]:
    return [{"add_on_code": "a", "description": "x" * 600, "unit_amount_cents": 100} for _ in range(number)]


def message(world: World, webhook_type: str) -> dict[str, Any]:
    """The only notification of a type, which must fit."""
    (body,) = [item["body"] for item in world.items("notifications") if item["webhook_type"] == webhook_type]
    assert len(str(body).encode()) <= MOST_BYTES
    content: dict[str, Any] = json.loads(str(body))
    return content


def large_customer(world: World) -> None:
    world.connect()
    world.customer()
    assert world.api("POST", "/api/v1/customers", {"customer": {"external_id": "acme", **PROFILE}}).status == 200


def test_an_invoice_that_fits_is_told_whole(world: World) -> None:
    large_customer(world)
    world.create_invoice(amount=3_000, fees=fees(30))

    world.collect_new_invoices()

    told = message(world, "invoice.payment_status_updated")["invoice"]
    assert len(told["fees"]) == 30
    assert told["customer"]["name"] == LONG


def test_an_invoice_that_does_not_fit_is_told_without_its_fees(world: World) -> None:
    large_customer(world)
    invoice_id = world.create_invoice(amount=6_000, fees=fees(60))

    world.collect_new_invoices()

    told = message(world, "invoice.payment_status_updated")["invoice"]
    assert (told["fees"], told["customer"]["name"]) == ([], LONG)
    assert len(world.invoice(invoice_id)["fees"]) == 60
