"""Where an organization wants its notifications posted, and the subscriptions that bring them there."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

MOST_ENDPOINTS = 10
"""For each organization, as in Lago."""

OLD_VIEW_IS_GONE_AFTER = timedelta(seconds=60)
"""A function that read the endpoints before something was ended can act on that no longer: it runs half as long."""

_SHORTEST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=1)


class SignatureAlgo(StrEnum):
    """Lago's ways to sign; kept, not applied: SNS signs in its own way."""

    JWT = "jwt"
    HMAC = "hmac"


class SubscriptionStatus(StrEnum):
    """How far a subscription has come. `EXPIRED`: nobody confirmed it in time. `REFUSED`: its URL was not taken."""

    PENDING = "pending_confirmation"
    CONFIRMED = "confirmed"
    EXPIRED = "expired"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One way to one URL, which may hold a password. Its `id` makes of it a URL that nobody else subscribes.

    `event_types` are those it was last subscribed to; None are all. `arn` is None until the topic's answer is on
    record.
    """

    id: str
    webhook_url: str = field(repr=False)
    event_types: tuple[str, ...] | None = None
    begun_at: datetime
    status: SubscriptionStatus = SubscriptionStatus.PENDING
    arn: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEndpoint:
    """`webhook_url` may hold a password. `replaced` brings notifications until `subscription` is confirmed."""

    organization_id: str
    lago_id: str
    webhook_url: str = field(repr=False)
    signature_algo: SignatureAlgo
    name: str | None = None
    event_types: tuple[str, ...] | None = None
    created_at: datetime
    subscription: Subscription
    replaced: Subscription | None = None

    @property
    def shown_url(self) -> str:
        """The URL with its password hidden."""
        scheme, colon, rest = self.webhook_url.partition("://")
        authority, slash, path = rest.partition("/")
        credentials, at, host = authority.rpartition("@")
        user, has_password, _ = credentials.partition(":")
        return f"{scheme}{colon}{user}:***{at}{host}{slash}{path}" if has_password else self.webhook_url

    @property
    def is_settled(self) -> bool:
        """Whether all that is wanted is so."""
        is_filtered = self.subscription.event_types == self.event_types
        if self.subscription.status is SubscriptionStatus.CONFIRMED:
            return is_filtered and self.replaced is None
        return self.subscription.status is not SubscriptionStatus.PENDING


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedSubscription:
    """What is wanted no more, until it is sure that it is gone, and the dead-letter queue of its endpoint with it."""

    endpoint_id: str
    subscription: Subscription
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEndpoints:
    """All of an organization: read and written as one, so that their number and their URLs are what they seem.

    `due_at` is when there is something to be done about them; None if all is done.
    """

    organization_id: str
    endpoints: tuple[WebhookEndpoint, ...] = ()
    ended: tuple[EndedSubscription, ...] = ()
    due_at: datetime | None = None
    version: int = 0

    @property
    def is_settled(self) -> bool:
        return not self.ended and all(endpoint.is_settled for endpoint in self.endpoints)

    def find(self, lago_id: str) -> WebhookEndpoint | None:
        return next((endpoint for endpoint in self.endpoints if endpoint.lago_id == lago_id), None)

    def with_endpoint(self, endpoint: WebhookEndpoint) -> "WebhookEndpoints":
        """With this one added, or in place of the one with its id."""
        known = self.find(endpoint.lago_id)
        others = tuple(endpoint if one is known else one for one in self.endpoints)
        return replace(self, endpoints=others if known else (*others, endpoint))

    def without(self, endpoint: WebhookEndpoint, now: datetime) -> "WebhookEndpoints":
        """With the endpoint's subscriptions ended."""
        left = tuple(one for one in self.endpoints if one.lago_id != endpoint.lago_id)
        subscriptions = [one for one in (endpoint.subscription, endpoint.replaced) if one]
        return replace(self, endpoints=left).ending(endpoint.lago_id, subscriptions, now)

    def ending(self, endpoint_id: str, subscriptions: list[Subscription], now: datetime) -> "WebhookEndpoints":
        """With these subscriptions of an endpoint ended."""
        more = [EndedSubscription(endpoint_id=endpoint_id, subscription=one, ended_at=now) for one in subscriptions]
        return replace(self, ended=(*self.ended, *more))

    def looked_at(self, now: datetime) -> "WebhookEndpoints":
        """Due again when the youngest of what is not done yet has grown by half, in an hour at the latest."""
        pauses = [min(max((now - begun_at) / 2, _SHORTEST_PAUSE), _LONGEST_PAUSE) for begun_at in self._unsettled()]
        return replace(self, due_at=now + min(pauses) if pauses else None)

    def _unsettled(self) -> Iterator[datetime]:
        yield from (one.ended_at for one in self.ended)
        yield from (one.subscription.begun_at for one in self.endpoints if not one.is_settled)
