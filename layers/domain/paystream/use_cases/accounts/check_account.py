"""Look at a connected account: what its key may do, whether its webhook endpoint leads here, and what happened that no
event has said.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from paystream.errors import NeedsAttentionError, PermissionMissingError, ProviderRefusedError
from paystream.model.account_check import caught_up, lists_of, postponed, with_gap
from paystream.model.account_health import AccountHealth, EndpointStatus, Problem, with_endpoint
from paystream.model.integration import AccountCheck, Credentials, Integration
from paystream.ports.messages import CollectionQueue
from paystream.ports.pages import Page
from paystream.ports.secrets import Secrets
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways, ListedEvent, PaymentGateway
from paystream.steps.accounts.key_check import check_key
from paystream.steps.accounts.problems import problem_notification, with_health, with_problem, without_problem
from paystream.steps.accounts.refused_key import calls_stripe
from paystream.steps.accounts.webhook_endpoint import endpoint_status, see_to_endpoint, signing_secrets
from paystream.use_cases.accounts.end_pauses import end_pauses


@dataclass(frozen=True, slots=True)
class Look:
    """One look. `apply` applies an event, and says whether it is done with; what failed is read once more."""

    stores: Stores
    gateways: Gateways
    secrets: Secrets
    queue: CollectionQueue
    apply: Callable[[Integration, ListedEvent], bool]
    has_time: Callable[[], bool]
    now: datetime


def check_account(organization_id: str, code: str, look: Look) -> None:
    """End its pauses, or look at it if that is due. What there is no time for is done the next time. Safe to repeat;
    each problem is notified once.

    Raises VersionConflictError (it was changed meanwhile), and what asking Stripe raises: repeat it.
    """
    integration = look.stores.integrations.get(organization_id, code)
    if integration is None or integration.removal_began_at:
        return
    integration = end_pauses(integration, stores=look.stores, queue=look.queue, now=look.now)
    if integration.check is None or integration.check.due_at > look.now:
        return
    try:
        with calls_stripe(
            integration, "event.list", stores=look.stores, gateways=look.gateways, now=look.now
        ) as gateway:
            _catch_up(_with_endpoint(_with_health(integration, gateway, look), gateway, look), gateway, look)
    except NeedsAttentionError:
        current = look.stores.integrations.get(organization_id, code)
        if current and current.check:
            look.stores.integrations.save(replace(current, check=postponed(current.check, look.now)))


def _with_health(integration: Integration, gateway: PaymentGateway, look: Look) -> Integration:
    """The integration, of whose key it is known what it may do. A look that goes on where it was has found out."""
    kept, check = look.secrets.get(integration), _check(integration, look)
    goes_on = check.until is not None and integration.health is not None
    if integration.disconnecting_since or kept is None or goes_on:
        return integration
    found = check_key(gateway, kept.secret_key, look.now).health
    known = integration.health or found
    health = replace(found, endpoint_status=known.endpoint_status, endpoint_since=known.endpoint_since)
    return with_health(integration, check, health, stores=look.stores, now=look.now)


def _with_endpoint(integration: Integration, gateway: PaymentGateway, look: Look) -> Integration:
    """The integration, whose events arrive from now on. One that is disconnecting is left as it is."""
    kept, check = look.secrets.get(integration), _check(integration, look)
    if integration.disconnecting_since or kept is None:
        return integration
    try:
        endpoint = see_to_endpoint(gateway, integration.webhook_url, kept)
    except (PermissionMissingError, ProviderRefusedError):
        status = endpoint_status(gateway, integration.webhook_url, integration.webhook_endpoint_id)
        refused = _in_state(integration, status, look)
        return with_problem(refused, check, Problem.ENDPOINT_REFUSED, stores=look.stores, now=look.now)
    well = _in_state(integration, EndpointStatus.ENABLED, look)
    if endpoint.signing_secret is None and endpoint.id == integration.webhook_endpoint_id:
        return without_problem(well, check, Problem.ENDPOINT_REFUSED)
    if endpoint.signing_secret:
        credentials = Credentials(kept.secret_key, signing_secrets(endpoint, kept), endpoint.id)
        look.secrets.put(integration.organization_id, integration.lago_id, credentials)
    known = without_problem(well, with_gap(check, look.now), Problem.ENDPOINT_REFUSED)
    replaced = replace(known, webhook_endpoint_id=endpoint.id, updated_at=look.now)
    notification = problem_notification(replaced, Problem.ENDPOINT_REPLACED, look.now)
    return look.stores.integrations.save(replaced, (notification,))


def _in_state(integration: Integration, status: EndpointStatus, look: Look) -> Integration:
    health = integration.health or AccountHealth(checked_at=look.now)
    return replace(integration, health=with_endpoint(health, status, look.now))


def _check(integration: Integration, look: Look) -> AccountCheck:
    return integration.check or AccountCheck(due_at=look.now)


def _catch_up(integration: Integration, gateway: PaymentGateway, look: Look) -> None:
    check = _check(integration, look)
    check = replace(check, until=check.until or look.now)
    lists = lists_of(check, check.until or look.now)
    while check.list_number < len(lists):
        if not look.has_time():
            look.stores.integrations.save(replace(integration, check=check))
            return
        try:
            page = gateway.events(lists[check.list_number], cursor=check.cursor)
        except PermissionMissingError:
            known = with_problem(integration, check, Problem.EVENTS_NOT_PERMITTED, stores=look.stores, now=look.now)
            look.stores.integrations.save(replace(known, check=postponed(known.check or check, look.now)))
            return
        check = _after_page(check, page, integration, look)
    known = without_problem(integration, check, Problem.EVENTS_NOT_PERMITTED)
    look.stores.integrations.save(replace(known, check=caught_up(known.check or check, look.now)))


def _after_page(check: AccountCheck, page: Page[ListedEvent], integration: Integration, look: Look) -> AccountCheck:
    done = [look.apply(integration, event) for event in page.records]
    return replace(
        check,
        list_number=check.list_number + (page.next_cursor is None),
        cursor=page.next_cursor,
        has_failed=check.has_failed or not all(done),
    )
