"""create-invoice: `POST /api/v1/invoices` stores an invoice, once, or says field by field what is wrong with it."""

import json
from typing import Any

import pytest
from functions.aws_faults import Moment
from functions.world import World, load_event

from paystream.adapters.dynamodb.database import Tables

INVOICE = {"external_customer_id": "acme", "currency": "EUR", "total_amount_cents": 4200}
TABLES = tuple(Tables.__dataclass_fields__)


@pytest.fixture
def customer(world: World) -> str:
    """A customer without a Stripe account: an invoice needs no more."""
    answer = world.api("POST", "/api/v1/customers", {"customer": {"external_id": "acme"}})
    return str(answer.body["customer"]["lago_id"])


def everything(world: World) -> dict[str, Any]:
    return {table: world.items(table) for table in TABLES}


def test_fees_become_an_invoice_with_their_sum_as_its_total(world: World, customer: str) -> None:
    answer = world.call("create-invoice", load_event("create-invoice"))

    assert answer.status == 200
    invoice = answer.body["invoice"]
    assert invoice["number"] == "ACM-2026-0042"
    assert invoice["total_amount_cents"] == invoice["total_due_amount_cents"] == 4200
    assert [(fee["item"]["code"], fee["units"], fee["amount_cents"]) for fee in invoice["fees"]] == [
        ("setup", "1", 3000),
        ("hours", "2.5", 1200),
    ]
    assert {fee["lago_customer_id"] for fee in invoice["fees"]} == {customer}
    assert [(entry["key"], entry["value"]) for entry in invoice["metadata"]] == [("order", "8812")]
    assert invoice["payment_status"] == "pending"
    assert world.invoice(invoice["lago_id"]) == invoice


def test_a_total_is_enough_and_the_invoices_of_a_customer_are_numbered(world: World, customer: str) -> None:
    event = load_event("create-invoice-total")

    numbers = [world.call("create-invoice", event).body["invoice"]["number"] for _ in range(3)]

    assert numbers == ["acme-001", "acme-002", "acme-003"]


def test_an_invoice_of_nothing_is_paid_at_once_and_stripe_is_not_called(world: World, customer: str) -> None:
    invoice_id = world.create_invoice(amount=0)

    world.run()

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert world.stripe_calls() == 0


def test_a_fee_is_rounded_half_up_to_the_minor_unit(world: World, customer: str) -> None:
    fees = [{"add_on_code": "half", "units": 0.5, "unit_amount_cents": 1}]

    invoice = world.invoice(world.create_invoice(amount=1, fees=fees))

    assert invoice["total_amount_cents"] == 1


@pytest.mark.parametrize(
    ("currency", "amount"), [("JPY", 500), ("BHD", 1230), ("ISK", 50000), ("UGX", 50000), ("HUF", 50001), ("TWD", 1)]
)
def test_amounts_are_in_the_minor_unit_as_stripe_defines_it(
    world: World, customer: str, currency: str, amount: int
) -> None:
    invoice = world.invoice(world.create_invoice(amount=amount, currency=currency))

    assert (invoice["currency"], invoice["total_amount_cents"]) == (currency, amount)


