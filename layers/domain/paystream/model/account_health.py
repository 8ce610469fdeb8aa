"""What is known of a connected account's state at Stripe, and what of it the operator has to see to."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from paystream.model.key_permissions import KeyPermission, Permission


class EndpointStatus(StrEnum):
    """Of the webhook endpoint: `changed` is one that does not send all that is needed, or leads elsewhere."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    CHANGED = "changed"
    MISSING = "missing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardEvent:
    """An event of Stripe that has arrived: its type, and when it was received."""

    type: str
    at: datetime


HEARD_AGAIN_AFTER = timedelta(hours=1)
"""Each event that arrives is not written down: whether events arrive at all is what is to be known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountHealth:
    """As it was at `checked_at`. `charges_enabled` is None where it could not be read. `missing` are the permissions
    that the key lacks; `unchecked` those that could not be asked for. `endpoint_since` is when the endpoint was found
    in this state first.
    """

    checked_at: datetime
    charges_enabled: bool | None = None
    missing: tuple[KeyPermission, ...] = ()
    unchecked: tuple[KeyPermission, ...] = ()
    endpoint_status: EndpointStatus = EndpointStatus.ENABLED
    endpoint_since: datetime | None = None


class Problem(StrEnum):
    """What a look has found, and what the operator is notified of."""

    ENDPOINT_REPLACED = "webhook_endpoint_replaced"
    ENDPOINT_REFUSED = "webhook_endpoint_refused"
    EVENTS_NOT_PERMITTED = "events_not_permitted"
    CHARGES_DISABLED = "charges_disabled"
    PERMISSION_MISSING = "permission_missing"


_TEXTS = {
    Problem.ENDPOINT_REPLACED: "The webhook endpoint did not send all that is needed: it was deleted, disabled or "
    "changed at Stripe, or an update handles more events. It was made again, and what happened meanwhile is being read "
    "from Stripe's list of events. Nothing has to be done.",
    Problem.ENDPOINT_REFUSED: "The webhook endpoint is missing, and Stripe refuses to make it again. Allow the key to "
    "write webhook endpoints, or delete one that is not needed, and connect the integration again.",
    Problem.EVENTS_NOT_PERMITTED: "The key may not read events: what happens while Stripe cannot reach the webhook "
    "endpoint is not known. Allow it to read events, and connect the integration again.",
    Problem.CHARGES_DISABLED: "The account cannot charge (charges_enabled is false): see in Stripe's dashboard what "
    "Stripe still needs to know of the business.",
    Problem.PERMISSION_MISSING: "The key lacks a permission. Edit it in Stripe's dashboard under Developers, API keys.",
}

_WITH_A_PROBLEM_OF_THEIR_OWN = {Permission.EVENTS, Permission.WEBHOOK_ENDPOINTS}
_OF_HEALTH = (Problem.PERMISSION_MISSING, Problem.CHARGES_DISABLED)
_SEPARATOR = ":"


def problems_of(health: AccountHealth) -> tuple[str, ...]:
    """What lacks, each under its own name, so that each is notified once: `permission_missing:rak_charge_write`."""
    lacks = tuple(
        f"{Problem.PERMISSION_MISSING}{_SEPARATOR}{permission.id}"
        for permission in health.missing
        if permission.id not in _WITH_A_PROBLEM_OF_THEIR_OWN
    )
    return (*lacks, Problem.CHARGES_DISABLED.value) if health.charges_enabled is False else lacks


def needed_of(health: AccountHealth) -> tuple[KeyPermission, ...]:
    """The missing permissions without which nothing can be collected."""
    return tuple(permission for permission in health.missing if permission.is_needed)


def problems_after(known: Iterable[str], health: AccountHealth) -> tuple[str, ...]:
    """The problems of an account by now. One of which nothing could be learnt stays as it is known."""
    unknown = {f"{Problem.PERMISSION_MISSING}{_SEPARATOR}{permission.id}" for permission in health.unchecked}
    if health.charges_enabled is None:
        unknown.add(Problem.CHARGES_DISABLED)
    kept = (problem for problem in known if kind_of(problem) not in _OF_HEALTH or problem in unknown)
    return tuple(dict.fromkeys((*kept, *problems_of(health))))


def missing_permission(problem: str) -> str | None:
    """The id of the permission that a problem is about, if it is about one."""
    kind, _, permission = problem.partition(_SEPARATOR)
    return permission if kind == Problem.PERMISSION_MISSING else None


def kind_of(problem: str) -> str:
    """The code that is notified and shown: `permission_missing`."""
    return problem.split(_SEPARATOR, maxsplit=1)[0]


def text_of(kind: str, missing: Iterable[KeyPermission] = ()) -> str:
    """What it means, and what to do; of permissions with those that the key lacks, in the dashboard's words."""
    text = _TEXTS[Problem(kind)]
    named = ", ".join(str(permission) for permission in missing)
    return f"{text} It lacks: {named}." if kind == Problem.PERMISSION_MISSING and named else text


def with_endpoint(health: AccountHealth, status: EndpointStatus, now: datetime) -> AccountHealth:
    """In this state since now, unless it was in it before."""
    if health.endpoint_status is status and health.endpoint_since:
        return health
    return replace(health, endpoint_status=status, endpoint_since=now)
