"""Questions about what is kept, at Stripe and here, and about what was answered and notified."""

import json
from collections.abc import Iterable
from typing import Any

from world.api_gateway import Answer
from world.stored import everything
from world.world import World

NOTIFIED_OF_SUCCESS = ["invoice.payment_status_updated", "payment.succeeded"]
"""What is in the outbox when one payment has succeeded."""


def kept(world: World) -> dict[str, list[Any]]:
    """Everything that is kept, to be compared with what is kept later; but for the time at which Stripe was heard last,
    which an event that changes nothing sets, too.
    """
    tables = ("customers", "integrations", "invoices", "invoice_numbers", "payments", "notifications")
    return {table: sorted(map(_without_last_event, world.items(table)), key=repr) for table in tables}


def _without_last_event(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name != "last_event"}


def intents(world: World) -> list[Any]:
    """All payment intents at Stripe, the newest first."""
    return list(world.stripe_client.v1.payment_intents.list({"limit": 100}).data)


def still_payable(world: World) -> list[str]:
    """The ids of what can still be paid at Stripe and could be ended there: open pages, and intents that are neither
    succeeded nor canceled nor on their way. Stripe cancels no intent of a page that is complete.
    """
    pages = world.stripe_client.v1.checkout.sessions.list({"limit": 100}).data
    of_pages = {str(page.payment_intent) for page in pages if page.status == "complete"}
    ended = ("succeeded", "canceled", "processing")
    payable = [one.id for one in intents(world) if one.status not in ended and one.id not in of_pages]
    return [page.id for page in pages if page.status == "open"] + payable


def invoice_statuses(world: World, invoice_ids: Iterable[str]) -> list[str]:
    """The payment statuses of these invoices."""
    return [world.invoice(invoice_id)["payment_status"] for invoice_id in invoice_ids]


def count_by_status(world: World) -> dict[str, int]:
    """How many of all stored invoices have each payment status."""
    found = [str(item["payment_status"]) for item in world.items("invoices")]
    return {status: found.count(status) for status in found}


def payment_statuses(world: World, invoice_id: str) -> list[str]:
    """Lago's statuses of the invoice's payments, the latest first."""
    return [payment["payment_status"] for payment in world.payments(invoice_id)]


def stripe_statuses(world: World, invoice_id: str) -> list[str]:
    """Stripe's statuses of the invoice's payments, the latest first."""
    return [payment["status"] for payment in world.payments(invoice_id)]


def invoice_and_stripe_status(world: World, invoice_id: str) -> tuple[str, str]:
    """The invoice's payment status, and Stripe's status of its newest payment."""
    return world.invoice(invoice_id)["payment_status"], stripe_statuses(world, invoice_id)[0]


def refusal(answer: Answer) -> tuple[int, Any]:
    """The status, and what was wrong; the code, if nothing more is said."""
    return answer.status, answer.body.get("error_details", answer.body["code"])


def refused_details(world: World, method: str, path: str, body: Any) -> dict[str, Any]:
    """The details of the 422 that answers this request; nothing may have changed."""
    before = everything(world)
    answer = world.api(method, path, body)
    assert answer.status == 422, answer.body
    assert answer.body["code"] == "validation_errors"
    assert everything(world) == before
    details: dict[str, Any] = answer.body["error_details"]
    return details


def notified_of(world: World, word: str) -> list[str]:
    """The `webhook_type`s in the outbox with this word in them, sorted."""
    return [one for one in world.notified() if word in one]


def notification_bodies(world: World) -> list[dict[str, Any]]:
    """The bodies of all notifications."""
    return [json.loads(str(item["body"])) for item in world.items("notifications")]


def notified_attempts(world: World, webhook_type: str) -> list[dict[str, Any]]:
    """The objects of the notifications of a type, in the order of the attempts; one without a number is the last."""
    bodies = [body for body in notification_bodies(world) if body["webhook_type"] == webhook_type]
    return sorted((body[body["object_type"]] for body in bodies), key=lambda content: content["attempt"] or 99)


def unique_keys(messages: Iterable[dict[str, Any]]) -> list[str]:
    """The keys by which a subscriber recognises a repeated message, sorted."""
    return sorted(message["MessageAttributes"]["unique_key"]["Value"] for message in messages)


def statuses_of_attempts(world: World, invoice_id: str) -> list[str]:
    """Lago's statuses of the invoice's payments that are at Stripe, the latest first."""
    return [one["payment_status"] for one in world.payments(invoice_id) if one["provider_payment_id"]]


def paying_customers(world: World) -> list[str]:
    """The `cus_…` ids of those who were charged, the latest first."""
    return [str(one.customer) for one in intents(world) if one.status == "succeeded"]
