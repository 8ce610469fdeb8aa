"""A failed invoice is tried again automatically where that makes sense, and no longer than that."""

import json
from typing import Any

import pytest
from builders.accounts import INTEGRATION_PATH
from builders.customers import BLOCKED, DECLINED, UNAUTHENTICATED, default_at_stripe, provider_customer_id
from builders.due import days_go_by
from builders.durations import DAY
from builders.invoices import failed_invoice, waiting_invoice
from builders.links import pay_by_debit, payment_url
from builders.read import invoice_statuses, notified_attempts
from builders.stripe_events import fail_attempt
from builders.stripe_requests import CANCEL_INTENT
from paystream.model.identifiers import saved_method_id
from world.api_gateway import ORGANIZATION
from world.world import World, load_event


def attempts(world: World, invoice_id: str) -> int:
    return len(world.payments(invoice_id))


class TestTheSchedule:
    def test_an_invoice_is_tried_again_after_1_3_5_and_7_days_and_then_given_up(self, world: World) -> None:
        invoice_id = failed_invoice(world)

        for number, days in enumerate((1, 3, 5, 7), start=2):
            days_go_by(world, days - 0.01)
            assert attempts(world, invoice_id) == number - 1
            days_go_by(world, 0.01)
            assert attempts(world, invoice_id) == number
        days_go_by(world, 60)

        assert attempts(world, invoice_id) == 5
        assert world.invoice(invoice_id)["payment_status"] == "failed"
        assert len(notified_attempts(world, "invoice.payment_failure")) == 5
        (abandoned,) = notified_attempts(world, "invoice.payment_abandoned")
        assert (abandoned["attempt"], abandoned["will_retry"], abandoned["retry"]) == (5, False, "later")

    def test_each_failure_says_whether_and_when_another_try_follows(self, world: World) -> None:
        invoice_id = failed_invoice(world, retry_schedule_days=[2])
        (first,) = notified_attempts(world, "invoice.payment_failure")
        assert (first["will_retry"], first["retry"]) == (True, "later")
        assert first["next_retry_at"] == world.invoice(invoice_id)["next_retry_at"] == "2026-11-25T10:00:00Z"

        days_go_by(world, 2)

        last = notified_attempts(world, "invoice.payment_failure")[-1]
        assert (last["attempt"], last["will_retry"], last["next_retry_at"]) == (2, False, None)
        assert world.invoice(invoice_id)["next_retry_at"] is None

    def test_what_the_bank_takes_for_a_duplicate_of_another_invoice_is_tried_again_later(self, world: World) -> None:
        """No attempt begins while another of the same invoice can still be paid."""
        world.connect()
        customer = world.customer()
        first = world.create_invoice()
        world.run()
        card = str(default_at_stripe(world, customer))
        world.stripe.control.set_outcome(card, "duplicate_transaction")
        second = world.create_invoice()
        world.run()
        assert world.invoice(second)["next_retry_at"] == "2026-11-24T10:00:00Z"

        world.stripe.control.set_outcome(card, None)
        days_go_by(world, 1)

        assert invoice_statuses(world, [first, second]) == ["succeeded", "succeeded"]

    def test_a_try_that_succeeds_ends_it(self, world: World) -> None:
        invoice_id = failed_invoice(world)
        world.stripe_client.v1.payment_intents.confirm(
            world.payments(invoice_id)[0]["provider_payment_id"], {"payment_method": "pm_card_visa"}
        )
        world.run()

        invoice = world.invoice(invoice_id)
        assert (invoice["payment_status"], invoice["next_retry_at"]) == ("succeeded", None)
        days_go_by(world, 30)
        assert world.charged() == [4200]
        assert attempts(world, invoice_id) == 1

    def test_the_intent_before_is_canceled_before_each_try(self, world: World) -> None:
        invoice_id = failed_invoice(world)

        days_go_by(world, 1)

        assert [payment["status"] for payment in world.payments(invoice_id)] == ["requires_payment_method", "canceled"]

    def test_only_what_is_due_is_tried_by_a_try(self, world: World) -> None:
        invoice_id = failed_invoice(world)
        paid = {"invoice_id": invoice_id, "amount_cents": 1200, "reference": "cash"}
        assert world.api("POST", "/api/v1/payments", {"payment": paid}).status == 200

        days_go_by(world, 1)

        amounts = {payment["attempt"]: payment["amount_cents"] for payment in world.payments(invoice_id)}
        assert (amounts[1], amounts[2]) == (4200, 3000)

    @pytest.mark.parametrize("schedule", [[], None])
    def test_no_schedule_retries_nothing_and_no_other_setting_touches_it(
        self, world: World, schedule: list[int] | None
    ) -> None:
        invoice_id = failed_invoice(world, retry_schedule_days=[])
        if schedule is None:
            assert world.connect(name="Other", retry_schedule_days=None)["retry_schedule_days"] == []

        days_go_by(world, 60)

        assert attempts(world, invoice_id) == 1
        assert notified_attempts(world, "invoice.payment_failure")[0]["will_retry"] is False
        assert notified_attempts(world, "invoice.payment_abandoned") == []

    def test_a_schedule_that_is_changed_counts_from_the_next_failure(self, world: World) -> None:
        invoice_id = failed_invoice(world, retry_schedule_days=[1, 1, 1])
        world.connect(retry_schedule_days=[1, 20])

        days_go_by(world, 1)

        assert world.invoice(invoice_id)["next_retry_at"] == "2026-12-14T10:00:00Z"

    def test_the_schedule_is_a_setting_of_the_integration(self, world: World) -> None:
        assert world.connect()["retry_schedule_days"] == [1, 3, 5, 7]

        changed = world.call("connect-integration", load_event("connect-integration-retry-schedule"))

        assert changed.body["integration"]["retry_schedule_days"] == [3, 7]
        assert world.connect(name="Other")["retry_schedule_days"] == [3, 7]

    @pytest.mark.parametrize("days", [[0], [61], [1] * 9, ["1"], [True], [1.5], "1"])
    def test_a_schedule_that_makes_no_sense_is_refused(self, world: World, days: Any) -> None:
        world.connect()

        refused = world.api("PUT", INTEGRATION_PATH, {"integration": {"retry_schedule_days": days}})

        assert (refused.status, refused.body["code"]) == (422, "validation_errors")


