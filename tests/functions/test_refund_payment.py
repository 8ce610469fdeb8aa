"""refund-payment: money of a payment goes back, once, whatever crashes, repeats or stays unanswered."""

import json
from typing import Any

import pytest
from builders.accounts import connect_with_customer
from builders.customers import DECLINED, DISPUTED, customer_who_pays_with, pays_with
from builders.debits import BANK
from builders.durations import DAY
from builders.invoices import collected, waiting_invoice
from builders.payments import REFUNDS_ROUTE, paid_payment, pay_by_hand, payment, refund, refunds_at_stripe
from builders.read import notified_of
from builders.stripe_events import event, post, request, signed
from builders.stripe_requests import CREATE_REFUND
from sandbox.stripe.faults import FaultKind
from world.api_gateway import Answer
from world.aws_calls import Moment
from world.world import SECRET_KEY, TABLES, World, load_event


def refunds(world: World, payment_id: str) -> list[tuple[int, str]]:
    """Amount and status of each, the oldest first."""
    return [(one["amount_cents"], one["status"]) for one in payment(world, payment_id)["refunds"]]


def amounts_refunded(world: World, payment_id: str) -> tuple[int, int]:
    """What has gone back, as the payment says and as its invoice does."""
    found = payment(world, payment_id)
    return found["refunded_amount_cents"], world.invoice(found["invoice_ids"][0])["total_refunded_amount_cents"]


def paid_and_replaced(world: World) -> dict[str, Any]:
    """The payment of an item that was collected, and put into the table once more; it is not taken in yet."""
    connect_with_customer(world)
    invoice_id = world.put_invoice_item()
    world.run()
    (only,) = world.payments(invoice_id)
    world.put_invoice_item()
    return only


def two_paid(world: World) -> tuple[str, str]:
    """The ids of the payments of two invoices."""
    first = paid_payment(world)
    second_invoice = world.create_invoice()
    world.run()
    (second,) = world.payments(second_invoice)
    return first, str(second["lago_id"])


def is_due(world: World) -> bool:
    return any("due_at" in item for item in world.items("invoices"))


def look_later(world: World, seconds: float = 1200) -> None:
    world.pass_time(seconds)
    assert world.look_again() == 0


def test_all_of_a_payment_goes_back_by_one_call_and_its_invoice_stays_paid(world: World) -> None:
    payment_id = paid_payment(world)

    answer = refund(world, payment_id)

    assert answer.status == 200
    found = answer.body["refund"]
    (made,) = refunds_at_stripe(world)
    assert (found["status"], found["amount_cents"], found["provider_refund_id"]) == ("succeeded", 4200, made.id)
    assert (made.amount, made.reason, made.metadata["lago_refund_id"]) == (
        4200,
        "requested_by_customer",
        found["lago_id"],
    )
    assert amounts_refunded(world, payment_id) == (4200, 4200)
    assert world.invoice(found["lago_invoice_id"])["payment_status"] == "succeeded"
    assert world.stripe_calls(CREATE_REFUND) == 1
    assert notified_of(world, "refund") == ["payment.refund_succeeded"]
    assert world.notification("payment.refund_succeeded")["refund"] == found


def test_parts_go_back_until_nothing_is_left(world: World) -> None:
    payment_id = paid_payment(world)

    assert refund(world, payment_id, 1000).status == 200
    assert refund(world, payment_id, 3201).body["error_details"] == {"amount_cents": ["value_is_out_of_range"]}
    assert refund(world, payment_id).body["refund"]["amount_cents"] == 3200
    assert refund(world, payment_id, 1).body["code"] == "payment_not_refundable"

    assert refunds(world, payment_id) == [(1000, "succeeded"), (3200, "succeeded")]
    assert [one.amount for one in refunds_at_stripe(world)] == [3200, 1000]
    assert world.stripe_calls(CREATE_REFUND) == 2


