"""Create, change and destroy webhook endpoints: what is wanted is stored, and `settle_subscriptions` makes it so."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from paystream.errors import ConflictError, InvalidInputError, NotFoundError, VersionConflictError
from paystream.model.webhook_endpoint import (
    MOST_ENDPOINTS,
    SignatureAlgo,
    Subscription,
    SubscriptionStatus,
    WebhookEndpoint,
    WebhookEndpoints,
)
from paystream.ports.stores import Stores
from paystream.use_cases.webhook_endpoints.check_webhook_url import WebhookUrls
from paystream.use_cases.webhook_endpoints.settle_subscriptions import resubscribed

_TRIES = 3

Change = Callable[[WebhookEndpoints], tuple[WebhookEndpoints, WebhookEndpoint]]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIds:
    """Ids that nobody has used."""

    endpoint: str
    subscription: str


def create_webhook_endpoint(
    sent: dict[str, Any], organization_id: str, *, stores: Stores, urls: WebhookUrls, ids: NewIds, now: datetime
) -> WebhookEndpoint:
    """Store an endpoint. One that is just like it and not confirmed yet is that endpoint: a repeat of the request.

    Raises InvalidInputError for a URL that is no good or is there already, and for more endpoints than may be;
    ConflictError if others change the endpoints at the same time.
    """
    if not sent.get("webhook_url"):
        raise InvalidInputError({"webhook_url": ["value_is_mandatory"]})
    url, event_types = sent["webhook_url"], sent.get("event_types")
    urls.check(url)
    subscription = Subscription(id=ids.subscription, webhook_url=url, event_types=event_types, begun_at=now)
    wanted = WebhookEndpoint(
        organization_id=organization_id,
        lago_id=ids.endpoint,
        webhook_url=url,
        signature_algo=sent.get("signature_algo") or SignatureAlgo.JWT,
        name=sent.get("name"),
        event_types=event_types,
        created_at=now,
        subscription=subscription,
    )

    def create(endpoints: WebhookEndpoints) -> tuple[WebhookEndpoints, WebhookEndpoint]:
        for one in endpoints.endpoints:
            if _is_repeat(wanted, one):
                return _updated(endpoints, one, {}, new_id=ids.subscription, now=now)
        _check_free(endpoints, wanted)
        if len(endpoints.endpoints) >= MOST_ENDPOINTS:
            raise InvalidInputError({"base": ["exceeded_limit"]})
        return endpoints.with_endpoint(wanted), wanted

    return _changed(organization_id, create, stores=stores, now=now)


def update_webhook_endpoint(
    sent: dict[str, Any],
    organization_id: str,
    lago_id: str,
    *,
    stores: Stores,
    urls: WebhookUrls,
    new_id: str,
    now: datetime,
) -> WebhookEndpoint:
    """Change what was sent. Another URL is another subscription; so is the same one where the old has come to nothing.

    One that waits to be confirmed is asked for once more. Raises NotFoundError, and as creating does.
    """
    if "webhook_url" in sent and not sent["webhook_url"]:
        raise InvalidInputError({"webhook_url": ["value_is_mandatory"]})

    def update(endpoints: WebhookEndpoints) -> tuple[WebhookEndpoints, WebhookEndpoint]:
        endpoint = _found(endpoints, lago_id)
        if _url(endpoint, sent) != endpoint.webhook_url:
            urls.check(sent["webhook_url"])
        return _updated(endpoints, endpoint, sent, new_id=new_id, now=now)

    return _changed(organization_id, update, stores=stores, now=now)


def destroy_webhook_endpoint(organization_id: str, lago_id: str, *, stores: Stores, now: datetime) -> WebhookEndpoint:
    """Take the endpoint away; its subscriptions end. Raises NotFoundError, ConflictError."""

    def destroy(endpoints: WebhookEndpoints) -> tuple[WebhookEndpoints, WebhookEndpoint]:
        endpoint = _found(endpoints, lago_id)
        return endpoints.without(endpoint, now), endpoint

    return _changed(organization_id, destroy, stores=stores, now=now)


def _changed(organization_id: str, change: Change, *, stores: Stores, now: datetime) -> WebhookEndpoint:
    """Read, change and write; due at once, so that a crash right after it is made good."""
    for _ in range(_TRIES):
        endpoints, endpoint = change(stores.webhook_endpoints.of(organization_id))
        try:
            stores.webhook_endpoints.save(replace(endpoints, due_at=now))
        except VersionConflictError:
            continue
        return endpoint
    raise ConflictError(
        "webhook_endpoints_changed", "the webhook endpoints were changed at the same time; send it again", passes=True
    )


def _updated(
    endpoints: WebhookEndpoints, endpoint: WebhookEndpoint, sent: dict[str, Any], *, new_id: str, now: datetime
) -> tuple[WebhookEndpoints, WebhookEndpoint]:
    url = _url(endpoint, sent)
    changed = replace(
        endpoint,
        webhook_url=url,
        signature_algo=sent.get("signature_algo") or endpoint.signature_algo,
        name=sent.get("name", endpoint.name),
        event_types=sent.get("event_types", endpoint.event_types),
    )
    _check_free(endpoints, changed)
    subscription = endpoint.subscription
    superseded: list[Subscription] = []
    if url != endpoint.webhook_url or subscription.status in (SubscriptionStatus.EXPIRED, SubscriptionStatus.REFUSED):
        changed, superseded = resubscribed(changed, new_id=new_id, now=now)
    elif subscription.status is SubscriptionStatus.PENDING:
        changed = replace(changed, subscription=replace(subscription, arn=None))
    return endpoints.with_endpoint(changed).ending(endpoint.lago_id, superseded, now), changed


def _url(endpoint: WebhookEndpoint, sent: dict[str, Any]) -> str:
    """A caller that sends back what we answered means the URL that we know."""
    url: str = sent.get("webhook_url", endpoint.webhook_url)
    return endpoint.webhook_url if url == endpoint.shown_url else url


def _is_repeat(wanted: WebhookEndpoint, known: WebhookEndpoint) -> bool:
    ours = (wanted.webhook_url, wanted.signature_algo, wanted.name, wanted.event_types)
    theirs = (known.webhook_url, known.signature_algo, known.name, known.event_types)
    return ours == theirs and known.subscription.status is not SubscriptionStatus.CONFIRMED


def _check_free(endpoints: WebhookEndpoints, wanted: WebhookEndpoint) -> None:
    for one in endpoints.endpoints:
        if one.webhook_url == wanted.webhook_url and one.lago_id != wanted.lago_id:
            raise InvalidInputError({"webhook_url": ["value_already_exist"]})


def _found(endpoints: WebhookEndpoints, lago_id: str) -> WebhookEndpoint:
    endpoint = endpoints.find(lago_id)
    if endpoint is None:
        raise NotFoundError("webhook_endpoint")
    return endpoint
