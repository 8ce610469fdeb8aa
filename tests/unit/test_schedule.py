"""When an open invoice is looked at again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders.records import invoice_record
from hypothesis import given
from hypothesis import strategies as st
from paystream.adapters.dynamodb.due_invoices import DynamoDueInvoices, due_shard
from paystream.model.schedule import look_again_at

CREATED = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
INVOICE = invoice_record()


@pytest.mark.parametrize(
    ("open_for", "pause"),
    [
        (timedelta(0), timedelta(minutes=5)),
        (timedelta(minutes=14), timedelta(minutes=5)),
        (timedelta(minutes=15), timedelta(minutes=15)),
        (timedelta(hours=1), timedelta(hours=1)),
        (timedelta(hours=6), timedelta(hours=6)),
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


@given(st.text())
def test_every_invoice_is_in_one_of_the_shards(lago_id: str) -> None:
    assert due_shard(lago_id) in DynamoDueInvoices.shards


def test_invoices_are_spread_evenly_over_the_shards() -> None:
    shards = [due_shard(f"invoice-{number}") for number in range(32_000)]

    counts = [shards.count(shard) for shard in DynamoDueInvoices.shards]
    assert min(counts) > 800
    assert max(counts) < 1200