class TestTheReason:
    def test_a_card_that_is_never_to_be_tried_again_is_given_up_at_once(self, world: World) -> None:
        invoice_id = failed_invoice(world, card=BLOCKED)

        days_go_by(world, 60)

        assert attempts(world, invoice_id) == 1
        (abandoned,) = notified_attempts(world, "invoice.payment_abandoned")
        assert (abandoned["retry"], abandoned["will_retry"]) == ("never", False)

    def test_where_the_customer_has_to_act_nothing_is_tried_and_nothing_given_up(self, world: World) -> None:
        invoice_id = failed_invoice(world, card=UNAUTHENTICATED, authentication_links=False)

        days_go_by(world, 60)

        assert attempts(world, invoice_id) == 1
        (failure,) = notified_attempts(world, "invoice.payment_failure")
        assert (failure["retry"], failure["will_retry"]) == ("after_customer_acts", False)
        assert notified_attempts(world, "invoice.payment_abandoned") == []

    @pytest.mark.parametrize(
        ("error", "retry_at"),
        [
            ({"code": "card_declined", "decline_code": "insufficient_funds"}, "2026-11-24T10:00:00Z"),
            (
                {"code": "card_declined", "decline_code": "insufficient_funds", "network_advice_code": "27"},
                "2026-11-27T10:00:00Z",
            ),
            ({"code": "card_declined", "decline_code": "lost_card"}, None),
            ({"code": "card_declined", "decline_code": "insufficient_funds", "network_decline_code": "R1"}, None),
            ({"code": "card_declined", "decline_code": "something_new"}, None),
            ({"code": "account_closed"}, None),
        ],
    )
    def test_the_codes_decide(self, world: World, error: dict[str, Any], retry_at: str | None) -> None:
        invoice_id = waiting_invoice(world)

        fail_attempt(world, invoice_id, **error)

        assert world.invoice(invoice_id)["next_retry_at"] == retry_at