def test_a_request_without_a_body_gives_all_back_and_one_that_says_nothing_is_refused(world: World) -> None:
    payment_id = paid_payment(world)
    path = REFUNDS_ROUTE.replace("{lago_id}", payment_id)

    bodies: list[Any] = [{}, [], {"refund": {}}, {"payment": {"amount_cents": 1}}]
    for body in bodies:
        assert world.api("POST", path, body).status == 400
    assert world.stripe_calls(CREATE_REFUND) == 0

    assert world.api("POST", path).body["refund"]["amount_cents"] == 4200


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"amount_cents": 0}, "amount_cents"),
        ({"amount_cents": "10"}, "amount_cents"),
        ({"reason": "why not"}, "reason"),
    ],
)
def test_what_is_not_acceptable_is_refused_before_stripe_is_asked(
    world: World, sent: dict[str, Any], field: str
) -> None:
    payment_id = paid_payment(world)

    answer = world.api("POST", REFUNDS_ROUTE.replace("{lago_id}", payment_id), {"refund": sent})

    assert (answer.status, answer.body["error_details"]) == (422, {field: ["value_is_invalid"]})
    assert world.stripe_calls(CREATE_REFUND) == 0


def test_an_amount_that_the_currency_does_not_have_is_refused(world: World) -> None:
    payment_id = paid_payment(world, currency="ISK")

    assert refund(world, payment_id, 1050).body["error_details"] == {"amount_cents": ["amount_not_in_steps"]}
    assert refund(world, payment_id, 1000).status == 200


class TestTheSameRequestAgain:
    def test_under_its_key_is_answered_with_the_same_refund(self, world: World) -> None:
        payment_id = paid_payment(world)

        first, again = (refund(world, payment_id, 1000, key="credit-note-17").body for _ in range(2))

        assert first == again
        assert world.stripe_calls(CREATE_REFUND) == 1
        assert refunds(world, payment_id) == [(1000, "succeeded")]

    def test_without_a_key_is_another_refund(self, world: World) -> None:
        payment_id = paid_payment(world)

        for _ in range(2):
            refund(world, payment_id, 1000)

        assert refunds(world, payment_id) == [(1000, "succeeded")] * 2

    def test_twice_at_once_is_one_refund(self, world: World) -> None:
        """The second request has read the payment, and finds in Stripe's list what the first one has made."""
        payment_id = paid_payment(world)
        answers = []

        def made_by_the_first() -> None:
            answers.append(refund(world, payment_id, 1000, key="credit-note-17"))

        world.aws.meanwhile("GetItem", made_by_the_first, TableName="IntegrationsTable")
        answers.append(refund(world, payment_id, 1000, key="credit-note-17"))

        assert [answer.status for answer in answers] == [200, 200]
        assert refunds(world, payment_id) == [(1000, "succeeded")]
        assert world.payments(world.items("invoices")[0]["lago_id"])[0]["refunds"][0]["amount_cents"] == 1000

    @pytest.mark.parametrize("other", [{"amount_cents": 1001}, {"reason": "duplicate"}])
    def test_with_another_body_is_refused(self, world: World, other: dict[str, Any]) -> None:
        payment_id = paid_payment(world)
        refund(world, payment_id, 1000, key="credit-note-17")

        answer = refund(world, payment_id, **({"amount": 1000} | other), key="credit-note-17")

        assert (answer.status, answer.body["code"]) == (409, "idempotency_key_reused")
        assert world.stripe_calls(CREATE_REFUND) == 1


class TestTheKeyOfARefundForAnotherPayment:
    def test_is_refused_and_nothing_goes_back(self, world: World) -> None:
        first, second = two_paid(world)
        made = refund(world, first, 1000, key="credit-note-17").body

        answer = refund(world, second, 1000, key="credit-note-17")

        assert (answer.status, answer.body["code"]) == (409, "idempotency_key_reused")
        assert refunds(world, second) == []
        assert refund(world, first, 1000, key="credit-note-17").body == made
        assert len(refunds_at_stripe(world)) == 1

    def test_is_refused_though_both_ask_at_once(self, world: World) -> None:
        first, second = two_paid(world)
        world.aws.meanwhile("TransactWriteItems", lambda: refund(world, second, 1000, key="credit-note-17"))

        answer = refund(world, first, 1000, key="credit-note-17")

        assert (answer.status, answer.body["code"]) == (409, "idempotency_key_reused")
        assert (refunds(world, first), refunds(world, second)) == ([], [(1000, "succeeded")])

    @pytest.mark.parametrize(("moment", "first_is_on_record"), [(Moment.BEFORE, False), (Moment.AFTER, True)])
    def test_is_whose_refund_is_on_record_after_a_crash(
        self, world: World, moment: Moment, first_is_on_record: bool
    ) -> None:
        first, second = two_paid(world)
        world.aws.crash("TransactWriteItems", moment)
        refund(world, first, 1000, key="credit-note-17")

        statuses = [refund(world, one, 1000, key="credit-note-17").status for one in (second, first)]

        assert statuses == ([409, 200] if first_is_on_record else [200, 409])
        assert len(refunds_at_stripe(world)) == 1

    def test_is_free_for_what_is_no_refund(self, world: World) -> None:
        first, _ = two_paid(world)
        refund(world, first, 1000, key="credit-note-17")

        by_hand = pay_by_hand(world, waiting_invoice(world), key="credit-note-17")

        assert by_hand.status == 200


