"""payment-result: what Stripe's events say of payments, once, twice, late, in any order, or forged."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from builders.customers import provider_customer_id
from builders.debits import IBAN_THAT_FAILS, sepa_invoice
from builders.durations import DAY
from builders.invoices import waiting_invoice
from builders.read import kept
from builders.stripe_events import event, events_due, intent, post
from paystream import bootstrap
from paystream.model.invoice import Invoice
from paystream.model.moves import move
from paystream.model.standing import Stage
from world.api_gateway import ORGANIZATION
from world.aws_calls import Moment
from world.world import World


def attempted_again(invoice_id: str) -> None:
    """The invoice with a second attempt begun, after the first failed."""
    stored = replace(stored_invoice(invoice_id), attempt=2)
    begun = move(stored, Stage.IN_FLIGHT, due_at=stored.due_at, now=stored.updated_at)
    bootstrap.stores().invoices.save(begun)


def stored_invoice(invoice_id: str) -> Invoice:
    invoice = bootstrap.stores().invoices.get(ORGANIZATION, invoice_id)
    assert invoice
    return invoice


class TestPaymentsThatEnd:
    def test_a_success_that_was_known_already_changes_nothing(self, world: World) -> None:
        world.connect()
        world.customer()
        events_due(world)
        invoice_id = world.create_invoice()
        world.collect_new_invoices()
        before = kept(world)

        assert world.deliver_stripe_events() == [200]

        assert kept(world) == before
        assert world.invoice(invoice_id)["payment_status"] == "succeeded"

    def test_an_event_that_is_faster_than_our_own_write_settles_the_invoice(self, world: World) -> None:
        world.connect()
        world.customer()
        invoice_id = world.create_invoice()
        world.aws.crash("TransactWriteItems", Moment.BEFORE)
        images = world.new_images("invoices")
        failed = world.invoke("invoice-created", world.stream_event(images))["batchItemFailures"]
        assert len(failed) == 1
        assert world.payments(invoice_id) == []

        world.deliver_stripe_events()

        (payment,) = world.payments(invoice_id)
        assert payment["payment_status"] == "succeeded"
        assert payment["provider_customer_id"].startswith("cus_")
        assert world.notified() == ["invoice.payment_status_updated", "payment.succeeded"]

        world.invoke("invoice-created", world.stream_event(images))

        assert world.payments(invoice_id) == [payment]
        assert world.stripe_calls() == 1
        assert len(world.notified()) == 2

    def test_a_debit_that_takes_days_is_pending_and_then_succeeds(self, world: World) -> None:
        invoice_id = sepa_invoice(world)
        assert world.invoice(invoice_id)["payment_status"] == "pending"
        assert world.payments(invoice_id)[0]["payment_status"] == "processing"
        assert world.notified() == []

        world.pass_time(3 * DAY)
        world.run()

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert world.invoice(invoice_id)["total_due_amount_cents"] == 0
        assert world.notified() == ["invoice.payment_status_updated", "payment.succeeded"]

    def test_a_debit_that_fails_after_days_fails_the_invoice_and_is_notified_once(self, world: World) -> None:
        invoice_id = sepa_invoice(world, IBAN_THAT_FAILS)

        world.pass_time(DAY)
        deliveries = events_due(world, "payment_intent.payment_failed") * 3
        assert [world.deliver(delivery) for delivery in deliveries] == [200, 200, 200]

        assert world.invoice(invoice_id)["payment_status"] == "failed"
        assert world.notified() == ["invoice.payment_failure", "invoice.payment_status_updated"]

    def test_a_canceled_intent_is_a_failed_payment_with_the_reason(self, world: World) -> None:
        invoice_id = waiting_invoice(world)

        post(
            world,
            event(world, "payment_intent.canceled", intent(invoice_id, "canceled", cancellation_reason="abandoned")),
        )

        assert world.invoice(invoice_id)["payment_status"] == "failed"
        error = world.notification("invoice.payment_failure")["payment_provider_invoice_payment_error"]
        assert error["provider_error"] == {"error_code": "canceled", "message": "The payment was canceled: abandoned."}

    def test_an_intent_that_needs_its_customer_is_notified_once_with_the_next_action(self, world: World) -> None:
        invoice_id = waiting_invoice(world)
        action = {
            "type": "redirect_to_url",
            "redirect_to_url": {"url": "https://hooks.stripe.com/3d", "return_url": None},
        }
        asked = event(
            world, "payment_intent.requires_action", intent(invoice_id, "requires_action", next_action=action)
        )

        post(world, asked)
        post(world, asked)

        assert world.invoice(invoice_id)["payment_status"] == "pending"
        payment = world.notification("payment.requires_action")["payment"]
        assert payment["status"] == "requires_action"
        assert payment["payment_status"] == "processing"
        assert payment["next_action"] == action

    def test_the_decline_codes_of_a_failed_event_are_kept(self, world: World) -> None:
        invoice_id = waiting_invoice(world)
        error = {
            "code": "card_declined",
            "decline_code": "insufficient_funds",
            "advice_code": "try_again_later",
            "message": "Your card has insufficient funds.",
            "type": "card_error",
        }
        failed = intent(invoice_id, "requires_payment_method", last_payment_error=error)

        post(world, event(world, "payment_intent.payment_failed", failed))

        (payment,) = world.payments(invoice_id)
        assert payment["error_code"] == "card_declined"
        assert payment["decline_code"] == "insufficient_funds"
        assert payment["advice_code"] == "try_again_later"
        assert payment["provider_payment_id"] == "pi_attempt_1"


class TestOrderAndRepetition:
    @pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (2, 0, 1)])
    def test_events_in_any_order_end_in_the_same_state(self, world: World, order: tuple[int, ...]) -> None:
        invoice_id = waiting_invoice(world)
        life = [
            event(world, "payment_intent.requires_action", intent(invoice_id, "requires_action")),
            event(world, "payment_intent.processing", intent(invoice_id, "processing")),
            event(world, "payment_intent.succeeded", intent(invoice_id, "succeeded")),
        ]

        assert [post(world, life[position]).status for position in order] == [200, 200, 200]

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert world.payments(invoice_id)[0]["status"] == "succeeded"
        assert world.notified().count("payment.succeeded") == 1
        assert world.notified().count("invoice.payment_status_updated") == 1

    def test_a_late_failure_never_takes_a_success_back(self, world: World) -> None:
        invoice_id = waiting_invoice(world)
        post(world, event(world, "payment_intent.succeeded", intent(invoice_id, "succeeded")))
        before = kept(world)

        post(world, event(world, "payment_intent.payment_failed", intent(invoice_id, "requires_payment_method")))
        post(world, event(world, "payment_intent.canceled", intent(invoice_id, "canceled")))

        assert kept(world) == before

    def test_a_late_success_turns_a_failed_invoice_into_a_paid_one(self, world: World) -> None:
        invoice_id = waiting_invoice(world)
        post(world, event(world, "payment_intent.payment_failed", intent(invoice_id, "requires_payment_method")))
        assert world.invoice(invoice_id)["payment_status"] == "failed"

        post(world, event(world, "payment_intent.succeeded", intent(invoice_id, "succeeded")))

        invoice = world.invoice(invoice_id)
        assert (invoice["payment_status"], invoice["total_paid_amount_cents"]) == ("succeeded", 4200)
        assert world.payments(invoice_id)[0]["error_code"] is None
        assert world.notified().count("invoice.payment_status_updated") == 2

    def test_a_late_failure_of_an_older_attempt_is_notified_but_leaves_the_newer_one_alone(self, world: World) -> None:
        invoice_id = waiting_invoice(world)
        attempted_again(invoice_id)

        post(world, event(world, "payment_intent.payment_failed", intent(invoice_id, "requires_payment_method")))

        assert world.invoice(invoice_id)["payment_status"] == "pending"
        assert world.notified().count("invoice.payment_failure") == 1
        assert "invoice.payment_status_updated" not in world.notified()

    def test_a_success_of_an_older_attempt_pays_the_invoice(self, world: World) -> None:
        invoice_id = waiting_invoice(world)
        post(world, event(world, "payment_intent.payment_failed", intent(invoice_id, "requires_payment_method")))
        attempted_again(invoice_id)

        post(world, event(world, "payment_intent.succeeded", intent(invoice_id, "succeeded")))

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"

    def test_a_second_success_on_a_paid_invoice_is_recorded_and_notified(self, world: World) -> None:
        invoice_id = waiting_invoice(world)
        attempted_again(invoice_id)

        post(world, event(world, "payment_intent.succeeded", intent(invoice_id, "succeeded")))
        post(world, event(world, "payment_intent.succeeded", intent(invoice_id, "succeeded", attempt=2)))

        invoice = world.invoice(invoice_id)
        assert (invoice["total_paid_amount_cents"], invoice["total_due_amount_cents"]) == (8400, 0)
        assert [payment["payment_status"] for payment in world.payments(invoice_id)] == ["succeeded", "succeeded"]
        assert world.notified().count("payment.succeeded") == 2
        assert world.notified().count("invoice.payment_status_updated") == 1

    def test_a_second_intent_under_the_name_of_a_paid_one_is_recorded_and_notified_once(self, world: World) -> None:
        invoice_id = waiting_invoice(world)
        post(world, event(world, "payment_intent.succeeded", intent(invoice_id, "succeeded")))
        again = event(world, "payment_intent.succeeded", intent(invoice_id, "succeeded", id="pi_again"))

        post(world, again)
        post(world, again)

        assert world.invoice(invoice_id)["total_paid_amount_cents"] == 8400
        assert {item["provider_payment_id"] for item in world.items("payments")} == {"pi_attempt_1", "pi_again"}
        assert world.notified().count("payment.succeeded") == 2

    def test_another_intent_under_the_same_name_that_fails_says_nothing_of_ours(self, world: World) -> None:
        invoice_id = waiting_invoice(world)
        post(world, event(world, "payment_intent.processing", intent(invoice_id, "processing")))
        before = kept(world)

        post(
            world,
            event(world, "payment_intent.payment_failed", intent(invoice_id, "requires_payment_method", id="pi_other")),
        )

        assert kept(world) == before

    def test_another_intent_under_the_same_name_that_succeeds_is_a_payment_of_its_own(self, world: World) -> None:
        invoice_id = waiting_invoice(world)
        post(world, event(world, "payment_intent.payment_failed", intent(invoice_id, "requires_payment_method")))

        post(world, event(world, "payment_intent.succeeded", intent(invoice_id, "succeeded", id="pi_other")))

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        found = {one["provider_payment_id"]: one["payment_status"] for one in world.payments(invoice_id)}
        assert sorted(found.values()) == ["failed", "succeeded"]
        assert found["pi_other"] == "succeeded"


class TestCrashesAndRaces:
    @pytest.mark.parametrize("moment", list(Moment))
    def test_a_crash_around_the_write_is_repaired_when_stripe_sends_it_again(
        self, world: World, moment: Moment
    ) -> None:
        invoice_id = waiting_invoice(world)
        sent = event(world, "payment_intent.succeeded", intent(invoice_id, "succeeded"))
        world.aws.crash("TransactWriteItems", moment)

        assert [post(world, sent).status for _ in range(3)] == [500, 200, 200]

        assert world.invoice(invoice_id)["total_paid_amount_cents"] == 4200
        assert world.notified().count("payment.succeeded") == 1

    def test_two_deliveries_at_the_same_time_settle_once(self, world: World) -> None:
        invoice_id = waiting_invoice(world)
        sent = event(world, "payment_intent.succeeded", intent(invoice_id, "succeeded"))
        world.aws.meanwhile("TransactWriteItems", lambda: post(world, sent))

        assert post(world, sent).status == 200

        assert world.invoice(invoice_id)["total_paid_amount_cents"] == 4200
        assert world.notified().count("payment.succeeded") == 1

    def test_success_and_failure_at_the_same_time_end_in_success(self, world: World) -> None:
        invoice_id = waiting_invoice(world)
        succeeded = event(world, "payment_intent.succeeded", intent(invoice_id, "succeeded"))
        failed = event(world, "payment_intent.payment_failed", intent(invoice_id, "requires_payment_method"))
        world.aws.meanwhile("TransactWriteItems", lambda: post(world, succeeded))

        assert post(world, failed).status == 200

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert "invoice.payment_failure" not in world.notified()

    def test_an_invoice_that_keeps_changing_has_stripe_send_the_event_again(self, world: World) -> None:
        invoice_id = waiting_invoice(world)
        sent = event(world, "payment_intent.succeeded", intent(invoice_id, "succeeded"))
        faults = world.aws
        for _ in range(5):
            faults.meanwhile("TransactWriteItems", lambda: bootstrap.stores().invoices.save(stored_invoice(invoice_id)))

        assert post(world, sent).status == 409
        assert world.notified().count("payment.succeeded") == 0

        assert post(world, sent).status == 200
        assert world.invoice(invoice_id)["payment_status"] == "succeeded"


class TestForeignEvents:
    """All are answered with 200, or Stripe would send them for days, and change nothing."""

    def test_events_of_an_intent_without_metadata_are_ignored(self, world: World) -> None:
        invoice_id = waiting_invoice(world)
        self.changes_nothing(world, intent(invoice_id, "succeeded", metadata={}))
        self.changes_nothing(world, intent(invoice_id, "succeeded", metadata=None))

    @pytest.mark.parametrize(
        "forged",
        [
            {"lago_organization_id": "0a1b2c3d-0000-4000-8000-000000000002"},
            {"lago_organization_id": ""},
            {"lago_invoice_id": ""},
            {"lago_invoice_id": "7c1e0000-0000-4000-8000-000000000404"},
            {"lago_invoice_id": "x" * 1025},
            {"lago_payment_id": "9f000000-0000-4000-8000-000000000001"},
            {"paystream_attempt": ""},
            {"paystream_attempt": "-1"},
            {"paystream_attempt": "1.5"},
            {"paystream_attempt": "2"},
        ],
        ids=str,
    )
    def test_forged_metadata_is_ignored(self, world: World, forged: dict[str, str]) -> None:
        invoice_id = waiting_invoice(world)
        metadata = intent(invoice_id, "succeeded")["metadata"] | forged
        self.changes_nothing(world, intent(invoice_id, "succeeded", metadata=metadata))

    def test_a_type_that_is_not_handled_is_ignored(self, world: World) -> None:
        invoice_id = waiting_invoice(world)
        self.changes_nothing(world, intent(invoice_id, "succeeded"), event_type="charge.succeeded")

    def test_an_event_of_the_other_mode_is_ignored(self, world: World) -> None:
        invoice_id = waiting_invoice(world)
        self.changes_nothing(world, intent(invoice_id, "succeeded"), livemode=True)

    def test_an_event_of_a_customer_that_nobody_knows_is_ignored(self, world: World) -> None:
        waiting_invoice(world)
        method = {"id": "pm_1", "type": "card", "customer": "cus_of_another_account"}
        self.changes_nothing(world, method, event_type="payment_method.attached")

    def test_an_event_of_another_account_does_not_touch_the_customers_of_this_one(self, world: World) -> None:
        world.connect()
        other = world.stripe.control.add_account()
        world.connect("other", secret_key=str(other["secret_key"]))
        customer = world.customer()
        events_due(world)
        before = kept(world)
        method_id = before["customers"][0]["payment_method_id"]
        detached = event(
            world,
            "payment_method.detached",
            {"id": method_id, "type": "card"},
            previous_attributes={"customer": customer},
        )

        assert post(world, detached, code="other").status == 200

        assert kept(world) == before

    def test_an_invoice_whose_customer_is_gone_is_ignored(self, world: World) -> None:
        invoice_id = waiting_invoice(world)
        customer = provider_customer_id(world)
        world.dynamodb.delete_item(
            TableName="CustomersTable", Key={"organization_id": {"S": ORGANIZATION}, "external_id": {"S": "acme"}}
        )
        self.changes_nothing(world, intent(invoice_id, "succeeded", customer=customer))

    def changes_nothing(
        self, world: World, item: Mapping[str, object], *, event_type: str = "payment_intent.succeeded", **more: object
    ) -> None:
        before = kept(world)

        answer = post(world, event(world, event_type, item, **more))

        assert (answer.status, answer.body) == (200, {"received": True})
        assert kept(world) == before
