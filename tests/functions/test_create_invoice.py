"""create-invoice: `POST /api/v1/invoices` stores an invoice, once, or says field by field what is wrong with it."""

from typing import Any

import pytest
from builders.invoices import MINIMAL_INVOICE
from world.api_gateway import ORGANIZATION
from world.aws_calls import Moment, lose_a_race
from world.world import World, load_event


def test_fees_become_an_invoice_with_their_sum_as_its_total(world: World, unlinked_customer: str) -> None:
    answer = world.call("create-invoice", load_event("create-invoice"))

    assert answer.status == 200
    invoice = answer.body["invoice"]
    assert invoice["number"] == "ACM-2026-0042"
    assert invoice["total_amount_cents"] == invoice["total_due_amount_cents"] == 4200
    assert [(fee["item"]["code"], fee["units"], fee["amount_cents"]) for fee in invoice["fees"]] == [
        ("setup", "1", 3000),
        ("hours", "2.5", 1200),
    ]
    assert {fee["lago_customer_id"] for fee in invoice["fees"]} == {unlinked_customer}
    assert [(entry["key"], entry["value"]) for entry in invoice["metadata"]] == [("order", "8812")]
    assert invoice["payment_status"] == "pending"
    assert world.invoice(invoice["lago_id"]) == invoice


def test_a_total_is_enough_and_the_invoices_of_a_customer_are_numbered(world: World, unlinked_customer: str) -> None:
    event = load_event("create-invoice-total")

    numbers = [world.call("create-invoice", event).body["invoice"]["number"] for _ in range(3)]

    assert numbers == ["acme-001", "acme-002", "acme-003"]


def test_an_invoice_of_nothing_is_paid_at_once_and_stripe_is_not_called(world: World, unlinked_customer: str) -> None:
    invoice_id = world.create_invoice(amount=0)

    world.run()

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert world.stripe_calls() == 0


def test_a_fee_is_rounded_half_up_to_the_minor_unit(world: World, unlinked_customer: str) -> None:
    fees = [{"add_on_code": "half", "units": 0.5, "unit_amount_cents": 1}]

    invoice = world.invoice(world.create_invoice(amount=1, fees=fees))

    assert invoice["total_amount_cents"] == 1


@pytest.mark.parametrize(
    ("currency", "amount"), [("JPY", 500), ("BHD", 1230), ("ISK", 50000), ("UGX", 50000), ("HUF", 50001), ("TWD", 1)]
)
def test_amounts_are_in_the_minor_unit_as_stripe_defines_it(
    world: World, unlinked_customer: str, currency: str, amount: int
) -> None:
    invoice = world.invoice(world.create_invoice(amount=amount, currency=currency))

    assert (invoice["currency"], invoice["total_amount_cents"]) == (currency, amount)


def test_a_number_is_given_once(world: World, unlinked_customer: str) -> None:
    world.create_invoice(number="2026-0001")

    answer = world.api("POST", "/api/v1/invoices", {"invoice": MINIMAL_INVOICE | {"number": "2026-0001"}})

    assert answer.status == 422
    assert answer.body["error_details"] == {"number": ["value_already_exist"]}
    assert len(world.items("invoices")) == 1


def test_a_number_that_the_application_took_is_skipped_when_counting(world: World, unlinked_customer: str) -> None:
    world.create_invoice(number="acme-001")
    world.create_invoice(number="acme-002")

    assert world.invoice(world.create_invoice())["number"] == "acme-003"


def test_the_thousandth_number_of_a_customer_with_the_longest_id_is_no_longer_than_a_key_may_be(world: World) -> None:
    external_id = "\U0001d11e" * 255
    customer = world.api("POST", "/api/v1/customers", {"customer": {"external_id": external_id}}).body["customer"]
    key = {"organization_id": {"S": ORGANIZATION}, "number": {"S": f"#sequence#{customer['lago_id']}"}}
    world.dynamodb.put_item(TableName="InvoiceNumbersTable", Item=key | {"sequence": {"N": "998"}})

    made = [
        world.api("POST", "/api/v1/invoices", {"invoice": MINIMAL_INVOICE | {"external_customer_id": external_id}})
        for _ in range(2)
    ]

    assert [answer.status for answer in made] == [200, 200]
    assert [answer.body["invoice"]["number"] for answer in made] == [
        f"{external_id}-999",
        f"{customer['lago_id']}-1000",
    ]


def test_counting_ends_where_very_many_numbers_are_taken_and_goes_on_with_the_next_request(
    world: World, unlinked_customer: str
) -> None:
    for number in range(1, 22):
        world.create_invoice(number=f"acme-{number:03}")

    refused = world.api("POST", "/api/v1/invoices", {"invoice": MINIMAL_INVOICE})

    assert (refused.status, refused.body["code"]) == (409, "number_taken")
    assert world.invoice(world.create_invoice())["number"] == "acme-022"


def test_the_same_idempotency_key_leads_to_the_same_invoice(world: World, unlinked_customer: str) -> None:
    event = load_event("create-invoice-idempotency-key")

    first = world.call("create-invoice", event)
    world.pass_time(60)
    second = world.call("create-invoice", event)

    assert first.status == second.status == 200
    assert first.body == second.body
    assert len(world.items("invoices")) == 1