class TestWhatEndsIt:
    def test_a_voided_invoice_is_not_tried_again(self, world: World) -> None:
        invoice_id = failed_invoice(world)
        world.api("POST", f"/api/v1/invoices/{invoice_id}/void")

        days_go_by(world, 30)

        assert attempts(world, invoice_id) == 1
        assert world.invoice(invoice_id)["next_retry_at"] is None

    def test_an_invoice_that_was_paid_elsewhere_is_not_tried_again(self, world: World) -> None:
        invoice_id = failed_invoice(world)
        body = {"payment": {"invoice_id": invoice_id, "amount_cents": 4200, "reference": "cash"}}
        assert world.api("POST", "/api/v1/payments", body).status == 200

        days_go_by(world, 30)

        assert (attempts(world, invoice_id), world.stripe_calls()) == (2, 1)

    def test_an_invoice_that_was_marked_as_paid_is_not_tried_again(self, world: World) -> None:
        invoice_id = failed_invoice(world)
        world.api("PUT", f"/api/v1/invoices/{invoice_id}", {"invoice": {"payment_status": "succeeded"}})

        days_go_by(world, 30)

        assert world.stripe_calls() == 1

    def test_a_customer_who_has_no_card_any_more_is_notified_of_and_not_tried_again(self, world: World) -> None:
        invoice_id = failed_invoice(world)
        (customer,) = [item["provider_customer_id"] for item in world.items("customers")]
        for method in world.stripe_client.v1.customers.payment_methods.list(str(customer)).data:
            world.stripe_client.v1.payment_methods.detach(method.id)
        world.run()

        days_go_by(world, 1)
        days_go_by(world, 30)

        bodies = [json.loads(str(item["body"])) for item in world.items("notifications")]
        codes = [
            body["payment_provider_invoice_payment_error"]["error_details"]["code"]
            for body in bodies
            if body["webhook_type"] == "invoice.payment_failure"
        ]
        assert sorted(codes) == ["card_declined", "customer_must_have_payment_method"]
        assert world.invoice(invoice_id)["next_retry_at"] is None

    def test_an_account_that_is_not_connected_any_more_tries_nothing(self, world: World) -> None:
        invoice_id = failed_invoice(world)
        world.api("DELETE", INTEGRATION_PATH)

        days_go_by(world, 30)

        assert attempts(world, invoice_id) == 1


class TestTheEndOfAnAttempt:
    """A failure after which nothing follows automatically is looked at once more, a day later."""

    def test_its_intent_is_canceled_so_that_nobody_can_pay_it_any_more(self, world: World) -> None:
        invoice_id = failed_invoice(world, card=UNAUTHENTICATED, authentication_links=False)

        days_go_by(world, 0.99)
        assert [payment["status"] for payment in world.payments(invoice_id)] == ["requires_payment_method"]
        days_go_by(world, 0.01)

        assert [payment["status"] for payment in world.payments(invoice_id)] == ["canceled"]
        assert world.notified().count("invoice.payment_failure") == 1

    def test_one_that_was_paid_after_all_is_recorded_though_no_event_comes(self, world: World) -> None:
        invoice_id = failed_invoice(world, card=UNAUTHENTICATED)
        intent_id = world.payments(invoice_id)[0]["provider_payment_id"]
        world.stripe_client.v1.payment_intents.confirm(intent_id, {"payment_method": "pm_card_visa"})
        world.stripe.due_deliveries()

        world.pass_time(DAY)
        world.look_again()

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert world.notified().count("payment.succeeded") == 1

    @pytest.mark.parametrize("card", [DECLINED, UNAUTHENTICATED])
    def test_a_card_of_which_no_event_came_is_asked_for(self, world: World, card: str) -> None:
        invoice_id = failed_invoice(world, card=card)
        customer = provider_customer_id(world)
        method = world.stripe_client.v1.payment_methods.attach("pm_card_visa", {"customer": customer})
        world.stripe_client.v1.customers.update(customer, {"invoice_settings": {"default_payment_method": method.id}})
        world.stripe.due_deliveries()

        world.pass_time(DAY)
        world.look_again()

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert world.charged() == [4200]

    def test_an_account_that_is_gone_closes_nothing_and_is_not_asked_again(self, world: World) -> None:
        failed_invoice(world, card=UNAUTHENTICATED, authentication_links=False)
        world.api("DELETE", INTEGRATION_PATH)

        days_go_by(world, 1)
        days_go_by(world, 30)

        assert world.stripe_calls(CANCEL_INTENT) == 0
        assert world.notified().count("invoice.payment_failure") == 1

    def test_a_refusal_without_an_intent_is_looked_up_and_left(self, world: World) -> None:
        world.connect()
        world.customer()
        invoice_id = world.create_invoice(amount=10)
        world.run()

        days_go_by(world, 1)
        days_go_by(world, 30)

        assert world.notified().count("invoice.payment_failure") == 1
        assert [payment["error_code"] for payment in world.payments(invoice_id)] == ["amount_too_small"]


