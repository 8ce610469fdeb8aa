"""Everything that can happen next: a function begins, goes on or crashes; Stripe, a customer or time does something."""

from collections.abc import Callable, Iterator

from model import attempts, collect, settle, writes
from model.clock import FORGETTABLE, OLDEST
from model.provider import change, commit
from model.rules import Rules
from model.state import LINK, NO_INTENT, Intent, Invoice, Worker, World

Moves = Iterator[tuple[str, World]]

STEPS: dict[str, Callable[[World, Worker, Rules], Moves]] = {
    "take_in": collect.take_in,
    "send": collect.send,
    "look_up": collect.look_up_first,
    "look_up_changed": collect.look_up_first,
    "retrieve": collect.retrieve,
    "unknown": collect.unknown,
    "record": settle.record,
    "restore": settle.restore,
    "notify": writes.notify,
    "close": attempts.close_before,
    "rise": attempts.rise,
    "end": attempts.end,
    "expire": attempts.expire,
}

TIME_PASSES = "time passes"
"""How the labels of the clock begin."""

BY_NEIGHBOUR = "stream: another record of the batch has failed,"
BY_EVENT = "event: Stripe sends"
LUCK = (BY_NEIGHBOUR, BY_EVENT)
"""How the labels begin of what may come never, or many times, in any order."""


def moves(world: World, rules: Rules) -> Moves:
    """What may happen next, as a label and the state after it."""
    if len(world.workers) < rules.scenario.workers:
        yield from _beginnings(world, rules)
    for worker in dict.fromkeys(world.workers):
        for label, after in STEPS[worker.step](world, worker, rules):
            yield f"{worker.job}: {label}", after
        yield f"{worker.job}: crashes", writes.with_worker(world, worker, None)
    yield from _at_stripe(world, rules)
    yield from _outside(world, rules)
    yield from _time(world, rules)


def _beginnings(world: World, rules: Rules) -> Moves:
    if not world.done:
        yield "stream: the record is delivered", collect.begin(world, writes.STREAM, rules)
    elif rules.scenario.stream and rules.guards.failed_record_comes_again:
        yield f"{BY_NEIGHBOUR} the record is delivered again", collect.begin(world, writes.STREAM, rules)
    if world.invoice.due and world.invoice.status == "pending":
        yield "due: the invoice's time has come", collect.begin(world, collect.DUE, rules)
    yield from _events(world, rules)
    if _may_begin_attempt(world, rules):
        yield "retry: a new attempt is due", attempts.begin_attempt(world, "retry", 0, rules)
    if rules.scenario.links:
        yield from _links(world, rules)


def _events(world: World, rules: Rules) -> Moves:
    for number, intent in enumerate(world.stripe.intents):
        for status in dict.fromkeys(intent.statuses):
            if status not in ("open", "processing"):
                yield f"{BY_EVENT} {status}", settle.begin_event(world, number, status, rules)


def _links(world: World, rules: Rules) -> Moves:
    invoice = world.invoice
    is_open = invoice.taken_in and invoice.status == "pending"
    is_first = is_open and invoice.attempt == 0 and world.payment(1) is None
    if is_first or (invoice.attempt < rules.scenario.attempts and _may_begin_attempt(world, rules)):
        yield "link: a link is asked for", attempts.begin_attempt(world, "link", LINK, rules)
    if is_open and invoice.link:
        yield "expiry: the invoice is to be charged", attempts.begin_expiry(world, rules)


def _may_begin_attempt(world: World, rules: Rules) -> bool:
    invoice, guards, scenario = world.invoice, rules.guards, rules.scenario
    is_last = invoice.attempt >= scenario.attempts
    is_over = is_last and (invoice.closed or not guards.last_failure_is_closed)
    if is_over or not invoice.taken_in or invoice.attempt == 0:
        return False
    if invoice.status == "pending" and not invoice.link and not is_last:
        return not guards.rises_after_stored_failure_only
    return invoice.status == "failed" and _no_function_is_at_work(world, rules)


def _no_function_is_at_work(world: World, rules: Rules) -> bool:
    payment = world.payment(world.invoice.attempt)
    is_known = payment is not None and payment.intent != NO_INTENT
    is_alone = not world.workers and world.stripe.delayed is None
    return is_known or is_alone or not rules.guards.new_attempt_outwaits_functions