def test_an_idempotency_key_is_of_one_organization(world: World, unlinked_customer: str) -> None:
    other = "0a1b2c3d-0000-4000-8000-000000000002"
    headers = {"Idempotency-Key": "order-8812"}
    world.api("POST", "/api/v1/customers", {"customer": {"external_id": "acme"}}, organization_id=other)

    answers = [
        world.api("POST", "/api/v1/invoices", {"invoice": MINIMAL_INVOICE}, headers=headers),
        world.api("POST", "/api/v1/invoices", {"invoice": MINIMAL_INVOICE}, headers=headers, organization_id=other),
    ]

    assert len({answer.body["invoice"]["lago_id"] for answer in answers}) == 2


def test_an_idempotency_key_with_another_body_is_a_conflict(world: World, unlinked_customer: str) -> None:
    headers = {"Idempotency-Key": "order-8812"}
    world.api("POST", "/api/v1/invoices", {"invoice": MINIMAL_INVOICE}, headers=headers)

    answer = world.api(
        "POST", "/api/v1/invoices", {"invoice": MINIMAL_INVOICE | {"total_amount_cents": 4300}}, headers=headers
    )

    assert (answer.status, answer.body["code"]) == (409, "idempotency_key_reused")
    assert len(world.items("invoices")) == 1


def test_a_key_under_which_an_invoice_was_created_answers_after_its_customer_was_deleted(
    world: World, unlinked_customer: str
) -> None:
    headers = {"Idempotency-Key": "order-8812"}
    first = world.api("POST", "/api/v1/invoices", {"invoice": MINIMAL_INVOICE}, headers=headers)
    world.api("DELETE", "/api/v1/customers/acme")

    again = world.api("POST", "/api/v1/invoices", {"invoice": MINIMAL_INVOICE}, headers=headers)

    assert (again.status, again.body) == (200, first.body)
    assert world.api("POST", "/api/v1/invoices", {"invoice": MINIMAL_INVOICE}).status == 404


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_an_idempotency_key_has_1_to_255_characters(world: World, unlinked_customer: str, key: str) -> None:
    answer = world.api("POST", "/api/v1/invoices", {"invoice": MINIMAL_INVOICE}, headers={"Idempotency-Key": key})

    assert answer.status == 422
    assert answer.body["error_details"] == {"idempotency_key": ["value_is_invalid"]}


@pytest.mark.parametrize("number", [None, "2026-0001"])
def test_two_requests_with_one_key_at_the_same_time_make_one_invoice(
    world: World, unlinked_customer: str, number: str | None
) -> None:
    headers = {"Idempotency-Key": "order-8812"}
    body = {"invoice": MINIMAL_INVOICE | {"number": number}}
    faster: list[Any] = []
    world.aws.meanwhile(
        "TransactWriteItems", lambda: faster.append(world.api("POST", "/api/v1/invoices", body, headers=headers))
    )

    slower = world.api("POST", "/api/v1/invoices", body, headers=headers)

    assert slower.status == faster[0].status == 200
    assert slower.body == faster[0].body
    assert len(world.items("invoices")) == 1


def test_two_requests_with_one_number_at_the_same_time_make_one_invoice(world: World, unlinked_customer: str) -> None:
    world.aws.meanwhile("TransactWriteItems", lambda: world.create_invoice(number="2026-0001"))

    slower = world.api("POST", "/api/v1/invoices", {"invoice": MINIMAL_INVOICE | {"number": "2026-0001"}})

    assert slower.status == 422
    assert slower.body["error_details"] == {"number": ["value_already_exist"]}
    assert len(world.items("invoices")) == 1


def test_a_request_that_meets_another_transaction_may_be_sent_again(world: World, unlinked_customer: str) -> None:
    world.aws.meanwhile("TransactWriteItems", lose_a_race)

    refused = world.api("POST", "/api/v1/invoices", {"invoice": MINIMAL_INVOICE})

    assert (refused.status, refused.body) == (409, {"status": 409, "error": "Conflict", "code": "changed_meanwhile"})
    assert world.items("invoices") == []
    assert world.api("POST", "/api/v1/invoices", {"invoice": MINIMAL_INVOICE}).status == 200


@pytest.mark.parametrize("moment", Moment)
@pytest.mark.parametrize("operation", ["UpdateItem", "TransactWriteItems"])
def test_after_a_crash_the_same_request_is_answered_with_one_invoice(
    world: World, unlinked_customer: str, operation: str, moment: Moment
) -> None:
    event = load_event("create-invoice-idempotency-key")
    world.aws.crash(operation, moment)

    crashed = world.call("create-invoice", event)
    repeated = world.call("create-invoice", event)

    assert (crashed.status, crashed.body) == (500, {"status": 500, "error": "Internal Server Error"})
    assert repeated.status == 200
    (stored,) = world.items("invoices")
    assert stored["lago_id"] == repeated.body["invoice"]["lago_id"]
