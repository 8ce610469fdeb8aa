"""Invoices in the states that a test starts from, and their records in the stream."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError
from world.aws_calls import Moment
from world.world import World, load_event

from builders.accounts import connect_with_customer
from builders.customers import DECLINED, UNAUTHENTICATED, attach
from builders.stripe_requests import CREATE_INTENT, break_stripe

INVOICE_OF_EVENTS = "7c1e0000-0000-4000-8000-000000000010"
"""The invoice of the events in events/."""
MINIMAL_INVOICE = {"external_customer_id": "acme", "currency": "EUR", "total_amount_cents": 4200}
"""The body that creates an invoice, without what may be left out."""
Charged = Callable[[World], tuple[str, dict[str, Any]]]
"""Makes an invoice that Stripe has charged, which is not written down here; returns its id and its record."""
LARGEST_ITEM = 400 * 1024
"""What DynamoDB takes, in bytes."""


def collected(world: World, *, amount: int = 4200, currency: str = "EUR") -> str:
    """An invoice of `acme` of which everything has happened that happens at once; returns its id."""
    invoice_id = world.create_invoice(amount=amount, currency=currency)
    world.run()
    return invoice_id


def waiting_invoice(world: World, *, amount: int = 4200, currency: str = "EUR", **settings: Any) -> str:
    """An invoice that was never sent to Stripe: its customer has no payment method."""
    world.connect(**settings)
    world.customer(payment_method=None)
    return collected(world, amount=amount, currency=currency)


def waiting_invoice_of_events(world: World) -> str:
    """The item of `INVOICE_OF_EVENTS`, whose customer has no payment method."""
    world.connect()
    world.customer(payment_method=None)
    invoice_id = world.put_invoice_item()
    world.collect_new_invoices()
    return invoice_id


def failed_invoice(world: World, *, card: str = DECLINED, **settings: Any) -> str:
    """An invoice whose first attempt failed just now."""
    return failed_invoice_and_customer(world, card=card, **settings)[0]


def failed_invoice_and_customer(world: World, *, card: str = DECLINED, **settings: Any) -> tuple[str, str]:
    """An invoice whose first attempt failed just now, and its customer's `cus_…` id."""
    world.connect(**settings)
    customer = world.customer(payment_method=card)
    invoice_id = collected(world)
    assert world.invoice(invoice_id)["payment_status"] == "failed"
    return invoice_id, customer


def unauthenticated_invoice(world: World, **settings: Any) -> str:
    """An invoice whose charge failed just now, because the customer has to authenticate."""
    return failed_invoice(world, card=UNAUTHENTICATED, **settings)


def unknown_invoice(world: World, fault: str = "cut_after_commit") -> str:
    """An invoice whose payment was sent, and Stripe's answer lost."""
    connect_with_customer(world)
    invoice_id = world.create_invoice()
    break_stripe(world, CREATE_INTENT, fault)
    assert len(world.collect_new_invoices()) == 1
    world.stripe.control.clear_faults()
    return invoice_id


def invoices_that_waited(world: World, *amounts: int, external_id: str = "acme") -> list[str]:
    """Invoices that were put to wait because the customer had no method; now there is one. Oldest first."""
    customer = world.customer(external_id, payment_method=None)
    ids = []
    for amount in amounts:
        ids.append(world.create_invoice(external_id, amount=amount))
        world.pass_time(1)
    world.collect_new_invoices()
    attach(world, customer)
    world.deliver_stripe_events()
    return ids


def invoice_of_begun_customer(world: World) -> str:
    """An invoice of a customer whose creation at Stripe was begun and has no end yet."""
    world.connect(create_customers=True)
    world.stripe.control.add_fault("cut_before_commit", method="POST", path="/v1/customers", times=9)
    body = {
        "customer": {"external_id": "acme", "name": "Acme", "billing_configuration": {"payment_provider": "stripe"}}
    }
    world.api("POST", "/api/v1/customers", body)
    world.stripe.control.clear_faults()
    invoice_id = world.create_invoice()
    world.collect_new_invoices()
    world.lose_messages()
    assert world.items("customers")[0]["creation"]
    return invoice_id


def charged_and_not_written_down(world: World) -> tuple[str, dict[str, Any]]:
    """An invoice that Stripe has charged, by a function that ended before it wrote so; and its record in the stream."""
    connect_with_customer(world)
    invoice_id = world.create_invoice()
    record = world.stream_event(world.new_images("invoices"))
    world.aws.crash("TransactWriteItems", Moment.BEFORE)
    world.invoke("invoice-created", record)
    assert world.invoice(invoice_id)["payment_status"] == "pending"
    return invoice_id, record


def unanswered(world: World) -> tuple[str, dict[str, Any]]:
    """An invoice that Stripe has charged without an answer, so that the attempt is on record; and its record."""
    connect_with_customer(world)
    invoice_id = world.create_invoice()
    record = world.stream_event(world.new_images("invoices"))
    world.stripe.control.add_fault("cut_after_commit", path="/v1/payment_intents", times=2)
    assert hand_over(world, record) == 1
    return invoice_id, record


def failed_records(world: World, event: dict[str, Any]) -> list[str]:
    """Hand records of the stream to invoice-created; returns the identifiers reported as failed."""
    return [failure["itemIdentifier"] for failure in world.invoke("invoice-created", event)["batchItemFailures"]]


def hand_over(world: World, record: dict[str, Any]) -> int:
    """Hand a record of the stream to invoice-created; returns how many are to be delivered again."""
    return len(failed_records(world, record))


def replace_item(world: World, **attributes: Any) -> str:
    """The application puts its item over the one that is there; everything happens that happens at once."""
    record = record_of_replaced_item(world, **attributes)
    hand_over(world, record)
    world.run()
    return str(record["Records"][0]["dynamodb"]["Keys"]["lago_id"]["S"])


def record_of_replaced_item(world: World, **attributes: Any) -> dict[str, Any]:
    """The application puts its item over the one that is there; the record of that in the stream."""
    invoice_id = world.put_invoice_item(**attributes)
    images = [one for one in world.all_images("invoices") if one["lago_id"] == {"S": invoice_id}]
    record = world.stream_event(images)
    record["Records"][0]["eventName"] = "MODIFY"
    return record


def put_items_of_event(world: World, name: str) -> dict[str, Any]:
    """An event of events/, its items being in the table as the application put them."""
    event = load_event(name)
    for record in event["Records"]:
        world.dynamodb.put_item(TableName="InvoicesTable", Item=record["dynamodb"]["NewImage"])
    return event


def put_as_large_as_possible(world: World, lago_id: str, *, bytes_left: int = 0) -> None:
    """An item beside which DynamoDB takes nothing more, or only so much more."""
    for size in range(LARGEST_ITEM - bytes_left, 0, -20):
        try:
            world.put_invoice_item(lago_id=lago_id, more="x" * size)
        except ClientError:
            continue
        return


def item_not_sent(world: World) -> str:
    """An item of `acme` whose charge never reached Stripe, which was away; there is a customer `globex`, too."""
    world.connect()
    world.customer()
    world.customer("globex")
    invoice_id = world.put_invoice_item()
    break_stripe(world, CREATE_INTENT, "cut_before_commit")
    world.collect_new_invoices()
    world.stripe.control.clear_faults()
    return invoice_id
