"""change-invoice: an invoice is voided, settled by hand, given up, or gets other metadata."""

from typing import Any

import pytest
from builders.customers import DECLINED
from builders.durations import DAY
from builders.invoices import INVOICE_OF_EVENTS, failed_invoice_and_customer, waiting_invoice
from builders.payments import BEING_COLLECTED, void
from builders.read import notification_bodies, stripe_statuses
from world.api_gateway import Answer
from world.world import World, load_event


def update(world: World, invoice_id: str, **changes: Any) -> Answer:
    return world.api("PUT", f"/api/v1/invoices/{invoice_id}", {"invoice": changes})


def failed_item(world: World) -> None:
    """The invoice of the events, whose payment was declined."""
    world.connect()
    world.customer(payment_method=DECLINED)
    world.put_invoice_item()
    world.run()


class TestVoid:
    def test_a_failed_invoice_is_owed_no_more_and_its_attempt_is_closed_at_stripe(self, world: World) -> None:
        invoice_id, _ = failed_invoice_and_customer(world)

        answer = void(world, invoice_id)

        assert (answer.status, answer.body["invoice"]["status"]) == (200, "voided")
        assert answer.body["invoice"]["voided_at"] == "2026-11-23T10:00:00Z"
        world.pass_time(60)
        world.look_again()
        assert stripe_statuses(world, invoice_id) == ["canceled"]
        assert world.invoice(invoice_id)["payment_status"] == "failed"
        assert not [item for item in world.items("invoices") if "due_at" in item]

    def test_an_invoice_that_waits_is_never_collected(self, world: World) -> None:
        invoice_id = waiting_invoice(world)

        assert void(world, invoice_id).status == 200

        world.customer()
        world.run()
        world.pass_time(DAY)
        world.look_again()
        assert (world.stripe_calls(), world.invoice(invoice_id)["status"]) == (0, "voided")

    def test_is_notified_once(self, world: World) -> None:
        invoice_id = waiting_invoice(world)

        void(world, invoice_id)

        assert void(world, invoice_id).body["code"] == "not_voidable"
        (body,) = [body for body in notification_bodies(world) if body["webhook_type"] == "invoice.voided"]
        assert (body["invoice"]["lago_id"], body["invoice"]["status"]) == (invoice_id, "voided")

    def test_money_that_comes_all_the_same_is_recorded_and_notified(self, world: World) -> None:
        invoice_id, customer = failed_invoice_and_customer(world)
        void(world, invoice_id)
        (intent,) = world.stripe_client.v1.payment_intents.list().data
        card = world.stripe_client.v1.payment_methods.attach("pm_card_visa", {"customer": customer})
        world.stripe_client.v1.payment_intents.confirm(intent.id, {"payment_method": card.id})

        world.run()

        found = world.invoice(invoice_id)
        assert (found["status"], found["payment_status"], found["total_paid_amount_cents"]) == (
            "voided",
            "succeeded",
            4200,
        )
        assert "payment.succeeded" in world.notified()

    def test_is_not_retried(self, world: World) -> None:
        invoice_id, _ = failed_invoice_and_customer(world)
        void(world, invoice_id)

        answer = world.api("POST", f"/api/v1/invoices/{invoice_id}/retry_payment")

        assert (answer.status, answer.body["code"]) == (405, "invalid_status")

    def test_is_refused_for_a_paid_invoice_and_for_one_that_is_being_collected(self, world: World) -> None:
        world.connect()
        world.customer()
        invoice_id = world.create_invoice()

        assert (void(world, invoice_id).status, void(world, invoice_id).body["code"]) == (405, BEING_COLLECTED)
        world.run()
        assert void(world, invoice_id).body["code"] == "not_voidable"

    @pytest.mark.parametrize("asked", [{"generate_credit_note": True}, {"refund_amount": 1}, {"credit_amount": 1}])
    def test_with_money_back_is_refused_because_none_would_be_given(self, world: World, asked: dict[str, Any]) -> None:
        invoice_id, _ = failed_invoice_and_customer(world)

        answer = void(world, invoice_id, asked)

        assert (answer.status, answer.body["error_details"]) == (422, {name: ["value_is_invalid"] for name in asked})
        assert world.invoice(invoice_id)["status"] == "finalized"


