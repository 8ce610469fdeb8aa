"""What Stripe says is kept in types that can be kept: a field that is absent, null or odd breaks nothing else."""

import json
from io import StringIO
from typing import Any

import pytest
from builders.canned_answers import CannedAnswers
from builders.customers import provider_customer_id
from builders.debits import bank_debit
from builders.durations import DAY
from builders.invoices import INVOICE_OF_EVENTS, waiting_invoice_of_events
from builders.payments import paid_payment, payment, refund
from builders.read import notified_of
from builders.stripe_events import event, intent, lose_events, post, request, signed
from builders.stripe_requests import CREATE_INTENT, LIST_INTENTS, RETRIEVE_INTENT
from world.aws_calls import Moment
from world.world import World

ACTION: dict[str, Any] = {"type": "a_type_of_next_year", "fee": 0.35, "parts": [{"rate": 1.5, "whole": 2.0}]}
EVERY_LIST = ["/api/v1/payments", "/api/v1/invoices", "/api/v1/customers"]


def disputed(world: World, **odd: Any) -> str:
    """A payment that is disputed, as an event says that lacks something; its id."""
    payment_id = paid_payment(world)
    dispute = {
        "id": "du_1",
        "object": "dispute",
        "amount": 4200,
        "currency": "eur",
        "payment_intent": payment(world, payment_id)["provider_payment_id"],
        "reason": "fraudulent",
        "status": "lost",
    }
    present = {name: value for name, value in (dispute | odd).items() if value is not ...}
    assert post(world, event(world, "charge.dispute.closed", present)).status == 200
    return payment_id


@pytest.mark.parametrize("reason", [None, ..., 7, {"code": "fraudulent"}, ""])
def test_a_dispute_without_a_reason_is_kept_notified_and_listed(world: World, reason: object) -> None:
    payment_id = disputed(world, reason=reason)

    assert payment(world, payment_id)["dispute"]["reason"] is None
    assert world.notification("invoice.payment_dispute_lost")["payment_dispute_lost"]["reason"] is None
    assert [world.api("GET", path).status for path in EVERY_LIST] == [200] * len(EVERY_LIST)


@pytest.mark.parametrize("lacking", ["id", "status", "amount", "currency"])
@pytest.mark.parametrize("value", [None, ..., 0.5, ["x"]])
def test_an_event_that_lacks_what_must_be_known_is_taken_logged_and_changes_nothing(
    world: World, logs: StringIO, lacking: str, value: object
) -> None:
    payment_id = paid_payment(world)
    whole = {
        "id": "du_1",
        "amount": 4200,
        "currency": "eur",
        "payment_intent": payment(world, payment_id)["provider_payment_id"],
        "reason": "payer@example.com",
        "status": "lost",
    }
    odd = {name: one for name, one in (whole | {lacking: value}).items() if one is not ...}

    sent = event(world, "charge.dispute.closed", odd)
    assert post(world, sent).status == 200

    assert payment(world, payment_id)["dispute"] is None
    assert f'"event_id":"{sent["id"]}"' in logs.getvalue()
    assert "an object of Stripe cannot be read" in logs.getvalue()
    assert f'"field":"{lacking}"' in logs.getvalue()
    assert ('"object_id":"du_1"' in logs.getvalue()) is (lacking != "id")
    assert "payer@example.com" not in logs.getvalue()


@pytest.mark.parametrize("lacking", ["data", "created", "livemode"])
@pytest.mark.parametrize("value", [None, ..., 0.5, ["x"]])
def test_an_event_that_lacks_something_of_its_own_is_taken_logged_and_changes_nothing(
    world: World, logs: StringIO, lacking: str, value: object
) -> None:
    waiting_invoice_of_events(world)
    whole = event(world, "payment_intent.succeeded", intent(INVOICE_OF_EVENTS, "succeeded"))
    odd = {name: one for name, one in (whole | {lacking: value}).items() if one is not ...}

    assert post(world, odd).status == 200

    assert world.payments(INVOICE_OF_EVENTS) == []
    assert f'"event_id":"{whole["id"]}"' in logs.getvalue()
    assert "an object of Stripe cannot be read" in logs.getvalue()