class TestWhatCannotBeRefunded:
    def test_a_payment_that_is_not_there(self, world: World) -> None:
        world.connect()

        assert refund(world, "7c1e0000-0000-4000-8000-00000000dead").body["code"] == "payment_not_found"

    def test_money_that_came_outside_of_stripe(self, world: World) -> None:
        manual = pay_by_hand(world, waiting_invoice(world)).body["payment"]["lago_id"]

        assert refund(world, manual).body["code"] == "payment_not_refundable"

    def test_a_payment_that_failed(self, world: World) -> None:
        world.connect()
        world.customer(payment_method=DECLINED)
        invoice_id = world.create_invoice()
        world.run()
        (failed,) = world.payments(invoice_id)

        assert refund(world, failed["lago_id"]).body["code"] == "payment_not_refundable"

    def test_what_the_bank_has_taken_back(self, world: World) -> None:
        payment_id = paid_payment(world, method=DISPUTED)
        (dispute,) = world.stripe_client.v1.disputes.list().data
        world.stripe.control.close_dispute(dispute.id, "lost")
        world.run()

        assert refund(world, payment_id).body["code"] == "payment_not_refundable"
        assert world.stripe_calls(CREATE_REFUND) == 0

    def test_a_payment_of_an_account_that_is_not_connected_any_more(self, world: World) -> None:
        payment_id = paid_payment(world)
        world.api("DELETE", "/api/v1/integrations/stripe/stripe")

        assert refund(world, payment_id).body["code"] == "payment_provider_not_found"
        assert refunds(world, payment_id) == []

    def test_a_payment_of_an_account_whose_key_is_refused(self, world: World) -> None:
        payment_id = paid_payment(world)
        world.stripe.control.expire_key(SECRET_KEY)

        pending = refund(world, payment_id, 1000)
        refused = refund(world, payment_id, 1000)

        assert pending.body["refund"]["status"] == "pending"
        assert (refused.status, refused.body["code"]) == (422, "third_party_error")
        assert refunds(world, payment_id) == [(1000, "pending")]
        world.connect(secret_key=world.stripe.control.add_key(world.account.id))
        look_later(world)
        assert refunds(world, payment_id) == [(1000, "succeeded")]


def test_a_boleto_goes_back_by_hand_only(world: World) -> None:
    """Stripe refunds none: its code for that is what is answered and notified."""
    world.connect()
    customer_who_pays_with(world, "boleto", payment_method="pm_boleto_success")
    invoice_id = collected(world, currency="BRL")
    world.pass_time(8 * DAY)
    world.run()
    (paid_boleto,) = world.payments(invoice_id)

    found = refund(world, paid_boleto["lago_id"]).body["refund"]

    assert (paid_boleto["payment_status"], found["status"]) == ("succeeded", "failed")
    assert "does not support refunds" in found["failure_reason"]
    assert amounts_refunded(world, paid_boleto["lago_id"]) == (0, 0)
    assert notified_of(world, "refund") == ["payment.refund_failed"]


def test_what_stripe_refuses_has_failed_and_counts_no_more(world: World) -> None:
    payment_id = paid_payment(world, method=DISPUTED)

    answer = refund(world, payment_id)

    found = answer.body["refund"]
    assert (answer.status, found["status"], found["failure_reason"]) == (200, "failed", "charge_disputed")
    assert found["provider_refund_id"] is None
    assert amounts_refunded(world, payment_id) == (0, 0)
    assert notified_of(world, "refund") == ["payment.refund_failed"]


