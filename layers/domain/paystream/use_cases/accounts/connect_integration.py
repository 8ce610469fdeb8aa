"""Connect a Stripe account, change it, rotate its key.

The order of the effects makes every crash repairable by calling again: an endpoint whose signing secret was lost is
replaced, and the secret is stored before the record that says "connected".
Two who connect at the same time overwrite each other's secret: the one who loses the record puts it right by doing all
of it once more.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from paystream.errors import (
    ConflictError,
    InvalidInputError,
    KeyRefusedError,
    ProviderRefusedError,
    VersionConflictError,
)
from paystream.model.account_check import check_after_connecting
from paystream.model.account_health import needed_of
from paystream.model.identifiers import integration_id
from paystream.model.integration import Credentials, Integration
from paystream.model.key_permissions import Permission, shown
from paystream.ports.messages import CollectionQueue
from paystream.ports.secrets import Secrets
from paystream.ports.stores import Stores
from paystream.ports.stripe import Gateways, PaymentGateway, WebhookEndpoint
from paystream.steps.accounts.key_check import KeyCheck, check_key
from paystream.steps.accounts.webhook_endpoint import see_to_endpoint, signing_secrets

_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionRequest:
    """A checked request; None means: as it was, or the default for a new one."""

    secret_key: str | None
    name: str | None
    create_customers: bool | None
    success_redirect_url: str | None
    endpoint_rate_limit_per_second: int | None
    global_rate_limit_per_second: int | None
    retry_schedule_days: tuple[int, ...] | None
    refund_second_payments: bool | None
    authentication_links: bool | None
    fallback_payment_methods: bool | None
    make_default: bool

    def __repr__(self) -> str:
        return f"ConnectionRequest(name={self.name!r})"


def connect_integration(
    request: ConnectionRequest,
    *,
    organization_id: str,
    code: str,
    webhook_url: str,
    stores: Stores,
    gateways: Gateways,
    secrets: Secrets,
    queue: CollectionQueue,
    now: datetime,
) -> Integration:
    """Check the key with Stripe, see that one webhook endpoint leads here, store both secrets, then the integration,
    which is paused no more. What its key lacks and can be done without is in its health. What had waited for its key is
    resumed each time: calling again makes a lost message good.

    One that was disconnecting is connected again by its key. Raises InvalidInputError for a key that Stripe refuses,
    that lacks what nothing can be collected without, or that is of another account or of one that is not known,
    ConflictError if the integration was changed at the same time again and again, or is being removed,
    OutcomeUnknownError if Stripe did not answer: call again.
    """
    for _ in range(_TRIES):
        with suppress(VersionConflictError):
            connected = _connect(
                request,
                organization_id=organization_id,
                code=code,
                webhook_url=webhook_url,
                stores=stores,
                gateways=gateways,
                secrets=secrets,
                now=now,
            )
            queue.resume_collection(organization_id, connected.lago_id)
            return connected
    raise ConflictError(
        "integration_changed", "the integration was changed at the same time; send it again", passes=True
    )


def _connect(
    request: ConnectionRequest,
    *,
    organization_id: str,
    code: str,
    webhook_url: str,
    stores: Stores,
    gateways: Gateways,
    secrets: Secrets,
    now: datetime,
) -> Integration:
    before = stores.integrations.get(organization_id, code)
    if before and before.removal_began_at:
        raise ConflictError("integration_changed", "the integration is being removed; send it again", passes=True)
    kept = secrets.get(before) if before else None
    secret_key = _secret_key(request, kept)
    gateway = gateways.with_key(secret_key)
    livemode = secret_key.split("_")[1] == "live"
    checked = _checked(gateway, secret_key, livemode=livemode, before=before, now=now)
    if before and before.disconnecting_since and request.secret_key:
        # Before the secret is stored: a call that would remove it loses the race for the record, and leaves it alone.
        before = stores.integrations.save(replace(before, disconnecting_since=None, updated_at=now))
    endpoint = _endpoint(gateway, webhook_url, kept)
    credentials = Credentials(secret_key, signing_secrets(endpoint, kept), endpoint.id)
    integration = before or _new_integration(organization_id, code, str(checked.account_id), livemode, now)
    secrets.put(organization_id, integration.lago_id, credentials)
    connected = replace(
        _changed(integration, request, now),
        default_currency=checked.account.default_currency if checked.account else integration.default_currency,
        account_name=checked.account.name if checked.account else integration.account_name,
        key_last4=secret_key[-4:],
        webhook_endpoint_id=endpoint.id,
        webhook_url=endpoint.url,
        needs_attention=None,
        pauses=(),
        suspicion=None,
        health=checked.health,
        check=check_after_connecting(
            integration, checked.health, is_new_endpoint=endpoint.signing_secret is not None, now=now
        ),
    )
    return stores.integrations.save(connected)


def _secret_key(request: ConnectionRequest, kept: Credentials | None) -> str:
    """The one that is sent, or the one that is known."""
    if request.secret_key:
        return request.secret_key
    if kept is None:
        raise InvalidInputError({"secret_key": ["value_is_mandatory"]})
    return kept.secret_key


def _checked(
    gateway: PaymentGateway, secret_key: str, *, livemode: bool, before: Integration | None, now: datetime
) -> KeyCheck:
    """What the key may do, and whose it is. Raises InvalidInputError for what nothing can be collected without."""
    try:
        checked = check_key(gateway, secret_key, now)
    except KeyRefusedError as refused:
        raise InvalidInputError({"secret_key": [refused.code or "refused_by_stripe"]}) from refused
    if before and checked.account_id not in (None, before.account_id):
        raise InvalidInputError({"secret_key": ["belongs_to_another_account"]})
    if before and before.livemode is not livemode:
        raise InvalidInputError({"secret_key": ["belongs_to_another_mode"]})
    lacking = needed_of(checked.health)
    if lacking:
        raise InvalidInputError({"secret_key": [f"permission_missing: {permission}" for permission in lacking]})
    return replace(checked, account_id=checked.account_id or _proven_account(gateway, before))


def _proven_account(gateway: PaymentGateway, before: Integration | None) -> str:
    """The account of before, if our webhook endpoint is there: its id is of one account only. Idempotency keys,
    customers and payments are an account's own, so a key of one that is not known could charge twice. Raises
    InvalidInputError.
    """
    if before and any(one.id == before.webhook_endpoint_id for one in gateway.webhook_endpoints()):
        return before.account_id
    raise InvalidInputError({"secret_key": [f"account_unknown: allow {shown(Permission.ACCOUNT)}"]})


def _endpoint(gateway: PaymentGateway, url: str, kept: Credentials | None) -> WebhookEndpoint:
    try:
        return see_to_endpoint(gateway, url, kept)
    except KeyRefusedError as refused:
        raise InvalidInputError({"secret_key": [refused.code or "webhook_endpoints_not_permitted"]}) from refused
    except ProviderRefusedError as refused:
        raise InvalidInputError({"base": [str(refused)]}) from refused


def _new_integration(organization_id: str, code: str, account_id: str, livemode: bool, now: datetime) -> Integration:
    return Integration(
        organization_id=organization_id,
        code=code,
        lago_id=integration_id(organization_id, code, account_id, livemode=livemode),
        name=code,
        account_id=account_id,
        livemode=livemode,
        key_last4="",
        create_customers=False,
        webhook_endpoint_id="",
        webhook_url="",
        created_at=now,
        updated_at=now,
    )


def _changed(integration: Integration, request: ConnectionRequest, now: datetime) -> Integration:
    schedule = request.retry_schedule_days
    return replace(
        integration,
        name=request.name or integration.name,
        create_customers=_either(request.create_customers, integration.create_customers),
        success_redirect_url=request.success_redirect_url or integration.success_redirect_url,
        endpoint_rate_limit_per_second=request.endpoint_rate_limit_per_second
        or integration.endpoint_rate_limit_per_second,
        global_rate_limit_per_second=request.global_rate_limit_per_second or integration.global_rate_limit_per_second,
        retry_schedule_days=integration.retry_schedule_days if schedule is None else schedule,
        refund_second_payments=_either(request.refund_second_payments, integration.refund_second_payments),
        authentication_links=_either(request.authentication_links, integration.authentication_links),
        fallback_payment_methods=_either(request.fallback_payment_methods, integration.fallback_payment_methods),
        default_since=now if request.make_default else integration.default_since,
        updated_at=now,
    )


def _either(said: bool | None, known: bool) -> bool:
    return known if said is None else said
