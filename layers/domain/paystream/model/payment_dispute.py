"""A dispute of a payment, as it is kept with the payment; model/dispute.py says what becomes of it."""

from dataclasses import dataclass
from datetime import datetime

LOST = "lost"
"""Stripe's status of a dispute: https://docs.stripe.com/api/disputes/object#dispute_object-status"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """The customer has asked the bank for the money back. `status` and `reason` are Stripe's, which may give no reason;
    `amount_cents` is what is disputed, in minor units of the dispute's currency. `ended_at`: when the bank has decided.
    `said_at`: when Stripe said so, in whole seconds; of two words the later one counts. `opened_at`: when Stripe said
    the first of it that was heard.

    Source: https://docs.stripe.com/api/disputes/object
    """

    id: str
    status: str
    amount_cents: int
    currency: str
    reason: str | None = None
    ended_at: datetime | None = None
    said_at: datetime | None = None
    opened_at: datetime | None = None

    @property
    def is_lost(self) -> bool:
        """Whether the bank has taken the money back."""
        return self.status == LOST
