"""Problems of an account: each is notified when it comes up, and not each day, until it is put right."""

from dataclasses import replace
from datetime import datetime

from paystream.lago.customer_notifications import payment_provider_error
from paystream.model.account_health import AccountHealth, Problem, kind_of, missing_permission, problems_after, text_of
from paystream.model.integration import AccountCheck, Integration
from paystream.model.notification import Notification
from paystream.model.pauses import notified_permissions
from paystream.ports.stores import Stores


def problem_notification(integration: Integration, problem: str, now: datetime) -> Notification:
    """Once for each state of the integration: what is notified is saved with the state in which it was found."""
    kind = kind_of(problem)
    missing = integration.health.missing if integration.health else ()
    return payment_provider_error(integration, "account.check", text_of(kind, missing), kind, now)


def with_problem(
    integration: Integration, check: AccountCheck, problem: str, *, stores: Stores, now: datetime
) -> Integration:
    """The integration that has it; saved, and notified, if it is new. Raises VersionConflictError."""
    if problem in check.problems:
        return replace(integration, check=check)
    found = replace(integration, check=replace(check, problems=(*check.problems, problem)))
    return stores.integrations.save(found, (problem_notification(found, problem, now),))


def without_problem(integration: Integration, check: AccountCheck, problem: Problem) -> Integration:
    """Put right; saved with what the look finds besides."""
    left = tuple(one for one in check.problems if one != problem)
    return replace(integration, check=replace(check, problems=left))


def with_health(
    integration: Integration, check: AccountCheck, health: AccountHealth, *, stores: Stores, now: datetime
) -> Integration:
    """What lacks is notified once for each kind, and what lacks no more is no problem any more. A permission that is
    notified already, because its lack has paused something, is kept as known. Raises VersionConflictError.
    """
    wanted, notified = problems_after(check.problems, health), notified_permissions(integration)
    known_before = {*check.problems, *(one for one in wanted if missing_permission(one) in notified)}
    new = [problem for problem in wanted if problem not in known_before]
    kept = tuple(problem for problem in wanted if problem not in new)
    known = replace(integration, health=health, check=replace(check, problems=kept))
    for kind in dict.fromkeys(map(kind_of, new)):
        of_kind = tuple(problem for problem in new if kind_of(problem) == kind)
        kept = (*kept, *of_kind)
        known = replace(known, check=replace(check, problems=kept))
        known = stores.integrations.save(known, (problem_notification(known, kind, now),))
    return known
