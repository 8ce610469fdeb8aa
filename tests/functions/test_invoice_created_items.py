"""invoice-created: items that the main application puts into the invoices table itself."""

import json
from datetime import timedelta
from typing import Any

import pytest
from builders.accounts import connect_with_customer
from builders.due import due_in_whole_seconds
from builders.invoices import failed_records, put_items_of_event
from world.aws_calls import Moment
from world.world import World


def test_an_item_as_the_contract_says_is_collected_and_found_by_the_api(world: World) -> None:
    connect_with_customer(world)

    assert failed_records(world, put_items_of_event(world, "invoice-created-item")) == []

    invoice = world.invoice("inv-2026-0042")
    assert invoice["payment_status"] == "succeeded"
    assert invoice["number"] == "2026-0042"
    assert (invoice["total_amount_cents"], invoice["issuing_date"]) == (1200, "2026-11-22")
    assert invoice["created_at"] == "2026-11-22T17:30:00Z"
    assert [(fee["item"]["code"], fee["units"]) for fee in invoice["fees"]] == [("hours", "2.5")]
    assert [(entry["key"], entry["value"]) for entry in invoice["metadata"]] == [("order", "8812")]
    assert world.charged() == [1200]


def test_the_least_that_an_item_needs_is_a_customer_a_currency_and_an_amount(world: World) -> None:
    connect_with_customer(world)

    invoice_id = world.put_invoice_item()
    world.collect_new_invoices()

    invoice = world.invoice(invoice_id)
    assert (invoice["payment_status"], invoice["number"]) == ("succeeded", invoice_id)
    assert (invoice["created_at"], invoice["issuing_date"]) == ("2026-11-23T10:00:00Z", "2026-11-23")


def test_what_an_application_keeps_beside_the_contract_stays(world: World) -> None:
    connect_with_customer(world)

    failed_records(world, put_items_of_event(world, "invoice-created-item"))

    (item,) = world.items("invoices")
    assert item["cost_center"] == "4711"


def test_an_attribute_that_is_named_like_one_of_ours_does_not_matter(world: World) -> None:
    connect_with_customer(world)

    invoice_id = world.put_invoice_item(version=7, payment_status="unpaid", attempt=3, problem="none", due_at="soon")
    failed = world.collect_new_invoices()

    assert failed == []
    assert world.invoice(invoice_id)["payment_status"] == "succeeded"


def test_an_item_of_nothing_is_paid_without_stripe_and_notified(world: World) -> None:
    invoice_id = world.put_invoice_item(total_amount_cents=0)

    world.collect_new_invoices()

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert world.notified() == ["invoice.payment_status_updated"]
    assert world.stripe_calls() == 0


def test_an_item_of_nothing_that_is_paid_by_a_faster_function_is_paid_once(world: World) -> None:
    invoice_id = world.put_invoice_item(total_amount_cents=0)
    event = world.stream_event(world.new_images("invoices"))
    world.aws.meanwhile("TransactWriteItems", lambda: failed_records(world, event))

    assert failed_records(world, event) == []

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert world.notified() == ["invoice.payment_status_updated"]


def test_an_open_item_is_due_to_be_looked_at_again(world: World) -> None:
    world.connect()
    world.customer()
    invoice_id = world.put_invoice_item()
    world.stripe.control.expire_key("sk_test_world000000000000000")

    world.collect_new_invoices()

    assert due_in_whole_seconds(world, invoice_id) == timedelta(minutes=5)


def test_a_malformed_item_is_parked_with_the_reason_and_its_neighbour_is_collected(world: World) -> None:
    connect_with_customer(world)

    assert failed_records(world, put_items_of_event(world, "invoice-created-malformed-item")) == []

    parked = world.invoice("inv-2026-0043")
    assert parked["payment_status"] == "pending"
    assert [(error["error_code"], error["details"]) for error in parked["error_details"]] == [
        ("invalid_item", {"total_amount_cents": ["value_is_invalid"]})
    ]
    assert world.invoice("inv-2026-0044")["payment_status"] == "succeeded"
    assert world.charged() == [4200]
    listed = world.api("GET", "/api/v1/invoices").body["invoices"]
    assert sorted(invoice["lago_id"] for invoice in listed) == ["inv-2026-0043", "inv-2026-0044"]


