"""invoice-created: an item is taken in as it is now, however odd or large it is."""

import json
from base64 import b64encode
from decimal import Decimal
from typing import Any

import pytest
from builders.accounts import connect_with_customer
from builders.invoices import LARGEST_ITEM, failed_records, put_as_large_as_possible
from world.aws_calls import Moment
from world.world import TABLES, World


@pytest.fixture(autouse=True)
def _can_be_collected(world: World) -> None:
    connect_with_customer(world)


def inserted(world: World) -> dict[str, Any]:
    return world.stream_event(world.new_images("invoices"))


def overwritten(world: World) -> dict[str, Any]:
    event = world.stream_event(world.all_images("invoices"))
    for record in event["Records"]:
        record["eventName"] = "MODIFY"
    return event


def as_lambda_gives_it(event: dict[str, Any]) -> dict[str, Any]:
    """With binary values as text, in base64."""
    given: dict[str, Any] = json.loads(json.dumps(event, default=lambda value: b64encode(value).decode()))
    return given


@pytest.mark.parametrize(("first", "then"), [(4200, 5000), (-1, 1900)])
def test_an_item_that_is_put_once_more_before_it_was_taken_in_is_collected_as_it_is_now(
    world: World, first: int, then: int
) -> None:
    invoice_id = world.put_invoice_item(total_amount_cents=first)
    event = inserted(world)
    world.aws.crash("UpdateItem", Moment.BEFORE, TableName=TABLES["invoices"])
    assert len(failed_records(world, event)) == 1
    world.put_invoice_item(total_amount_cents=then)
    later = overwritten(world)

    assert failed_records(world, event) + failed_records(world, later) == []

    invoice = world.invoice(invoice_id)
    assert (invoice["payment_status"], invoice["total_amount_cents"], invoice["error_details"]) == (
        "succeeded",
        then,
        [],
    )
    assert world.charged() == [then]


@pytest.mark.parametrize("then", [{"total_amount_cents": 1000}, {"external_customer_id": "globex"}, {"number": "A-1"}])
def test_an_item_that_is_put_while_the_one_before_is_taken_in_is_not_written_over(
    world: World, then: dict[str, Any]
) -> None:
    world.customer("globex")
    invoice_id = world.put_invoice_item(metadata=[{"key": "k", "value": "v"}], more={"of": [1, None, {"their": "own"}]})
    event = inserted(world)
    world.aws.meanwhile("UpdateItem", lambda: world.put_invoice_item(**then), TableName=TABLES["invoices"])

    assert len(failed_records(world, event)) == 1
    assert world.charged() == []
    assert failed_records(world, event) + failed_records(world, overwritten(world)) == []

    invoice = world.invoice(invoice_id)
    shown = {name: invoice[name] for name in ("total_amount_cents", "number")}
    assert shown == {"total_amount_cents": 4200, "number": invoice_id} | {
        name: then[name] for name in then & shown.keys()
    }
    assert invoice["customer"]["external_id"] == then.get("external_customer_id", "acme")
    assert world.charged() == [invoice["total_amount_cents"]]


def test_an_item_that_was_deleted_before_it_was_taken_in_is_reported_and_not_charged(world: World) -> None:
    world.put_invoice_item()
    event = inserted(world)
    world.dynamodb.delete_item(TableName=TABLES["invoices"], Key=event["Records"][0]["dynamodb"]["Keys"])

    assert len(failed_records(world, event)) == 1

    assert world.items("invoices") == []
    assert world.charged() == []


@pytest.mark.parametrize("amount", [Decimal("1E+40"), Decimal("1E+125"), Decimal("4.2")])
def test_a_number_beyond_all_amounts_is_parked(world: World, amount: Decimal) -> None:
    invoice_id = world.put_invoice_item(total_amount_cents=amount)

    assert failed_records(world, inserted(world)) == []

    (error,) = world.invoice(invoice_id)["error_details"]
    assert error["details"] == {"total_amount_cents": ["value_is_invalid"]}
    (item,) = world.items("invoices")
    assert Decimal(json.loads(item["rejected"])["total_amount_cents"]) == amount


@pytest.mark.parametrize("value", [b"EUR", {b"EUR"}, {Decimal(1)}, [Decimal("0.1")]])
def test_a_value_that_json_has_no_form_for_is_parked(world: World, value: Any) -> None:
    invoice_id = world.put_invoice_item(currency=value)

    assert failed_records(world, as_lambda_gives_it(inserted(world))) == []

    assert world.invoice(invoice_id)["error_details"][0]["details"] == {"currency": ["value_is_invalid"]}


def test_of_what_was_rejected_the_first_10_000_characters_are_kept(world: World) -> None:
    world.put_invoice_item(currency="é" * 20_000)

    assert failed_records(world, inserted(world)) == []

    (item,) = world.items("invoices")
    assert item["rejected"] == '{"currency": "' + "é" * (10_000 - len('{"currency": "'))


def test_an_id_as_long_as_a_key_may_be_is_taken_in(world: World) -> None:
    invoice_id = world.put_invoice_item(lago_id="\U0001f600" * 255)

    assert failed_records(world, inserted(world)) == []

    (item,) = world.items("invoices")
    assert (item["lago_id"], item["payment_status"]) == (invoice_id, "succeeded")


def test_an_item_that_leaves_little_room_for_what_becomes_of_it_is_parked(world: World) -> None:
    invoice_id = world.put_invoice_item(more="x" * (LARGEST_ITEM - 10_000))

    assert failed_records(world, inserted(world)) == []

    (error,) = world.invoice(invoice_id)["error_details"]
    assert error["details"] == {"item": ["value_is_too_long"]}
    assert world.charged() == []


def test_an_item_that_leaves_no_room_at_all_is_reported_and_its_neighbours_are_collected(world: World) -> None:
    put_as_large_as_possible(world, "large")
    neighbours = [world.put_invoice_item(lago_id=lago_id) for lago_id in ("before", "zlater")]
    event = inserted(world)
    (large,) = [
        record["dynamodb"]["SequenceNumber"]
        for record in event["Records"]
        if record["dynamodb"]["Keys"]["lago_id"]["S"] == "large"
    ]

    assert failed_records(world, event) == [large]

    assert [world.invoice(lago_id)["payment_status"] for lago_id in neighbours] == ["succeeded", "succeeded"]
    assert world.charged() == [4200, 4200]
