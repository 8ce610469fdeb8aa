"""What the look-ups in Stripe's lists share: how many a page, since when, and what an object was sent with."""

from datetime import datetime, timedelta

import stripe

from paystream.adapters.stripe.fields import texts

PAGE = 100
_CLOCK_DIFFERENCE = timedelta(minutes=5)


def epoch(time: datetime) -> int:
    """Stripe's times are whole seconds."""
    return int(time.timestamp())


def created_since(time: datetime) -> dict[str, int]:
    """The filter of a list: what was made since then, by Stripe's clock, which may be another one."""
    return {"gte": epoch(time - _CLOCK_DIFFERENCE)}


def metadata_of(thing: stripe.Customer | stripe.PaymentIntent | stripe.checkout.Session) -> dict[str, str]:
    """What we sent with it."""
    return texts(thing.to_dict(), "metadata")
