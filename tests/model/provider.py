"""Stripe's side of the model: idempotency keys, intents, payment links, and what it answers."""

from collections.abc import Iterator
from typing import NamedTuple

from model.rules import Rules
from model.state import LINK, NO_INTENT, Delayed, Intent, Outcome, Request, Saved, Stripe

UNKNOWN = "unknown"
PARAMS_CHANGED = "idempotency_error"

_ENDED = ("expired", "canceled")


class Reply(NamedTuple):
    """What a call did at Stripe, and what its sender learns: an outcome, UNKNOWN or PARAMS_CHANGED."""

    label: str
    stripe: Stripe
    answer: Outcome | str
    faults: int = 0


def call(stripe: Stripe, request: Request, rules: Rules, faults_left: int, *, crossed: bool) -> Iterator[Reply]:
    """Every way in which a request can end for its sender."""
    for reply in commit(stripe, request, rules, faults_left):
        yield reply
        if faults_left and isinstance(reply.answer, Outcome):
            yield Reply(f"{reply.label}, but the answer is lost", reply.stripe, UNKNOWN, 1)
    if faults_left:
        yield Reply("it does not arrive", stripe, UNKNOWN, 1)
    if faults_left and rules.scenario.delays and stripe.delayed is None:
        yield Reply("it times out, still on its way", stripe._replace(delayed=Delayed(request, crossed)), UNKNOWN, 1)


def commit(stripe: Stripe, request: Request, rules: Rules, faults_left: int) -> Iterator[Reply]:
    """Every way in which Stripe can take a request: once under a key, unless it has forgotten it.

    A 400 of validation is not saved. Source: https://docs.stripe.com/api/idempotent_requests
    """
    saved = _saved(stripe, request)
    if saved and saved.request.params != request.params:
        yield Reply("Stripe answers idempotency_error", stripe, PARAMS_CHANGED)
        return
    if saved:
        again = "Stripe answers as before" if saved.answer else "Stripe repeats its saved 500"
        yield Reply(f"{again}", stripe, saved.answer or UNKNOWN)
        return
    statuses = _first_statuses(request, rules)
    for status in statuses:
        made = _make(stripe, request, status)
        answer = Outcome(status, len(made.intents) - 1)
        yield Reply(f"Stripe makes it: {status}", _save(made, request, answer), answer)
    if rules.scenario.saved_errors and faults_left:
        made = _make(stripe, request, statuses[0])
        yield Reply(f"Stripe makes it ({statuses[0]}) and saves a 500", _save(made, request, None), UNKNOWN, 1)
        yield Reply("Stripe makes nothing and saves a 500", _save(stripe, request, None), UNKNOWN, 1)
    if rules.scenario.refusals:
        refused = stripe._replace(failed=stripe.failed | {request.attempt})
        yield Reply("Stripe refuses it (400, not saved)", refused, Outcome("failed"))


def _saved(stripe: Stripe, request: Request) -> Saved | None:
    """What Stripe remembers under the request's key."""
    key = (request.attempt, request.key)
    return next((saved for saved in stripe.saved if (saved.request.attempt, saved.request.key) == key), None)


def _first_statuses(request: Request, rules: Rules) -> tuple[str, ...]:
    if request.params == LINK:
        return ("open",)
    ended = ("succeeded", "requires_payment_method")
    return (*ended, "processing") if rules.scenario.processing else ended


def look_up(stripe: Stripe, attempt: int, *, with_links: bool, lists: bool) -> int:
    """The newest intent that names the attempt; links that were not paid only when asked for. NO_INTENT if none."""
    for number in range(len(stripe.intents) - 1, -1, -1):
        intent = stripe.intents[number]
        is_unpaid_link = intent.link and intent.status != "succeeded"
        if intent.attempt == attempt and (with_links or not is_unpaid_link) and (lists or intent.found):
            return number
    return NO_INTENT


def change(stripe: Stripe, number: int, status: str) -> Stripe:
    """An intent reaches a new status; an event of it may arrive from now on, never or many times."""
    intent = stripe.intents[number]
    changed = intent._replace(statuses=(*intent.statuses, status))
    return _failed_if(
        stripe._replace(
            intents=(*stripe.intents[:number], changed, *stripe.intents[number + 1 :]),
        ),
        intent.attempt,
        status,
    )


def close(stripe: Stripe, number: int) -> Stripe:
    """Cancel an intent, or expire a link: nothing happens to one that has ended."""
    intent = stripe.intents[number]
    if intent.status == "requires_payment_method":
        return change(stripe, number, "canceled")
    return change(stripe, number, "expired") if intent.status == "open" else stripe


def is_closed(status: str) -> bool:
    """Whether nothing can come of an intent any more."""
    return status in _ENDED


def _make(stripe: Stripe, request: Request, status: str) -> Stripe:
    made = stripe._replace(intents=(*stripe.intents, Intent(request.attempt, (status,), link=request.params == LINK)))
    return _failed_if(made, request.attempt, status)


def _failed_if(stripe: Stripe, attempt: int, status: str) -> Stripe:
    has_failed = status == "requires_payment_method" or status in _ENDED
    return stripe._replace(failed=stripe.failed | {attempt}) if has_failed else stripe


def _save(stripe: Stripe, request: Request, answer: Outcome | None) -> Stripe:
    return stripe._replace(saved=(*stripe.saved, Saved(request, answer)))
