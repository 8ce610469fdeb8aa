"""What must hold of refunds when all is quiet: the table says what Stripe says, and nothing went back twice."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from aws_in_memory.dynamodb.tables import Key
from aws_in_memory.dynamodb.values import Item
from sandbox.stripe.wire import JsonObject

from .terms import is_of_its_terms
from .world import World

_COUNT = ("pending", "requires_action", "succeeded")


def refund_complaints(world: World) -> Iterator[str]:
    """Each thing that is wrong, in words."""
    at_stripe = {refund["id"]: refund for account in world.stripe.accounts.values() for refund in account.refunds}
    payments = dict(world.database.tables["PaymentsTable"].items())
    yield from _sent_twice(at_stripe)
    yield from _each_is_on_record(at_stripe, payments)
    for key, payment in payments.items():
        for refund in _of(payment):
            yield from _compare(key, refund, at_stripe)
            yield from _notified_once(world, key, refund)
    yield from _sums(world, payments)


def _sent_twice(at_stripe: Mapping[str, JsonObject]) -> Iterator[str]:
    names = Counter(refund["metadata"].get("lago_refund_id") for refund in at_stripe.values())
    yield from (f"refund {name} was made {count} times" for name, count in names.items() if name and count > 1)


def _each_is_on_record(at_stripe: Mapping[str, JsonObject], payments: Mapping[Key, Item]) -> Iterator[str]:
    known = {refund.get("provider_refund_id") for payment in payments.values() for refund in _of(payment)}
    yield from (f"refund {refund_id} is on no payment" for refund_id in at_stripe.keys() - known)


def _compare(key: Key, refund: Mapping[str, Any], at_stripe: Mapping[str, JsonObject]) -> Iterator[str]:
    refund_id, status = refund.get("provider_refund_id"), refund["status"]
    if refund_id is None:
        if status != "failed":
            yield f"refund {refund['lago_id']} of payment {key} is {status} and was never sent"
        return
    found = at_stripe.get(refund_id)
    if found is None:
        yield f"payment {key} has a refund that Stripe has not: {refund_id}"
    elif (found["status"], found["amount"]) != (status, refund["amount_cents"]):
        yield f"refund {refund_id} is {status} over {refund['amount_cents']}, at Stripe {found['status']}"


def _notified_once(world: World, key: Key, refund: Mapping[str, Any]) -> Iterator[str]:
    kind = {"succeeded": "payment.refund_succeeded", "failed": "payment.refund_failed"}.get(refund["status"])
    notified = world.subscriber.keys(kind, refund["lago_id"]) if kind else {""}
    if len(notified) != 1:
        refund_id, times = refund["lago_id"], len(notified)
        yield f"that refund {refund_id} of payment {key} is {refund['status']} was notified {times} times"


def _sums(world: World, payments: Mapping[Key, Item]) -> Iterator[str]:
    gone: Counter[tuple[str, str]] = Counter()
    for key, payment in payments.items():
        sums = sum(refund["amount_cents"] for refund in _of(payment) if refund["status"] in _COUNT)
        invoice = world.database.tables["InvoicesTable"].get((key[0], payment["invoice_id"]["S"]))
        if invoice is not None and is_of_its_terms(invoice, payment):
            gone[key[0], payment["invoice_id"]["S"]] += sums
        if sums > int(payment["amount_cents"]["N"]):
            yield f"of payment {key} more has gone back than was paid: {sums}"
    for key, item in world.database.tables["InvoicesTable"].items():
        yield from _of_invoice(key, item, gone[key])


def _of_invoice(key: Key, item: Item, gone: int) -> Iterator[str]:
    said = int(item.get("total_refunded_amount_cents", {"N": "0"})["N"])
    if "customer_key" in item and "problem" not in item and said != gone:
        yield f"invoice {key} says that {said} has gone back, its payments {gone}"
    is_watched = bool(item.get("refunding_payment_ids", {"L": []})["L"])
    if item.get("payment_status") == {"S": "succeeded"} and ("due_at" in item) is not is_watched:
        yield f"invoice {key} is paid, and {'not ' if is_watched else ''}looked at again"


def _of(payment: Item) -> list[dict[str, Any]]:
    """The refunds of a payment, as plain values."""
    return [_plain(value["M"]) for value in payment.get("refunds", {"L": []})["L"]]


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: int(value["N"]) if "N" in value else value["S"] for name, value in values.items() if "BOOL" not in value
    }
