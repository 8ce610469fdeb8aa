"""On which occasions a function begins."""

from collections.abc import Iterator

from paystream.use_cases.stripe_events.apply_intent import IntentEvent

from model.functions import RUNNING
from model.scenarios import Scenario
from model.use_cases import Start
from model.world.charges import outcome_of
from model.world.state import Intent, World
from model.world.values import VALUES, minutes, time


def due_start(world: World, scenario: Scenario) -> Start | None:
    """The schedule's function, if the invoice is due."""
    invoice = world.invoice
    if invoice is None or invoice.due_at is None or minutes(invoice.due_at) > world.now:
        return None
    return _start("schedule", world, scenario)


def stream_start(world: World, scenario: Scenario) -> Start | None:
    """The stream's function, if a record is to be handed over: not before that of the record before has ended."""
    if world.record is None:
        return None
    running = (RUNNING[worker].start for worker in world.workers)
    is_next = all(one.kind != "stream" or one.about == world.record for one in running)
    return _start("stream", world, scenario, tuple(world.record)) if is_next else None


def _start(kind: str, world: World, scenario: Scenario, about: object = None) -> Start:
    customer = None if scenario.card_changes else world.customer
    return Start(kind, world.now, scenario.integration, customer, about)


def starts(world: World, scenario: Scenario) -> Iterator[Start]:
    handed_over = stream_start(world, scenario)
    if handed_over:
        yield handed_over
    elif scenario.record_again:
        yield _start("stream", world, scenario, (0, 0))
    due = due_start(world, scenario)
    if due:
        yield due
    if scenario.events:
        yield from _events(world, scenario)
    if world.invoice:
        yield from _asked(world, scenario)


def _events(world: World, scenario: Scenario) -> Iterator[Start]:
    for number, intent in enumerate(world.stripe.intents):
        for status in dict.fromkeys(intent.statuses):
            yield _start("event", world, scenario, _event(number, intent, status))


def _event(number: int, intent: Intent, status: str) -> int:
    request = VALUES[intent.request]
    is_by_its_request = intent.session is None and status == intent.statuses[0]
    return VALUES.number(
        IntentEvent(
            occurred_at=time(0),
            metadata=request.metadata,
            amount_cents=request.amount_cents,
            currency=request.currency,
            provider_customer_id=request.provider_customer_id,
            outcome=outcome_of(number, intent, status),
            idempotency_key=request.key if is_by_its_request and not intent.is_foreign else None,
        )
    )


def _asked(world: World, scenario: Scenario) -> Iterator[Start]:
    for wish in scenario.people:
        if wish not in world.asked:
            kind, _, amount = wish.rpartition(" ") if wish[-1].isdigit() else (wish, "", "")
            about = (len(world.asked), int(amount)) if amount else None
            yield _start(kind, world, scenario, about)
