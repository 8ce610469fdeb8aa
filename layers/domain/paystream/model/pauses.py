"""How far a refusal that is the operator's pauses an account, and when what it stopped is tried again."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from paystream.model.account_health import missing_permission
from paystream.model.faults import Reach
from paystream.model.integration import AccountCheck, Attention, Integration, Suspicion
from paystream.model.outcome import Failure

CREATE_INTENT = "payment_intent.create"
CREATE_PAGE = "checkout.session.create"
_CHARGES = frozenset({CREATE_INTENT, CREATE_PAGE})

ENOUGH_CUSTOMERS = 3
"""So many whom one code that nobody knows has refused, with nothing taken in between, are no coincidence."""

_INTERVALS = (timedelta(minutes=15), timedelta(minutes=20), timedelta(minutes=30), timedelta(minutes=40))
"""Between two tries. With the schedule's steps the last one leaves all collected within an hour."""

_TEXTS = {
    Reach.ACCOUNT: "Stripe refuses each charge of this account ({code}). See what it lacks in Stripe's dashboard: "
    "https://dashboard.stripe.com/account/status.",
    Reach.METHOD_TYPE: "Stripe refuses charges of the type {what} ({code}). Activate it in Stripe's dashboard: "
    "https://dashboard.stripe.com/settings/payment_methods.",
    Reach.REQUEST: "Stripe refuses what is sent for an invoice ({code}), which waits. Look at the request in Stripe's "
    "dashboard, https://dashboard.stripe.com/workbench/logs, and report it.",
}
_AND_THEN = " No invoice fails by it. Once it is put right, collection goes on automatically, within an hour."


def refusal_text(reach: Reach, what: str | None, failure: Failure) -> str:
    """What the operator is notified of, and what to do. It names Stripe's request, so that it is found in their log."""
    text = _TEXTS[reach].format(code=failure.code, what=what) + _AND_THEN
    return f"{text} Request {failure.request_id}." if failure.request_id else text


def pause_of(integration: Integration, action: str, *, types: Collection[str] = (), now: datetime) -> Attention | None:
    """What keeps this from being asked now; `types` are those of the payment methods of which one is charged."""
    if integration.needs_attention:
        return integration.needs_attention
    closed = [one for one in integration.pauses if one.probe_at and now < one.probe_at]
    stops = next((one for one in closed if _stops(one, action)), None)
    return stops or (_pause_of_types(closed, types) if action in _CHARGES else None)


def with_refusal(integration: Integration, refused: Attention, now: datetime) -> tuple[Integration, bool]:
    """The integration that is paused as far as the refusal reaches, and whether that is new and to be notified. One
    that is paused is tried again later, each time after a longer pause.
    """
    known = next((one for one in integration.pauses if _is_same(one, refused)), None)
    if known is None:
        pauses = (*integration.pauses, replace(refused, probe_at=_next_probe_at(refused, now)))
        check = integration.check or AccountCheck(due_at=now)
        return replace(integration, pauses=pauses, suspicion=None, check=check), True
    if known.reach is Reach.REQUEST or (known.probe_at and now < known.probe_at):
        return integration, False
    failed = replace(known, probes=known.probes + 1)
    failed = replace(failed, probe_at=_next_probe_at(failed, now))
    return replace(integration, pauses=tuple(failed if one is known else one for one in integration.pauses)), False


def without_pauses(
    integration: Integration, action: str, *, types: Sequence[str] = (), was_refused: bool = False
) -> Integration:
    """The integration after Stripe has taken this: what it refused before ends. `was_refused`: so was this very charge.
    What waited for the pause is to be made due.
    """
    is_charge = action in _CHARGES
    kept = tuple(one for one in integration.pauses if not _is_ended(one, action, types, was_refused))
    suspicion = None if is_charge else integration.suspicion
    resumes = integration.resumes or len(kept) < len(integration.pauses)
    return replace(integration, pauses=kept, suspicion=suspicion, resumes=resumes)


def probed(integration: Integration) -> Integration:
    """One through which nothing waits: what it is paused for is tried as soon as there is something to ask."""
    return replace(integration, pauses=tuple(replace(one, probe_at=None) for one in integration.pauses))


def to_be_probed(integration: Integration, now: datetime) -> Attention | None:
    """A pause whose time has come."""
    return next((one for one in integration.pauses if one.probe_at and one.probe_at <= now), None)


def with_suspect(integration: Integration, code: str, external_customer_id: str) -> Suspicion:
    """The suspicion, with one more customer whom the code has refused."""
    before = integration.suspicion
    known = before.external_customer_ids if before and before.code == code else ()
    return Suspicion(code=code, external_customer_ids=tuple(dict.fromkeys((*known, external_customer_id))))


def is_operators_by_now(integration: Integration, suspicion: Suspicion) -> bool:
    """Whether a code that no table knows is the operator's: it refused customer after customer, or is known as that."""
    is_known = any(one.reach is Reach.ACCOUNT and one.code == suspicion.code for one in integration.pauses)
    return is_known or len(suspicion.external_customer_ids) >= ENOUGH_CUSTOMERS


def notified_permissions(integration: Integration) -> frozenset[str]:
    """The ids of those that the key lacks, as was notified: by a look, or since something was paused."""
    of_looks = (missing_permission(one) for one in (integration.check.problems if integration.check else ()))
    of_pauses = (permission for pause in integration.pauses for permission in pause.permissions)
    return frozenset((*filter(None, of_looks), *of_pauses))


def _pause_of_types(closed: Sequence[Attention], types: Collection[str]) -> Attention | None:
    """If each of the types is paused: where one is not, it may be what is charged."""
    of_types = [one for one in closed if one.reach is Reach.METHOD_TYPE]
    paused = {each for one in of_types for each in _types(one)}
    return of_types[0] if types and {*types} <= paused else None


def _stops(pause: Attention, action: str) -> bool:
    if pause.reach is Reach.PERMISSION:
        return pause.what == action
    return pause.reach is Reach.ACCOUNT and action in _CHARGES


def _is_ended(pause: Attention, action: str, types: Sequence[str], was_refused: bool) -> bool:
    match pause.reach:
        case Reach.METHOD_TYPE:
            return action in _CHARGES and bool(types) and {*types} <= {*_types(pause)}
        case Reach.REQUEST:
            return was_refused
        case _:
            return _stops(pause, action)


def _types(pause: Attention) -> list[str]:
    return (pause.what or "").split(",")


def _is_same(pause: Attention, refused: Attention) -> bool:
    return (pause.reach, pause.what) == (refused.reach, refused.what)


def _next_probe_at(pause: Attention, now: datetime) -> datetime | None:
    if pause.reach is Reach.REQUEST:
        return None
    return now + _INTERVALS[min(pause.probes, len(_INTERVALS) - 1)]
