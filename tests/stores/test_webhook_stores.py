"""The store of webhook endpoints."""

from dataclasses import replace

import pytest
from paystream.errors import InvalidInputError, VersionConflictError
from paystream.model.notification import NotificationFilter
from paystream.model.webhook_endpoint import (
    EndedSubscription,
    SignatureAlgo,
    Subscription,
    SubscriptionStatus,
    WebhookEndpoint,
    WebhookEndpoints,
)
from paystream.ports.pages import PageRequest
from paystream.ports.stores import Stores
from stores.records import NOW, ORGANIZATION, OTHER_ORGANIZATION, at, notification

URL = "https://hooks.example.com/lago"


def subscription(name: str = "subscription-1") -> Subscription:
    return Subscription(
        id=name, webhook_url=URL, event_types=(), begun_at=NOW, status=SubscriptionStatus.CONFIRMED, arn="arn:aws:sns:1"
    )


def endpoints(organization_id: str = ORGANIZATION, due_at: float | None = 0) -> WebhookEndpoints:
    """One endpoint with all that it can have, and one that has ended."""
    one = WebhookEndpoint(
        organization_id=organization_id,
        lago_id="endpoint-1",
        webhook_url=URL,
        signature_algo=SignatureAlgo.HMAC,
        name="Dunning",
        event_types=("invoice.payment_failure",),
        created_at=NOW,
        subscription=replace(subscription(), event_types=None, arn=None, status=SubscriptionStatus.PENDING),
        replaced=subscription("subscription-2"),
    )
    ended = EndedSubscription(endpoint_id="endpoint-2", subscription=subscription("subscription-3"), ended_at=NOW)
    due = None if due_at is None else at(due_at)
    return WebhookEndpoints(organization_id=organization_id, endpoints=(one,), ended=(ended,), due_at=due)


class TestWebhookEndpoints:
    def test_are_read_as_they_were_written(self, stores: Stores) -> None:
        written = stores.webhook_endpoints.save(endpoints())

        assert written == replace(endpoints(), version=1)
        assert stores.webhook_endpoints.of(ORGANIZATION) == written

    def test_of_an_organization_without_any_are_none(self, stores: Stores) -> None:
        stores.webhook_endpoints.save(endpoints())

        assert stores.webhook_endpoints.of(OTHER_ORGANIZATION) == WebhookEndpoints(organization_id=OTHER_ORGANIZATION)

    def test_are_written_by_who_read_the_last_version(self, stores: Stores) -> None:
        read = stores.webhook_endpoints.save(endpoints())
        stores.webhook_endpoints.save(read)

        for stale in (endpoints(), read):
            with pytest.raises(VersionConflictError):
                stores.webhook_endpoints.save(stale)

    def test_are_due_by_their_time_until_they_are_settled(self, stores: Stores) -> None:
        late = stores.webhook_endpoints.save(endpoints(due_at=10))
        stores.webhook_endpoints.save(endpoints(OTHER_ORGANIZATION, due_at=5))
        stores.webhook_endpoints.save(endpoints("settled", due_at=None))

        def due(seconds: float) -> tuple[str, ...]:
            return stores.webhook_endpoints.due(until=at(seconds), cursor=None).records

        assert [due(4), due(5), due(10)] == [(), (OTHER_ORGANIZATION,), (OTHER_ORGANIZATION, ORGANIZATION)]
        stores.webhook_endpoints.save(replace(late, due_at=None))
        assert due(10) == (OTHER_ORGANIZATION,)


def test_a_cursor_from_beyond_the_times_that_are_wanted_is_refused(stores: Stores) -> None:
    for second in range(3):
        stores.notifications.add(notification(f"n{second}", created_at=at(second)))
    page = stores.notifications.page(ORGANIZATION, NotificationFilter(), request=PageRequest(1))

    with pytest.raises(InvalidInputError):
        stores.notifications.page(
            ORGANIZATION, NotificationFilter(until=at(1)), request=PageRequest(1, cursor=page.next_cursor)
        )