class TestABanksRefund:
    def test_is_pending_until_stripe_reports_its_end(self, world: World) -> None:
        payment_id = paid_payment(world, method=BANK, currency="USD")

        assert refund(world, payment_id, 1000).body["refund"]["status"] == "pending"
        world.run()
        assert (amounts_refunded(world, payment_id), notified_of(world, "refund")) == ((1000, 1000), [])
        world.pass_time(8 * DAY)
        world.run()

        assert refunds(world, payment_id) == [(1000, "succeeded")]
        assert notified_of(world, "refund") == ["payment.refund_succeeded"]

    def test_is_looked_up_every_day_where_the_event_is_lost(self, world: World) -> None:
        payment_id = paid_payment(world, method=BANK, currency="USD")
        world.stripe.control.set_settlement_delay(5 * DAY)
        refund(world, payment_id, 1000)
        look_later(world)
        assert refunds(world, payment_id) == [(1000, "pending")]

        world.pass_time(8 * DAY)
        world.stripe.due_deliveries()
        assert world.look_again() == 0

        assert refunds(world, payment_id) == [(1000, "succeeded")]
        assert notified_of(world, "refund") == ["payment.refund_succeeded"]
        assert world.stripe_calls(CREATE_REFUND) == 1
        assert not is_due(world)

    def test_is_not_looked_up_more_often(self, world: World) -> None:
        payment_id = paid_payment(world, method=BANK, currency="USD")
        world.stripe.control.set_settlement_delay(5 * DAY)
        world.pass_time(2 * DAY)
        refund(world, payment_id, 1000)

        for _ in range(4 * 24):
            world.pass_time(900)
            world.look_again()

        assert refunds(world, payment_id) == [(1000, "pending")]
        assert world.stripe_calls("GET /v1/refunds/*") == 1


def test_a_refund_that_comes_back_counts_no_more_and_is_notified(world: World) -> None:
    payment_id = paid_payment(world, method="pm_card_refundFail")
    refund(world, payment_id, 1000)
    assert refunds(world, payment_id) == [(1000, "succeeded")]

    world.pass_time(8 * DAY)
    world.run()

    assert refunds(world, payment_id) == [(1000, "failed")]
    assert payment(world, payment_id)["refunds"][0]["failure_reason"] == "expired_or_canceled_card"
    assert amounts_refunded(world, payment_id) == (0, 0)
    assert notified_of(world, "refund") == ["payment.refund_failed", "payment.refund_succeeded"]


class TestTwoOfOnePayment:
    """Each is looked at on its own: what one learns does not undo what another did."""

    def test_that_a_bank_has_sent_are_both_found_where_the_events_are_lost(self, world: World) -> None:
        payment_id = paid_payment(world, method=BANK, currency="USD")
        world.stripe.control.set_settlement_delay(5 * DAY)
        for amount in (1000, 500):
            refund(world, payment_id, amount)
        world.pass_time(8 * DAY)
        world.stripe.due_deliveries()

        for _ in range(2):
            world.look_again()
            world.pass_time(DAY)

        assert refunds(world, payment_id) == [(1000, "succeeded"), (500, "succeeded")]
        assert amounts_refunded(world, payment_id) == (1500, 1500)
        assert notified_of(world, "refund") == ["payment.refund_succeeded"] * 2

    def test_one_that_stripe_refuses_stays_refused(self, world: World) -> None:
        payment_id = paid_payment(world)
        world.stripe.control.add_fault(FaultKind.CUT_BEFORE_COMMIT, method="POST", path="/v1/refunds", times=4)
        for amount in (3000, 1000):
            refund(world, payment_id, amount)
        intent_id = payment(world, payment_id)["provider_payment_id"]
        world.stripe_client.v1.refunds.create({"payment_intent": intent_id, "amount": 1500})
        world.stripe.due_deliveries()

        look_later(world)
        look_later(world, 2 * DAY)

        assert refunds(world, payment_id) == [(3000, "failed"), (1000, "succeeded")]
        assert amounts_refunded(world, payment_id) == (1000, 1000)
        assert notified_of(world, "refund") == ["payment.refund_failed", "payment.refund_succeeded"]

    def test_one_without_an_answer_does_not_hold_back_the_other(self, world: World) -> None:
        payment_id = paid_payment(world)
        world.stripe.control.add_fault(FaultKind.CUT_BEFORE_COMMIT, method="POST", path="/v1/refunds", times=6)
        for amount in (3000, 1000):
            refund(world, payment_id, amount)

        world.pass_time(1200)
        world.look_again()

        assert refunds(world, payment_id) == [(3000, "pending"), (1000, "succeeded")]
        look_later(world)
        assert refunds(world, payment_id) == [(3000, "succeeded"), (1000, "succeeded")]


