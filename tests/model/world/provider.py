"""Perform what a function asks of Stripe: every answer that it may give, the first one being the usual one."""

from collections.abc import Callable, Iterator

from model.world.calls import ACTS, Call
from model.world.charges import (
    NO_ANSWER,
    Reply,
    collect,
)
from model.world.lists import cancel, customer, find_payment, intents, intents_of, payment
from model.world.pages import create_link, expire_link, find_link, link
from model.world.state import Delayed, Stripe, World


def replies(world: World, call: Call, charges: tuple[str, ...], *, faults: bool) -> Iterator[Reply]:
    """All that may come of a call. `charges` is what can become of a charge; with `faults` the request, or its answer,
    may be lost, or it arrives after its sender has given it up.
    """
    known = [*_CALLS[call.port, call.method](world, charges, *call.arguments, **call.options)]
    yield from known
    if not faults:
        return
    yield Reply("no answer: the request is lost", NO_ANSWER, world.stripe)
    if call.method not in ACTS:
        return
    yield from (Reply(f"no answer: {one.label}", NO_ANSWER, one.stripe) for one in known if one.stripe != world.stripe)
    if call.method in ("collect", "create_link"):
        late = Delayed(call.arguments[0], world.now, call.method == "create_link")
        delayed = world.stripe._replace(delayed=(*world.stripe.delayed, late))
        yield Reply("no answer: the request is on its way", NO_ANSWER, delayed)


def arrivals(world: World, delayed: Delayed, charges: tuple[str, ...]) -> Iterator[tuple[str, Stripe]]:
    """What becomes of a request that arrives late."""
    rest = tuple(one for one in world.stripe.delayed if one is not delayed)
    alone = world._replace(stripe=world.stripe._replace(delayed=rest))
    perform = create_link if delayed.is_page else collect
    for reply in perform(alone, charges, delayed.request):
        yield reply.label, reply.stripe


_CALLS: dict[tuple[str, str], Callable[..., Iterator[Reply]]] = {
    ("gateway", "customer"): customer,
    ("gateway", "collect"): collect,
    ("gateway", "payment"): payment,
    ("gateway", "cancel_payment"): cancel,
    ("gateway", "find_payment"): find_payment,
    ("gateway", "intents_of"): intents_of,
    ("gateway", "intents"): intents,
    ("checkout", "create_link"): create_link,
    ("checkout", "link"): link,
    ("checkout", "expire_link"): expire_link,
    ("checkout", "find_link"): find_link,
}
