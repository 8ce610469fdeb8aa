"""What is known of an invoice, whatever becomes of the item that an application puts into the table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ItemHistory:
    """When an item was taken in for the first time, and the ids of its payments that follow from no attempt: what
    was paid by hand, or a second time. `voided_at` and `paid_elsewhere_cents` are what a person said of it: the latter
    is what was still owed by then, in minor units of `paid_elsewhere_currency`, by `paid_elsewhere_customer`.
    `customers` are those of its items, by their external ids, and when each was seen first. `request_hash` is of the
    request that made it, if one did. `lives` counts how often an item was taken in. `overdue_notified_at` is when
    that was notified.
    """

    taken_in_at: datetime | None
    payment_ids: tuple[str, ...]
    voided_at: datetime | None = None
    paid_elsewhere_cents: int = 0
    paid_elsewhere_currency: str | None = None
    paid_elsewhere_customer: str | None = None
    request_hash: str | None = None
    lives: int = 0
    customers: Mapping[str, datetime] = field(default_factory=dict)
    overdue_notified_at: datetime | None = None
