"""Stripe's rate limits: kept by all functions together, and never the reason why anything fails."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from builders.accounts import INTEGRATION_PATH, OTHER_KEY, OTHER_ORGANIZATION
from builders.customers import stripe_customer_with_a_card
from builders.due import due_in, due_records
from builders.durations import DAY
from builders.read import count_by_status
from builders.stripe_requests import CREATE_INTENT
from paystream import bootstrap
from world.api_gateway import ORGANIZATION
from world.aws_calls import Moment, be_throttled
from world.world import RATE_LIMITS_TABLE, START, World, load_event

KINDS = ["global-rate", "endpoint-rate", "global-concurrency", "endpoint-concurrency", "resource-specific"]
"""https://docs.stripe.com/rate-limits"""

ALL_TRIES = 3
"""The first, and two after a pause."""

SOON = timedelta(seconds=20)


def put_invoices_of_organization(
    world: World, number: int, *, organization_id: str = ORGANIZATION, first: int = 0
) -> list[str]:
    """So many items in the invoices table; returns their ids."""
    prefix = organization_id[-1]
    return [
        world.put_invoice_item(
            organization_id=organization_id, lago_id=f"7c1e{prefix}000-0000-4000-8000-{first + position:012}"
        )
        for position in range(number)
    ]


def stored_item(world: World, lago_id: str) -> dict[str, Any]:
    (found,) = [one for one in world.items("invoices") if one["lago_id"] == lago_id]
    return found


def times(world: World, endpoint: str = CREATE_INTENT) -> list[float]:
    """When Stripe was asked, in seconds since the start."""
    return [call.at - START.timestamp() for call in world.stripe.control.calls() if call.endpoint == endpoint]


def most_in_a_second(moments: list[float]) -> int:
    """In any second, not only in those of the clock."""
    return max(sum(1 for other in moments if moment <= other < moment + 0.9999) for moment in moments)


def refusals(world: World) -> int:
    return sum(1 for call in world.stripe.control.calls() if call.status == 429)


def another_organization(world: World) -> None:
    """One with an account and a customer of its own."""
    world.stripe.add_account(OTHER_KEY)
    body: dict[str, Any] = {"integration": {"secret_key": OTHER_KEY}}
    assert world.api("PUT", INTEGRATION_PATH, body, organization_id=OTHER_ORGANIZATION).status == 200
    customer = stripe_customer_with_a_card(world.stripe_as(OTHER_KEY))
    billing = {"payment_provider": "stripe", "provider_customer_id": customer}
    body = {"customer": {"external_id": "acme", "billing_configuration": billing}}
    assert world.api("POST", "/api/v1/customers", body, organization_id=OTHER_ORGANIZATION).status == 200


def environments(world: World, *calls: tuple[str, dict[str, Any]]) -> list[Any]:
    """Invoke functions at the same time, each in an execution environment of its own."""

    def prepared() -> Iterator[Any]:
        for _ in calls:
            bootstrap.gateways.cache_clear()
            bootstrap.rate_limiter.cache_clear()
            yield bootstrap.gateways()

    gateways = prepared()
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(len(calls)) as threads:
        mine = list(gateways)
        patch.setattr(bootstrap, "gateways", mine.pop)
        return [future.result() for future in [threads.submit(world.invoke, *call) for call in calls]]