@pytest.mark.parametrize(
    ("changed", "details"),
    [
        ({"external_customer_id": ""}, {"external_customer_id": ["value_is_invalid"]}),
        ({"external_customer_id": 42}, {"external_customer_id": ["value_is_invalid"]}),
        ({"external_customer_id": None}, {"external_customer_id": ["value_is_invalid"]}),
        ({"currency": "eur"}, {"currency": ["value_is_invalid"]}),
        ({"currency": "EURO"}, {"currency": ["value_is_invalid"]}),
        ({"currency": "XXX"}, {"currency": ["currency_not_supported"]}),
        ({"currency": "KPW"}, {"currency": ["currency_not_supported"]}),
        ({"total_amount_cents": -1}, {"total_amount_cents": ["value_is_invalid"]}),
        ({"total_amount_cents": 42.5}, {"total_amount_cents": ["value_is_invalid"]}),
        ({"total_amount_cents": 42.0}, {"total_amount_cents": ["value_is_invalid"]}),
        ({"total_amount_cents": "4200"}, {"total_amount_cents": ["value_is_invalid"]}),
        ({"total_amount_cents": True}, {"total_amount_cents": ["value_is_invalid"]}),
        ({"total_amount_cents": 10**12}, {"total_amount_cents": ["value_is_invalid"]}),
        ({"total_amount_cents": 10**30}, {"total_amount_cents": ["value_is_invalid"]}),
        ({"total_amount_cents": None}, {"total_amount_cents": ["value_is_mandatory"]}),
        ({"total_amount_cents": None, "fees": []}, {"total_amount_cents": ["value_is_mandatory"]}),
        ({"currency": "BHD", "total_amount_cents": 1234}, {"total_amount_cents": ["amount_not_in_steps"]}),
        ({"currency": "ISK", "total_amount_cents": 4250}, {"total_amount_cents": ["amount_not_in_steps"]}),
        ({"currency": "UGX", "total_amount_cents": 1}, {"total_amount_cents": ["amount_not_in_steps"]}),
        ({"number": ""}, {"number": ["value_is_invalid"]}),
        ({"number": "#sequence#acme"}, {"number": ["value_is_invalid"]}),
        ({"number": "n" * 256}, {"number": ["value_is_invalid"]}),
        ({"number": "\ud800"}, {"number": ["value_is_invalid"]}),
        ({"fees": 5}, {"fees": ["value_is_invalid"]}),
        ({"fees": "setup"}, {"fees": ["value_is_invalid"]}),
        ({"fees": [5]}, {"fees.0": ["value_is_invalid"]}),
        ({"fees": [{}]}, {"fees.0.add_on_code": ["value_is_mandatory"], "fees.0.unit_amount_cents": ["value_is_mandatory"]}),
        ({"metadata": {"order": "8812"}}, {"metadata": ["value_is_invalid"]}),
        ({"metadata": [{"key": "k" * 21, "value": ""}]}, {"metadata.0.key": ["value_is_invalid"]}),
        ({"metadata": [{"key": str(n), "value": ""} for n in range(6)]}, {"metadata": ["value_is_invalid"]}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_field_by_field_and_nothing_is_stored(
    world: World, customer: str, changed: dict[str, Any], details: dict[str, list[str]]
) -> None:
    before = everything(world)

    answer = world.api("POST", "/api/v1/invoices", {"invoice": INVOICE | changed})

    assert answer.status == 422
    assert answer.body == {
        "status": 422,
        "error": "Unprocessable Entity",
        "code": "validation_errors",
        "error_details": details,
    }
    assert everything(world) == before


@pytest.mark.parametrize(
    ("fee", "field"),
    [
        ({"units": -1}, "units"),
        ({"units": "a dozen"}, "units"),
        ({"units": " 1"}, "units"),
        ({"units": "1e9"}, "units"),
        ({"units": 10**9 + 1}, "units"),
        ({"units": True}, "units"),
        ({"unit_amount_cents": -1}, "unit_amount_cents"),
        ({"unit_amount_cents": 0.5}, "unit_amount_cents"),
        ({"unit_amount_cents": 10**12}, "unit_amount_cents"),
        ({"add_on_code": ""}, "add_on_code"),
        ({"description": "d" * 1025}, "description"),
    ],
)
def test_a_wrong_fee_is_named_with_its_position(world: World, customer: str, fee: dict[str, Any], field: str) -> None:
    fees = [{"add_on_code": "right", "unit_amount_cents": 1}, {"add_on_code": "a", "unit_amount_cents": 1} | fee]

    answer = world.api("POST", "/api/v1/invoices", {"invoice": INVOICE | {"total_amount_cents": None, "fees": fees}})

    assert answer.status == 422
    assert answer.body["error_details"] == {f"fees.1.{field}": ["value_is_invalid"]}


def test_all_that_is_wrong_is_said_at_once(world: World, customer: str) -> None:
    answer = world.call("create-invoice", load_event("create-invoice-not-acceptable"))

    assert answer.status == 422
    assert answer.body["error_details"] == {
        "currency": ["value_is_invalid"],
        "fees.0.unit_amount_cents": ["value_is_invalid"],
        "metadata.0.value": ["value_is_mandatory"],
    }


@pytest.mark.parametrize(
    ("fees", "code"),
    [
        ([{"add_on_code": "a", "unit_amount_cents": 4199}], "total_is_not_the_sum_of_fees"),
        ([{"add_on_code": "a", "unit_amount_cents": 999_999_999_999, "units": 2}], "total_is_not_the_sum_of_fees"),
    ],
)
def test_fees_and_a_total_that_differ_are_refused(world: World, customer: str, fees: list[Any], code: str) -> None:
    answer = world.api("POST", "/api/v1/invoices", {"invoice": INVOICE | {"fees": fees}})

    assert answer.status == 422
    assert answer.body["error_details"] == {"total_amount_cents": [code]}


def test_fees_whose_sum_is_too_large_are_refused(world: World, customer: str) -> None:
    fees = [{"add_on_code": "a", "unit_amount_cents": 999_999_999_999, "units": 2}]

    answer = world.api("POST", "/api/v1/invoices", {"invoice": INVOICE | {"total_amount_cents": None, "fees": fees}})

    assert answer.status == 422
    assert answer.body["error_details"] == {"total_amount_cents": ["value_is_invalid"]}


@pytest.mark.parametrize(("count", "status"), [(100, 200), (101, 422)])
def test_an_invoice_has_a_hundred_fees_at_the_most(world: World, customer: str, count: int, status: int) -> None:
    fees = [{"add_on_code": str(number), "unit_amount_cents": 1} for number in range(count)]
    invoice = {"external_customer_id": "acme", "currency": "EUR", "fees": fees}

    answer = world.api("POST", "/api/v1/invoices", {"invoice": invoice})

    assert answer.status == status
    if status == 422:
        assert answer.body["error_details"] == {"fees": ["value_is_invalid"]}


@pytest.mark.parametrize(
    "body", [None, "", "[]", "{}", '{"invoice": {}}', '{"invoice": []}', '{"invoice', b"\xff".decode("latin-1")]
)
def test_a_body_that_is_no_invoice_is_malformed(world: World, customer: str, body: str | None) -> None:
    before = everything(world)

    answer = world.api("POST", "/api/v1/invoices", body)

    assert answer.status == 400
    assert answer.body["status"] == 400
    assert answer.body["error"].startswith("BadRequest: ")
    assert everything(world) == before


def test_an_unknown_customer_is_not_found(world: World) -> None:
    answer = world.api("POST", "/api/v1/invoices", {"invoice": INVOICE})

    assert answer.status == 404
    assert answer.body == {"status": 404, "error": "Not Found", "code": "customer_not_found"}


def test_another_organizations_customer_is_not_found(world: World, customer: str) -> None:
    other = "0a1b2c3d-0000-4000-8000-000000000002"

    answer = world.api("POST", "/api/v1/invoices", {"invoice": INVOICE}, organization_id=other)

    assert answer.status == 404
    assert world.items("invoices") == []


def test_a_number_is_given_once(world: World, customer: str) -> None:
    world.create_invoice(number="2026-0001")

    answer = world.api("POST", "/api/v1/invoices", {"invoice": INVOICE | {"number": "2026-0001"}})

    assert answer.status == 422
    assert answer.body["error_details"] == {"number": ["value_already_exist"]}
    assert len(world.items("invoices")) == 1


def test_a_number_that_the_application_took_is_skipped_when_counting(world: World, customer: str) -> None:
    world.create_invoice(number="acme-001")
    world.create_invoice(number="acme-002")

    assert world.invoice(world.create_invoice())["number"] == "acme-003"


def test_counting_ends_where_very_many_numbers_are_taken_and_goes_on_with_the_next_request(
    world: World, customer: str
) -> None:
    for number in range(1, 22):
        world.create_invoice(number=f"acme-{number:03}")

    refused = world.api("POST", "/api/v1/invoices", {"invoice": INVOICE})

    assert (refused.status, refused.body["code"]) == (409, "number_taken")
    assert world.invoice(world.create_invoice())["number"] == "acme-022"


def test_the_same_idempotency_key_leads_to_the_same_invoice(world: World, customer: str) -> None:
    event = load_event("create-invoice-idempotency-key")

    first = world.call("create-invoice", event)
    world.pass_time(60)
    second = world.call("create-invoice", event)

    assert first.status == second.status == 200
    assert first.body == second.body
    assert len(world.items("invoices")) == 1


def test_an_idempotency_key_is_of_one_organization(world: World, customer: str) -> None:
    other = "0a1b2c3d-0000-4000-8000-000000000002"
    headers = {"Idempotency-Key": "order-8812"}
    world.api("POST", "/api/v1/customers", {"customer": {"external_id": "acme"}}, organization_id=other)

    answers = [
        world.api("POST", "/api/v1/invoices", {"invoice": INVOICE}, headers=headers),
        world.api("POST", "/api/v1/invoices", {"invoice": INVOICE}, headers=headers, organization_id=other),
    ]

    assert len({answer.body["invoice"]["lago_id"] for answer in answers}) == 2


def test_an_idempotency_key_with_another_body_is_a_conflict(world: World, customer: str) -> None:
    headers = {"Idempotency-Key": "order-8812"}
    world.api("POST", "/api/v1/invoices", {"invoice": INVOICE}, headers=headers)

    answer = world.api("POST", "/api/v1/invoices", {"invoice": INVOICE | {"total_amount_cents": 4300}}, headers=headers)

    assert (answer.status, answer.body["code"]) == (409, "idempotency_key_reused")
    assert len(world.items("invoices")) == 1


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_an_idempotency_key_has_1_to_255_characters(world: World, customer: str, key: str) -> None:
    answer = world.api("POST", "/api/v1/invoices", {"invoice": INVOICE}, headers={"Idempotency-Key": key})

    assert answer.status == 422
    assert answer.body["error_details"] == {"idempotency_key": ["value_is_invalid"]}


@pytest.mark.parametrize("number", [None, "2026-0001"])
def test_two_requests_with_one_key_at_the_same_time_make_one_invoice(
    world: World, customer: str, number: str | None
) -> None:
    headers = {"Idempotency-Key": "order-8812"}
    body = {"invoice": INVOICE | {"number": number}}
    faster: list[Any] = []
    world.aws.meanwhile(
        "TransactWriteItems", lambda: faster.append(world.api("POST", "/api/v1/invoices", body, headers=headers))
    )

    slower = world.api("POST", "/api/v1/invoices", body, headers=headers)

    assert slower.status == faster[0].status == 200
    assert slower.body == faster[0].body
    assert len(world.items("invoices")) == 1


def test_two_requests_with_one_number_at_the_same_time_make_one_invoice(world: World, customer: str) -> None:
    world.aws.meanwhile("TransactWriteItems", lambda: world.create_invoice(number="2026-0001"))

    slower = world.api("POST", "/api/v1/invoices", {"invoice": INVOICE | {"number": "2026-0001"}})

    assert slower.status == 422
    assert slower.body["error_details"] == {"number": ["value_already_exist"]}
    assert len(world.items("invoices")) == 1


@pytest.mark.parametrize("moment", Moment)
@pytest.mark.parametrize("operation", ["UpdateItem", "TransactWriteItems"])
def test_after_a_crash_the_same_request_is_answered_with_one_invoice(
    world: World, customer: str, operation: str, moment: Moment
) -> None:
    event = load_event("create-invoice-idempotency-key")
    world.aws.crash(operation, moment)

    crashed = world.call("create-invoice", event)
    repeated = world.call("create-invoice", event)

    assert (crashed.status, crashed.body) == (500, {"status": 500, "error": "Internal Server Error"})
    assert repeated.status == 200
    (stored,) = world.items("invoices")
    assert stored["lago_id"] == repeated.body["invoice"]["lago_id"]


def test_what_is_refused_is_never_repeated_in_the_answer(world: World, customer: str) -> None:
    secret = "sk_live_51HGpastedByMistake000"
    sent = INVOICE | {"currency": secret, "number": "#" + secret, "total_amount_cents": secret}

    answer = world.api("POST", "/api/v1/invoices", {"invoice": sent})

    assert answer.status == 422
    assert secret not in json.dumps(answer.body)
