"""What is too much is worked out again: when a refund fails, when a backup is put back, when the account is back."""

import pytest
from builders.accounts import disconnect_at_once
from builders.due import days_go_by
from builders.durations import DAY
from builders.invoices import failed_invoice, replace_item
from builders.payments import (
    collect_under_name,
    kept_at_stripe,
    paid_once,
    pay_again,
    payment,
    refund,
    refunds_at_stripe,
)
from builders.stripe_events import lose_events
from builders.stripe_requests import CREATE_REFUND, LIST_ENDPOINTS, break_stripe
from world.world import World

FAILS_AFTER_DAYS = "pm_card_refundFail"


def go_on(world: World, days: int = 6) -> None:
    for _ in range(days):
        days_go_by(world, 1)


def paid_by_item(world: World, card: str = "pm_card_visa") -> str:
    """The id of the payment of an item that was put into the table."""
    world.connect(refund_second_payments=True)
    world.customer(payment_method=card)
    invoice_id = world.put_invoice_item()
    world.run()
    (only,) = world.payments(invoice_id)
    return str(only["lago_id"])


class TestARefundThatFailsLate:
    def test_leaves_a_second_payment_that_came_since_to_go_back(self, world: World) -> None:
        payment_id = paid_once(world, card=FAILS_AFTER_DAYS)
        world.stripe.control.set_settlement_delay(3 * DAY)
        refund(world, payment_id)
        world.run()
        pay_again(world, payment_id)
        world.run()
        assert len(refunds_at_stripe(world)) == 1

        go_on(world)

        assert kept_at_stripe(world) == 4200

    def test_brings_an_automatic_refund_back_that_was_dropped_because_of_it(self, world: World) -> None:
        payment_id = paid_once(world, card=FAILS_AFTER_DAYS)
        world.stripe.control.set_settlement_delay(3 * DAY)
        intent = payment(world, payment_id)["provider_payment_id"]
        world.stripe_client.v1.refunds.create({"payment_intent": intent})
        lose_events(world)
        pay_again(world, payment_id)
        world.run()

        go_on(world)

        assert kept_at_stripe(world) == 4200

    def test_of_the_only_payment_leaves_it_with_the_merchant(self, world: World) -> None:
        payment_id = paid_by_item(world, card=FAILS_AFTER_DAYS)
        world.stripe.control.set_settlement_delay(3 * DAY)
        refund(world, payment_id, 1000)
        replace_item(world, total_amount_cents=2000)
        world.run()

        go_on(world)

        assert [one.status for one in refunds_at_stripe(world)] == ["failed"]

    def test_leaves_both_payments_where_the_integration_does_not_say_so(self, world: World) -> None:
        payment_id = paid_once(world, goes_back=False, card=FAILS_AFTER_DAYS)
        world.stripe.control.set_settlement_delay(3 * DAY)
        refund(world, payment_id)
        pay_again(world, payment_id)
        world.run()

        go_on(world)

        assert kept_at_stripe(world) == 8400
        assert "due_at" not in world.items("invoices")[0]

    def test_that_was_automatic_is_left_to_a_person(self, world: World) -> None:
        payment_id = paid_once(world)
        world.stripe.control.set_settlement_delay(3 * DAY)
        pay_again(world, payment_id, method=FAILS_AFTER_DAYS)
        world.run()

        go_on(world)

        assert [one.status for one in refunds_at_stripe(world)] == ["failed"]

    def test_is_not_counted_below_zero_after_a_backup_was_put_back(self, world: World) -> None:
        payment_id = paid_once(world, card=FAILS_AFTER_DAYS)
        (backup,) = world.all_images("invoices")
        world.stripe.control.set_settlement_delay(3 * DAY)
        refund(world, payment_id)
        world.run()

        world.dynamodb.put_item(TableName="InvoicesTable", Item=backup)
        go_on(world)

        assert world.items("invoices")[0]["total_refunded_amount_cents"] == 0


def test_a_backup_of_a_paid_invoice_knows_what_went_back_since(world: World) -> None:
    payment_id = paid_once(world)
    (backup,) = world.all_images("invoices")
    refund(world, payment_id)
    world.run()

    world.dynamodb.put_item(TableName="InvoicesTable", Item=backup)
    pay_again(world, payment_id)
    world.run()
    days_go_by(world, 2)

    assert kept_at_stripe(world) == 4200
    assert world.items("invoices")[0]["total_refunded_amount_cents"] == 4200


@pytest.mark.parametrize("total", [8400, 6000, 9000])
def test_what_was_a_second_payment_does_not_go_back_when_a_larger_item_is_owed(world: World, total: int) -> None:
    payment_id = paid_by_item(world)
    break_stripe(world, CREATE_REFUND, "cut_before_commit", times=99)
    pay_again(world, payment_id)
    world.run()
    world.stripe.control.clear_faults()

    replace_item(world, total_amount_cents=total)
    go_on(world, 3)

    assert kept_at_stripe(world) == total


def test_a_part_that_comes_after_the_invoice_was_paid_elsewhere_goes_back(world: World) -> None:
    invoice_id = failed_invoice(world, refund_second_payments=True)
    body = {"invoice": {"payment_status": "succeeded"}}
    assert world.api("PUT", f"/api/v1/invoices/{invoice_id}", body).status == 200

    collect_under_name(world, invoice_id, 1000)
    world.run()
    go_on(world, 1)

    assert [one.amount for one in refunds_at_stripe(world)] == [1000]


def test_a_second_payment_goes_back_when_its_account_is_connected_again(world: World) -> None:
    payment_id = paid_once(world)
    pay_again(world, payment_id)
    break_stripe(world, LIST_ENDPOINTS, "500_before_commit", times=9)
    assert world.api("DELETE", "/api/v1/integrations/stripe/stripe?force=true").status == 503
    world.run()
    world.stripe.control.clear_faults()
    disconnect_at_once(world)
    go_on(world, 2)
    assert refunds_at_stripe(world) == []

    world.connect(refund_second_payments=True)
    go_on(world, 2)

    assert kept_at_stripe(world) == 4200
