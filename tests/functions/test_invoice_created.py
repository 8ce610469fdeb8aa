"""invoice-created: each new invoice becomes one payment intent, as soon as there is a customer who can pay it."""

import pytest
from builders.accounts import connect_with_customer
from builders.customers import DECLINED
from builders.invoices import put_items_of_event
from builders.read import invoice_statuses
from world.world import World, load_event


def test_an_invoice_is_collected_with_one_call_of_stripe(world: World) -> None:
    world.connect()
    customer = world.customer()
    invoice_id = world.create_invoice(amount=4200)

    failed = world.collect_new_invoices()

    assert failed == []
    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert world.stripe_calls() == 1
    (payment,) = world.payments(invoice_id)
    assert payment["provider_customer_id"] == customer
    assert payment["amount_cents"] == 4200
    assert world.notified() == ["invoice.payment_status_updated", "payment.succeeded"]


def test_an_invoice_of_the_api_is_read_again_before_it_is_collected(world: World) -> None:
    world.connect()
    world.customer()
    event = load_event("invoice-created")
    image = event["Records"][0]["dynamodb"]["NewImage"]
    world.dynamodb.put_item(TableName="InvoicesTable", Item=image | {"total_amount_cents": {"N": "4300"}})

    assert world.invoke("invoice-created", event) == {"batchItemFailures": []}

    assert world.invoice(image["lago_id"]["S"])["payment_status"] == "succeeded"
    assert world.charged() == [4300]


def test_a_declined_card_fails_the_invoice_and_is_notified_once(world: World) -> None:
    world.connect()
    world.customer(payment_method=DECLINED)
    invoice_id = world.create_invoice()

    world.collect_new_invoices()
    world.run()

    assert world.invoice(invoice_id)["payment_status"] == "failed"
    assert world.notified() == ["invoice.payment_failure", "invoice.payment_status_updated"]
    error = world.notification("invoice.payment_failure")["payment_provider_invoice_payment_error"]
    assert error["provider_error"]["error_code"] == "card_declined"


def put_batch(world: World) -> list[str]:
    """Four items, in the table and in one event; returns the sequence numbers."""
    event = put_items_of_event(world, "invoice-created-batch")
    return [record["dynamodb"]["SequenceNumber"] for record in event["Records"]]


def test_a_batch_is_collected_record_by_record(world: World) -> None:
    world.connect()
    world.customer()
    put_batch(world)

    answer = world.invoke("invoice-created", load_event("invoice-created-batch"))

    assert answer == {"batchItemFailures": []}
    assert sorted(world.charged()) == [1000, 1001, 1002, 1003]


def test_of_a_batch_only_what_failed_is_reported(world: World) -> None:
    world.connect()
    world.customer()
    sequence_numbers = put_batch(world)
    failing = {"lago_invoice_id": "inv-2026-0052"}
    world.stripe.control.add_fault("500_before_commit", path="/v1/payment_intents", metadata=failing)

    answer = world.invoke("invoice-created", load_event("invoice-created-batch"))

    assert answer == {"batchItemFailures": [{"itemIdentifier": sequence_numbers[2]}]}
    assert sorted(world.charged()) == [1000, 1001, 1003]


@pytest.mark.parametrize("lacking", ["NewImage", "Keys", "ApproximateCreationDateTime"])
def test_a_record_that_lacks_something_fails_alone(world: World, lacking: str) -> None:
    connect_with_customer(world)
    invoice_ids = [world.create_invoice() for _ in range(3)]
    event = world.stream_event(world.new_images("invoices"))
    lame = event["Records"][1]["dynamodb"]
    del lame[lacking]

    answer = world.invoke("invoice-created", event)

    assert answer == {"batchItemFailures": [{"itemIdentifier": lame["SequenceNumber"]}]}
    assert sorted(invoice_statuses(world, invoice_ids)) == ["pending", "succeeded", "succeeded"]


def test_after_a_failure_the_later_records_of_the_same_invoice_are_not_tried(world: World) -> None:
    world.connect()
    world.customer()
    world.create_invoice()
    (image,) = world.new_images("invoices")
    event = world.stream_event([image, image, image])
    world.stripe.control.add_fault("500_before_commit", path="/v1/payment_intents")

    answer = world.invoke("invoice-created", event)

    in_order = [record["dynamodb"]["SequenceNumber"] for record in event["Records"]]
    assert [failure["itemIdentifier"] for failure in answer["batchItemFailures"]] == in_order
    assert world.stripe_calls() == 1


