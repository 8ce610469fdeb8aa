"""See that exactly one webhook endpoint of an account leads here, whose signing secret is known."""

from collections.abc import Iterable, Sequence

from paystream.errors import PermissionMissingError, ProviderRefusedError
from paystream.model.account_health import EndpointStatus
from paystream.model.integration import Credentials
from paystream.ports.stripe import PaymentGateway, WebhookEndpoint

_SIGNING_SECRETS_KEPT = 2
_MOST_ENDPOINTS = 16
"""Of an account, in each mode: https://docs.stripe.com/webhooks#register-webhook"""


def see_to_endpoint(gateway: PaymentGateway, url: str, kept: Credentials | None) -> WebhookEndpoint:
    """Keep the endpoint whose secret is known; replace any other that leads here, or led here under an older URL.

    Only a new one has a `signing_secret`. Raises KeyRefusedError, ProviderRefusedError, OutcomeUnknownError.
    """
    known = kept.webhook_endpoint_id if kept else None
    listed = gateway.webhook_endpoints()
    registered = leading_here(listed, url, known)
    good = _usable_as_it_is(registered, url, known)
    stale = [endpoint for endpoint in registered if endpoint is not good]
    if good is None:
        good = _create_endpoint(gateway, url, stale, is_full=len(listed) >= _MOST_ENDPOINTS)
    delete_endpoints(gateway, stale)
    return good


def endpoint_status(gateway: PaymentGateway, url: str, known: str | None) -> EndpointStatus:
    """What Stripe says of the known endpoint; unknown where the key may not read it."""
    try:
        listed = gateway.webhook_endpoints()
    except PermissionMissingError:
        return EndpointStatus.UNKNOWN
    endpoint = next((one for one in listed if one.id == known), None)
    if endpoint is None:
        return EndpointStatus.MISSING
    if not endpoint.enabled:
        return EndpointStatus.DISABLED
    return EndpointStatus.ENABLED if endpoint.usable and endpoint.url == url else EndpointStatus.CHANGED


def _usable_as_it_is(endpoints: Iterable[WebhookEndpoint], url: str, known: str | None) -> WebhookEndpoint | None:
    usable = (endpoint for endpoint in endpoints if endpoint.id == known and endpoint.url == url and endpoint.usable)
    return next(usable, None)


def _create_endpoint(
    gateway: PaymentGateway, url: str, stale: Sequence[WebhookEndpoint], *, is_full: bool
) -> WebhookEndpoint:
    """The old ones stay until there is a new one, unless the account takes no more beside them."""
    try:
        return gateway.create_webhook_endpoint(url)
    except ProviderRefusedError:
        if not (is_full and stale):
            raise
        delete_endpoints(gateway, stale)
        return gateway.create_webhook_endpoint(url)


def delete_endpoints(gateway: PaymentGateway, endpoints: Iterable[WebhookEndpoint]) -> None:
    """Delete them at Stripe. One that is gone already is fine."""
    for endpoint in endpoints:
        gateway.delete_webhook_endpoint(endpoint.id)


def leading_here(endpoints: Iterable[WebhookEndpoint], url: str, known: str | None) -> list[WebhookEndpoint]:
    """Those that lead to this URL, and the one that is known, wherever it leads."""
    return [endpoint for endpoint in endpoints if endpoint.url == url or endpoint.id == known]


def signing_secrets(endpoint: WebhookEndpoint, kept: Credentials | None) -> tuple[str, ...]:
    """What is to be kept: that of a new endpoint, and what was known before, the newest first."""
    known = kept.signing_secrets if kept else ()
    fresh = (endpoint.signing_secret,) if endpoint.signing_secret else ()
    return (*fresh, *known)[:_SIGNING_SECRETS_KEPT]
