"""What must hold of disputes when all is quiet: what Stripe's events said is on record, and was notified once."""

from collections.abc import Iterator

from aws_in_memory.dynamodb.tables import Key
from aws_in_memory.dynamodb.values import Item
from sandbox.stripe.wire import JsonObject

from .world import World

_OPENED, _ENDED = "charge.dispute.created", "charge.dispute.closed"
_END_IS_NOTIFIED = {"won": "payment.dispute_won", "lost": "invoice.payment_dispute_lost"}


def dispute_complaints(world: World) -> Iterator[str]:
    """Each thing that is wrong, in words. What was never sent, because the events were lost, nobody can know."""
    payments = _by_intent(world)
    for account in world.stripe.accounts.values():
        heard = {_name(event) for event in account.events if event["id"] in world.webhooks.taken}
        for dispute in account.disputes:
            has_ended = (_ENDED, dispute["id"]) in heard
            if has_ended or (_OPENED, dispute["id"]) in heard:
                yield from _compare(world, payments[dispute["payment_intent"]], dispute, has_ended=has_ended)


def _compare(world: World, found: tuple[Key, Item], dispute: JsonObject, *, has_ended: bool) -> Iterator[str]:
    key, payment = found
    status = _status_on_record(payment, dispute)
    if status != dispute["status"] and (has_ended or status != "needs_response"):
        yield f"the dispute of payment {key} is {status}, at Stripe it is {dispute['status']}"
    kind = _END_IS_NOTIFIED.get(status, "payment.dispute_opened")
    invoice_id = payment["invoice_id"]["S"]
    if len(world.subscriber.keys(kind, invoice_id if status == "lost" else key[1])) != 1:
        yield f"that the dispute of payment {key} is {status} was not notified once"
    invoice = world.database.tables["InvoicesTable"].get((key[0], invoice_id))
    if status == "lost" and "payment_dispute_lost_at" not in (invoice or {}):
        yield f"the dispute of payment {key} is lost, and its invoice does not say so"


def _status_on_record(payment: Item, dispute: JsonObject) -> str:
    kept = (one["M"] for one in payment.get("disputes", {"L": []})["L"])
    return next((one["status"]["S"] for one in kept if one["id"]["S"] == dispute["id"]), "none")


def _name(event: JsonObject) -> tuple[str, str]:
    return event["type"], event["data"]["object"]["id"]


def _by_intent(world: World) -> dict[str, tuple[Key, Item]]:
    return {
        item["provider_payment_id"]["S"]: (key, item)
        for key, item in world.database.tables["PaymentsTable"].items()
        if "provider_payment_id" in item
    }
