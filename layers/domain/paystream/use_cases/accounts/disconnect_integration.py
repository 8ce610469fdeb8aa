"""Disconnect an account: at once if nothing can be on its way there, else once the last payment has settled.

Until then it is disconnecting: nothing new begins through it, and what is on its way is notified, looked at and closed
as ever. A schedule looks for its end, so no event and no message is needed for it. The removal is claimed in the record
before anything is removed, so nobody connects the account again while its secret is being taken away.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from paystream.errors import KeyRefusedError, NotFoundError, PermissionMissingError
from paystream.model.integration import Integration
from paystream.model.invoice import Invoice
from paystream.model.invoice_filter import InvoiceFilter
from paystream.model.schedule import LONGEST_PAUSE, LONGEST_REQUEST
from paystream.model.standing import PaymentStatus
from paystream.ports.pages import PageRequest
from paystream.ports.secrets import Secrets
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways
from paystream.steps.accounts.webhook_endpoint import delete_endpoints, leading_here
from paystream.steps.look_ups.recover_lost_attempt import may_have_been_sent_to

_ALL_ARE_LOOKED_AT_WITHIN = LONGEST_PAUSE + timedelta(hours=1)
_PENDING = InvoiceFilter(payment_statuses=frozenset({PaymentStatus.PENDING}))
_A_PAGE = 100
_PAGES = 10
"""So many are judged; where there are more, a day settles it."""


def disconnect_integration(
    organization_id: str,
    code: str,
    *,
    is_forced: bool,
    stores: Stores,
    gateways: Gateways,
    secrets: Secrets,
    now: datetime,
) -> Integration:
    """The updated integration, `disconnecting_since` a time; or without one, as it was: then it is gone.

    It is gone at once if it is forced, if no payment is on its way through it and no first attempt can have been sent
    to it that is not written down, if the account is connected under
    another code, too, which follows them; or if Stripe refuses its key, through which nothing can be learnt.

    Raises NotFoundError, OutcomeUnknownError and VersionConflictError (it was changed, or paused, meanwhile): call
    again.
    """
    found = stores.integrations.get(organization_id, code)
    if found is None:
        raise NotFoundError("payment_provider")
    integration = found
    if found.disconnecting_since is None:
        # Before looking at what is on its way: what begins after that finds nobody connected.
        integration = stores.integrations.save(replace(found, disconnecting_since=now, updated_at=now))
    if not is_forced and _is_needed(integration, stores, now) and _takes_the_key(integration, gateways, secrets):
        return integration
    _remove(integration, stores=stores, gateways=gateways, secrets=secrets, now=now)
    return replace(found, disconnecting_since=None, removal_began_at=None)


def finish_disconnecting(
    organization_id: str, code: str, *, stores: Stores, gateways: Gateways, secrets: Secrets, now: datetime
) -> bool:
    """Whether it is gone. Not while a payment is on its way, nor while a function may be at work that began one before,
    or that removes it; nor before each invoice was looked at whose first attempt may be without a record.

    A key that Stripe refuses keeps it: a new one may be on its way, and only a person can say that none is. Raises
    OutcomeUnknownError, VersionConflictError: it is looked for again.
    """
    integration = stores.integrations.get(organization_id, code)
    if integration is None or integration.disconnecting_since is None:
        return integration is None
    is_quiet = now >= (integration.removal_began_at or integration.disconnecting_since) + LONGEST_REQUEST
    if not is_quiet or _is_needed(integration, stores, now):
        return False
    _remove(integration, stores=stores, gateways=gateways, secrets=secrets, now=now)
    return True


def _is_needed(integration: Integration, stores: Stores, now: datetime) -> bool:
    """Whether something is on its way, or may be, that no other integration could follow."""
    if integration.removal_began_at:
        return False
    are_in_flight = stores.payments.are_in_flight(integration.organization_id, integration.account_key)
    if not are_in_flight and not _may_be_without_a_record(integration, stores, now):
        return False
    return not any(
        other.account_key == integration.account_key and not other.disconnecting_since and not other.needs_attention
        for other in stores.integrations.all(integration.organization_id)
    )


def _may_be_without_a_record(integration: Integration, stores: Stores, now: datetime) -> bool:
    """Whether a first attempt may have been sent to the account, of which a crash, or a function that is at work, has
    left nothing on record. Each open invoice is looked at within a day: what was sent for it is found then.
    """
    marked_at = integration.disconnecting_since or now
    if now >= marked_at + _ALL_ARE_LOOKED_AT_WITHIN:
        return False
    cursor = None
    for _ in range(_PAGES):
        page = stores.invoices.page(integration.organization_id, _PENDING, request=PageRequest(_A_PAGE, cursor=cursor))
        if any(_may_be_sent(invoice, integration, marked_at, stores, now) for invoice in page.records):
            return True
        cursor = page.next_cursor
        if cursor is None:
            return False
    return True


def _may_be_sent(
    invoice: Invoice, integration: Integration, marked_at: datetime, stores: Stores, now: datetime
) -> bool:
    began_at = invoice.attempt_started_at or invoice.created_at
    if invoice.attempt or invoice.due_at is None or began_at > marked_at + LONGEST_REQUEST:
        return False
    return may_have_been_sent_to(integration, invoice, stores=stores, now=now)


def _takes_the_key(integration: Integration, gateways: Gateways, secrets: Secrets) -> bool:
    """Whether Stripe does. Raises OutcomeUnknownError."""
    if integration.needs_attention or not secrets.get(integration):
        return False
    try:
        gateways.of(integration).account()
    except PermissionMissingError:
        return True
    except KeyRefusedError:
        return False
    return True


def _remove(integration: Integration, *, stores: Stores, gateways: Gateways, secrets: Secrets, now: datetime) -> None:
    """Remove the webhook endpoint at Stripe, the secret and the integration, in this order; safe to repeat.

    A key that Stripe no longer accepts cannot remove the endpoint; that does not keep the integration.
    """
    if integration.removal_began_at is None:
        integration = stores.integrations.save(replace(integration, removal_began_at=now, updated_at=now))
    if secrets.get(integration):
        with suppress(KeyRefusedError):
            gateway = gateways.of(integration)
            listed = gateway.webhook_endpoints()
            delete_endpoints(gateway, leading_here(listed, integration.webhook_url, integration.webhook_endpoint_id))
        secrets.remove(integration.organization_id, integration.lago_id)
    stores.integrations.remove(integration)
