"""How a worker collects an invoice: `paystream.use_cases.collecting`'s `collect` and `collect_due`,
and `send_attempt`.

A payment link is an attempt like any other: the same way, with other parameters
(`paystream.steps.pages.payment_link`).
"""

from collections.abc import Iterator

from paystream.model.attempts import LOOK_UP_AFTER_TRIES
from paystream.model.outcome import PayableStatus

from model.clock import is_past_the_guard
from model.provider import PARAMS_CHANGED, call, look_up
from model.rules import Rules
from model.state import LINK, NO_INTENT, Invoice, Outcome, Payment, Request, Worker, World
from model.writes import ended, may_write, read, seen, with_worker, with_workers, written

DUE = "due"

Moves = Iterator[tuple[str, World]]


def begin(world: World, job: str, rules: Rules) -> World:
    """A record of the stream or a message of the schedule: read, and decide what to do first."""
    worker = Worker(job, "take_in", read(world, 1, rules))
    world = with_workers(world, *world.workers, worker)
    return world if not world.invoice.taken_in else _planned(world, worker, rules)


def take_in(world: World, worker: Worker, rules: Rules) -> Moves:
    """The item becomes an invoice: from now on it is due."""
    if not may_write(worker, rules):
        yield "finds it taken in by another", ended(world, worker, rules, well=False)
        return
    yield "cannot write the item: DynamoDB is throttled", ended(world, worker, rules, well=False)
    invoice = seen(world, worker).invoice
    invoice = invoice._replace(taken_in=True, due=rules.guards.due_time_on_every_open_invoice, age=world.invoice.age)
    after = written(world, worker, invoice, attempt=1)
    yield "takes the item in", _planned(after, worker._replace(current=True), rules)


def _planned(world: World, worker: Worker, rules: Rules) -> World:
    invoice, guards = world.invoice, rules.guards
    if invoice.status != "pending":
        return ended(world, worker, rules)
    attempt = max(invoice.attempt, _latest_on_record(world) if guards.latest_attempt_is_restored else 1, 1)
    stored = world.payment(attempt)
    step = _first_step(worker, invoice, stored, attempt, rules)
    if step is None:
        return ended(world, worker, rules)
    params = LINK if invoice.link else stored.card if stored else world.card
    known = Outcome("", stored.intent) if stored and step == "retrieve" else None
    planned = worker._replace(
        step=step, read=read(world, attempt, rules), attempt=attempt, params=params, outcome=known
    )
    return with_worker(world, worker, planned)


def _first_step(worker: Worker, invoice: Invoice, stored: Payment | None, attempt: int, rules: Rules) -> str | None:
    """None if there is nothing to do."""
    if stored is None or stored.status == PayableStatus.PENDING.value:
        return "look_up" if invoice.link or _must_look_up(invoice, stored, rules) else "send"
    if invoice.attempt < attempt:
        return "restore"
    is_on_its_way = stored.status == PayableStatus.PROCESSING.value and attempt == invoice.attempt
    return "retrieve" if worker.job == DUE and is_on_its_way else None


def _latest_on_record(world: World) -> int:
    return max((attempt for attempt, payment in enumerate(world.payments, 1) if payment), default=0)


def _must_look_up(invoice: Invoice, stored: Payment | None, rules: Rules) -> bool:
    age = max(invoice.age, stored.age if stored else 0)
    tries = stored.tries if stored else 0
    return (rules.guards.age_guard and is_past_the_guard(age)) or (
        rules.guards.look_up_after_unknown_tries and tries >= LOOK_UP_AFTER_TRIES
    )


def send(world: World, worker: Worker, rules: Rules) -> Moves:
    """The one call that charges, or makes a link."""
    is_link = worker.params == LINK
    shares_key = rules.guards.link_has_the_attempts_key if is_link else rules.guards.key_derived_from_attempt
    key = 0 if shares_key else 1 + len(world.stripe.saved)
    request = Request(worker.attempt, key, worker.params)
    what = f"asks for a link as attempt {worker.attempt}" if is_link else f"sends attempt {worker.attempt}"
    for reply in call(world.stripe, request, rules, rules.scenario.faults - world.faults, crossed=worker.crossed):
        after = world._replace(stripe=reply.stripe, faults=world.faults + reply.faults)
        yield f"{what}: {reply.label}", _heard(after, worker, reply.answer, rules)


def _heard(world: World, worker: Worker, answer: Outcome | str, rules: Rules) -> World:
    if isinstance(answer, Outcome):
        if answer.intent_status == "open":
            return ended(world, worker, rules)
        return with_worker(world, worker, worker._replace(step="record", outcome=answer))
    is_guarded = (
        rules.guards.params_changed_is_unknown if answer == PARAMS_CHANGED else rules.guards.unknown_is_never_failed
    )
    if not is_guarded:
        return with_worker(world, worker, worker._replace(step="record", outcome=Outcome("failed")))
    looks_up = answer == PARAMS_CHANGED and rules.guards.params_changed_looks_up_at_once
    return with_worker(world, worker, worker._replace(step="look_up_changed" if looks_up else "unknown"))


def look_up_first(world: World, worker: Worker, rules: Rules) -> Moves:
    """List the customer's intents. What is not there is sent, or is unknown if an earlier request exists."""
    stripe, is_link = world.stripe, worker.params == LINK
    if world.faults < rules.scenario.faults:
        unknown = worker._replace(step="unknown")
        yield "looks it up: no answer", with_worker(world, worker, unknown)._replace(faults=world.faults + 1)
    number = look_up(stripe, worker.attempt, with_links=is_link, lists=rules.guards.look_up_lists)
    if number == NO_INTENT:
        step = "send" if worker.step == "look_up" else "unknown"
        yield "looks it up: there is nothing", with_worker(world, worker, worker._replace(step=step))
        return
    status = stripe.intents[number].status
    if status == "open":
        charges = worker._replace(step="send", params=world.card)
        is_left_alone = rules.guards.nothing_charged_while_link_open
        after = ended(world, worker, rules) if is_left_alone else with_worker(world, worker, charges)
        yield "looks the link up: it is open", after
        return
    found = worker._replace(step="record", outcome=Outcome(status, number))
    yield f"looks it up: {status}", with_worker(world, worker, found)


def retrieve(world: World, worker: Worker, rules: Rules) -> Moves:
    """An intent that is known is retrieved."""
    number = worker.outcome.intent if worker.outcome else NO_INTENT
    status = world.stripe.intents[number].status
    heard = worker._replace(step="record", outcome=Outcome(status, number))
    yield f"retrieves the intent: {status}", with_worker(world, worker, heard)


def unknown(world: World, worker: Worker, rules: Rules) -> Moves:
    """Count the try. Who lost the race knows less than who won it. The record is delivered again."""
    if not may_write(worker, rules):
        yield "leaves the unknown try to who wrote meanwhile", ended(world, worker, rules, well=False)
        return
    invoice, stored = seen(world, worker)
    before = stored or Payment(card=worker.params)
    payment = before._replace(tries=min(before.tries + 1, LOOK_UP_AFTER_TRIES))
    invoice = invoice._replace(
        attempt=max(invoice.attempt, worker.attempt),
        due=rules.guards.due_time_on_every_open_invoice,
        age=world.invoice.age,
    )
    after = written(world, worker, invoice, attempt=worker.attempt, payment=payment)
    yield "counts an unknown try", ended(after, worker._replace(current=True), rules, well=False)
