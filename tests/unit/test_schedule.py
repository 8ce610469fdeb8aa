"""When an invoice is looked at again."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from builders.cases import attempt_record
from builders.records import RECORDED_AT, invoice_record
from builders.standings import in_stage
from hypothesis import given
from hypothesis import strategies as st
from paystream.adapters.dynamodb.due_invoices import DynamoDueInvoices, due_shard
from paystream.model import schedule
from paystream.model.outcome import PayableStatus
from paystream.model.payment import Payment, PaymentLink
from paystream.model.schedule import (
    LONGEST_REQUEST,
    is_to_be_notified_as_overdue,
    look_again_at,
    look_at_ended_again_at,
    look_at_last_attempt_at,
    look_at_page_again_at,
    overdue_is_notified_at,
)
from paystream.model.standing import Stage

CREATED = RECORDED_AT
INVOICE = invoice_record()


@pytest.mark.parametrize(
    ("open_for", "pause"),
    [
        (timedelta(0), timedelta(minutes=5)),
        (timedelta(minutes=14), timedelta(minutes=5)),
        (timedelta(minutes=15), timedelta(minutes=15)),
        (timedelta(minutes=59), timedelta(minutes=15)),
        (timedelta(hours=1), timedelta(hours=1)),
        (timedelta(hours=5, minutes=59), timedelta(hours=1)),
        (timedelta(hours=6), timedelta(hours=6)),
        (timedelta(hours=23, minutes=59), timedelta(hours=6)),
        (timedelta(days=1), timedelta(hours=24)),
        (timedelta(days=400), timedelta(hours=24)),
    ],
)
def test_the_longer_it_is_open_the_longer_is_the_pause(open_for: timedelta, pause: timedelta) -> None:
    now = CREATED + open_for

    assert look_again_at(INVOICE, now) == now + pause


def test_an_invoice_of_last_year_that_was_put_just_now_is_new() -> None:
    imported = replace(INVOICE, created_at=CREATED - timedelta(days=400), attempt_started_at=CREATED)

    assert look_again_at(imported, CREATED) == CREATED + timedelta(minutes=5)


def test_an_item_that_may_have_been_charged_long_ago_is_as_old_as_its_creation() -> None:
    replaced = replace(INVOICE, attempt_started_at=datetime(2010, 1, 1, tzinfo=UTC))

    assert look_again_at(replaced, CREATED) == CREATED + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("expires_in", "again_in"),
    [
        (None, timedelta(minutes=5)),
        (timedelta(hours=1), timedelta(minutes=5)),
        (timedelta(minutes=2), timedelta(minutes=3)),
        (timedelta(minutes=-1), timedelta(minutes=5)),
        (timedelta(minutes=-2), timedelta(minutes=5)),
        (timedelta(seconds=-59), timedelta(seconds=1)),
    ],
)
def test_a_page_is_looked_at_a_minute_after_it_expires_at_the_latest(
    expires_in: timedelta | None, again_in: timedelta
) -> None:
    expires_at = None if expires_in is None else CREATED + expires_in

    assert look_at_page_again_at(INVOICE, expires_at, CREATED) == CREATED + again_in


@pytest.mark.parametrize(
    ("last", "after"),
    [
        (None, LONGEST_REQUEST),
        (attempt_record(PayableStatus.FAILED, "requires_payment_method"), timedelta(0)),
        (attempt_record(PayableStatus.PROCESSING), timedelta(0)),
        (attempt_record(PayableStatus.PENDING, link=PaymentLink()), timedelta(0)),
        (
            attempt_record(PayableStatus.PENDING, updated_at=CREATED + timedelta(hours=1)),
            timedelta(hours=1, minutes=10),
        ),
        (attempt_record(PayableStatus.FAILED, "canceled"), None),
        (attempt_record(PayableStatus.SUCCEEDED), None),
    ],
)
def test_what_a_person_ended_is_looked_at_for_its_last_attempt(last: Payment | None, after: timedelta | None) -> None:
    assert look_at_last_attempt_at(last, CREATED) == (None if after is None else CREATED + after)


@pytest.mark.parametrize(
    ("stage", "fields", "failed_for", "after"),
    [
        (Stage.WAITS_FOR_ANOTHER_METHOD, {}, timedelta(days=1), timedelta(days=7)),
        (Stage.WAITS_FOR_ANOTHER_METHOD, {}, timedelta(days=90, seconds=-1), timedelta(days=7)),
        (Stage.WAITS_FOR_ANOTHER_METHOD, {}, timedelta(days=90), None),
        (Stage.WAITS_FOR_ANOTHER_METHOD, {}, timedelta(days=91), None),
        (
            Stage.WAITS_FOR_ANOTHER_METHOD,
            {"attempt_started_at": CREATED + timedelta(days=1)},
            timedelta(days=90),
            timedelta(days=7),
        ),
        (
            Stage.WAITS_FOR_ANOTHER_METHOD,
            {"attempt_started_at": CREATED - timedelta(days=1)},
            timedelta(days=90, seconds=-1),
            timedelta(days=7),
        ),
        (Stage.GIVEN_UP, {}, timedelta(days=1), None),
        (Stage.PAID, {}, timedelta(days=1), None),
        (Stage.PAID, {"refunding_payment_ids": ("payment",)}, timedelta(days=400), timedelta(days=1)),
        (
            Stage.WAITS_FOR_ANOTHER_METHOD,
            {"refunding_payment_ids": ("payment",)},
            timedelta(days=1),
            timedelta(days=1),
        ),
    ],
)
def test_what_is_not_open_is_looked_at_for_its_refunds_and_for_another_method(
    stage: Stage, fields: dict[str, Any], failed_for: timedelta, after: timedelta | None
) -> None:
    ended, now = invoice_record(standing=in_stage(stage), **fields), CREATED + failed_for

    assert look_at_ended_again_at(ended, now) == (None if after is None else now + after)


@pytest.mark.parametrize(
    ("name", "time"),
    [
        ("FAILED_IS_CLOSED_AFTER", timedelta(days=1)),
        ("AWAITED_IS_LOOKED_AT_AFTER", timedelta(minutes=15)),
        ("SPENT_IS_RETRIEVED_EVERY", timedelta(days=1)),
        ("SPENT_IS_RETRIEVED_FOR", timedelta(days=30)),
        ("COLLECTED_BY_THEN", timedelta(minutes=15)),
        ("UNREACHABLE_IS_LOOKED_AT_EVERY", timedelta(days=1)),
        ("CLAIMED_FOR", timedelta(minutes=5)),
        ("LONGEST_REQUEST", timedelta(minutes=10)),
        ("PAGE_IS_EXPIRED_AFTER", timedelta(minutes=1)),
    ],
)
def test_the_times_are_those_of_the_documentation(name: str, time: timedelta) -> None:
    assert getattr(schedule, name) == time


@given(st.text())
def test_every_invoice_is_in_one_of_the_shards(lago_id: str) -> None:
    assert due_shard(lago_id) in DynamoDueInvoices.shards


def test_invoices_are_spread_evenly_over_the_shards() -> None:
    shards = [due_shard(f"invoice-{number}") for number in range(32_000)]

    counts = [shards.count(shard) for shard in DynamoDueInvoices.shards]
    assert min(counts) > 800
    assert max(counts) < 1200


OVERDUE = datetime(2026, 11, 24, tzinfo=UTC)
"""It was to be paid on the day before."""
OF_TODAY = invoice_record(overdue_notified_at=None)


@pytest.mark.parametrize(
    ("fields", "notified_at"),
    [
        ({}, OVERDUE),
        ({"payment_due_date": date(2026, 12, 31)}, datetime(2027, 1, 1, tzinfo=UTC)),
        ({"payment_due_date": date.max}, None),
        ({"attempt_started_at": OVERDUE - timedelta(hours=1)}, OVERDUE),
        ({"attempt_started_at": OVERDUE - timedelta(minutes=1)}, OVERDUE + timedelta(minutes=59)),
        ({"issuing_date": date(2024, 1, 31)}, CREATED + timedelta(hours=1)),
        ({"overdue_notified_at": CREATED}, None),
        ({"payment_dispute_lost_at": CREATED}, None),
        ({"standing": in_stage(Stage.PAID)}, None),
        ({"standing": in_stage(Stage.VOIDED)}, None),
        ({"standing": in_stage(Stage.PARKED)}, None),
        ({"standing": in_stage(Stage.GIVEN_UP)}, OVERDUE),
        ({"self_billed": True}, OVERDUE),
    ],
    ids=str,
)
def test_what_is_owed_is_notified_once_the_day_after_it_was_due(
    fields: dict[str, Any], notified_at: datetime | None
) -> None:
    assert overdue_is_notified_at(replace(OF_TODAY, **fields)) == notified_at


def test_it_is_to_be_notified_from_that_time_on() -> None:
    second = timedelta(seconds=1)

    assert [is_to_be_notified_as_overdue(OF_TODAY, OVERDUE + at) for at in (-second, 0 * second)] == [False, True]
    assert not is_to_be_notified_as_overdue(replace(OF_TODAY, overdue_notified_at=CREATED), OVERDUE)
