"""An organization's webhook endpoints: what is wanted, what is so, and when it is looked at again."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from builders.records import RECORDED_AT
from paystream.model.webhook_endpoint import (
    MOST_ENDPOINTS,
    OLD_VIEW_IS_GONE_AFTER,
    EndedSubscription,
    SignatureAlgo,
    Subscription,
    SubscriptionStatus,
    WebhookEndpoint,
    WebhookEndpoints,
)

NOW = RECORDED_AT + timedelta(days=1)


def subscription(
    name: str = "s1", status: SubscriptionStatus = SubscriptionStatus.CONFIRMED, begun_at: datetime = RECORDED_AT
) -> Subscription:
    return Subscription(id=name, webhook_url="https://acme.test/hook", begun_at=begun_at, status=status)


def endpoint(lago_id: str = "e1", subscribed: Subscription | None = None) -> WebhookEndpoint:
    return WebhookEndpoint(
        organization_id="organization",
        lago_id=lago_id,
        webhook_url="https://acme.test/hook",
        signature_algo=SignatureAlgo.HMAC,
        created_at=RECORDED_AT,
        subscription=subscribed or subscription(),
    )


def pending(begun_at: datetime) -> WebhookEndpoint:
    return endpoint(subscribed=subscription(status=SubscriptionStatus.PENDING, begun_at=begun_at))


def of_all(*endpoints: WebhookEndpoint, ended: tuple[EndedSubscription, ...] = ()) -> WebhookEndpoints:
    return WebhookEndpoints(organization_id="organization", endpoints=endpoints, ended=ended)


def ended(name: str, at: datetime = NOW, endpoint_id: str = "e1") -> EndedSubscription:
    return EndedSubscription(endpoint_id=endpoint_id, subscription=subscription(name), ended_at=at)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://acme.test/hook", "https://acme.test/hook"),
        ("https://ann:secret@acme.test/a/b", "https://ann:***@acme.test/a/b"),
        ("https://ann:se@cret@acme.test", "https://ann:***@acme.test"),
        ("https://ann:@acme.test/", "https://ann:***@acme.test/"),
        ("https://ann@acme.test/hook", "https://ann@acme.test/hook"),
        ("https://acme.test/hook:secret@x", "https://acme.test/hook:secret@x"),
    ],
)
def test_a_password_is_not_shown(url: str, shown: str) -> None:
    assert replace(endpoint(), webhook_url=url).shown_url == shown


def test_a_url_is_not_written_to_a_log() -> None:
    assert "acme.test" not in repr(endpoint())
    assert "acme.test" not in repr(subscription())


@pytest.mark.parametrize("status", SubscriptionStatus)
def test_one_that_is_confirmed_expired_or_refused_is_settled(status: SubscriptionStatus) -> None:
    assert endpoint(subscribed=subscription(status=status)).is_settled is (status is not SubscriptionStatus.PENDING)


@pytest.mark.parametrize("status", SubscriptionStatus)
def test_a_confirmed_one_is_settled_when_it_has_its_types_and_replaces_none(status: SubscriptionStatus) -> None:
    known = endpoint(subscribed=subscription(status=status))
    is_ended = status in (SubscriptionStatus.EXPIRED, SubscriptionStatus.REFUSED)

    assert replace(known, event_types=("payment.succeeded",)).is_settled is is_ended
    assert replace(known, replaced=subscription("s0")).is_settled is is_ended


def test_all_are_settled_when_each_is_and_nothing_is_to_end() -> None:
    assert of_all().is_settled
    assert of_all(endpoint()).is_settled
    assert not of_all(endpoint("e1"), pending(NOW)).is_settled
    assert not of_all(endpoint(), ended=(ended("s0"),)).is_settled


def test_one_is_found_by_its_id() -> None:
    first, second = endpoint("e1"), endpoint("e2")

    assert [of_all(first, second).find(lago_id) for lago_id in ("e1", "e2", "e3")] == [first, second, None]
    assert of_all(second, first).find("e1") is first


def test_one_is_added_or_takes_the_place_of_the_one_with_its_id() -> None:
    first, second = endpoint("e1"), endpoint("e2")
    changed = replace(first, name="changed")

    assert of_all(first).with_endpoint(second) == of_all(first, second)
    assert of_all(first, second).with_endpoint(changed) == of_all(changed, second)


def test_with_one_its_subscriptions_end() -> None:
    replacing = replace(endpoint("e2", subscription("s2")), replaced=subscription("s1"))
    before = of_all(endpoint("e1"), replacing, endpoint("e3"), ended=(ended("s0", RECORDED_AT),))

    assert before.without(replacing, NOW) == of_all(
        endpoint("e1"),
        endpoint("e3"),
        ended=(ended("s0", RECORDED_AT), ended("s2", endpoint_id="e2"), ended("s1", endpoint_id="e2")),
    )
    assert of_all(endpoint("e1", subscription("s3"))).without(endpoint("e1", subscription("s3")), NOW) == of_all(
        ended=(ended("s3"),)
    )


@pytest.mark.parametrize(
    ("age", "pause"),
    [
        (timedelta(0), timedelta(minutes=1)),
        (timedelta(minutes=2), timedelta(minutes=1)),
        (timedelta(minutes=10), timedelta(minutes=5)),
        (timedelta(hours=2), timedelta(hours=1)),
        (timedelta(days=9), timedelta(hours=1)),
    ],
)
def test_what_is_not_done_is_looked_at_when_it_has_grown_by_half(age: timedelta, pause: timedelta) -> None:
    assert of_all(pending(NOW - age)).looked_at(NOW).due_at == NOW + pause
    assert of_all(ended=(ended("s0", NOW - age),)).looked_at(NOW).due_at == NOW + pause


def test_the_youngest_of_them_counts() -> None:
    every = of_all(pending(NOW - timedelta(hours=1)), ended=(ended("s0", NOW - timedelta(minutes=10)),))

    assert every.looked_at(NOW).due_at == NOW + timedelta(minutes=5)


def test_when_all_is_done_nothing_is_looked_at() -> None:
    assert replace(of_all(endpoint()), due_at=NOW).looked_at(NOW) == of_all(endpoint())


def test_there_are_limits() -> None:
    assert (MOST_ENDPOINTS, OLD_VIEW_IS_GONE_AFTER, of_all().version) == (10, timedelta(minutes=1), 0)