class TestSettledByHand:
    def test_a_failed_invoice_that_was_paid_elsewhere_is_paid(self, world: World) -> None:
        invoice_id, _ = failed_invoice_and_customer(world)

        answer = update(world, invoice_id, payment_status="succeeded")

        assert (answer.status, answer.body["invoice"]["payment_status"]) == (200, "succeeded")
        world.pass_time(60)
        world.look_again()
        assert stripe_statuses(world, invoice_id) == ["canceled"]
        assert world.invoice(invoice_id)["payment_status"] == "succeeded"

    def test_an_invoice_that_waits_and_is_given_up_is_never_collected(self, world: World) -> None:
        invoice_id = waiting_invoice(world)

        assert update(world, invoice_id, payment_status="failed").status == 200

        world.customer()
        world.run()
        assert (world.stripe_calls(), world.invoice(invoice_id)["payment_status"]) == (0, "failed")

    def test_one_that_was_given_up_before_anything_was_sent_is_collected_when_it_is_retried(self, world: World) -> None:
        invoice_id = waiting_invoice(world)
        update(world, invoice_id, payment_status="failed")
        world.customer()

        world.api("POST", f"/api/v1/invoices/{invoice_id}/retry_payment")
        world.collect_due()

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert [payment["attempt"] for payment in world.payments(invoice_id)] == [1]

    def test_the_change_is_notified_and_saying_it_again_changes_nothing(self, world: World) -> None:
        invoice_id = waiting_invoice(world)

        for _ in range(2):
            assert update(world, invoice_id, payment_status="succeeded").status == 200

        changes = [
            body for body in notification_bodies(world) if body["webhook_type"] == "invoice.payment_status_updated"
        ]
        assert [body["invoice"]["payment_status"] for body in changes] == ["succeeded"]

    @pytest.mark.parametrize("status", ["pending", "failed"])
    def test_a_success_is_final(self, world: World, status: str) -> None:
        invoice_id = waiting_invoice(world)
        update(world, invoice_id, payment_status="succeeded")

        answer = update(world, invoice_id, payment_status=status)

        assert (answer.status, answer.body["error_details"]) == (422, {"payment_status": ["value_is_invalid"]})

    def test_a_failed_invoice_becomes_pending_by_a_new_attempt_only(self, world: World) -> None:
        invoice_id, _ = failed_invoice_and_customer(world)

        assert update(world, invoice_id, payment_status="pending").status == 422

    @pytest.mark.parametrize("status", ["succeeded", "failed"])
    def test_the_status_is_left_alone_while_an_attempt_is_on_its_way(self, world: World, status: str) -> None:
        world.connect()
        world.customer()
        invoice_id = world.create_invoice()

        answer = update(world, invoice_id, payment_status=status)

        assert (answer.status, answer.body["code"]) == (405, BEING_COLLECTED)

    @pytest.mark.parametrize(
        "sent",
        [{"payment_status": "succeeded"}, {"payment_status": "failed"}, {"metadata": [{"key": "k", "value": "v"}]}],
    )
    def test_a_voided_invoice_stays_as_it_is(self, world: World, sent: dict[str, Any]) -> None:
        invoice_id, _ = failed_invoice_and_customer(world)
        void(world, invoice_id)
        before = world.invoice(invoice_id)

        answer = update(world, invoice_id, **sent)

        assert (answer.status, answer.body["code"]) == (405, "update_on_voided_invoice")
        assert world.invoice(invoice_id) == before


class TestMetadata:
    def test_is_replaced_as_a_whole_and_nothing_is_notified(self, world: World) -> None:
        invoice_id = waiting_invoice(world)
        before = world.notified()
        update(world, invoice_id, metadata=[{"key": "order", "value": "1"}, {"key": "po", "value": "2"}])

        answer = update(world, invoice_id, metadata=[{"key": "order", "value": "3"}])

        assert [(entry["key"], entry["value"]) for entry in answer.body["invoice"]["metadata"]] == [("order", "3")]
        assert world.notified() == before

    def test_is_left_alone_if_it_is_not_sent(self, world: World) -> None:
        invoice_id = waiting_invoice(world)
        update(world, invoice_id, metadata=[{"key": "order", "value": "1"}])

        update(world, invoice_id, payment_status="succeeded")

        assert len(world.invoice(invoice_id)["metadata"]) == 1

    @pytest.mark.parametrize(
        ("metadata", "field"),
        [
            ([{"key": "a", "value": "1"}] * 2, "metadata"),
            ([{"key": str(number), "value": "1"} for number in range(6)], "metadata"),
            ([{"key": "k" * 21, "value": "1"}], "metadata.0.key"),
        ],
    )
    def test_that_is_not_acceptable_is_named(self, world: World, metadata: list[dict[str, str]], field: str) -> None:
        answer = update(world, waiting_invoice(world), metadata=metadata)

        assert (answer.status, [*answer.body["error_details"]]) == (422, [field])


class TestTheEvents:
    def test_a_retry_is_asked_for(self, world: World) -> None:
        failed_item(world)

        assert world.call("change-invoice", load_event("change-invoice")).status == 200

        assert world.collect_due() == 0
        assert world.invoice(INVOICE_OF_EVENTS)["payment_status"] == "failed"
        assert len(world.payments(INVOICE_OF_EVENTS)) == 2

    def test_an_invoice_is_voided(self, world: World) -> None:
        failed_item(world)

        assert world.call("change-invoice", load_event("change-invoice-void")).body["invoice"]["status"] == "voided"

    def test_an_invoice_is_updated(self, world: World) -> None:
        failed_item(world)

        answer = world.call("change-invoice", load_event("change-invoice-update"))

        assert answer.body["invoice"]["payment_status"] == "succeeded"


@pytest.mark.parametrize("action", ["void", "retry_payment"])
def test_an_unknown_invoice_is_not_found(world: World, action: str) -> None:
    answer = world.api("POST", f"/api/v1/invoices/unknown/{action}")

    assert (answer.status, answer.body["code"]) == (404, "invoice_not_found")
    assert update(world, "unknown", payment_status="failed").status == 404
