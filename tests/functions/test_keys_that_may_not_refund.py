"""A restricted key without the right to refund: what cannot go back is notified, and holds back nothing else."""

import pytest
from builders.customers import DECLINED, customer_who_pays_with
from builders.debits import BANK
from builders.due import look_a_minute_later
from builders.durations import DAY
from builders.invoices import collected
from builders.payments import collect_under_name, paid_payment, pay_by_hand, payment, refund, refunds_at_stripe
from builders.read import intents, notified_of
from world.world import World

COLLECTING = ("customer", "payment_intent", "payment_method", "webhook", "accounts_kyc_basic", "checkout_session")
"""What such a key may write; `charge` would be the right to refund."""


def connect_without_the_right_to_refund(world: World) -> None:
    permissions = [f"rak_{one}_write" for one in COLLECTING]
    key = world.stripe.control.add_key(world.account.id, kind="rk", permissions=permissions)
    world.connect(secret_key=key, refund_second_payments=True)


@pytest.fixture
def invoice_id(world: World) -> str:
    """Its own intent waits for the customer, and it was paid by hand: nothing of it is to come any more."""
    connect_without_the_right_to_refund(world)
    customer_who_pays_with(world, "card", "boleto", payment_method="pm_boleto_success")
    world.stripe.control.set_settlement_delay(10 * DAY)
    invoice_id = collected(world, currency="BRL")
    assert pay_by_hand(world, invoice_id).status == 200
    return invoice_id


def test_a_second_payment_is_on_record_and_its_refund_has_failed_which_is_notified_once(
    world: World, invoice_id: str
) -> None:
    collect_under_name(world, invoice_id, currency="brl")
    world.run()

    look_a_minute_later(world, times=3)

    second = next(one for one in world.payments(invoice_id) if one["payment_status"] == "succeeded" and one["attempt"])
    assert [(one["status"], one["failure_reason"]) for one in second["refunds"]] == [("failed", "key_lacks_permission")]
    assert notified_of(world, "refund") == ["payment.refund_failed"]
    assert world.invoice(invoice_id)["total_paid_amount_cents"] == 8400
    assert world.invoice(invoice_id)["total_refunded_amount_cents"] == 0
    assert world.connect()["needs_attention_since"] is None


def test_the_invoices_own_intent_is_closed_all_the_same(world: World, invoice_id: str) -> None:
    collect_under_name(world, invoice_id, currency="brl")
    world.run()

    look_a_minute_later(world)

    assert sorted(one.status for one in intents(world)) == ["canceled", "succeeded"]


def test_a_refund_that_was_made_before_stays_pending_while_the_key_may_not_read_its_end(world: World) -> None:
    """The account was connected with another key then: its bank is at work on the refund."""
    lago_id = paid_payment(world, method=BANK, currency="USD")
    invoice_id = payment(world, lago_id)["invoice_ids"][0]
    world.stripe.control.set_settlement_delay(90 * DAY)
    assert refund(world, lago_id, 1000).body["refund"]["status"] == "pending"
    connect_without_the_right_to_refund(world)
    world.stripe.due_deliveries()

    for _ in range(3):
        world.pass_time(DAY)
        world.look_again()

    assert [one["status"] for one in payment(world, lago_id)["refunds"]] == ["pending"]
    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert world.connect()["needs_attention_since"] is None


def test_a_refund_without_an_answer_is_no_failure_when_the_key_may_not_read_refunds_any_more(world: World) -> None:
    """It was made, the event is lost, and the account is connected with another key now."""
    lago_id = paid_payment(world)
    world.stripe.control.add_fault("cut_after_commit", method="POST", path="/v1/refunds", times=2)
    refund(world, lago_id, 1000)
    world.stripe.control.clear_faults()
    connect_without_the_right_to_refund(world)
    world.stripe.due_deliveries()
    world.pass_time(DAY)
    world.look_again()
    meanwhile = [one["status"] for one in payment(world, lago_id)["refunds"]]

    world.connect()
    world.pass_time(DAY)
    world.look_again()

    assert meanwhile == ["pending"]
    assert [one["status"] for one in payment(world, lago_id)["refunds"]] == ["succeeded"]
    assert len(refunds_at_stripe(world)) == 1


def test_a_failed_intent_of_an_invoice_that_is_paid_by_hand_is_closed_before_money_goes_back(world: World) -> None:
    world.connect(refund_second_payments=True)
    world.customer(payment_method=DECLINED)
    invoice_id = collected(world)
    pay_by_hand(world, invoice_id)
    collect_under_name(world, invoice_id)
    world.run()
    world.stripe.control.add_fault("500_before_commit", path="/v1/refunds", times=9)

    look_a_minute_later(world)
    assert sorted(one.status for one in intents(world)) == ["canceled", "succeeded"]
    world.stripe.control.clear_faults()
    assert refunds_at_stripe(world) == []
    world.pass_time(DAY)
    look_a_minute_later(world)

    assert [one.amount for one in refunds_at_stripe(world)] == [4200]


def test_once_a_key_has_the_right_a_refund_that_is_asked_for_again_is_made(world: World, invoice_id: str) -> None:
    collect_under_name(world, invoice_id, currency="brl")
    world.run()
    look_a_minute_later(world)
    world.connect()
    second = next(one for one in world.payments(invoice_id) if one["payment_status"] == "succeeded" and one["attempt"])

    assert refund(world, second["lago_id"]).body["refund"]["status"] == "succeeded"

    assert [one.amount for one in refunds_at_stripe(world)] == [4200]
