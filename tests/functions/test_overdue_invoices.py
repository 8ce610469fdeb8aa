"""What is owed and was not paid in time is notified once, the day after it was due."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from builders.accounts import add_key, connect_with_customer
from builders.customers import BLOCKED, becomes_default
from builders.due import due_in_whole_seconds, due_records, hours_go_by, look_a_minute_later
from builders.durations import DAY, HOUR, MINUTE
from builders.invoices import failed_invoice, waiting_invoice
from builders.payments import pay_by_hand, void
from builders.read import notification_bodies
from builders.stripe_requests import break_stripe
from paystream.model.notification import WebhookType
from world.row_trace import traced_rows
from world.world import SECRET_KEY, World

MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)
"""The tests begin on the 23rd, at 10:00."""


def overdue(world: World) -> list[dict[str, Any]]:
    """The invoices that were notified as overdue, in the order of it."""
    return [
        body["invoice"]
        for body in notification_bodies(world)
        if body["webhook_type"] == WebhookType.INVOICE_PAYMENT_OVERDUE
    ]


def until_midnight(world: World) -> None:
    world.pass_time((MIDNIGHT - world.now()).total_seconds())


class TestWhatIsNotified:
    @pytest.mark.parametrize("invoice", [waiting_invoice, failed_invoice], ids=["it waits", "it failed"])
    def test_is_what_is_owed_from_the_day_after_it_was_due_once(self, world: World, invoice: Any) -> None:
        invoice_id = invoice(world)
        world.pass_time((MIDNIGHT - world.now()).total_seconds() - 2 * MINUTE)
        look_a_minute_later(world)
        assert overdue(world) == []

        hours_go_by(world, 100)

        (notified,) = overdue(world)
        assert (notified["lago_id"], notified["payment_overdue"]) == (invoice_id, True)
        assert notified["customer"]["external_id"] == "acme"
        assert notified["total_due_amount_cents"] == 4200

    def test_is_what_rests_since_it_has_failed_for_good_and_it_rests_again(self, world: World) -> None:
        invoice_id = failed_invoice(world, card=BLOCKED)
        until_midnight(world)
        look_a_minute_later(world)

        assert [one["lago_id"] for one in overdue(world)] == [invoice_id]
        assert due_in_whole_seconds(world, invoice_id) == timedelta(hours=9, minutes=59)

    def test_is_what_has_failed_and_nothing_else_happens_by_it(self, world: World) -> None:
        invoice_id = failed_invoice(world)
        planned = world.invoice(invoice_id)["next_retry_at"]
        until_midnight(world)
        world.hand_out_due()

        with traced_rows(world.aws) as trace:
            assert world.collect_due() == 0

        assert [one["lago_id"] for one in overdue(world)] == [invoice_id]
        assert (trace.transactions, trace.writes) == (1, 0)
        assert world.invoice(invoice_id)["next_retry_at"] == planned
        assert due_in_whole_seconds(world, invoice_id) == datetime.fromisoformat(planned) - world.now()
        assert len(world.payments(invoice_id)) == 1

    def test_is_what_is_self_billed_as_in_lago(self, world: World) -> None:
        world.connect()
        world.api("POST", "/api/v1/customers", {"customer": {"external_id": "acme", "account_type": "partner"}})
        invoice_id = world.create_invoice()
        world.run()

        hours_go_by(world, 40)

        assert [one["lago_id"] for one in overdue(world)] == [invoice_id]

    def test_is_what_was_only_paid_in_part(self, world: World) -> None:
        invoice_id = waiting_invoice(world)
        pay_by_hand(world, invoice_id, 1000)

        hours_go_by(world, 40)

        assert [one["total_due_amount_cents"] for one in overdue(world)] == [3200]

    def test_is_what_stripe_gives_no_answer_about(self, world: World) -> None:
        connect_with_customer(world)
        break_stripe(world, "POST /v1/payment_intents", "500_before_commit", times=1000)
        break_stripe(world, "GET /v1/payment_intents", "500_before_commit", times=1000)
        invoice_id = world.create_invoice()

        for _ in range(40):
            world.pass_time(HOUR)
            world.look_again()

        assert [one["lago_id"] for one in overdue(world)] == [invoice_id]


class TestWhatIsNotNotified:
    def test_is_what_is_paid_at_once_and_costs_nothing_more(self, world: World) -> None:
        connect_with_customer(world)
        invoice_id = world.create_invoice()
        world.run()
        (item,) = world.items("invoices")

        hours_go_by(world, 40)

        assert overdue(world) == []
        assert {"due_at", "otherwise_due_at", "overdue_notified_at"}.isdisjoint(item)
        assert world.items("invoices") == [item]
        assert item["lago_id"] == invoice_id

    def test_is_what_has_time_left_is_paid_or_voided_meanwhile(self, world: World) -> None:
        world.connect()
        world.customer(payment_method=None)
        world.create_invoice(net_payment_term=30)
        paid, voided = world.create_invoice(), world.create_invoice()
        world.run()
        world.api("PUT", f"/api/v1/invoices/{paid}", {"invoice": {"payment_status": "succeeded"}})
        void(world, voided)

        hours_go_by(world, 40)

        assert overdue(world) == []

    def test_is_what_is_parked(self, world: World) -> None:
        connect_with_customer(world)
        world.put_invoice_item(currency="XYZ")
        world.run()

        hours_go_by(world, 40)

        assert overdue(world) == []


class TestWhatComesOverdue:
    def test_is_notified_once_if_it_was_not_paid_within_an_hour(self, world: World) -> None:
        world.connect()
        world.customer(payment_method=None)
        invoice_id = world.put_invoice_item(issuing_date="2024-01-31", created_at="2024-01-31T10:00:00Z")
        world.run()

        for _ in range(59):
            look_a_minute_later(world)
        assert overdue(world) == []
        hours_go_by(world, 40)

        assert [one["lago_id"] for one in overdue(world)] == [invoice_id]

    def test_is_not_notified_if_it_is_paid_at_once(self, world: World) -> None:
        connect_with_customer(world)
        world.put_invoice_item(issuing_date="2024-01-31", created_at="2024-01-31T10:00:00Z")
        world.run()

        hours_go_by(world, 40)

        assert (world.charged(), overdue(world)) == ([4200], [])


class TestOnce:
    def test_whatever_item_is_put_over_it_and_however_long_after(self, world: World) -> None:
        world.connect()
        world.customer(payment_method=None)
        world.put_invoice_item()
        world.run()
        hours_go_by(world, 20)
        (notified,) = overdue(world)
        world.pass_time(100 * DAY)

        world.put_invoice_item()
        world.run()
        hours_go_by(world, 40)

        assert overdue(world) == [notified]

    def test_although_a_backup_of_before_is_put_back(self, world: World) -> None:
        world.connect()
        world.customer(payment_method=None)
        world.put_invoice_item()
        world.run()
        (backup,) = world.all_images("invoices")
        hours_go_by(world, 20)
        notified = overdue(world)
        world.pass_time(100 * DAY)

        world.dynamodb.put_item(TableName="InvoicesTable", Item=backup)
        hours_go_by(world, 60)

        assert overdue(world) == notified
        (item,) = world.items("invoices")
        assert "overdue_notified_at" in item

    def test_although_it_is_handed_out_twice(self, world: World) -> None:
        failed_invoice(world)
        until_midnight(world)
        records = due_records(world)

        for _ in range(2):
            world.invoke("collect-due", {"Records": records})
        world.run()

        assert len(overdue(world)) == 1


def test_a_key_that_comes_is_not_waited_for_longer_because_of_it(world: World) -> None:
    """Of what is paused both times are known; what is due at once goes before."""
    connect_with_customer(world)
    world.stripe.control.expire_key(SECRET_KEY)
    invoice_id = world.create_invoice()
    world.run()
    until_midnight(world)

    world.connect(secret_key=add_key(world, "sk_test_new00000000000000000"))
    world.run()
    look_a_minute_later(world)

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"


def test_the_card_that_comes_after_it_collects_it(world: World) -> None:
    invoice_id = waiting_invoice(world)
    hours_go_by(world, 20)

    becomes_default(world)
    world.run()

    assert (len(overdue(world)), world.invoice(invoice_id)["payment_status"]) == (1, "succeeded")
