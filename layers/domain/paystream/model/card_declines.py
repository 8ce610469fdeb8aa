"""How often a customer's cards were declined, over all invoices: the card networks count by card, not by invoice.

What is kept is bounded: the latest declines of the latest cards.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from paystream.model.outcome import Failure
from paystream.model.payment_method_types import MOST_TRIES

COUNTED_FOR = timedelta(days=30)
"""Source: that of MOST_TRIES."""

MOST_CARDS_KEPT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class CardDeclines:
    """`card` is Stripe's fingerprint of the card, the same under each id that it has there; or the method's id, where
    Stripe says none. `is_hard`: the last decline said that the same card must not be charged again as it is. `ended_by`
    has its codes, if they say so whatever the invoice.
    """

    card: str
    payment_method_id: str
    declined_at: tuple[datetime, ...]
    is_hard: bool
    ended_by: Failure | None = None


def with_decline_of(
    known: Sequence[CardDeclines],
    payment_method_id: str,
    card: str | None,
    *,
    is_hard: bool,
    ended_by: Failure | None = None,
    now: datetime,
) -> tuple[CardDeclines, ...]:
    """The declines, with one of now."""
    name = card or payment_method_id
    recent = [one for one in known if one.declined_at[-1] > now - COUNTED_FOR]
    before = next((one for one in recent if one.card == name), None)
    times = (*(before.declined_at if before else ()), now)[-MOST_TRIES:]
    latest = CardDeclines(
        card=name, payment_method_id=payment_method_id, declined_at=times, is_hard=is_hard, ended_by=ended_by
    )
    return (*(one for one in recent if one.card != name), latest)[-MOST_CARDS_KEPT:]


def is_spent(known: Sequence[CardDeclines], payment_method_id: str, card: str | None, now: datetime) -> bool:
    """Whether the card was declined as often as the networks allow."""
    return _count(_of(known, payment_method_id, card), now) >= MOST_TRIES


def may_be_tried(known: Sequence[CardDeclines], payment_method_id: str, card: str | None, now: datetime) -> bool:
    """Whether the card may take the place of another one: it is not spent, and its last decline was no hard one."""
    found = _of(known, payment_method_id, card)
    is_hard = found is not None and found.is_hard and found.declined_at[-1] > now - COUNTED_FOR
    return not is_hard and _count(found, now) < MOST_TRIES


def ended(known: Sequence[CardDeclines], payment_method_id: str, now: datetime) -> CardDeclines | None:
    """The declines of a method that no invoice can be charged to any more; None if one can."""
    found = _of(known, payment_method_id, None)
    is_ended = found is not None and found.ended_by is not None and found.declined_at[-1] > now - COUNTED_FOR
    return found if is_ended else None


def without_hard(known: Sequence[CardDeclines], payment_method_id: str) -> tuple[CardDeclines, ...]:
    """The declines after what is on file of the method was renewed, or after it has paid all the same."""
    return tuple(_again(one) if one.payment_method_id == payment_method_id else one for one in known)


def _again(one: CardDeclines) -> CardDeclines:
    return replace(one, is_hard=False, ended_by=None)


def _of(known: Sequence[CardDeclines], payment_method_id: str, card: str | None) -> CardDeclines | None:
    names = {payment_method_id, card}
    return next((one for one in reversed(known) if {one.card, one.payment_method_id} & names), None)


def _count(found: CardDeclines | None, now: datetime) -> int:
    return sum(at > now - COUNTED_FOR for at in found.declined_at) if found else 0
