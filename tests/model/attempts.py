"""How one attempt ends and the next begins: retries and payment links.

They follow money rules 3 and 9: the number rises by a conditional write, after a definite and stored failure, once the
attempt before it is closed at Stripe. What a worker does here ends with the number; from then on the invoice is due,
and is collected like any other.
"""

from collections.abc import Iterator

from model.provider import change, close, is_closed, look_up
from model.rules import Rules
from model.state import NO_INTENT, Outcome, Payment, Worker, World
from model.writes import ended, may_write, read, seen, with_worker, with_workers, written

Moves = Iterator[tuple[str, World]]


def begin_attempt(world: World, job: str, params: int, rules: Rules) -> World:
    """A retry, or a link that is asked for: read, and close what was before."""
    invoice = world.invoice
    step = "close" if invoice.attempt and _closes(rules) else "rise"
    if invoice.attempt >= rules.scenario.attempts:
        step = "close"
    worker = Worker(job, step, read(world, invoice.attempt, rules), invoice.attempt, params=params)
    return with_workers(world, *world.workers, worker)


def _closes(rules: Rules) -> bool:
    return rules.guards.new_attempt_closes_the_one_before


def close_before(world: World, worker: Worker, rules: Rules) -> Moves:
    """Cancel the intent or expire the link at Stripe; one that has succeeded is recorded instead."""
    invoice, payment = seen(world, worker)
    is_last = worker.attempt >= rules.scenario.attempts
    closed = worker._replace(step="end" if is_last else "rise")
    number = _intent_to_close(world, worker, payment, rules)
    if number == NO_INTENT or (invoice.link and not rules.guards.link_expired_before_charge):
        yield "finds nothing to close", with_worker(world, worker, closed)
        return
    status = world.stripe.intents[number].status
    if status == "succeeded":
        paid = worker._replace(step="record", outcome=Outcome("succeeded", number))
        yield f"closes attempt {worker.attempt}: it has succeeded", with_worker(world, worker, paid)
    elif status == "processing":
        yield f"cannot close attempt {worker.attempt}: it is on its way", ended(world, worker, rules)
    else:
        label = "was closed before" if is_closed(status) else "Stripe closes it"
        after = with_worker(world, worker, closed)._replace(stripe=close(world.stripe, number))
        yield f"closes attempt {worker.attempt}: {label}", after


def _intent_to_close(world: World, worker: Worker, payment: Payment | None, rules: Rules) -> int:
    number = payment.intent if payment else NO_INTENT
    if number == NO_INTENT and rules.guards.closing_looks_up:
        return look_up(world.stripe, worker.attempt, with_links=True, lists=rules.guards.look_up_lists)
    return number


def rise(world: World, worker: Worker, rules: Rules) -> Moves:
    """The number of the attempt rises, and with it a payment is on record."""
    if not may_write(worker, rules):
        yield "begins nothing: it was written meanwhile", ended(world, worker, rules)
        return
    attempt = worker.attempt + 1
    invoice = seen(world, worker).invoice._replace(
        status="pending",
        attempt=attempt,
        link=worker.job == "link",
        due=rules.guards.due_time_on_every_open_invoice,
        age=world.invoice.age if attempt == 1 else 0,
        closed=False,
    )
    known = world.payment(attempt)
    payment = known or (Payment(card=world.card) if rules.guards.new_attempt_is_on_record else None)
    after = written(world, worker, invoice, attempt=attempt, payment=payment)
    what = "a link" if invoice.link else "a charge"
    yield f"begins attempt {attempt}, {what}", ended(after, worker._replace(current=True), rules)


def end(world: World, worker: Worker, rules: Rules) -> Moves:
    """The last attempt has failed, and nothing can come of it any more."""
    if not may_write(worker, rules):
        yield "leaves the failure to who wrote meanwhile", ended(world, worker, rules)
        return
    invoice = seen(world, worker).invoice._replace(closed=True, age=world.invoice.age)
    after = written(world, worker, invoice, attempt=worker.attempt)
    yield "notes that the last attempt is closed", ended(after, worker._replace(current=True), rules)


def begin_expiry(world: World, rules: Rules) -> World:
    """The invoice is to be charged although a link is open."""
    attempt = world.invoice.attempt
    worker = Worker("expiry", "expire", read(world, attempt, rules), attempt)
    return with_workers(world, *world.workers, worker)


def expire(world: World, worker: Worker, rules: Rules) -> Moves:
    """The link is expired at Stripe: then it is a failed attempt. One that was paid is a success."""
    number = look_up(world.stripe, worker.attempt, with_links=True, lists=True)
    if number == NO_INTENT:
        yield "finds no link to expire", ended(world, worker, rules)
        return
    status, stripe = world.stripe.intents[number].status, world.stripe
    if status == "open":
        status = "expired"
        stripe = change(stripe, number, "expired") if rules.guards.link_expired_before_charge else stripe
    heard = worker._replace(step="record", outcome=Outcome(status, number))
    yield f"expires the link: {status}", with_worker(world, worker, heard)._replace(stripe=stripe)
