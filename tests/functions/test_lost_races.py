"""Another function is faster, or wrote in between: nothing is counted twice, nothing lost, and nobody held back."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from builders.customers import attach, pay_with, provider_customer_id
from builders.debits import create_sepa_debit
from builders.due import due_records, hand_over_waiting
from builders.durations import DAY
from builders.invoices import (
    failed_invoice,
    failed_invoice_and_customer,
    hand_over,
    invoices_that_waited,
    record_of_replaced_item,
)
from builders.payments import collect_under_name
from builders.read import NOTIFIED_OF_SUCCESS, invoice_statuses, statuses_of_attempts
from builders.stripe_events import event, events_due, intent, lose_events, post
from world.aws_calls import lose_a_race
from world.world import RATE_LIMITS_TABLE, World, load_event


@pytest.fixture(autouse=True)
def _every_race_took_place(world: World) -> Iterator[None]:
    yield
    assert not world.aws.are_still_to_come


def attach_card(world: World) -> str:
    return attach(world, provider_customer_id(world))


def transaction_conflict() -> None:
    """For `meanwhile`: DynamoDB refuses a single write because a transaction is at work on the item."""
    response: Any = {
        "Error": {"Code": "TransactionConflictException", "Message": "Transaction is ongoing for the item"}
    }
    raise ClientError(response, "PutItem")


class TestMoneyIsCountedOnce:
    def test_when_the_card_comes_while_an_invoice_is_put_to_wait_for_it(self, world: World) -> None:
        world.connect()
        invoice_id = world.put_invoice_item()
        world.collect_new_invoices()
        world.customer(payment_method=None)

        def the_card_comes_and_another_message_collects() -> None:
            attach_card(world)
            world.deliver_stripe_events()
            world.invoke("collect-waiting", load_event("collect-waiting"))

        world.aws.meanwhile("TransactWriteItems", the_card_comes_and_another_message_collects)
        world.invoke("collect-waiting", load_event("collect-waiting"))

        assert world.invoice(invoice_id)["total_paid_amount_cents"] == 4200
        assert world.charged() == [4200]
        assert world.stripe_calls() == 1

    def test_when_one_record_is_delivered_to_two_at_once(self, world: World) -> None:
        world.connect()
        world.customer(payment_method=None)
        invoice_id = world.create_invoice()
        record = world.stream_event(world.new_images("invoices"))

        def the_other_one_does_all_of_it() -> None:
            hand_over(world, record)
            attach_card(world)
            world.deliver_stripe_events()
            world.collect_waiting()
            world.deliver_stripe_events()

        world.aws.meanwhile("TransactWriteItems", the_other_one_does_all_of_it)

        assert hand_over(world, record) == 0

        assert world.invoice(invoice_id)["total_paid_amount_cents"] == 4200
        assert world.charged() == [4200]

    def test_when_another_function_makes_the_next_attempt_while_one_lists_what_bears_the_invoices_name(
        self, world: World
    ) -> None:
        """The attempt of the faster one looks like another system's to the one that has not read it."""
        invoice_id, customer = failed_invoice_and_customer(world, retry_schedule_days=[1])
        pay_with(world, customer)
        world.pass_time(DAY)
        handed_out = {"Records": due_records(world)}
        world.aws.meanwhile("UpdateItem", lambda: world.invoke("collect-due", handed_out), TableName=RATE_LIMITS_TABLE)

        assert world.invoke("collect-due", handed_out) == {"batchItemFailures": []}
        world.run()

        assert world.charged() == [4200]
        assert world.invoice(invoice_id)["total_paid_amount_cents"] == 4200
        assert statuses_of_attempts(world, invoice_id) == ["succeeded", "failed"]
        assert world.notified().count("payment.succeeded") == 1

    def test_when_two_functions_find_another_systems_success_at_once(self, world: World) -> None:
        invoice_id = failed_invoice(world, retry_schedule_days=[1])
        collect_under_name(world, invoice_id)
        lose_events(world)
        world.pass_time(DAY)
        handed_out = {"Records": due_records(world)}
        world.aws.meanwhile("TransactWriteItems", lambda: world.invoke("collect-due", handed_out))

        assert world.invoke("collect-due", handed_out) == {"batchItemFailures": []}
        world.run()

        assert world.charged() == [4200]
        assert world.invoice(invoice_id)["total_paid_amount_cents"] == 4200
        assert world.notified().count("payment.succeeded") == 1


