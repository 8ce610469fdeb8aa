"""What the look-ups in Stripe's lists share: how many a page, since when, and what an object was sent with."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TypeVar

import stripe

from paystream.adapters.stripe.fields import texts
from paystream.errors import OutcomeUnknownError

PAGE = 100
T = TypeVar("T")

_CLOCK_DIFFERENCE = timedelta(minutes=5)
_MOST_OF_AN_ACCOUNT = 5_000


def epoch(time: datetime) -> int:
    """Stripe's times are whole seconds."""
    return int(time.timestamp())


def created_since(time: datetime) -> dict[str, int]:
    """The filter of a list: what was made since then, by Stripe's clock, which may be another one."""
    return {"gte": epoch(time - _CLOCK_DIFFERENCE)}


def metadata_of(thing: stripe.Customer | stripe.PaymentIntent | stripe.checkout.Session) -> dict[str, str]:
    """What we sent with it."""
    return texts(thing.to_dict(), "metadata")


def bounded(listed: Iterable[T]) -> Iterator[T]:
    """What a whole account has since a time. Raises OutcomeUnknownError where that is too much to look through."""
    for number, one in enumerate(listed):
        if number >= _MOST_OF_AN_ACCOUNT:
            raise OutcomeUnknownError(f"more than {_MOST_OF_AN_ACCOUNT} are listed")
        yield one
