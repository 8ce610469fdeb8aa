"""The pace at which requests to one account pass: evenly spaced, shared by all functions through one table."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import boto3
import pytest
from moto import mock_aws
from paystream.adapters.dynamodb.rate_limits import DynamoTimetable
from paystream.adapters.stripe.rate_limited_client import endpoint_of
from paystream.adapters.stripe.rate_limiter import RateLimiter
from paystream.errors import RateLimitedError
from paystream.model.integration import Integration
from sandbox.stripe.clock import ManualClock
from template import resources

START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
CREATE, RETRIEVE = "POST /v1/payment_intents", "GET /v1/payment_intents/*"
INTEGRATION = Integration(
    organization_id="o",
    code="main",
    lago_id="i",
    name="Acme",
    account_id="acct_1",
    livemode=True,
    key_last4="0000",
    create_customers=False,
    webhook_endpoint_id="we_1",
    webhook_url="https://a.example",
    created_at=START,
    updated_at=START,
)


class Street:
    """A table, a clock, and limiters that share them as execution environments do."""

    def __init__(self) -> None:
        self.clock = ManualClock(START.timestamp())
        self.client = boto3.client("dynamodb", region_name="us-east-1")
        properties = resources("AWS::DynamoDB::Table")["RateLimitsTable"]
        kept = {name: properties[name] for name in ("AttributeDefinitions", "BillingMode", "KeySchema")}
        self.client.create_table(TableName="limits", **kept)
        self.writes = 0
        self.client.meta.events.register("before-call.dynamodb.UpdateItem", self._count)

    def limiter(self, *, longest_wait: float = 3.0, random: float = 0.0) -> RateLimiter:
        return RateLimiter(
            DynamoTimetable(self.client, "limits"),
            longest_wait=longest_wait,
            clock=self.clock.now,
            sleep=self.clock.advance,
            random=lambda: random,
        )

    def passes(self, limiter: RateLimiter, endpoint: str = CREATE, integration: Integration = INTEGRATION) -> float:
        """When a request that asks now may go, in seconds since the start. The time passes."""
        limiter.wait_for_turn(integration, endpoint, limiter.deadline())
        return round(self.clock.now() - START.timestamp(), 3)

    def _count(self, **_: Any) -> None:
        self.writes += 1


@pytest.fixture
def street(monkeypatch: pytest.MonkeyPatch) -> Iterator[Street]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        yield Street()


def stuck(street: Street, endpoint: str = CREATE, integration: Integration = INTEGRATION) -> RateLimitedError:
    """The refusal that a function gets which may not wait at all."""
    limiter = street.limiter(longest_wait=0)
    with pytest.raises(RateLimitedError) as refused:
        limiter.wait_for_turn(integration, endpoint, limiter.deadline())
    return refused.value


def test_the_first_request_goes_at_once_and_the_others_follow_evenly(street: Street) -> None:
    limiter = street.limiter()

    assert [street.passes(limiter) for _ in range(5)] == [0.0, 0.04, 0.08, 0.12, 0.16]


def test_two_environments_take_turns(street: Street) -> None:
    one, other = street.limiter(), street.limiter()

    assert [street.passes(limiter) for limiter in (one, other, one, other)] == [0.0, 0.04, 0.08, 0.12]


def test_after_a_pause_nothing_is_made_up_for(street: Street) -> None:
    limiter = street.limiter()
    street.passes(limiter)
    street.clock.advance(60)

    assert [street.passes(limiter) for _ in range(3)] == [60.0, 60.04, 60.08]


def test_endpoints_have_lines_of_their_own_and_one_together(street: Street) -> None:
    limiter = street.limiter()

    turns = [street.passes(limiter, endpoint) for endpoint in (CREATE, RETRIEVE, CREATE, RETRIEVE)]

    assert turns == [0.0, 0.01, 0.04, 0.05]


def test_in_test_mode_the_account_takes_no_more_in_total_than_one_endpoint(street: Street) -> None:
    limiter, integration = street.limiter(), replace(INTEGRATION, livemode=False)

    assert [street.passes(limiter, endpoint, integration) for endpoint in (CREATE, RETRIEVE, CREATE)] == [0, 0.04, 0.08]


def test_a_rate_that_does_not_divide_a_second_is_never_exceeded(street: Street) -> None:
    limiter, integration = street.limiter(), replace(INTEGRATION, endpoint_rate_limit_per_second=3)

    assert [street.passes(limiter, CREATE, integration) for _ in range(4)] == [0.0, 0.333, 0.667, 1.0]
    assert street.clock.now() - START.timestamp() > 1


def test_another_integration_does_not_wait(street: Street) -> None:
    limiter = street.limiter()
    street.passes(limiter)

    assert street.passes(limiter, CREATE, replace(INTEGRATION, lago_id="i2")) == 0.0
    assert street.passes(limiter, CREATE, replace(INTEGRATION, organization_id="o2")) == 0.0


def test_each_turn_costs_one_write(street: Street) -> None:
    limiter = street.limiter()

    for _ in range(10):
        street.passes(limiter)

    assert street.writes == 10


def test_who_is_surprised_by_others_writes_once_more(street: Street) -> None:
    one, other = street.limiter(), street.limiter()
    street.passes(one)

    street.passes(other)

    assert street.writes == 3


def test_a_refusal_is_remembered_and_costs_no_write_until_it_is_over(street: Street) -> None:
    street.passes(street.limiter())
    limiter = street.limiter(longest_wait=0.01)
    writes = []
    for _ in range(3):
        with pytest.raises(RateLimitedError):
            limiter.wait_for_turn(INTEGRATION, CREATE, limiter.deadline())
        writes.append(street.writes)
    street.clock.advance(0.03)

    assert street.passes(limiter) == 0.04
    assert writes[1:] == [writes[0]] * 2


def test_what_is_refused_comes_again_one_after_the_other(street: Street) -> None:
    street.passes(street.limiter(), CREATE)
    limiter = street.limiter(longest_wait=0)

    seconds = [round(limiter.refusal(INTEGRATION, CREATE).seconds, 3) for _ in range(60)]

    spacing = 1 / (25 * 0.9)
    assert seconds == [round(10 + position * spacing, 3) for position in range(60)]


def test_what_is_refused_in_several_environments_comes_again_in_blocks_that_do_not_overlap(street: Street) -> None:
    limiters = [street.limiter(), street.limiter()]

    places = sorted(limiter.refusal(INTEGRATION, CREATE).seconds for _ in range(25) for limiter in limiters)

    gaps = [later - earlier for earlier, later in pairwise(places)]
    assert min(gaps) > 0.999 / (25 * 0.9)


def test_the_line_of_what_was_postponed_costs_a_write_for_25(street: Street) -> None:
    limiter = street.limiter()

    for _ in range(100):
        limiter.refusal(INTEGRATION, CREATE)

    assert street.writes == 4


def test_a_place_that_has_passed_is_not_given(street: Street) -> None:
    limiter = street.limiter()
    limiter.refusal(INTEGRATION, CREATE)
    street.clock.advance(3600)

    assert limiter.refusal(INTEGRATION, CREATE).seconds >= 10


def test_jitter_spreads_what_comes_again(street: Street) -> None:
    error = street.limiter(random=0.5).refusal(INTEGRATION, CREATE)

    assert error.seconds == pytest.approx(15)
    assert error.try_again_at.timestamp() == pytest.approx(START.timestamp() + 15)


def test_a_function_that_may_not_wait_is_refused_and_learns_when(street: Street) -> None:
    street.passes(street.limiter())

    assert stuck(street).seconds >= 10


def test_a_pause_after_a_429_is_a_random_part_and_ends_before_the_deadline(street: Street) -> None:
    limiter = street.limiter(longest_wait=1.0, random=0.5)
    deadline = limiter.deadline()

    limiter.back_off(INTEGRATION, CREATE, 1.0, deadline)

    assert street.clock.now() == START.timestamp() + 0.5
    with pytest.raises(RateLimitedError):
        limiter.back_off(INTEGRATION, CREATE, 1.0, deadline)


@pytest.mark.parametrize(
    ("method", "path", "endpoint"),
    [
        ("post", "/v1/payment_intents", "POST /v1/payment_intents"),
        ("get", "/v1/payment_intents?customer=cus_1&limit=100", "GET /v1/payment_intents"),
        ("get", "/v1/payment_intents/pi_1", "GET /v1/payment_intents/*"),
        ("get", "/v1/customers/cus_1/payment_methods", "GET /v1/customers/*/payment_methods"),
        ("get", "/v1/account", "GET /v1/account"),
    ],
)
def test_an_endpoint_is_an_operation_whatever_the_id(method: str, path: str, endpoint: str) -> None:
    assert endpoint_of(method, f"https://api.stripe.com{path}") == endpoint
