"""When an account is looked at, and which of Stripe's events are listed then."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from paystream.model.account_health import AccountHealth, problems_of
from paystream.model.integration import AccountCheck, Integration

KEPT_FOR = timedelta(days=30)
"""Stripe's events. Source: https://docs.stripe.com/api/events"""

_EVERY = timedelta(days=1)
_AGAIN_AFTER_A_FAILURE = timedelta(hours=1)
_MOST_DOUBLINGS = 5
_OVERLAP = timedelta(hours=1)
"""An event may come into the list later than its time says."""

_SENT_FOR = timedelta(days=4)
"""Stripe sends an event for up to three days until it is answered: https://docs.stripe.com/webhooks#retries"""


class EventList(NamedTuple):
    """A list of events to read: of payment intents, or of all else; `only_undelivered` as Stripe knows it. One list of
    Stripe's takes 20 types: https://docs.stripe.com/api/events/list.
    """

    since: datetime
    until: datetime
    of_intents: bool
    of_others: bool
    only_undelivered: bool


def check_after_connecting(
    integration: Integration, health: AccountHealth, *, is_new_endpoint: bool, now: datetime
) -> AccountCheck:
    """An account whose endpoint is new is looked at at once: what happened before was sent nowhere. So is one of which
    not all could be checked. What its key lacks is known: the answer says it.
    """
    known = integration.check or AccountCheck(due_at=now)
    begun = with_gap(known, now) if is_new_endpoint else known
    return replace(begun, due_at=now if health.unchecked else begun.due_at, problems=problems_of(health))


def with_gap(check: AccountCheck, now: datetime) -> AccountCheck:
    """Events may have been sent nowhere: all are listed, from the beginning."""
    return AccountCheck(due_at=now, known_until=check.known_until, problems=check.problems)


def lists_of(check: AccountCheck, until: datetime) -> tuple[EventList, ...]:
    """What is to be read. What becomes of open invoices is asked for anyway, so that of intents only those events are
    read that did not arrive; of refunds, disputes, methods and customers nothing else speaks.
    """
    oldest = until - KEPT_FOR
    since = max(check.known_until - _OVERLAP, oldest) if check.known_until else oldest
    if check.is_gap:
        return (
            EventList(since, until, of_intents=False, of_others=True, only_undelivered=False),
            EventList(since, until, of_intents=True, of_others=False, only_undelivered=False),
        )
    undelivered_since = max(since - _SENT_FOR, oldest)
    return (
        EventList(since, until, of_intents=False, of_others=True, only_undelivered=False),
        EventList(undelivered_since, until, of_intents=True, of_others=False, only_undelivered=True),
    )


def caught_up(check: AccountCheck, now: datetime) -> AccountCheck:
    """The look has come to its end. Where something has failed, all of it is read once more, an hour later and then
    after growing pauses: an event of an invoice that was deleted fails as long as Stripe keeps it.
    """
    if check.has_failed:
        pause = min(_AGAIN_AFTER_A_FAILURE * 2 ** min(check.failed_looks, _MOST_DOUBLINGS), _EVERY)
        again = replace(with_gap(check, now), due_at=now + pause, is_gap=check.is_gap)
        return replace(again, failed_looks=check.failed_looks + 1)
    return AccountCheck(due_at=now + _EVERY, known_until=check.until, is_gap=False, problems=check.problems)


def postponed(check: AccountCheck, now: datetime) -> AccountCheck:
    """Nothing can be asked of Stripe now."""
    return replace(check, due_at=now + _EVERY)