def let_functions_wait(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """For a turn, from now on."""
    monkeypatch.setenv("RATE_LIMIT_WAIT_SECONDS", str(seconds))
    bootstrap.gateways.cache_clear()
    bootstrap.rate_limiter.cache_clear()


def settle_events(world: World) -> list[dict[str, Any]]:
    """The messages of what is due, as batches for collect-due."""
    records = due_records(world)
    return [{"Records": records[start : start + 10]} for start in range(0, len(records), 10)]


def settle_two_at_a_time(world: World) -> list[Any]:
    """Settle what is due, in two execution environments; returns what they answered."""
    events = settle_events(world)
    pairs = (events[start : start + 2] for start in range(0, len(events), 2))
    return [answer for pair in pairs for answer in environments(world, *(("collect-due", event) for event in pair))]


def test_200_invoices_at_once_are_all_collected_at_no_more_than_25_a_second(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_functions_wait(monkeypatch, 0)
    world.connect()
    world.customer()
    world.stripe.control.set_rate_limits(endpoint=25, total=25)
    put_invoices_of_organization(world, 200)
    images = world.new_images("invoices")
    world.pass_time(60)

    answers = environments(
        world,
        ("invoice-created", world.stream_event(images[:100])),
        ("invoice-created", world.stream_event(images[100:])),
    )
    assert count_by_status(world)["pending"] > 150
    let_functions_wait(monkeypatch, 3)
    world.pass_time(60)
    answers += settle_two_at_a_time(world)

    assert count_by_status(world) == {"succeeded": 200}
    assert all(answer == {"batchItemFailures": []} for answer in answers)
    assert most_in_a_second(times(world)) == 25
    assert refusals(world) == 0
    assert world.stripe_calls() == 200
    assert set(world.notified()) == {"invoice.payment_status_updated", "payment.succeeded"}


def test_two_functions_share_the_limit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    let_functions_wait(monkeypatch, 0)
    world.connect()
    world.customer()
    world.stripe.control.set_rate_limits(endpoint=25, total=25)
    put_invoices_of_organization(world, 40)
    world.collect_new_invoices()
    let_functions_wait(monkeypatch, 3)
    world.pass_time(60)
    due, *_ = settle_events(world)
    put_invoices_of_organization(world, 30, first=40)

    answers = environments(
        world, ("collect-due", due), ("invoice-created", world.stream_event(world.new_images("invoices")))
    )

    assert answers == [{"batchItemFailures": []}] * 2
    assert most_in_a_second(times(world)) == 25
    assert refusals(world) == 0


def test_another_organization_in_the_same_batch_is_collected_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_functions_wait(monkeypatch, 0)
    world.connect()
    world.customer()
    another_organization(world)
    put_invoices_of_organization(world, 100)
    busy = world.new_images("invoices")
    (theirs,) = put_invoices_of_organization(world, 1, organization_id=OTHER_ORGANIZATION)
    world.pass_time(60)
    began_at = world.now()

    world.invoke("invoice-created", world.stream_event([*busy, *world.new_images("invoices")]))

    assert stored_item(world, theirs)["payment_status"] == "succeeded"
    assert datetime.fromisoformat(str(stored_item(world, theirs)["updated_at"])) - began_at <= timedelta(seconds=2)
    assert count_by_status(world)["pending"] > 25


def test_what_was_postponed_comes_again_soon_one_after_the_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    let_functions_wait(monkeypatch, 0)
    world.connect(endpoint_rate_limit_per_second=10)
    world.customer()
    ids = put_invoices_of_organization(world, 60)
    world.pass_time(60)

    assert world.collect_new_invoices() == []

    waits = sorted(
        due_in(world, lago_id) for lago_id in ids if stored_item(world, lago_id)["payment_status"] == "pending"
    )
    assert 30 < len(waits) < 60
    assert timedelta(seconds=5) <= waits[0] <= SOON
    assert (
        timedelta(seconds=(len(waits) - 1) / 9 - 10) <= waits[-1] - waits[0] <= timedelta(seconds=len(waits) / 9 + 10)
    )
    assert all(one["payment_status"] == "succeeded" for one in world.items("payments"))


@pytest.mark.parametrize("kind", [*KINDS, "lock_timeout"])
def test_a_429_is_asked_again_after_a_pause(world: World, kind: str) -> None:
    world.connect()
    world.customer()
    (lago_id,) = put_invoices_of_organization(world, 1)
    world.stripe.control.add_fault("429", path="/v1/payment_intents", reason=kind, times=ALL_TRIES - 1)

    assert world.collect_new_invoices() == []

    assert stored_item(world, lago_id)["payment_status"] == "succeeded"
    assert refusals(world) == ALL_TRIES - 1
    assert world.charged() == [4200]


@pytest.mark.parametrize("kind", [*KINDS, "lock_timeout"])
def test_a_429_that_stays_puts_the_invoice_off_and_nothing_is_counted_or_notified(world: World, kind: str) -> None:
    world.connect()
    world.customer()
    (lago_id,) = put_invoices_of_organization(world, 1)
    world.stripe.control.add_fault("429", path="/v1/payment_intents", reason=kind, times=ALL_TRIES)

    assert world.collect_new_invoices() == []

    assert stored_item(world, lago_id)["payment_status"] == "pending"
    assert timedelta(0) < due_in(world, lago_id) <= SOON
    assert (world.items("payments"), world.notified()) == ([], [])
    world.pass_time(60)
    assert world.look_again() == 0
    assert stored_item(world, lago_id)["payment_status"] == "succeeded"
    assert world.charged() == [4200]


def test_a_429_that_follows_a_lost_answer_is_not_taken_for_undone(world: World) -> None:
    world.connect()
    world.customer()
    (lago_id,) = put_invoices_of_organization(world, 1)
    world.stripe.control.add_fault("cut_after_commit", path="/v1/payment_intents")
    world.stripe.control.add_fault("429", path="/v1/payment_intents", times=ALL_TRIES)

    assert world.collect_new_invoices() == []

    assert stored_item(world, lago_id)["payment_status"] == "pending"
    world.pass_time(60)
    assert world.look_again() == 0
    assert stored_item(world, lago_id)["payment_status"] == "succeeded"
    assert world.charged() == [4200]


def test_an_invoice_that_is_due_is_postponed_for_a_short_time(world: World) -> None:
    world.connect()
    world.customer()
    lago_id = world.create_invoice()
    world.pass_time(15 * 60)
    world.stripe.control.add_fault("429", path="/v1/payment_intents", times=ALL_TRIES)

    assert world.look_again() == 0

    assert timedelta(0) < due_in(world, lago_id) <= SOON
    world.pass_time(60)
    world.look_again()
    assert stored_item(world, lago_id)["payment_status"] == "succeeded"


def test_a_waiting_customer_is_left_at_the_first_refusal_and_comes_again_soon(world: World) -> None:
    world.connect()
    provider_customer_id = world.customer(payment_method=None)
    ids = put_invoices_of_organization(world, 3)
    world.collect_new_invoices()
    world.lose_messages()
    world.stripe_client.v1.payment_methods.attach("pm_card_visa", {"customer": provider_customer_id})
    world.deliver_stripe_events()
    world.stripe.control.add_fault("429", path="/v1/payment_intents", times=ALL_TRIES)

    assert world.collect_waiting() == 1

    assert world.stripe_calls() == refusals(world) == ALL_TRIES
    assert world.collect_waiting() == 0
    assert min(due_in(world, lago_id) for lago_id in ids) <= SOON
    world.pass_time(SOON.total_seconds())
    assert world.collect_waiting() == 1
    assert count_by_status(world) == {"succeeded": 3}


def test_a_customer_that_finds_no_turn_is_created_a_little_later(world: World) -> None:
    world.connect(create_customers=True)
    world.stripe.control.add_fault("429", path="/v1/customers", times=3 * ALL_TRIES)

    answer = world.api("POST", "/api/v1/customers", {"customer": {"external_id": "acme", "name": "Acme"}})

    assert answer.status == 200
    while messages := world.collect_waiting():
        assert messages <= 3
    assert "provider_customer_id" not in world.items("customers")[0]
    world.pass_time(SOON.total_seconds())
    world.collect_waiting()
    assert "provider_customer_id" in world.items("customers")[0]
    assert len(world.stripe_client.v1.customers.list().data) == 1


def test_a_request_that_finds_no_turn_learns_when_to_come_again(world: World) -> None:
    world.connect()
    provider_customer_id = world.stripe_customer()
    world.stripe.control.add_fault("429", path="/v1/customers/*", times=ALL_TRIES)
    billing = {"payment_provider": "stripe", "provider_customer_id": provider_customer_id}
    body = {"customer": {"external_id": "acme", "billing_configuration": billing}}

    refused = world.api("POST", "/api/v1/customers", body)

    assert (refused.status, refused.body["code"]) == (503, "third_party_unavailable")
    assert world.items("customers") == []
    assert world.api("POST", "/api/v1/customers", body).status == 200


def test_an_event_that_finds_no_turn_is_sent_again_by_stripe(world: World) -> None:
    world.connect()
    provider_customer_id = world.customer(payment_method=None)
    client = world.stripe_client.v1
    client.setup_intents.create(
        {
            "customer": provider_customer_id,
            "payment_method": "pm_card_visa",
            "usage": "off_session",
            "confirm": True,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        }
    )
    world.stripe.control.add_fault("429", method="POST", path="/v1/customers/*", times=ALL_TRIES)

    assert 503 in world.deliver_stripe_events()

    world.pass_time(DAY)
    assert set(world.deliver_stripe_events()) == {200}
    settings = client.customers.retrieve(provider_customer_id).invoice_settings
    assert settings is not None
    assert settings.default_payment_method


@pytest.mark.parametrize("moment", Moment)
def test_a_crash_around_the_limiters_write_costs_a_turn_and_nothing_else(world: World, moment: Moment) -> None:
    world.connect()
    world.customer()
    put_invoices_of_organization(world, 1)
    images = world.new_images("invoices")
    world.aws.crash("UpdateItem", moment, TableName=RATE_LIMITS_TABLE)

    failed = [world.invoke("invoice-created", world.stream_event(images))["batchItemFailures"] for _ in range(2)]

    assert [len(failures) for failures in failed] == [1, 0]
    assert count_by_status(world) == {"succeeded": 1}
    assert world.stripe_calls() == 1


def test_when_the_limiters_table_fails_the_calls_go_ahead(world: World, logs: StringIO) -> None:
    world.connect()
    world.customer()
    put_invoices_of_organization(world, 2)
    for _ in range(2):
        world.aws.meanwhile("UpdateItem", be_throttled, TableName=RATE_LIMITS_TABLE)

    assert world.collect_new_invoices() == []

    assert not world.aws.are_still_to_come
    assert count_by_status(world) == {"succeeded": 2}
    assert logs.getvalue().count("the rate limits table does not answer") == 2


def test_when_neither_stripe_nor_the_table_takes_any_more_the_invoice_is_postponed_all_the_same(world: World) -> None:
    world.connect()
    world.customer()
    (lago_id,) = put_invoices_of_organization(world, 1)
    world.stripe.control.add_fault("429", path="/v1/payment_intents", times=ALL_TRIES)
    for _ in range(ALL_TRIES + 1):
        world.aws.meanwhile("UpdateItem", be_throttled, TableName=RATE_LIMITS_TABLE)

    assert world.collect_new_invoices() == []

    assert not world.aws.are_still_to_come
    assert timedelta(0) < due_in(world, lago_id) <= SOON


class TestSettings:
    def test_stripes_defaults_are_shown(self, world: World) -> None:
        connected = world.connect()

        assert connected["endpoint_rate_limit_per_second"] == 25
        assert connected["global_rate_limit_per_second"] == 25

    def test_in_live_mode_an_account_takes_100(self, world: World) -> None:
        key = world.stripe.control.add_key(world.account.id, value="sk_live_world000000000000000")

        assert world.connect(secret_key=key)["global_rate_limit_per_second"] == 100

    def test_stay_as_they_are_where_nothing_is_said_of_them(self, world: World) -> None:
        world.connect()
        set_once = world.call("connect-integration", load_event("connect-integration-rate-limits")).body["integration"]
        assert (set_once["endpoint_rate_limit_per_second"], set_once["global_rate_limit_per_second"]) == (50, 200)

        changed = world.api("PUT", INTEGRATION_PATH, {"integration": {"name": "Acme Ltd"}}).body["integration"]

        assert (changed["endpoint_rate_limit_per_second"], changed["global_rate_limit_per_second"]) == (50, 200)

    @pytest.mark.parametrize("wrong", [0, -1, 501, 2.5, "25", True])
    @pytest.mark.parametrize("name", ["endpoint_rate_limit_per_second", "global_rate_limit_per_second"])
    def test_that_are_no_rate_are_refused(self, world: World, name: str, wrong: object) -> None:
        world.connect()

        answer = world.api("PUT", INTEGRATION_PATH, {"integration": {name: wrong}})

        assert (answer.status, answer.body["error_details"]) == (422, {name: ["value_is_invalid"]})

    def test_hold_from_the_next_request_on(self, world: World) -> None:
        world.connect(global_rate_limit_per_second=500)
        world.customer()
        spacings = []
        for rate in (2, 10):
            world.api("PUT", INTEGRATION_PATH, {"integration": {"endpoint_rate_limit_per_second": rate}})
            put_invoices_of_organization(world, 2, first=rate)
            world.pass_time(60)
            world.collect_new_invoices()
            earlier, later = times(world)[-2:]
            spacings.append(round(later - earlier, 3))

        assert spacings == [0.5, 0.1]

    def test_of_one_integration_are_not_another_ones(self, world: World) -> None:
        world.connect(endpoint_rate_limit_per_second=1)
        second_key = world.stripe.control.add_account(secret_key="sk_test_second00000000000")["secret_key"]

        other = world.connect("second", secret_key=second_key)

        assert other["endpoint_rate_limit_per_second"] == 25


def test_a_call_of_stripe_costs_one_write(world: World) -> None:
    world.connect()
    world.customer()
    put_invoices_of_organization(world, 1)
    world.pass_time(60)
    writes: list[str] = []
    for _ in range(2):
        world.aws.meanwhile("UpdateItem", lambda: writes.append("one"), TableName=RATE_LIMITS_TABLE)

    world.collect_new_invoices()

    assert writes == ["one"]
    assert world.stripe_calls() == 1
