"""Look at a connected account: whether its webhook endpoint leads here, and what happened that no event has said."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from paystream.errors import NeedsAttentionError, PermissionMissingError, ProviderRefusedError
from paystream.lago.customer_notifications import payment_provider_error
from paystream.model.account_check import caught_up, lists_of, postponed, with_gap
from paystream.model.integration import AccountCheck, Credentials, Integration
from paystream.model.notification import Notification
from paystream.ports.pages import Page
from paystream.ports.secrets import Secrets
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways, ListedEvent, PaymentGateway
from paystream.steps.accounts.refused_key import calls_stripe
from paystream.steps.accounts.webhook_endpoint import see_to_endpoint, signing_secrets

ENDPOINT_REPLACED = "webhook_endpoint_replaced"
"""It was deleted at Stripe, disabled, or changed so that events were missed."""

ENDPOINT_REFUSED = "webhook_endpoint_refused"
EVENTS_NOT_PERMITTED = "events_not_permitted"

_TEXTS = {
    ENDPOINT_REPLACED: "The webhook endpoint did not send all that is needed: it was deleted, disabled or changed at "
    "Stripe, or an update handles more events. It was made again, and what happened meanwhile is being read from "
    "Stripe's list of events. Nothing has to be done.",
    ENDPOINT_REFUSED: "The webhook endpoint is missing, and Stripe refuses to make it again. Allow the key to write "
    "webhook endpoints, or delete one that is not needed, and connect the integration again.",
    EVENTS_NOT_PERMITTED: "The key may not read events: what happens while Stripe cannot reach the webhook endpoint is "
    "not known. Allow it to read events, and connect the integration again.",
}
"""What the operator is notified of, and what to do."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look. `apply` applies an event, and says whether it is done with; what failed is read once more."""

    stores: Stores
    gateways: Gateways
    secrets: Secrets
    apply: Callable[[Integration, ListedEvent], bool]
    has_time: Callable[[], bool]
    now: datetime


def check_account(organization_id: str, code: str, look: Look) -> None:
    """What there is no time for is done the next time. Safe to repeat; each problem is notified once.

    Raises VersionConflictError (it was changed meanwhile), and what asking Stripe raises: repeat it.
    """
    integration = look.stores.integrations.get(organization_id, code)
    if integration is None or integration.check is None or integration.removal_began_at:
        return
    try:
        with calls_stripe(
            integration, "event.list", stores=look.stores, gateways=look.gateways, now=look.now
        ) as gateway:
            _catch_up(_with_endpoint(integration, integration.check, gateway, look), gateway, look)
    except NeedsAttentionError:
        current = look.stores.integrations.get(organization_id, code)
        if current and current.check:
            look.stores.integrations.save(replace(current, check=postponed(current.check, look.now)))


def _with_endpoint(integration: Integration, check: AccountCheck, gateway: PaymentGateway, look: Look) -> Integration:
    """The integration, whose events arrive from now on. One that is disconnecting is left as it is."""
    kept = look.secrets.get(integration)
    if integration.disconnecting_since or kept is None:
        return integration
    try:
        endpoint = see_to_endpoint(gateway, integration.webhook_url, kept)
    except (PermissionMissingError, ProviderRefusedError):
        return _with_problem(integration, check, ENDPOINT_REFUSED, look)
    if endpoint.signing_secret is None and endpoint.id == integration.webhook_endpoint_id:
        return _without_problem(integration, check, ENDPOINT_REFUSED)
    if endpoint.signing_secret:
        credentials = Credentials(kept.secret_key, signing_secrets(endpoint, kept), endpoint.id)
        look.secrets.put(integration.organization_id, integration.lago_id, credentials)
    known = _without_problem(integration, with_gap(check, look.now), ENDPOINT_REFUSED)
    replaced = replace(known, webhook_endpoint_id=endpoint.id, updated_at=look.now)
    return look.stores.integrations.save(replaced, (_notification(replaced, ENDPOINT_REPLACED, look.now),))


def _catch_up(integration: Integration, gateway: PaymentGateway, look: Look) -> None:
    check = integration.check or AccountCheck(due_at=look.now)
    check = replace(check, until=check.until or look.now)
    lists = lists_of(check, check.until or look.now)
    while check.list_number < len(lists):
        if not look.has_time():
            look.stores.integrations.save(replace(integration, check=check))
            return
        try:
            page = gateway.events(lists[check.list_number], cursor=check.cursor)
        except PermissionMissingError:
            known = _with_problem(integration, check, EVENTS_NOT_PERMITTED, look)
            look.stores.integrations.save(replace(known, check=postponed(known.check or check, look.now)))
            return
        check = _after_page(check, page, integration, look)
    known = _without_problem(integration, check, EVENTS_NOT_PERMITTED)
    look.stores.integrations.save(replace(known, check=caught_up(known.check or check, look.now)))


def _after_page(check: AccountCheck, page: Page[ListedEvent], integration: Integration, look: Look) -> AccountCheck:
    done = [look.apply(integration, event) for event in page.records]
    return replace(
        check,
        list_number=check.list_number + (page.next_cursor is None),
        cursor=page.next_cursor,
        has_failed=check.has_failed or not all(done),
    )


def _with_problem(integration: Integration, check: AccountCheck, code: str, look: Look) -> Integration:
    """It is notified when it comes up, and not each day."""
    if code in check.problems:
        return replace(integration, check=check)
    found = replace(integration, check=replace(check, problems=(*check.problems, code)))
    return look.stores.integrations.save(found, (_notification(found, code, look.now),))


def _without_problem(integration: Integration, check: AccountCheck, code: str) -> Integration:
    left = tuple(problem for problem in check.problems if problem != code)
    return replace(integration, check=replace(check, problems=left))


def _notification(integration: Integration, code: str, now: datetime) -> Notification:
    return payment_provider_error(integration, "account.check", _TEXTS[code], code, now)