class TestWhichCard:
    """A plan is for the card that was declined, as long as nothing new is known."""

    def test_a_planned_try_does_not_charge_a_default_that_must_never_be_tried_again(self, world: World) -> None:
        invoice_id = failed_invoice(world, card=BLOCKED)
        other = world.stripe_client.v1.payment_methods.attach(DECLINED, {"customer": provider_customer_id(world)}).id
        world.run()
        chosen = {"payment_method_id": saved_method_id(ORGANIZATION, other), "payment_method_type": "provider"}
        world.api("POST", f"/api/v1/invoices/{invoice_id}/retry_payment", {"payment_method": chosen})
        world.collect_due()

        days_go_by(world, 1)

        charged = {int(item["attempt"]): item["payment_method_id"] for item in world.items("payments")}
        assert (charged[2], charged[3]) == (other, other)

    def test_a_debit_that_bounced_after_a_link_is_not_debited_again(self, world: World) -> None:
        world.connect()
        world.customer(payment_method=None)
        billing = {"billing_configuration": {"provider_payment_methods": ["us_bank_account"]}}
        world.api("POST", "/api/v1/customers", {"customer": {"external_id": "acme", **billing}})
        invoice_id = world.create_invoice(currency="USD")
        world.run()
        payment_url(world, invoice_id)
        pay_by_debit(world, "debitNotAuthorized")
        world.run()

        days_go_by(world, 4)
        days_go_by(world, 2)

        assert world.invoice(invoice_id)["payment_status"] == "failed"
        assert world.stripe_calls() == 0

    def test_a_refused_retry_says_that_the_plan_stands(self, world: World) -> None:
        invoice_id = failed_invoice(world, retry_schedule_days=[3])
        for method in world.stripe_client.v1.customers.payment_methods.list(provider_customer_id(world)).data:
            world.stripe_client.v1.payment_methods.detach(method.id)
        world.run()

        world.api("POST", f"/api/v1/invoices/{invoice_id}/retry_payment")

        bodies = [json.loads(str(item["body"])) for item in world.items("notifications")]
        (refused,) = [
            body["payment_provider_invoice_payment_error"]
            for body in bodies
            if "customer_must_have" in json.dumps(body)
        ]
        planned = world.invoice(invoice_id)["next_retry_at"]
        assert (refused["will_retry"], refused["next_retry_at"]) == (True, planned)

    def test_a_method_cannot_be_chosen_where_nothing_was_charged_yet(self, world: World) -> None:
        invoice_id = waiting_invoice(world)
        world.api("PUT", f"/api/v1/invoices/{invoice_id}", {"invoice": {"payment_status": "failed"}})
        chosen = {"payment_method_id": "5d2f0000-0000-4000-8000-000000000020", "payment_method_type": "provider"}

        refused = world.api("POST", f"/api/v1/invoices/{invoice_id}/retry_payment", {"payment_method": chosen})

        assert (refused.status, refused.body["code"]) == (405, "invalid_status")


class TestTheRest:
    def test_a_retry_that_is_asked_for_comes_before_the_plan_and_counts_in_it(self, world: World) -> None:
        invoice_id = failed_invoice(world, retry_schedule_days=[1, 10])
        world.api("POST", f"/api/v1/invoices/{invoice_id}/retry_payment")
        world.collect_due()

        assert attempts(world, invoice_id) == 2
        assert world.invoice(invoice_id)["next_retry_at"] == "2026-12-03T10:00:00Z"

    def test_a_payment_link_keeps_the_plan_for_the_time_after(self, world: World) -> None:
        invoice_id = failed_invoice(world)
        assert world.api("POST", f"/api/v1/invoices/{invoice_id}/payment_url").status == 200

        days_go_by(world, 1.001)
        assert world.stripe_calls() == 1
        days_go_by(world, 0.01)

        assert world.stripe_calls() == 2

    def test_an_item_that_is_replaced_keeps_a_plan(self, world: World) -> None:
        world.connect()
        world.customer(payment_method=DECLINED)
        invoice_id = world.put_invoice_item()
        world.run()
        world.put_invoice_item()
        world.invoke("invoice-created", world.stream_event(world.all_images("invoices")))

        days_go_by(world, 1)

        assert attempts(world, invoice_id) == 2

    def test_an_item_that_is_replaced_does_not_begin_the_schedule_again(self, world: World) -> None:
        world.connect(retry_schedule_days=[1])
        world.customer(payment_method=DECLINED)
        invoice_id = world.put_invoice_item()
        world.run()
        days_go_by(world, 1)
        assert attempts(world, invoice_id) == 2

        for _ in range(2):
            world.put_invoice_item()
            world.invoke("invoice-created", world.stream_event(world.all_images("invoices")))
            days_go_by(world, 10)

        assert attempts(world, invoice_id) == 2
        assert len(notified_attempts(world, "invoice.payment_abandoned")) == 1

    def test_two_runs_at_once_try_once(self, world: World) -> None:
        invoice_id = failed_invoice(world)
        world.pass_time(DAY)
        world.hand_out_due()
        messages = world.take(world.due_queue_url)
        records = [{"messageId": str(n), "body": body} for n, body in enumerate(messages * 2)]

        world.invoke("collect-due", {"Records": records})

        assert (attempts(world, invoice_id), world.stripe_calls()) == (2, 2)
