"""What happens without us: Stripe, a customer, another system, the application or time does something."""

from collections.abc import Iterator

from model.scenarios import Scenario
from model.world.charges import UNPAID, changed
from model.world.pages import expired, paid_on_page
from model.world.provider import arrivals
from model.world.state import Intent, Put, Record, World
from model.world.values import DAY, VALUES

LONGEST_REQUEST = 10

Happenings = Iterator[tuple[str, World]]
"""What is said of it in a counterexample, and the world after it."""


def happenings(world: World, scenario: Scenario) -> Happenings:
    """All that may happen."""
    yield from _at_stripe(world, scenario)
    for number, session in enumerate(world.stripe.sessions):
        if session.status == "open":
            yield from _on_page(world, number, scenario)
    if world.changes < scenario.changes:
        yield from _late(world._replace(changes=world.changes + 1), scenario)
    yield from _outside(world, scenario)


def _at_stripe(world: World, scenario: Scenario) -> Happenings:
    for number, intent in enumerate(world.stripe.intents):
        if intent.status == "processing":
            for status in ("succeeded", UNPAID):
                label = f"Stripe: pi_{number} was processing: {status}"
                yield (label, world._replace(stripe=changed(world.stripe, number, status)))
    for delayed in world.stripe.delayed:
        for label, stripe in arrivals(world, delayed, scenario.charges):
            yield f"Stripe: a request arrives late: {label}", world._replace(stripe=stripe)


def _on_page(world: World, number: int, scenario: Scenario) -> Happenings:
    if world.now - world.stripe.sessions[number].made_at >= DAY:
        yield f"Stripe: the page cs_{number} expires", world._replace(stripe=expired(world.stripe, number))
    for status in ("succeeded", "processing") if scenario.debits else ("succeeded",):
        yield (
            f"customer: pays on the page cs_{number}: {status}",
            world._replace(stripe=paid_on_page(world, number, status)),
        )


def _late(world: World, scenario: Scenario) -> Happenings:
    for number in range(len(world.stripe.intents)):
        yield from _confirmed_late(world, number, scenario)
        if scenario.foreign:
            yield from _anothers(world, number)
    yield from _failed_on_a_page(world)


def _confirmed_late(world: World, number: int, scenario: Scenario) -> Happenings:
    stripe = world.stripe
    intent = stripe.intents[number]
    is_on_open_page = intent.session is not None and stripe.sessions[intent.session].status == "open"
    if intent.status == UNPAID and not is_on_open_page:
        for status in ("succeeded", "processing") if scenario.debits else ("succeeded",):
            label = f"Stripe: pi_{number}, which failed, is confirmed: {status}"
            yield (label, world._replace(stripe=changed(stripe, number, status)))


def _anothers(world: World, number: int) -> Happenings:
    stripe = world.stripe
    intent = stripe.intents[number]
    for status in () if intent.is_foreign else ("succeeded", UNPAID):
        foreign = Intent(intent.request, (status,), world.now, is_foreign=True)
        made = stripe._replace(intents=(*stripe.intents, foreign))
        label = f"another system: makes an intent under the name of pi_{number}: {status}"
        yield (label, world._replace(stripe=made))


def _failed_on_a_page(world: World) -> Happenings:
    stripe = world.stripe
    for number, session in enumerate(stripe.sessions):
        if session.status == "open" and (session.intent is None or stripe.intents[session.intent].status != UNPAID):
            label = f"customer: fails to pay on the page cs_{number}"
            yield (label, world._replace(stripe=paid_on_page(world, number, UNPAID)))


def _outside(world: World, scenario: Scenario) -> Happenings:
    if world.puts < len(scenario.puts):
        amount = scenario.puts[world.puts]
        yield (
            f"application: puts its item again, over {amount}",
            world._replace(
                item=VALUES.number(Put(amount)),
                record=Record(world.now, world.puts + 1),
                puts=world.puts + 1,
                most_cents=max(world.most_cents, amount),
            ),
        )
    if scenario.card_changes and world.customer == scenario.customer():
        yield "customer: has another card", world._replace(customer=scenario.customer("pm_2"))
    following = next((instant for instant in scenario.instants if instant > world.now), None)
    if following is not None and not world.workers:
        yield (f"clock: it is {following} minutes later than at first", at(world, following))


def at(world: World, now: int) -> World:
    """The world at that time: a request that has not arrived within ten minutes never will."""
    delayed = tuple(one for one in world.stripe.delayed if now - one.sent_at < LONGEST_REQUEST)
    return world._replace(now=now, stripe=world.stripe._replace(delayed=delayed))
