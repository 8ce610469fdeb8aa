"""What Stripe answers when it is asked what it has, and to cancel an intent."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from paystream.model.outcome import CANCELABLE_WHILE_OPEN, CANCELED, of_several
from paystream.ports.stripe import ListedIntent, ProviderCustomer

from model.world.charges import CLOCK_DIFFERENCE, UNPAID, Reply, changed, number_in, outcome_of
from model.world.state import Intent, World, payment_named
from model.world.values import VALUES, minutes


def payment(world: World, _: tuple[str, ...], intent_id: str) -> Iterator[Reply]:
    number = number_in(intent_id)
    intent = world.stripe.intents[number]
    yield Reply(intent.status, VALUES.number(outcome_of(number, intent)), world.stripe)


def cancel(world: World, _: tuple[str, ...], intent_id: str) -> Iterator[Reply]:
    """Not that of a page. Source: https://docs.stripe.com/api/payment_intents/cancel"""
    number, stripe = number_in(intent_id), world.stripe
    intent = stripe.intents[number]
    if intent.session is None and intent.status in (UNPAID, *CANCELABLE_WHILE_OPEN):
        stripe = changed(stripe, number, CANCELED)
    intent = stripe.intents[number]
    yield Reply(intent.status, VALUES.number(outcome_of(number, intent)), stripe)


def find_payment(
    world: World, _: tuple[str, ...], *, payment_id: str, provider_customer_id: str, since: datetime
) -> Iterator[Reply]:
    named = (one for one in _listed(world, since) if payment_named(one[1].request) == payment_id)
    found = of_several(outcome_of(number, one) for number, one in named)
    yield Reply(str(found.intent_id) if found else "nothing", VALUES.number(found), world.stripe)


def _listed(world: World, since: datetime) -> Iterator[tuple[int, Intent]]:
    """The newest first."""
    earliest = minutes(since - CLOCK_DIFFERENCE)
    newest_first = reversed([*enumerate(world.stripe.intents)])
    return ((number, one) for number, one in newest_first if one.made_at >= earliest)


def intents_of(world: World, _: tuple[str, ...], __: str, *, since: datetime) -> Iterator[Reply]:
    yield Reply("a list", _list(world, since), world.stripe)


def intents(world: World, _: tuple[str, ...], *, since: datetime, **__: Any) -> Iterator[Reply]:
    from paystream.ports.pages import Page

    yield Reply("a list", VALUES.number(Page(VALUES[_list(world, since)], None)), world.stripe)


def _list(world: World, since: datetime) -> int:
    return VALUES.number(
        tuple(
            ListedIntent(
                metadata=VALUES[one.request].metadata,
                provider_customer_id=VALUES[one.request].provider_customer_id,
                outcome=outcome_of(number, one),
            )
            for number, one in _listed(world, since)
        )
    )


def customer(world: World, _: tuple[str, ...], provider_customer_id: str) -> Iterator[Reply]:
    method = VALUES[world.customer].payment_method_id
    yield Reply("the customer", VALUES.number(ProviderCustomer(provider_customer_id, method)), world.stripe)
