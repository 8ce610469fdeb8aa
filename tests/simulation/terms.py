"""Money keeps its currency and its customer: what an item says that replaced another does not change what was paid."""

from collections.abc import Iterable, Iterator

from aws_in_memory.dynamodb.tables import Key
from aws_in_memory.dynamodb.values import Item

_TERMS = ("currency", "external_customer_id")
_BROUGHT_NOTHING = ("pending", "processing", "failed")


def is_of_its_terms(item: Item, payment: Item) -> bool:
    """Whether a payment is in the invoice's currency and of its customer."""
    return all(item[name] == payment[name] for name in _TERMS)


def complaints_about_parking(key: Key, item: Item, kind: str, payments: Iterable[Item]) -> Iterator[str]:
    """What is malformed is parked; so is what was paid in another currency or by another customer, and nothing else.
    `payments` are those of the invoice.
    """
    is_parked, other = "problem" in item, _was_paid_otherwise(item, payments)
    is_voided = item["status"] == {"S": "voided"} or item["payment_status"] == {"S": "succeeded"}
    if kind == "malformed" and not is_parked:
        yield f"invoice {key} ({kind}) is not parked"
    elif kind != "malformed" and is_parked and not other:
        yield f"invoice {key} ({kind}) is parked"
    elif other and not is_parked and not is_voided:
        yield f"invoice {key} ({kind}) was paid otherwise, and is not parked"


def _was_paid_otherwise(item: Item, payments: Iterable[Item]) -> bool:
    return any(_has_come(one) and not is_of_its_terms(item, one) for one in payments)


def _has_come(payment: Item) -> bool:
    return payment.get("payment_status", {"S": ""})["S"] not in _BROUGHT_NOTHING
