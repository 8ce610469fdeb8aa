"""What must hold, in every state or once all is quiet."""

from collections.abc import Callable
from enum import StrEnum

from model.rules import Rules
from model.state import World
from model.writes import FAILURE, SUCCEEDED, SUCCESS, second_success_id


class Invariant(StrEnum):
    """The names in the table of docs/reliability.md."""

    ONE_SUCCESS = "I1 at most one payment intent of ours succeeds"
    SUCCESS_IS_FINAL = "I2 succeeded is final"
    TABLE_IS_STRIPE = "I3 when quiet, the table says what Stripe says"
    ONE_FAILURE_NOTIFIED = "I4 each failed attempt, and nothing else, is notified as a failure once"
    OPEN_IS_DUE = "I5 whatever is open has a due time"
    NOT_STUCK = "I6 from every state a quiet and settled one can be reached"
    NEWEST_ATTEMPT_COUNTS = "I7 an older attempt never overwrites a newer one"
    NO_SILENT_SUCCESS = "I8 a success whose event was taken is recorded and notified"
    LEARNT_IN_TIME = "I9 what succeeded at Stripe is learnt before its key is forgotten"


def is_settled(world: World, rules: Rules) -> bool:
    """All is quiet, and the invoice has come to its end."""
    stripe, invoice = world.stripe, world.invoice
    is_quiet = not world.workers and stripe.delayed is None
    has_failed = invoice.status == "failed" and (invoice.closed or not rules.guards.last_failure_is_closed)
    return is_quiet and (invoice.status == SUCCEEDED or has_failed)


def _one_success(world: World, rules: Rules) -> bool:
    return sum(intent.status == "succeeded" and not intent.outside for intent in world.stripe.intents) <= 1


def _table_is_stripe(world: World, rules: Rules) -> bool:
    if not is_settled(world, rules):
        return True
    succeeded = [intent for intent in world.stripe.intents if intent.status == SUCCEEDED]
    if world.invoice.status == SUCCEEDED:
        return bool(succeeded)
    return all(intent.outside for intent in succeeded)


def _one_failure_notified(world: World, rules: Rules) -> bool:
    failures = [one.attempt for one in world.notified if one.webhook_type == FAILURE]
    if len(failures) != len(set(failures)) or not set(failures) <= world.stripe.failed:
        return False
    return not is_settled(world, rules) or all(
        attempt in failures
        for attempt, payment in enumerate(world.payments, 1)
        if payment and payment.status == "failed"
    )


def _open_is_due(world: World, rules: Rules) -> bool:
    return not world.invoice.taken_in or world.invoice.status != "pending" or world.invoice.due


def _newest_attempt_counts(world: World, rules: Rules) -> bool:
    if world.invoice.status != "failed":
        return True
    latest = world.payment(world.invoice.attempt)
    return latest is not None and latest.status == "failed"


def _no_silent_success(world: World, rules: Rules) -> bool:
    notified = {(one.attempt, one.id) for one in world.notified if one.webhook_type == SUCCESS}
    for number in world.heard:
        attempt = world.stripe.intents[number].attempt
        payment = world.payment(attempt)
        is_first = payment is not None and payment.intent == number and payment.status == SUCCEEDED
        if (attempt, 0 if is_first else second_success_id(number)) not in notified:
            return False
    return True


STATES: dict[Invariant, Callable[[World, Rules], bool]] = {
    Invariant.ONE_SUCCESS: _one_success,
    Invariant.TABLE_IS_STRIPE: _table_is_stripe,
    Invariant.ONE_FAILURE_NOTIFIED: _one_failure_notified,
    Invariant.OPEN_IS_DUE: _open_is_due,
    Invariant.NEWEST_ATTEMPT_COUNTS: _newest_attempt_counts,
    Invariant.NO_SILENT_SUCCESS: _no_silent_success,
}
"""What holds of each state."""


def _success_is_final(before: World, after: World) -> bool:
    return before.invoice.status != SUCCEEDED or after.invoice.status == SUCCEEDED or before.puts != after.puts


def _attempt_never_falls(before: World, after: World) -> bool:
    return after.invoice.attempt >= before.invoice.attempt or before.puts != after.puts


CHANGES: dict[Invariant, Callable[[World, World], bool]] = {
    Invariant.SUCCESS_IS_FINAL: _success_is_final,
    Invariant.NEWEST_ATTEMPT_COUNTS: _attempt_never_falls,
}
"""What holds of each change. An item that an application replaces begins again."""


def has_unlearnt_success(world: World) -> bool:
    """Whether Stripe has collected, and the invoice does not say so yet."""
    return world.invoice.status != SUCCEEDED and any(intent.status == "succeeded" for intent in world.stripe.intents)