def _at_stripe(world: World, rules: Rules) -> Moves:
    stripe = world.stripe
    for number, intent in enumerate(stripe.intents):
        for label, status in _next_statuses(world, intent, rules):
            yield label, world._replace(stripe=change(stripe, number, status))
        if not intent.found and not rules.guards.look_up_lists:
            shown = (*stripe.intents[:number], intent._replace(found=True), *stripe.intents[number + 1 :])
            yield "Stripe: Search catches up", world._replace(stripe=stripe._replace(intents=shown))
    if stripe.delayed:
        alone = stripe._replace(delayed=None)
        for reply in commit(alone, stripe.delayed.request, rules, 0):
            label = f"Stripe: the request of attempt {stripe.delayed.request.attempt} arrives late: {reply.label}"
            yield label, world._replace(stripe=reply.stripe)
        yield "Stripe: the late request is lost", world._replace(stripe=alone)


def _next_statuses(world: World, intent: Intent, rules: Rules) -> Iterator[tuple[str, str]]:
    match intent.status:
        case "processing":
            yield "Stripe: what was on its way succeeds", "succeeded"
            yield "Stripe: what was on its way fails", "requires_payment_method"
        case "open":
            yield "customer: pays by the link", "succeeded"
            if world.invoice.age == OLDEST:
                yield "Stripe: the link expires", "expired"
        case "requires_payment_method" if rules.scenario.late_confirmation:
            yield "customer: confirms the failed payment late", "succeeded"
        case _:
            return


def _outside(world: World, rules: Rules) -> Moves:
    scenario, stripe = rules.scenario, world.stripe
    if scenario.card_changes and world.card == 0:
        yield "customer: changes the default card", world._replace(card=1)
    if scenario.outside_intent and stripe.intents and not any(intent.outside for intent in stripe.intents):
        intents = (*stripe.intents, Intent(1, ("succeeded",), outside=True))
        yield "another system charges under the payment's name", world._replace(stripe=stripe._replace(intents=intents))
    if world.puts < scenario.puts and world.invoice.taken_in:
        yield "application: replaces the item", _replaced(world, rules)


def _replaced(world: World, rules: Rules) -> World:
    age = world.invoice.age if rules.guards.age_survives_a_new_put else 0
    replaced = world._replace(invoice=Invoice(age=age), done=False, puts=world.puts + 1)
    return writes.with_workers(replaced, *(worker._replace(current=False) for worker in world.workers))


def _time(world: World, rules: Rules) -> Moves:
    stripe = world.stripe
    if rules.scenario.clock and not _is_awaited(world, rules):
        yield f"{TIME_PASSES}: 23 hours, or one more", _older(world)
    for key in stripe.saved:
        if key.age >= FORGETTABLE:
            kept = tuple(other for other in stripe.saved if other is not key)
            yield (
                f"{TIME_PASSES}: Stripe forgets the key of attempt {key.request.attempt}",
                world._replace(stripe=stripe._replace(saved=kept)),
            )


def _is_awaited(world: World, rules: Rules) -> bool:
    """Whether what crossed the last hour has to end before another one passes."""
    too_old = any(worker.crossed for worker in world.workers) and rules.guards.function_ends_within_the_hour
    too_late = world.stripe.delayed is not None and world.stripe.delayed.crossed
    return too_old or too_late


def _older(world: World) -> World:
    """One step of the clock later."""
    invoice, stripe = world.invoice, world.stripe
    saved = tuple(key._replace(age=min(key.age + 1, FORGETTABLE)) for key in stripe.saved)
    delayed = stripe.delayed and stripe.delayed._replace(crossed=True)
    intents = tuple(intent._replace(found=True) for intent in stripe.intents)
    older = world._replace(
        invoice=invoice._replace(age=min(invoice.age + 1, OLDEST)),
        payments=tuple(p and p._replace(age=min(p.age + 1, OLDEST)) for p in world.payments),
        stripe=stripe._replace(saved=saved, delayed=delayed, intents=intents),
    )
    return writes.with_workers(older, *(worker._replace(crossed=True) for worker in world.workers))