@pytest.mark.parametrize("lacking", ["id", "amount", "status", "currency"])
def test_what_an_event_that_cannot_be_read_was_about_is_asked_of_stripe(world: World, lacking: str) -> None:
    invoice_id = bank_debit(world, settles_after=DAY)
    world.pass_time(2 * DAY)
    lose_events(world)
    (paid,) = world.stripe_client.v1.payment_intents.list().data
    odd = {name: one for name, one in paid.to_dict().items() if name != lacking}
    assert post(world, event(world, "payment_intent.succeeded", odd)).status == 200
    assert world.invoice(invoice_id)["payment_status"] == "pending"

    world.look_again()

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"


def test_a_body_that_is_nested_without_end_is_refused(world: World) -> None:
    world.connect()
    body = "[" * 100_000

    assert world.call("payment-result", request(body, [signed(world, body.encode())])).status == 400


class TestAFractionInWhatTheCustomerHasToDo:
    def test_of_an_event_is_shown_as_it_came(self, world: World) -> None:
        invoice_id = waiting_invoice_of_events(world)

        answer = post(world, event(world, "payment_intent.requires_action", _to_act(invoice_id, next_action=ACTION)))

        assert answer.status == 200
        (only,) = world.payments(invoice_id)
        assert only["next_action"] == ACTION
        assert world.notification("payment.requires_action")["payment"]["next_action"] == ACTION

    def test_of_an_answer_leaves_a_payment_on_record(self, world: World, canned: CannedAnswers) -> None:
        canned.change(CREATE_INTENT, lambda made: made.update(status="requires_action", next_action=ACTION))
        world.connect()
        world.customer(payment_method="pm_card_visa")
        invoice_id = world.create_invoice()

        world.collect_new_invoices()

        (only,) = world.payments(invoice_id)
        assert (only["payment_status"], only["next_action"]) == ("processing", ACTION)

    @pytest.mark.parametrize(
        "odd",
        [
            {"qr": "x" * 200_000},
            {"nested": json.loads("[" * 60 + "]" * 60)},
            {"many": [0] * 2_000},
        ],
        ids=["too large", "too deep", "too many"],
    )
    def test_that_cannot_be_kept_at_all_is_left_out_and_counted(
        self, world: World, logs: StringIO, odd: dict[str, Any]
    ) -> None:
        invoice_id = waiting_invoice_of_events(world)

        answer = post(world, event(world, "payment_intent.requires_action", _to_act(invoice_id, next_action=odd)))

        assert answer.status == 200
        (only,) = world.payments(invoice_id)
        assert (only["status"], only["next_action"]) == ("requires_action", {})
        assert '"field":"next_action"' in logs.getvalue()

    @pytest.mark.parametrize(
        ("sent", "shown"),
        [
            ({"": 1, "kept": None}, {"kept": None}),
            ({"large": 10**40}, {"large": str(10**40)}),
            ({"large": 1e300}, {"large": "1e+300"}),
            ({"half": "\ud83d"}, {"half": "?"}),
            ({"yes": True, "no": False, "none": []}, {"yes": True, "no": False, "none": []}),
        ],
    )
    def test_is_kept_beside_what_the_store_does_not_take(
        self, world: World, sent: dict[str, Any], shown: dict[str, Any]
    ) -> None:
        invoice_id = waiting_invoice_of_events(world)

        post(world, event(world, "payment_intent.requires_action", _to_act(invoice_id, next_action=sent)))

        (only,) = world.payments(invoice_id)
        assert only["next_action"] == shown


def _to_act(invoice_id: str, **more: Any) -> dict[str, Any]:
    return intent(invoice_id, "requires_action", **more)