class TestNoResultIsLost:
    def test_an_event_that_comes_while_a_replaced_item_is_not_taken_in_is_sent_again(self, world: World) -> None:
        world.connect()
        world.customer(payment_method=create_sepa_debit(world))
        billing = {
            "provider_customer_id": provider_customer_id(world),
            "provider_payment_methods": ["card", "sepa_debit"],
        }
        world.api("POST", "/api/v1/customers", {"customer": {"external_id": "acme", "billing_configuration": billing}})
        invoice_id = world.put_invoice_item()
        world.collect_new_invoices()
        world.deliver_stripe_events()
        assert world.payments(invoice_id)[0]["payment_status"] == "processing"

        record = record_of_replaced_item(world)
        world.pass_time(10 * DAY)
        (answered,) = [world.deliver(one) for one in events_due(world, "payment_intent.succeeded")]
        assert answered >= 400
        assert hand_over(world, record) == 0
        world.pass_time(DAY)
        world.deliver_stripe_events()

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert world.invoice(invoice_id)["total_paid_amount_cents"] == 4200
        assert world.charged() == [4200]

    def test_an_item_that_was_replaced_whose_result_loses_a_race_gets_it_at_once(self, world: World) -> None:
        world.connect()
        world.customer()
        invoice_id = world.put_invoice_item()
        world.collect_new_invoices()
        record = record_of_replaced_item(world)
        world.aws.meanwhile("TransactWriteItems", lose_a_race)

        assert [hand_over(world, record), hand_over(world, record)] == [0, 0]

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert world.invoice(invoice_id)["total_paid_amount_cents"] == 4200
        assert world.notified() == NOTIFIED_OF_SUCCESS
        assert world.charged() == [4200]

    def test_an_item_replaced_after_its_account_was_disconnected_gets_its_result_back(self, world: World) -> None:
        world.connect()
        world.customer()
        invoice_id = world.put_invoice_item()
        world.collect_new_invoices()
        assert world.api("DELETE", "/api/v1/integrations/stripe/stripe").status == 200

        assert hand_over(world, record_of_replaced_item(world)) == 0

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert world.notified() == NOTIFIED_OF_SUCCESS

    def test_of_two_intents_that_succeed_at_once_the_later_one_is_sent_again_and_notified(self, world: World) -> None:
        world.connect()
        world.customer()
        invoice_id = world.create_invoice()
        first, second = (
            event(world, "payment_intent.succeeded", intent(invoice_id, "succeeded", id=name))
            for name in ("pi_one", "pi_two")
        )
        world.aws.meanwhile("TransactWriteItems", lambda: post(world, first))

        assert post(world, second).status >= 400
        assert post(world, second).status == 200

        assert world.invoice(invoice_id)["total_paid_amount_cents"] == 8400
        assert sorted(str(one["provider_payment_id"]) for one in world.items("payments")) == ["pi_one", "pi_two"]
        assert world.notified().count("payment.succeeded") == 2

    def test_a_card_that_came_and_went_is_not_kept_when_its_events_come_in_reverse(self, world: World) -> None:
        world.connect()
        world.customer(payment_method=None)
        world.pass_time(120)
        world.deliver_stripe_events()
        method = attach_card(world)
        world.pass_time(5)
        world.stripe_client.v1.payment_methods.detach(method)

        for delivery in events_due(world, "payment_method.detached", "payment_method.attached"):
            assert world.deliver(delivery) == 200

        assert "payment_method_id" not in world.items("customers")[0]
        world.pass_time(60)
        invoice_id = world.create_invoice()
        world.run()
        assert world.invoice(invoice_id)["payment_status"] == "pending"
        assert world.stripe_calls() == 0


class TestNobodyIsHeldBack:
    def test_an_invoice_whose_outcome_stays_unknown_does_not_starve_the_customers_others(self, world: World) -> None:
        world.connect()
        invoice_ids = invoices_that_waited(world, 1001, 1002)
        unknown = {"lago_invoice_id": invoice_ids[0]}
        world.stripe.control.add_fault("500_before_commit", path="/v1/payment_intents", metadata=unknown, times=1000)

        assert [hand_over_waiting(world) for _ in range(10)] == [1] * 10

        assert invoice_statuses(world, invoice_ids) == ["pending", "succeeded"]
        assert world.charged() == [1002]

    def test_a_customer_at_whom_a_transaction_is_at_work_is_answered_with_409(self, world: World) -> None:
        world.connect()
        world.customer()
        world.aws.meanwhile("PutItem", transaction_conflict, TableName="CustomersTable")

        answer = world.api("POST", "/api/v1/customers", {"customer": {"external_id": "acme", "name": "B"}})

        assert (answer.status, answer.body["code"]) == (409, "customer_changed")

    def test_an_invoice_at_which_a_transaction_is_at_work_is_left_to_the_one_at_work(self, world: World) -> None:
        world.connect()
        invoice_ids = invoices_that_waited(world, 1001, 1002)
        world.aws.meanwhile("UpdateItem", transaction_conflict, TableName="InvoicesTable")

        assert hand_over_waiting(world) == 0

        assert invoice_statuses(world, invoice_ids) == ["pending", "succeeded"]
        assert hand_over_waiting(world) == 0
        assert invoice_statuses(world, invoice_ids) == ["succeeded", "succeeded"]