def test_a_key_that_may_not_refund_goes_on_collecting(world: World) -> None:
    payment_id = paid_payment(world)
    allowed = ("customer", "payment_intent", "payment_method", "webhook", "accounts_kyc_basic", "checkout_session")
    permissions = [f"rak_{one}_write" for one in allowed]
    world.connect(secret_key=world.stripe.control.add_key(world.account.id, kind="rk", permissions=permissions))

    answer = refund(world, payment_id, 1000)

    found = answer.body["refund"]
    assert (found["status"], found["failure_reason"]) == ("failed", "key_lacks_permission")
    assert world.connect()["needs_attention_since"] is None
    assert notified_of(world, "refund") == ["payment.refund_failed"]


def test_nothing_goes_back_through_an_account_that_is_disconnecting(world: World) -> None:
    payment_id = paid_payment(world, method=BANK, currency="USD")
    world.stripe.control.set_settlement_delay(5 * DAY)
    refund(world, payment_id, 1000)
    world.api("DELETE", "/api/v1/integrations/stripe/stripe")

    assert refund(world, payment_id, 1000).body["code"] == "payment_provider_not_found"

    assert refunds(world, payment_id) == [(1000, "pending")]


class TestACrash:
    @pytest.mark.parametrize("moment", Moment)
    @pytest.mark.parametrize("write", [1, 2])
    def test_around_each_write_is_made_good_and_the_money_goes_back_once(
        self, world: World, moment: Moment, write: int
    ) -> None:
        payment_id = paid_payment(world)
        _crash_at_write(world, write, moment)
        refund(world, payment_id, 1000, key="credit-note-17")

        look_later(world)
        again = refund(world, payment_id, 1000, key="credit-note-17")

        assert again.body["refund"]["status"] == "succeeded"
        assert refunds(world, payment_id) == [(1000, "succeeded")]
        assert len(refunds_at_stripe(world)) == 1
        assert notified_of(world, "refund") == ["payment.refund_succeeded"]

    @pytest.mark.parametrize("kind", [FaultKind.CUT_BEFORE_COMMIT, FaultKind.CUT_AFTER_COMMIT, FaultKind.HANG])
    def test_of_the_connection_leaves_it_pending_and_it_is_looked_for_before_it_is_sent_again(
        self, world: World, kind: FaultKind
    ) -> None:
        payment_id = paid_payment(world)
        world.stripe.control.add_fault(kind, method="POST", path="/v1/refunds", times=2)

        answer = refund(world, payment_id, 1000)

        assert answer.body["refund"]["status"] == "pending"
        assert answer.body["refund"]["provider_refund_id"] is None
        assert notified_of(world, "refund") == []
        world.stripe.control.clear_faults()
        world.pass_time(2 * DAY)
        assert world.look_again() == 0
        assert refunds(world, payment_id) == [(1000, "succeeded")]
        assert len(refunds_at_stripe(world)) == 1
        assert notified_of(world, "refund") == ["payment.refund_succeeded"]

    def test_after_stripe_forgot_the_key_is_looked_up(self, world: World) -> None:
        payment_id = paid_payment(world)
        _crash_at_write(world, 2, Moment.BEFORE)
        refund(world, payment_id, 1000, key="credit-note-17")
        assert len(refunds_at_stripe(world)) == 1
        world.pass_time(2 * DAY)

        assert refund(world, payment_id, 1000, key="credit-note-17").body["refund"]["status"] == "succeeded"

        assert len(refunds_at_stripe(world)) == 1
        assert world.stripe_calls(CREATE_REFUND) == 1