class TestAnswersThatLackSomething:
    @pytest.mark.parametrize("lacking", ["created", "currency", "amount", "amount_received", "payment_method"])
    def test_are_recorded_as_what_was_asked_for(self, world: World, canned: CannedAnswers, lacking: str) -> None:
        canned.change(CREATE_INTENT, lambda made: made.pop(lacking, None))
        world.connect()
        world.customer(payment_method="pm_card_visa")
        invoice_id = world.create_invoice()

        world.collect_new_invoices()

        (only,) = world.payments(invoice_id)
        assert (only["payment_status"], only["amount_cents"], only["amount_currency"]) == ("succeeded", 4200, "EUR")

    @pytest.mark.parametrize("lacking", ["id", "status"])
    def test_without_which_nothing_is_known_are_looked_up(
        self, world: World, canned: CannedAnswers, lacking: str
    ) -> None:
        lost = [lacking]
        canned.change(CREATE_INTENT, lambda made: made.pop(lost.pop()) if lost else None)
        world.connect()
        world.customer(payment_method="pm_card_visa")
        invoice_id = world.create_invoice()

        world.collect_new_invoices()
        world.pass_time(DAY)
        world.run()
        world.look_again()

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert len(world.stripe_client.v1.payment_intents.list().data) == 1

    def test_do_not_hide_the_others_of_a_list(self, world: World, canned: CannedAnswers) -> None:
        payment_id = paid_payment(world)
        canned.change("GET /v1/refunds", lambda listed: [one.pop("amount") for one in listed["data"][1:]])
        known = payment(world, payment_id)["provider_payment_id"]
        for amount in (100, 200):
            world.stripe_client.v1.refunds.create({"payment_intent": known, "amount": amount})
            world.pass_time(60)
        world.stripe.due_deliveries()

        assert refund(world, payment_id, 300).status == 200

        assert payment(world, payment_id)["refunded_amount_cents"] == 500

    def test_bring_no_second_charge_where_they_bear_the_name_of_ours(self, world: World, canned: CannedAnswers) -> None:
        canned.change(LIST_INTENTS, lambda listed: [one.pop("status") for one in listed["data"]])
        world.connect()
        world.customer(payment_method="pm_card_visa")
        invoice_id = world.create_invoice()
        world.aws.crash("TransactWriteItems", Moment.BEFORE)
        world.collect_new_invoices()
        world.stripe.due_deliveries()

        for _ in range(4):
            world.pass_time(DAY)
            world.look_again()

        assert len(world.stripe_client.v1.payment_intents.list().data) == 1
        assert world.invoice(invoice_id)["payment_status"] == "pending"

    def test_of_an_account_without_a_currency_connect_it(self, world: World, canned: CannedAnswers) -> None:
        canned.change("GET /v1/account", lambda account: account.pop("default_currency"))

        assert world.connect()["code"] == "stripe"

    def test_of_a_method_without_a_time_leave_the_others_in_the_list(self, world: World, canned: CannedAnswers) -> None:
        world.connect()
        world.customer(payment_method="pm_card_visa")
        customer = provider_customer_id(world)
        kept = world.stripe_client.v1.payment_methods.attach("pm_card_mastercard", {"customer": customer}).id
        canned.change(
            "GET /v1/customers/*/payment_methods",
            lambda listed: [one.pop("created", None) for one in listed["data"] if one["id"] != kept],
        )

        answer = world.api("GET", "/api/v1/customers/acme/payment_methods")

        assert (answer.status, len(answer.body["payment_methods"])) == (200, 1)

    def test_of_a_decline_without_a_reason_fail_the_payment(self, world: World, canned: CannedAnswers) -> None:
        canned.change(CREATE_INTENT, lambda refused: refused.update(error={"type": 7, "code": None, "message": []}))
        world.connect()
        world.customer(payment_method="pm_card_chargeCustomerFail")
        invoice_id = world.create_invoice()

        world.collect_new_invoices()

        assert world.invoice(invoice_id)["payment_status"] == "failed"
        assert "invoice.payment_failure" in notified_of(world, "failure")

    def test_retrieved_without_their_metadata_are_followed_to_their_end(
        self, world: World, canned: CannedAnswers
    ) -> None:
        canned.change(RETRIEVE_INTENT, lambda found: found.update(metadata=None, customer=None))
        invoice_id = bank_debit(world, settles_after=DAY)

        world.pass_time(10 * DAY)
        lose_events(world)
        world.look_again()

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
