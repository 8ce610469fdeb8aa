"""Bring the topic's subscriptions to what an organization's webhook endpoints say.

What is wanted is stored first; this makes it so, in steps that may all be repeated, and writes down in the end how far
it came. After a crash it is done again: by the next request, or by the schedule. A call that reads an old view while
another one ends an endpoint might subscribe it again: so what has ended is looked for once more when nobody can have
that view any longer, and only then forgotten.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from paystream.errors import SubscriptionRefusedError, VersionConflictError
from paystream.model.webhook_endpoint import (
    OLD_VIEW_IS_GONE_AFTER,
    EndedSubscription,
    Subscription,
    SubscriptionStatus,
    WebhookEndpoint,
    WebhookEndpoints,
)
from paystream.ports.stores import Stores
from paystream.ports.webhooks import Subscriptions

_SHOWS_AFTER = timedelta(minutes=5)
"""A subscription that was made this long ago, and is not there, is not one that the topic does not show yet."""

_TRIES = 3


def settle_subscriptions(
    organization_id: str, *, stores: Stores, subscriptions: Subscriptions, new_id: str, now: datetime
) -> WebhookEndpoints:
    """Do what is left to be done. `new_id` is for a subscription that takes the place of one that cannot be changed.

    Raises VersionConflictError if the endpoints were changed at the same time again and again: they are due all the
    same.
    """
    for _ in range(_TRIES):
        endpoints = stores.webhook_endpoints.of(organization_id)
        if endpoints.is_settled and endpoints.due_at is None:
            return endpoints
        settled = _Settling(organization_id, subscriptions, new_id, now).all(endpoints)
        if settled == endpoints and endpoints.due_at and endpoints.due_at > now:
            return endpoints
        with suppress(VersionConflictError):
            return stores.webhook_endpoints.save(settled.looked_at(now))
    raise VersionConflictError("the webhook endpoints were changed at the same time")


class _Settling:
    """One go through an organization's endpoints."""

    def __init__(self, organization_id: str, subscriptions: Subscriptions, new_id: str, now: datetime) -> None:
        self._organization_id = organization_id
        self._subscriptions = subscriptions
        self._new_id = new_id
        self._now = now

    def all(self, endpoints: WebhookEndpoints) -> WebhookEndpoints:
        for endpoint in endpoints.endpoints:
            if not endpoint.is_settled:
                endpoints = self._endpoint(endpoints, endpoint)
        left = [one for one in endpoints.ended if not self._is_gone(one)]
        kept = {endpoint.lago_id for endpoint in endpoints.endpoints} | {one.endpoint_id for one in left}
        for endpoint_id in dict.fromkeys(one.endpoint_id for one in endpoints.ended):
            if endpoint_id not in kept:
                self._subscriptions.remove_dead_letters(endpoint_id)
        return replace(endpoints, ended=tuple(left))

    def _endpoint(self, endpoints: WebhookEndpoints, endpoint: WebhookEndpoint) -> WebhookEndpoints:
        subscription = self._subscribed(endpoint.lago_id, endpoint.subscription)
        endpoint, superseded = self._chosen(replace(endpoint, subscription=subscription))
        is_confirmed = endpoint.subscription.status is SubscriptionStatus.CONFIRMED
        if endpoint.replaced and is_confirmed:
            superseded.append(endpoint.replaced)
            endpoint = replace(endpoint, replaced=None)
        return endpoints.with_endpoint(endpoint).ending(endpoint.lago_id, superseded, self._now)

    def _subscribed(self, endpoint_id: str, subscription: Subscription) -> Subscription:
        """Asked for, if it was not, and looked at, if nobody had confirmed it."""
        if subscription.status is not SubscriptionStatus.PENDING:
            return subscription
        if subscription.arn is None:
            try:
                arn = self._subscriptions.subscribe(self._organization_id, endpoint_id, subscription)
            except SubscriptionRefusedError:
                return replace(subscription, status=SubscriptionStatus.REFUSED)
            return replace(subscription, arn=arn)
        status = self._subscriptions.status(subscription.arn)
        if status is SubscriptionStatus.EXPIRED and self._now - subscription.begun_at < _SHOWS_AFTER:
            return subscription
        return replace(subscription, status=status)

    def _chosen(self, endpoint: WebhookEndpoint) -> tuple[WebhookEndpoint, list[Subscription]]:
        """With the event types that are wanted, and what had to be given up for it."""
        subscription, wanted = endpoint.subscription, endpoint.event_types
        if subscription.event_types == wanted or not subscription.arn:
            return endpoint, []
        if endpoint.replaced and endpoint.replaced.arn:
            self._subscriptions.choose(endpoint.replaced.arn, self._organization_id, wanted)
        if self._subscriptions.choose(subscription.arn, self._organization_id, wanted):
            return replace(endpoint, subscription=replace(subscription, event_types=wanted)), []
        return resubscribed(endpoint, new_id=self._new_id, now=self._now)

    def _is_gone(self, ended: EndedSubscription) -> bool:
        """Ended at once if it can be, and forgotten once it is found gone, when nobody can bring it back."""
        is_late = self._now - ended.ended_at >= OLD_VIEW_IS_GONE_AFTER
        arn = ended.subscription.arn
        if arn is None and is_late:
            arn = self._subscriptions.find(ended.subscription)
            if arn is None:
                return True
        if arn is None:
            return False
        if is_late and self._subscriptions.status(arn) is SubscriptionStatus.EXPIRED:
            return True
        self._subscriptions.unsubscribe(arn)
        return False


def resubscribed(
    endpoint: WebhookEndpoint, *, new_id: str, now: datetime
) -> tuple[WebhookEndpoint, list[Subscription]]:
    """The endpoint with a new subscription to its URL, and those that nothing is lost without.

    One that was confirmed goes on until the new one is: nothing is lost in between.
    """
    old = endpoint.subscription
    new = Subscription(id=new_id, webhook_url=endpoint.webhook_url, event_types=endpoint.event_types, begun_at=now)
    if old.status is SubscriptionStatus.CONFIRMED:
        return replace(endpoint, subscription=new, replaced=old), [endpoint.replaced] if endpoint.replaced else []
    return replace(endpoint, subscription=new), [old]
