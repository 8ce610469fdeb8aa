"""Pages at Stripe: checkout sessions, and the intents that are made on them."""

from collections.abc import Iterator
from datetime import datetime

from paystream.model.outcome import CANCELED, expired_link
from paystream.ports.stripe import CheckoutSession

from model.world.charges import (
    CLOCK_DIFFERENCE,
    UNPAID,
    Reply,
    again,
    changed,
    kept,
    number_in,
    outcome_of,
    saved_under,
)
from model.world.state import Intent, Session, Stripe, World, payment_named
from model.world.values import DAY, NOTHING, VALUES, minutes, time


def expired(stripe: Stripe, number: int) -> Stripe:
    """Nobody can pay on the page any more; an intent that failed there is canceled with it."""
    session = stripe.sessions[number]
    sessions = list(stripe.sessions)
    sessions[number] = session._replace(status="expired")
    after = stripe._replace(sessions=tuple(sessions))
    return after if session.intent is None else changed(after, session.intent, CANCELED)


def paid_on_page(world: World, number: int, status: str) -> Stripe:
    """The customer pays, and the page is complete; or that fails, and it stays open."""
    session = world.stripe.sessions[number]
    if session.intent is None:
        made = Intent(session.request, (status,), world.now, session=number)
        stripe = world.stripe._replace(intents=(*world.stripe.intents, made))
        session = session._replace(intent=len(stripe.intents) - 1)
    else:
        stripe = changed(world.stripe, session.intent, status)
    sessions = list(stripe.sessions)
    sessions[number] = session._replace(status="open" if status == UNPAID else "complete")
    return stripe._replace(sessions=tuple(sessions))


def create_link(world: World, _: tuple[str, ...], asked: int) -> Iterator[Reply]:
    stripe = world.stripe
    saved = saved_under(world, VALUES[asked].key)
    if saved:
        yield Reply("the answer of before", again(saved, asked), stripe)
        if world.now - saved.at < DAY:
            return
        stripe = stripe._replace(saved=tuple(one for one in stripe.saved if one is not saved))
    made = Session(asked, "open", world.now)
    after = stripe._replace(sessions=(*stripe.sessions, made))
    shown = _shown(after, len(stripe.sessions))
    yield Reply("a page", *kept(after, asked, VALUES[shown], world.now))


def _shown(stripe: Stripe, number: int) -> int:
    """What Stripe says of a page."""
    session = stripe.sessions[number]
    outcome = None
    if session.status == "complete" and session.intent is not None:
        outcome = outcome_of(session.intent, stripe.intents[session.intent])
    elif session.status == "expired":
        outcome = expired_link(None if session.intent is None else f"pi_{session.intent}")
    return VALUES.number(
        CheckoutSession(
            id=f"cs_{number}",
            url=None if outcome else f"https://page/{number}",
            expires_at=time(session.made_at + DAY),
            outcome=outcome,
        )
    )


def link(world: World, _: tuple[str, ...], session_id: str) -> Iterator[Reply]:
    yield Reply("the page", _shown(world.stripe, number_in(session_id)), world.stripe)


def expire_link(world: World, _: tuple[str, ...], session_id: str) -> Iterator[Reply]:
    number, stripe = number_in(session_id), world.stripe
    is_open = stripe.sessions[number].status == "open"
    after = expired(stripe, number) if is_open else stripe
    yield Reply("expired" if is_open else "it is not open", _shown(after, number), after)


def find_link(
    world: World, _: tuple[str, ...], *, payment_id: str, provider_customer_id: str, since: datetime
) -> Iterator[Reply]:
    earliest = minutes(since - CLOCK_DIFFERENCE)
    found = (
        number
        for number, one in enumerate(world.stripe.sessions)
        if payment_named(one.request) == payment_id and one.made_at >= earliest
    )
    newest = max(found, default=None)
    yield Reply(
        "nothing" if newest is None else "the page",
        NOTHING if newest is None else _shown(world.stripe, newest),
        world.stripe,
    )
