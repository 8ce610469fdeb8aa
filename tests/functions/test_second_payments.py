"""What is paid a second time for one invoice: always notified, and refunded automatically if it is set so."""

import pytest
from builders.customers import DECLINED, DISPUTED
from builders.durations import HOUR
from builders.payments import collect_under_name, paid_once, pay_again, payment, refund, refunds_at_stripe
from builders.read import notified_of
from paystream.model.identifiers import derived_id
from world.aws_calls import Moment
from world.world import SECRET_KEY, World


def settle(world: World) -> None:
    """Stripe's events arrive, and what is due is looked at."""
    world.run()
    world.pass_time(60)
    assert world.look_again() == 0
    world.run()


def test_a_second_payment_goes_back_automatically_as_a_duplicate(world: World) -> None:
    first = paid_once(world)
    second = pay_again(world, first)

    settle(world)

    (made,) = refunds_at_stripe(world)
    assert (made.amount, made.reason) == (4200, "duplicate")
    assert made.payment_intent == payment(world, second)["provider_payment_id"]
    assert payment(world, second)["refunded_amount_cents"] == 4200
    assert payment(world, first)["refunds"] == []
    assert world.notified().count("payment.succeeded") == 2
    assert notified_of(world, "refund") == ["payment.refund_succeeded"]
    invoice = world.invoice(payment(world, first)["invoice_ids"][0])
    assert (invoice["total_paid_amount_cents"], invoice["total_refunded_amount_cents"]) == (8400, 4200)
    assert invoice["payment_status"] == "succeeded"


def test_it_is_only_notified_where_the_integration_does_not_say_so(world: World) -> None:
    first = paid_once(world, goes_back=False)
    second = pay_again(world, first)

    settle(world)

    assert payment(world, second)["refunds"] == []
    assert refunds_at_stripe(world) == []
    assert world.notified().count("payment.succeeded") == 2


def test_the_setting_stays_until_it_is_set_again(world: World) -> None:
    assert world.connect()["refund_second_payments"] is False
    assert world.connect(refund_second_payments=True)["refund_second_payments"] is True
    assert world.connect(name="Another name")["refund_second_payments"] is True
    assert world.connect(refund_second_payments=False)["refund_second_payments"] is False


@pytest.mark.parametrize("moment", Moment)
def test_it_goes_back_once_whatever_crashes(world: World, moment: Moment) -> None:
    first = paid_once(world)
    pay_again(world, first)
    world.aws.crash("TransactWriteItems", moment)
    for _ in range(3):
        world.run()
        world.pass_time(HOUR)
    world.aws.crash("TransactWriteItems", moment)
    for _ in range(3):
        world.look_again()
        world.pass_time(1200)

    assert len(refunds_at_stripe(world)) == 1
    assert notified_of(world, "refund") == ["payment.refund_succeeded"]


def test_what_a_person_has_given_back_already_does_not_go_back_twice(world: World) -> None:
    """Who sees two payments at Stripe refunds one there, before we know of the second."""
    first = paid_once(world)
    refund(world, first)
    second = pay_again(world, first)

    settle(world)

    assert payment(world, second)["refunds"] == []
    assert len(refunds_at_stripe(world)) == 1


def test_only_the_rest_goes_back_where_a_part_has(world: World) -> None:
    first = paid_once(world)
    refund(world, first, 1000)
    second = pay_again(world, first)

    settle(world)

    assert payment(world, second)["refunded_amount_cents"] == 3200


def test_what_is_paid_after_a_lost_dispute_is_kept(world: World) -> None:
    first = paid_once(world, card=DISPUTED)
    (dispute,) = world.stripe_client.v1.disputes.list().data
    world.stripe.control.close_dispute(dispute.id, "lost")
    world.run()
    second = pay_again(world, first)

    settle(world)

    assert payment(world, second)["refunds"] == []


def test_what_comes_after_the_invoice_was_paid_elsewhere_goes_back_whole(world: World) -> None:
    world.connect(refund_second_payments=True)
    world.customer(payment_method=DECLINED)
    invoice_id = world.create_invoice()
    world.run()
    (failed,) = world.payments(invoice_id)
    body = {"invoice": {"payment_status": "succeeded"}}
    assert world.api("PUT", f"/api/v1/invoices/{invoice_id}", body).status == 200
    world.stripe_client.v1.payment_intents.confirm(
        failed["provider_payment_id"], {"payment_method": "pm_card_visa", "off_session": True}
    )

    settle(world)

    (found,) = world.payments(invoice_id)
    assert (found["payment_status"], found["refunded_amount_cents"]) == ("succeeded", 4200)
    assert [one.amount for one in refunds_at_stripe(world)] == [4200]


def test_a_refund_that_stripe_refuses_is_notified(world: World) -> None:
    """A disputed payment is not refunded."""
    first = paid_once(world)
    disputed = collect_under_name(world, payment(world, first)["invoice_ids"][0], payment_method=DISPUTED)
    second = derived_id("payment", first, disputed.id)

    settle(world)

    assert [one["status"] for one in payment(world, second)["refunds"]] == ["failed"]
    assert notified_of(world, "refund") == ["payment.refund_failed"]
    assert refunds_at_stripe(world) == []


def test_a_key_that_is_refused_only_delays_it(world: World) -> None:
    first = paid_once(world)
    second = pay_again(world, first)
    world.run()
    world.stripe.control.expire_key(SECRET_KEY)
    for _ in range(3):
        world.pass_time(1200)
        world.look_again()
    assert [one["status"] for one in payment(world, second)["refunds"]] == ["pending"]

    new_key = world.stripe.control.add_key(world.account.id)
    world.connect(secret_key=new_key)
    world.pass_time(1200)
    world.look_again()

    assert [one["status"] for one in payment(world, second)["refunds"]] == ["succeeded"]


def test_an_invoice_that_is_replaced_knows_what_was_paid_twice_and_has_gone_back(world: World) -> None:
    world.connect(refund_second_payments=True)
    world.customer()
    invoice_id = world.put_invoice_item()
    world.run()
    (first,) = world.payments(invoice_id)
    pay_again(world, first["lago_id"])
    settle(world)

    world.put_invoice_item()
    world.invoke("invoice-created", world.stream_event(world.all_images("invoices")))
    world.run()

    invoice = world.invoice(invoice_id)
    assert (invoice["payment_status"], invoice["total_paid_amount_cents"]) == ("succeeded", 8400)
    assert invoice["total_refunded_amount_cents"] == 4200
    assert sum(refund.amount for refund in refunds_at_stripe(world)) == 4200


def test_the_event_of_a_second_payment_that_comes_twice_begins_one_refund(world: World) -> None:
    first = paid_once(world)
    second = pay_again(world, first)
    deliveries = [one for one in world.stripe.due_deliveries() if one.event_type == "payment_intent.succeeded"]

    for delivery in deliveries * 2:
        assert world.deliver(delivery) == 200

    assert len(payment(world, second)["refunds"]) == 1
