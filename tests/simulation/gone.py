"""What must hold of customers who were deleted at Stripe: once that is known nothing is charged to them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from aws_in_memory.dynamodb.tables import Key, Table
from aws_in_memory.dynamodb.values import Item
from sandbox.stripe.wire import JsonObject

_AT_WORK_FOR = 900.0
"""Seconds for which a function may still be at work that has read the customer before."""


@dataclass(slots=True)
class Gone:
    """Looks at each charge, and at whom the customers are linked to."""

    complain: Callable[[str], None]
    deleted: set[str] = field(default_factory=set)
    """Their `cus_…` ids."""
    forgotten_at: dict[str, float] = field(default_factory=dict)
    now: Callable[[], float] = lambda: 0.0

    def watch_customer(self, table: Table, key: Key, before: Item | None, after: Item | None) -> None:
        was, is_now = link_of(before), link_of(after)
        if was in self.deleted and was != is_now:
            self.forgotten_at.setdefault(was, self.now())
        if is_now in self.forgotten_at and was != is_now:
            self.complain(f"customer {key} is linked again to {is_now}, who is gone at Stripe")

    def charge(self, params: JsonObject) -> None:
        customer = str(params.get("customer"))
        if customer in self.forgotten_at and self.now() > self.forgotten_at[customer] + _AT_WORK_FOR:
            self.complain(f"{customer} is charged, who is known to be gone at Stripe")


def link_of(item: Item | None) -> str:
    """The `cus_…` that a customer of ours is linked to; empty if there is none."""
    return str((item or {}).get("provider_customer_id", {}).get("S", ""))