def _crash_at_write(world: World, write: int, moment: Moment) -> None:
    if write == 1:
        world.aws.crash("TransactWriteItems", moment)
    else:
        world.aws.meanwhile("TransactWriteItems", lambda: world.aws.crash("TransactWriteItems", moment))


def test_two_who_ask_at_once_never_give_back_more_than_was_paid(world: World) -> None:
    payment_id = paid_payment(world)
    world.aws.meanwhile("TransactWriteItems", lambda: refund(world, payment_id, 3000))

    answer = refund(world, payment_id, 2000)

    assert answer.body["error_details"] == {"amount_cents": ["value_is_out_of_range"]}
    assert refunds(world, payment_id) == [(3000, "succeeded")]


def test_an_account_stays_until_its_last_refund_has_ended(world: World) -> None:
    payment_id = paid_payment(world, method=BANK, currency="USD")
    world.stripe.control.set_settlement_delay(5 * DAY)
    refund(world, payment_id, 1000)

    answer = world.api("DELETE", "/api/v1/integrations/stripe/stripe")

    assert answer.body["integration"]["disconnecting_since"]
    world.pass_time(8 * DAY)
    world.run()
    assert refunds(world, payment_id) == [(1000, "succeeded")]


def test_a_rate_limit_puts_it_off_and_nothing_else(world: World) -> None:
    payment_id = paid_payment(world)
    world.stripe.control.add_fault(FaultKind.RATE_LIMIT, method="POST", path="/v1/refunds", times=3)

    assert refund(world, payment_id, 1000).body["refund"]["status"] == "pending"

    look_later(world)
    assert refunds(world, payment_id) == [(1000, "succeeded")]


class TestStripesEvents:
    def test_report_a_refund_that_a_person_made_at_stripe(self, world: World) -> None:
        payment_id = paid_payment(world)
        intent_id = payment(world, payment_id)["provider_payment_id"]
        made = world.stripe_client.v1.refunds.create({"payment_intent": intent_id, "amount": 700})

        world.run()

        (found,) = payment(world, payment_id)["refunds"]
        assert (found["amount_cents"], found["status"], found["provider_refund_id"]) == (700, "succeeded", made.id)
        assert amounts_refunded(world, payment_id) == (700, 700)
        assert notified_of(world, "refund") == ["payment.refund_succeeded"]
        assert refund(world, payment_id, 3501).status == 422

    def test_may_come_before_the_answer_is_written(self, world: World) -> None:
        payment_id = paid_payment(world)
        _crash_at_write(world, 2, Moment.BEFORE)
        refund(world, payment_id, 1000)

        world.run()

        assert refunds(world, payment_id) == [(1000, "succeeded")]
        look_later(world)
        assert (refunds(world, payment_id), notified_of(world, "refund")) == (
            [(1000, "succeeded")],
            ["payment.refund_succeeded"],
        )

    def test_in_any_order_and_twice_come_to_the_same(self, world: World) -> None:
        payment_id = paid_payment(world)
        made = _refund(payment(world, payment_id)["provider_payment_id"])

        for status in ("succeeded", "pending", "failed", "succeeded", "failed", "pending"):
            kind = "charge.refund.updated" if status == "pending" else "refund.updated"
            assert post(world, event(world, kind, made | {"status": status})).status == 200

        assert refunds(world, payment_id) == [(1000, "failed")]
        assert amounts_refunded(world, payment_id) == (0, 0)
        assert notified_of(world, "refund") == ["payment.refund_failed", "payment.refund_succeeded"]

    @pytest.mark.parametrize("moment", Moment)
    def test_are_sent_again_after_a_crash_and_notified_once(self, world: World, moment: Moment) -> None:
        payment_id = paid_payment(world)
        content = event(world, "refund.created", _refund(payment(world, payment_id)["provider_payment_id"]))
        world.aws.crash("TransactWriteItems", moment)
        assert post(world, content).status >= 500

        assert post(world, content).status == 200

        assert amounts_refunded(world, payment_id) == (1000, 1000)
        assert notified_of(world, "refund") == ["payment.refund_succeeded"]

    def test_of_an_invoice_that_is_replaced_and_not_taken_in_yet_are_sent_again(self, world: World) -> None:
        only = paid_and_replaced(world)
        content = event(world, "refund.created", _refund(only["provider_payment_id"]))

        assert post(world, content).status in (409, 503)
        world.invoke("invoice-created", world.stream_event(world.all_images("invoices")))

        assert post(world, content).status == 200
        assert refunds(world, only["lago_id"]) == [(1000, "succeeded")]

    def test_of_a_payment_that_lago_made_are_ignored(self, world: World) -> None:
        paid_payment(world)
        client = world.stripe_client.v1
        asked: Any = {"amount": 100, "currency": "usd", "confirm": True, "off_session": True}
        customer = world.stripe_customer()
        method = client.customers.payment_methods.list(customer).data[0].id
        names = {"lago_payment_id": "5d2f0000-0000-4000-8000-00000000aaaa", "lago_organization_id": "of Lago"}
        intent = client.payment_intents.create(
            asked | {"customer": customer, "payment_method": method, "metadata": names}
        )

        assert post(world, event(world, "refund.created", _refund(intent.id))).status == 200

    @pytest.mark.parametrize("foreign", ["pi_of_nobody", None])
    def test_of_what_is_not_ours_are_ignored(self, world: World, foreign: str | None) -> None:
        payment_id = paid_payment(world)

        assert post(world, event(world, "refund.created", _refund(foreign))).status == 200

        assert (refunds(world, payment_id), notified_of(world, "refund")) == ([], [])

    @pytest.mark.parametrize(
        ("name", "status"),
        [("payment-result-refund-created", "pending"), ("payment-result-refund-updated", "succeeded")],
    )
    def test_on_file_are_understood(self, world: World, name: str, status: str) -> None:
        payment_id = paid_payment(world)
        content = json.loads(load_event(name)["body"])
        content["data"]["object"]["payment_intent"] = payment(world, payment_id)["provider_payment_id"]
        body = json.dumps(content)

        answer = world.call("payment-result", request(body, [signed(world, body.encode())]))

        assert answer.status == 200
        assert refunds(world, payment_id) == [(1000, status)]


