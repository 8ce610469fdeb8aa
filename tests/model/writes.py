"""What workers write, and how they end."""

from collections.abc import Iterator
from functools import cache
from itertools import count

from paystream.model.notification import WebhookType
from paystream.model.outcome import PayableStatus

from model.decide import Decision
from model.rules import Rules
from model.state import Invoice, Notified, Payment, Seen, Worker, World

FAILURE = WebhookType.INVOICE_PAYMENT_FAILURE.value
SUCCESS = WebhookType.PAYMENT_SUCCEEDED.value
SUCCEEDED = PayableStatus.SUCCEEDED.value
STREAM = "stream"
EVENT = "event"
_SECOND = 100
"""Added to the number of an intent: the id of the notification of a second success."""

_numbers = count()


@cache
def _ordinal(worker: Worker) -> int:
    return next(_numbers)


def with_workers(world: World, *workers: Worker) -> World:
    """Which worker is which makes no difference."""
    return world._replace(workers=tuple(sorted(workers, key=_ordinal)))


def with_worker(world: World, worker: Worker, changed: Worker | None) -> World:
    """The worker goes on, or is gone."""
    others = list(world.workers)
    others.remove(worker)
    return with_workers(world, *others, *([changed] if changed else []))


def ended(world: World, worker: Worker, rules: Rules, *, well: bool = True) -> World:
    """A function returns. A stream goes on to the next record unless it learns of a failure."""
    done = world.done or (worker.job == STREAM and (well or not rules.guards.failed_record_comes_again))
    after = with_worker(world, worker, None)._replace(done=done)
    if worker.job == EVENT and well and worker.outcome:
        return answered(after, worker.outcome.intent, rules)
    return after


def answered(world: World, number: int, rules: Rules) -> World:
    """Stripe's event was answered with 200, so that it does not come again by necessity."""
    has_succeeded = rules.scenario.outside_intent and world.stripe.intents[number].status == SUCCEEDED
    return world._replace(heard=world.heard | {number}) if has_succeeded else world


def read(world: World, attempt: int, rules: Rules) -> Seen | None:
    """What a worker has to remember of what it reads."""
    return None if rules.guards.conditional_write else Seen(world.invoice, world.payment(attempt) if attempt else None)


def seen(world: World, worker: Worker) -> Seen:
    """What the worker has read."""
    return worker.read or Seen(world.invoice, world.payment(worker.attempt) if worker.attempt else None)


def may_write(worker: Worker, rules: Rules) -> bool:
    """Whether a write on condition of the version goes through."""
    return worker.current or not rules.guards.conditional_write


def written(world: World, worker: Worker, invoice: Invoice, *, attempt: int, payment: Payment | None = None) -> World:
    """Invoice and payment in one transaction: what the others have read is old now. The age of an attempt follows from
    when it began, which nobody rewrites."""
    payments = world.payments
    if payment:
        known = world.payment(attempt)
        payment = payment._replace(age=known.age if known else 0)
        payments = (*payments[: attempt - 1], payment, *payments[attempt:])
    after = world._replace(invoice=invoice, payments=payments)
    others = list(world.workers)
    others.remove(worker)
    return with_workers(after, worker._replace(current=True), *(w._replace(current=False) for w in others))


def notifications(world: World, worker: Worker, decision: Decision, rules: Rules) -> tuple[Notified, ...]:
    """What a decision has to notify, of failures and successes."""
    notified = (webhook_type for webhook_type in decision.notified if webhook_type in (FAILURE, SUCCESS))
    return tuple(
        Notified(webhook_type, worker.attempt, _id(world, worker, webhook_type, rules)) for webhook_type in notified
    )


def notified_or_to_notify(world: World, worker: Worker, notify: tuple[Notified, ...], rules: Rules) -> World:
    """In the same transaction; without that guard, a moment later."""
    if rules.guards.notification_in_the_transaction or not notify:
        return ended(world._replace(notified=world.notified | set(notify)), worker, rules)
    return with_worker(world, worker, worker._replace(step="notify", notify=notify))


def notify(world: World, worker: Worker, rules: Rules) -> Iterator[tuple[str, World]]:
    """Only without the guard: the notification follows its state."""
    yield (
        "puts the notification into the outbox",
        ended(world._replace(notified=world.notified | set(worker.notify)), worker, rules),
    )


def _id(world: World, worker: Worker, webhook_type: str, rules: Rules) -> int:
    if worker.extra and worker.outcome:
        return _SECOND + worker.outcome.intent
    if rules.guards.stable_notification_id:
        return 0
    return sum((one.webhook_type, one.attempt) == (webhook_type, worker.attempt) for one in world.notified)


def second_success_id(intent: int) -> int:
    """The id of the notification of a second success."""
    return _SECOND + intent