@pytest.mark.parametrize(
    ("attributes", "details"),
    [
        ({"currency": None}, {"currency": ["value_is_mandatory"]}),
        ({"currency": "XTS"}, {"currency": ["currency_not_supported"]}),
        ({"currency": {"code": "EUR"}}, {"currency": ["value_is_invalid"]}),
        ({"external_customer_id": None}, {"external_customer_id": ["value_is_mandatory"]}),
        ({"external_customer_id": 42}, {"external_customer_id": ["value_is_invalid"]}),
        ({"total_amount_cents": None}, {"total_amount_cents": ["value_is_mandatory"]}),
        ({"total_amount_cents": -4200}, {"total_amount_cents": ["value_is_invalid"]}),
        ({"total_amount_cents": True}, {"total_amount_cents": ["value_is_invalid"]}),
        ({"total_amount_cents": 10**12}, {"total_amount_cents": ["value_is_invalid"]}),
        ({"currency": "KWD", "total_amount_cents": 4201}, {"total_amount_cents": ["amount_not_in_steps"]}),
        ({"fees": 5}, {"fees": ["value_is_invalid"]}),
        ({"fees": {"hours"}}, {"fees.0": ["value_is_invalid"]}),
        ({"fees": [{"add_on_code": "a"}]}, {"fees.0.unit_amount_cents": ["value_is_mandatory"]}),
        (
            {"fees": [{"add_on_code": "a", "unit_amount_cents": 1}]},
            {"total_amount_cents": ["total_is_not_the_sum_of_fees"]},
        ),
        ({"metadata": "order 8812"}, {"metadata": ["value_is_invalid"]}),
        ({"number": 42}, {"number": ["value_is_invalid"]}),
        ({"created_at": "yesterday"}, {"created_at": ["value_is_invalid"]}),
        ({"created_at": "2026-02-30T00:00:00Z"}, {"created_at": ["value_is_invalid"]}),
        ({"created_at": "2026-11-23T10:00:00"}, {"created_at": ["value_is_invalid"]}),
        ({"created_at": "0001-01-01T00:00:00+14:00"}, {"created_at": ["value_is_invalid"]}),
        ({"lago_id": "i" * 256}, {"lago_id": ["value_is_invalid"]}),
        ({"currency": 1, "number": 2}, {"currency": ["value_is_invalid"], "number": ["value_is_invalid"]}),
    ],
)
def test_whatever_breaks_the_contract_is_named(
    world: World, attributes: dict[str, Any], details: dict[str, list[str]]
) -> None:
    connect_with_customer(world)

    invoice_id = world.put_invoice_item(**attributes)
    failed = world.collect_new_invoices()

    assert failed == []
    (error,) = world.invoice(invoice_id)["error_details"]
    assert (error["error_code"], error["details"]) == ("invalid_item", details)
    assert world.stripe_calls() == 0
    assert world.notified() == []


def test_nothing_of_a_parked_item_is_lost(world: World) -> None:
    fees = [{"add_on_code": "a", "unit_amount_cents": 4200}]
    sent = {"currency": "XTS", "fees": fees, "created_at": "2026-11-01T00:00:00Z", "cost_center": "4711"}

    world.put_invoice_item(**sent)
    world.collect_new_invoices()

    (item,) = world.items("invoices")
    assert json.loads(item["rejected"]) == {"currency": "XTS", "fees": fees, "created_at": "2026-11-01T00:00:00Z"}
    assert (item["total_amount_cents"], item["external_customer_id"], item["cost_center"]) == (4200, "acme", "4711")


def test_a_parked_item_is_not_collected_however_often_it_comes(world: World) -> None:
    connect_with_customer(world)
    event = put_items_of_event(world, "invoice-created-malformed-item")

    for _ in range(3):
        assert failed_records(world, event) == []

    assert world.charged() == [4200]


def test_an_item_that_is_replaced_by_a_correct_one_is_collected(world: World) -> None:
    connect_with_customer(world)
    invoice_id = world.put_invoice_item(currency="eur")
    world.collect_new_invoices()

    world.put_invoice_item(currency="EUR")
    keys = {"organization_id": {"S": "0a1b2c3d-0000-4000-8000-000000000001"}, "lago_id": {"S": invoice_id}}
    image = world.dynamodb.get_item(TableName="InvoicesTable", Key=keys)["Item"]
    failed = failed_records(world, world.stream_event([dict(image)]))

    assert failed == []
    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert world.invoice(invoice_id)["error_details"] == []


def test_an_item_with_a_used_number_is_parked(world: World) -> None:
    connect_with_customer(world)
    world.create_invoice(number="2026-0042")
    world.collect_new_invoices()

    assert failed_records(world, put_items_of_event(world, "invoice-created-item")) == []

    parked = world.invoice("inv-2026-0042")
    assert parked["error_details"][0]["details"] == {"number": ["value_already_exist"]}
    assert (parked["payment_status"], parked["number"]) == ("pending", "inv-2026-0042")
    assert world.charged() == [4200]


def test_the_number_of_an_item_cannot_be_used_again(world: World) -> None:
    connect_with_customer(world)
    failed_records(world, put_items_of_event(world, "invoice-created-item"))
    body = {"external_customer_id": "acme", "currency": "EUR", "total_amount_cents": 1, "number": "2026-0042"}

    answer = world.api("POST", "/api/v1/invoices", {"invoice": body})

    assert answer.status == 422
    assert answer.body["error_details"] == {"number": ["value_already_exist"]}


@pytest.mark.parametrize("moment", Moment)
@pytest.mark.parametrize(
    ("operation", "table"),
    [("PutItem", "InvoiceNumbersTable"), ("UpdateItem", "InvoicesTable"), ("GetItem", "InvoicesTable")],
)
def test_a_crash_while_an_item_is_taken_in_is_repaired_by_the_next_delivery(
    world: World, operation: str, table: str, moment: Moment
) -> None:
    connect_with_customer(world)
    event = put_items_of_event(world, "invoice-created-item")
    world.aws.crash(operation, moment, TableName=table)

    assert len(failed_records(world, event)) == 1
    assert failed_records(world, event) == []

    invoice = world.invoice("inv-2026-0042")
    assert (invoice["payment_status"], invoice["number"]) == ("succeeded", "2026-0042")
    assert world.charged() == [1200]


def test_an_item_that_two_workers_take_in_at_once_is_collected_once(world: World) -> None:
    connect_with_customer(world)
    event = put_items_of_event(world, "invoice-created-item")
    world.aws.meanwhile("UpdateItem", lambda: failed_records(world, event), TableName="InvoicesTable")

    assert len(failed_records(world, event)) == 1
    assert failed_records(world, event) == []

    assert world.charged() == [1200]
    assert world.notified() == ["invoice.payment_status_updated", "payment.succeeded"]
