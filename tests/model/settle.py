"""How a worker writes down what it heard: `paystream.use_cases.record_outcome`, `apply_intent`, and the way an
item that was replaced gets its state back.
"""

from collections.abc import Iterator

from paystream.model.outcome import PayableStatus

from model.decide import Decision, decide
from model.rules import Rules
from model.state import NO_INTENT, Invoice, Outcome, Payment, Worker, World
from model.writes import (
    EVENT,
    SUCCEEDED,
    answered,
    ended,
    may_write,
    notifications,
    notified_or_to_notify,
    read,
    seen,
    with_worker,
    with_workers,
    written,
)

Moves = Iterator[tuple[str, World]]


def begin_event(world: World, number: int, status: str, rules: Rules) -> World:
    """An event of Stripe's arrives: read, and find out which payment it is about."""
    invoice, attempt = world.invoice, world.stripe.intents[number].attempt
    if not invoice.taken_in and world.payment(attempt):
        return world
    if not invoice.taken_in or attempt > invoice.attempt + 1:
        return answered(world, number, rules)
    stored, extra = world.payment(attempt), False
    if stored and stored.intent not in (NO_INTENT, number):
        if status != "succeeded" or not rules.guards.second_success_is_recorded:
            return answered(world, number, rules)
        extra = stored.status == SUCCEEDED
    outcome = Outcome(status, number)
    worker = Worker(EVENT, "record", read(world, attempt, rules), attempt, outcome=outcome, extra=extra)
    return with_workers(world, *world.workers, worker)


def _extra(world: World, number: int) -> Payment | None:
    return Payment(status=SUCCEEDED, intent_status="succeeded", intent=number) if number in world.extra else None


def record(world: World, worker: Worker, rules: Rules) -> Moves:
    """Settle in one transaction; a worker that loses the race reads again and decides again."""
    outcome = worker.outcome or Outcome("failed")
    if not may_write(worker, rules):
        yield "loses the race and reads again", _read_again(world, worker, outcome, rules)
        return
    before, stored = seen(world, worker)
    payment = (_extra(world, outcome.intent) if worker.extra else stored) or Payment(card=max(worker.params, 0))
    decision = _decided(before, payment, worker.attempt, outcome, rules)
    if decision is None:
        yield f"knows already that attempt {worker.attempt} is {outcome.intent_status}", ended(world, worker, rules)
        return
    settled = payment._replace(
        status=decision.payment_status,
        intent_status=outcome.intent_status,
        intent=payment.intent if outcome.intent == NO_INTENT else outcome.intent,
    )
    invoice = _invoice(world, before, decision, rules)
    notify = notifications(world, worker, decision, rules)
    if worker.extra:
        after = written(world, worker, invoice, attempt=worker.attempt)
        after = after._replace(extra=after.extra | {outcome.intent})
    else:
        after = written(world, worker, invoice, attempt=worker.attempt, payment=settled)
    notified = notified_or_to_notify(after, worker._replace(current=True), notify, rules)
    yield f"records attempt {worker.attempt}: {outcome.intent_status}; invoice {invoice.status}", notified


def _decided(invoice: Invoice, payment: Payment, attempt: int, outcome: Outcome, rules: Rules) -> Decision | None:
    """The product's state machine decides. Without a guard it gets less than what is on record."""
    status, invoice_status = payment.status, invoice.status
    if not rules.guards.succeeded_is_final and status == SUCCEEDED and outcome.intent_status != "succeeded":
        status, invoice_status = PayableStatus.PENDING.value, "pending"
    latest = invoice.attempt if rules.guards.older_attempt_never_overwrites else attempt
    return decide(
        invoice_status, latest, attempt, status, intent_status=payment.intent_status, heard=outcome.intent_status
    )


def _invoice(world: World, before: Invoice, decision: Decision, rules: Rules) -> Invoice:
    return before._replace(
        status=decision.invoice_status,
        attempt=decision.attempt,
        due=decision.is_open and rules.guards.due_time_on_every_open_invoice,
        age=world.invoice.age,
        closed=False,
    )


def _read_again(world: World, worker: Worker, outcome: Outcome, rules: Rules) -> World:
    stored = world.payment(worker.attempt)
    is_another = not worker.extra and stored is not None and stored.intent not in (NO_INTENT, outcome.intent)
    if is_another or not world.invoice.taken_in:
        return ended(world, worker, rules, well=False)
    return with_worker(world, worker, worker._replace(current=True))


def restore(world: World, worker: Worker, rules: Rules) -> Moves:
    """The attempt is on record: the invoice gets its state back, and what was notified is notified again under its old
    id.
    """
    stored = seen(world, worker).payment or Payment()
    decision = decide(
        world.invoice.status,
        world.invoice.attempt,
        worker.attempt,
        "pending",
        intent_status="pending",
        heard=stored.intent_status,
    )
    if not worker.current or decision is None:
        yield "leaves the invoice to who wrote meanwhile", ended(world, worker, rules, well=False)
        return
    notify = notifications(world, worker, decision, rules)
    after = written(world, worker, _invoice(world, world.invoice, decision, rules), attempt=worker.attempt)
    yield (
        "gives the invoice its state back from the payment on record",
        notified_or_to_notify(after, worker, notify, rules),
    )