def test_nothing_is_begun_when_too_little_time_is_left(world: World) -> None:
    world.connect()
    world.customer()
    sequence_numbers = put_batch(world)

    answer = world.invoke("invoice-created", load_event("invoice-created-batch"), remaining_milliseconds=49_999)

    assert [failure["itemIdentifier"] for failure in answer["batchItemFailures"]] == sequence_numbers
    assert world.stripe_calls() == 0


def test_an_invoice_without_a_method_waits_is_notified_once_and_is_collected_when_one_comes(world: World) -> None:
    world.connect()
    provider_customer_id = world.customer(payment_method=None)
    invoice_id = world.create_invoice()
    event = world.stream_event(world.new_images("invoices"))

    answers = [world.invoke("invoice-created", event) for _ in range(3)]

    assert answers == [{"batchItemFailures": []}] * 3
    assert world.invoice(invoice_id)["payment_status"] == "pending"
    assert world.notified() == ["customer.payment_method_missing"]
    notified = world.notification("customer.payment_method_missing")["customer"]
    assert (notified["external_id"], notified["lago_invoice_id"]) == ("acme", invoice_id)
    assert world.stripe_calls() == 0
    (stored,) = world.items("invoices")
    assert stored["waiting_for"] == "payment_method"
    assert stored["due_at"].startswith("2026-11-23T10:05:00.")
    world.stripe_client.v1.payment_methods.attach("pm_card_visa", {"customer": provider_customer_id})
    world.run()
    assert (world.invoice(invoice_id)["payment_status"], world.charged()) == ("succeeded", [4200])


def test_an_invoice_whose_customer_is_not_there_yet_waits_until_it_is(world: World) -> None:
    world.connect()
    invoice_id = world.put_invoice_item()
    world.collect_new_invoices()
    assert world.items("invoices")[0]["waiting_for"] == "customer"

    world.customer()
    world.run()

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"


def test_an_invoice_of_a_customer_without_an_account_waits_until_it_is_linked(world: World) -> None:
    world.connect()
    world.api("POST", "/api/v1/customers", {"customer": {"external_id": "acme"}})
    invoice_id = world.create_invoice()
    world.collect_new_invoices()
    assert world.items("invoices")[0]["waiting_for"] == "integration"
    assert world.notified() == []

    world.customer()
    world.run()

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"


def test_an_invoice_whose_customer_is_not_in_stripe_yet_waits(world: World) -> None:
    world.connect(create_customers=True)
    world.stripe.control.add_fault("cut_before_commit", method="POST", path="/v1/customers", times=2)
    billing = {"billing_configuration": {"payment_provider": "stripe"}}
    world.api("POST", "/api/v1/customers", {"customer": {"external_id": "acme", **billing}})
    world.create_invoice()

    assert world.collect_new_invoices() == []

    assert world.items("invoices")[0]["waiting_for"] == "provider_customer"


def test_an_invoice_of_an_account_that_was_disconnected_waits(world: World) -> None:
    world.connect()
    world.customer()
    world.api("DELETE", "/api/v1/integrations/stripe/stripe")
    world.create_invoice()

    assert world.collect_new_invoices() == []

    assert world.items("invoices")[0]["waiting_for"] == "integration"
    assert world.stripe_calls() == 0


def test_a_method_that_comes_while_the_invoice_is_put_to_wait_is_not_missed(world: World) -> None:
    world.connect()
    provider_customer_id = world.customer(payment_method=None)
    invoice_id = world.create_invoice()

    def save_a_card() -> None:
        world.stripe_client.v1.payment_methods.attach("pm_card_visa", {"customer": provider_customer_id})
        world.deliver_stripe_events()

    world.aws.meanwhile("TransactWriteItems", save_a_card)

    assert world.collect_new_invoices() == []

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"


def test_two_workers_that_put_one_invoice_to_wait_notify_once(world: World) -> None:
    world.connect()
    world.customer(payment_method=None)
    world.create_invoice()
    event = world.stream_event(world.new_images("invoices"))
    world.aws.meanwhile("TransactWriteItems", lambda: world.invoke("invoice-created", event))

    assert world.invoke("invoice-created", event) == {"batchItemFailures": []}

    assert world.notified() == ["customer.payment_method_missing"]