def test_the_request_on_file_is_understood(world: World) -> None:
    payment_id = paid_payment(world)
    sent = load_event("refund-payment") | {"pathParameters": {"lago_id": payment_id}}

    assert world.call("refund-payment", sent).body["refund"]["amount_cents"] == 1000


def test_an_invoice_that_is_replaced_knows_its_refunds(world: World) -> None:
    world.connect()
    world.customer(payment_method=BANK)
    pays_with(world, "card", "us_bank_account")
    invoice_id = world.put_invoice_item(currency="USD")
    world.run()
    world.pass_time(8 * DAY)
    world.run()
    (only,) = world.payments(invoice_id)
    refund(world, only["lago_id"], 1000)
    look_later(world)

    world.put_invoice_item(currency="USD")
    world.invoke("invoice-created", world.stream_event(world.all_images("invoices")))

    assert amounts_refunded(world, only["lago_id"]) == (1000, 1000)
    world.pass_time(8 * DAY)
    world.stripe.due_deliveries()
    for _ in range(2):
        world.look_again()
        world.pass_time(DAY)
    assert refunds(world, only["lago_id"]) == [(1000, "succeeded")]


def test_a_refund_that_is_asked_for_before_its_invoice_has_got_its_state_back_is_to_be_repeated(world: World) -> None:
    only = paid_and_replaced(world)
    answers: list[Answer] = []

    def meanwhile() -> None:
        answers.append(refund(world, only["lago_id"], 1000))

    world.aws.meanwhile("GetItem", meanwhile, TableName=TABLES["customers"])
    world.invoke("invoice-created", world.stream_event(world.all_images("invoices")))

    assert [one.status for one in answers] == [409]
    assert refunds_at_stripe(world) == []
    assert refund(world, only["lago_id"], 1000).status == 200
    assert amounts_refunded(world, only["lago_id"]) == (1000, 1000)
    assert refunds(world, only["lago_id"]) == [(1000, "succeeded")]


def _refund(intent_id: str | None) -> dict[str, Any]:
    return {
        "id": "re_made_up",
        "object": "refund",
        "amount": 1000,
        "created": 1,
        "currency": "eur",
        "payment_intent": intent_id,
        "reason": None,
        "failure_reason": None,
        "metadata": {},
        "status": "succeeded",
    }
