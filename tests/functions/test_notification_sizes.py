"""Notifications: a message that would be too large for the topic is sent without what the API can answer."""

import json
from typing import Any

from builders.causes import LONG, fees, large_customer
from world.world import World

MOST_BYTES = 240_000


def message(world: World, webhook_type: str) -> dict[str, Any]:
    """The only notification of a type, which must fit."""
    (body,) = [item["body"] for item in world.items("notifications") if item["webhook_type"] == webhook_type]
    assert len(str(body).encode()) <= MOST_BYTES
    content: dict[str, Any] = json.loads(str(body))
    return content


def test_an_invoice_that_fits_is_notified_whole(world: World) -> None:
    large_customer(world)
    world.create_invoice(amount=3_000, fees=fees(30))

    world.collect_new_invoices()

    notified = message(world, "invoice.payment_status_updated")["invoice"]
    assert len(notified["fees"]) == 30
    assert notified["customer"]["legal_name"] == LONG


def test_an_invoice_that_does_not_fit_is_notified_without_its_fees(world: World) -> None:
    large_customer(world)
    invoice_id = world.create_invoice(amount=6_000, fees=fees(60))

    world.collect_new_invoices()

    notified = message(world, "invoice.payment_status_updated")["invoice"]
    assert (notified["fees"], notified["customer"]["legal_name"]) == ([], LONG)
    assert len(world.invoice(invoice_id)["fees"]) == 60
