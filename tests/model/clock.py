"""Coarse time: what matters is only on which side of 23 and 24 hours an attempt is."""

from datetime import timedelta

from paystream.model.attempts import KEY_IS_SAFE_FOR

STRIPE_FORGETS_AFTER = timedelta(hours=24)
"""The shortest time: https://docs.stripe.com/api/idempotent_requests. It may keep a key for longer."""

AGES = (timedelta(0), timedelta(hours=23, minutes=30), timedelta(hours=24, minutes=30))
"""A step leads from one age to the next, and from the last one, which is 24 hours or more, to itself: 23 hours and one
hour pass in turns. A function and a request live for less than an hour, so over one step at most.
"""

FORGETTABLE = next(step for step, age in enumerate(AGES) if age >= STRIPE_FORGETS_AFTER)
OLDEST = len(AGES) - 1


def is_past_the_guard(age: int) -> bool:
    """Whether the product looks an attempt of this age up before it sends it."""
    return AGES[age] > KEY_IS_SAFE_FOR
