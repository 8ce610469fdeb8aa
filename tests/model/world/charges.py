"""Charges at Stripe: payment intents, and what is kept under an idempotency key."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any, NamedTuple

from paystream.adapters.stripe.intents import outcome_from_error, outcome_from_intent
from paystream.errors import OutcomeUnknownError, ParametersChangedError
from paystream.model.outcome import CANCELED, Failure, Outcome
from paystream.ports.stripe import PaymentLinkRequest

from model.world.calls import Raises
from model.world.state import Intent, Saved, Stripe, World, amount_of, payment_named
from model.world.values import DAY, VALUES, time

NO_ANSWER = VALUES.number(Raises(OutcomeUnknownError, "no answer"))
SAVED_500 = VALUES.number(Raises(OutcomeUnknownError, "HTTP status 500"))
OTHER_PARAMETERS = VALUES.number(Raises(ParametersChangedError, "idempotency_error"))

CLOCK_DIFFERENCE = timedelta(minutes=5)
"""The adapter's lists begin so much earlier."""

UNPAID = "requires_payment_method"


class Reply(NamedTuple):
    """What is said of it in a counterexample, the answer's number, and Stripe after it."""

    label: str
    answer: int
    stripe: Stripe


def changed(stripe: Stripe, number: int, status: str) -> Stripe:
    """With another status of an intent."""
    intent = stripe.intents[number]
    intents = list(stripe.intents)
    intents[number] = intent._replace(statuses=(*intent.statuses, status))
    return stripe._replace(intents=tuple(intents))


@cache
def outcome_of(number: int, intent: Intent, status: str | None = None) -> Outcome:
    """What Stripe says of an intent, as the adapter reads it."""
    status, amount = status or intent.status, amount_of(intent.request)
    found: dict[str, Any] = {
        "id": f"pi_{number}",
        "status": status,
        "created": int(time(intent.made_at).timestamp()),
        "amount": amount,
        "currency": "eur",
        "amount_received": amount if status == "succeeded" else 0,
        "payment_method": _method(intent),
    }
    if UNPAID in intent.statuses and status in (UNPAID, CANCELED):
        found["last_payment_error"] = _declined(_method(intent))
    return outcome_from_intent(found)


def _method(intent: Intent) -> str | None:
    request = VALUES[intent.request]
    return "pm_of_page" if isinstance(request, PaymentLinkRequest) else request.payment_method_id


def _declined(method: str | None) -> dict[str, Any]:
    charged = {"id": method, "type": "card"} if method else {}
    return {"code": "card_declined", "decline_code": "insufficient_funds", "payment_method": charged}


def collect(world: World, charges: tuple[str, ...], asked: int) -> Iterator[Reply]:
    stripe = world.stripe
    saved = saved_under(world, VALUES[asked].key)
    if saved:
        known = saved.request == asked
        yield Reply("the answer of before" if known else "idempotency_error", again(saved, asked), stripe)
        if world.now - saved.at < DAY:
            return
        stripe = stripe._replace(saved=tuple(one for one in stripe.saved if one is not saved))
    for charge in charges:
        yield _CHARGES[charge](stripe, asked, world.now)


def saved_under(world: World, key: str) -> Saved | None:
    return next((one for one in world.stripe.saved if one.key == key), None)


def again(saved: Saved, asked: int) -> int:
    return saved.answer if saved.request == asked else OTHER_PARAMETERS


def _made(stripe: Stripe, asked: int, now: int, status: str) -> tuple[Stripe, Outcome]:
    intent = Intent(asked, (status,), now)
    return stripe._replace(intents=(*stripe.intents, intent)), outcome_of(len(stripe.intents), intent)


def kept(stripe: Stripe, asked: int, answer: Any, now: int) -> tuple[int, Stripe]:
    number = answer if isinstance(answer, int) else VALUES.number(answer)
    saved = Saved(VALUES[asked].key, asked, number, now)
    return number, stripe._replace(saved=tuple(sorted((*stripe.saved, saved))))


def _charge(label: str, status: str) -> Callable[[Stripe, int, int], Reply]:
    def charge(stripe: Stripe, asked: int, now: int) -> Reply:
        made, outcome = _made(stripe, asked, now, status)
        return Reply(label, *kept(made, asked, outcome, now))

    return charge


def _declines(stripe: Stripe, asked: int, now: int) -> Reply:
    made, outcome = _made(stripe, asked, now, UNPAID)
    error = _declined(VALUES[asked].payment_method_id)
    intent = {"payment_intent": {"id": outcome.intent_id, "status": UNPAID}}
    refused = outcome_from_error({**error, **intent}, http_status=402, request_id=None)
    return Reply("declined", *kept(made, asked, refused, now))


def _asks_for_authentication(stripe: Stripe, asked: int, now: int) -> Reply:
    reply = _declines(stripe, asked, now)
    refused = replace(VALUES[reply.answer], failure=Failure(code="authentication_required", message="authenticate"))
    saved = Saved(VALUES[asked].key, asked, VALUES.number(refused), now)
    kept = tuple(saved if one.key == saved.key else one for one in reply.stripe.saved)
    return Reply("the customer has to authenticate", saved.answer, reply.stripe._replace(saved=kept))


def _refuses(stripe: Stripe, asked: int, _: int) -> Reply:
    """Not saved under the key: https://docs.stripe.com/api/idempotent_requests."""
    refused = outcome_from_error({"code": "lock_timeout"}, http_status=400, request_id=None)
    return Reply(
        "refused without an intent",
        VALUES.number(refused),
        stripe._replace(refused=stripe.refused | {payment_named(asked)}),
    )


def _error_is_saved(stripe: Stripe, asked: int, now: int) -> Reply:
    made, _ = _made(stripe, asked, now, "succeeded")
    return Reply("a 500, which is saved, over a charge", *kept(made, asked, SAVED_500, now))


_CHARGES: dict[str, Callable[[Stripe, int, int], Reply]] = {
    "pays": _charge("pays", "succeeded"),
    "processes": _charge("processing", "processing"),
    "declines": _declines,
    "asks for authentication": _asks_for_authentication,
    "refuses": _refuses,
    "saves a 500": _error_is_saved,
}
"""What can become of a charge. The first that a scenario names is the usual one."""


def number_in(name: str) -> int:
    return int(name.partition("_")[2])
