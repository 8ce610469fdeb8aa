"""create-invoice: what is wrong with a request is said field by field; nothing is stored and no secret is answered."""

import json
from typing import Any

import pytest
from builders.invoices import MINIMAL_INVOICE
from world.stored import everything
from world.world import World, load_event


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
        ({"fees": [{"unit_amount_cents": 1}]}, {"fees.0.add_on_code": ["value_is_mandatory"]}),
        ({"metadata": {"order": "8812"}}, {"metadata": ["value_is_invalid"]}),
        ({"metadata": [{"key": "k" * 21, "value": ""}]}, {"metadata.0.key": ["value_is_invalid"]}),
        ({"metadata": [{"key": str(n), "value": ""} for n in range(6)]}, {"metadata": ["value_is_invalid"]}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_field_by_field_and_nothing_is_stored(
    world: World, unlinked_customer: str, changed: dict[str, Any], details: dict[str, list[str]]
) -> None:
    before = everything(world)

    answer = world.api("POST", "/api/v1/invoices", {"invoice": MINIMAL_INVOICE | changed})

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
        ({"units": 1e-31}, "units"),
        ({"units": -0.0}, "units"),
        ({"unit_amount_cents": -1}, "unit_amount_cents"),
        ({"unit_amount_cents": 0.5}, "unit_amount_cents"),
        ({"unit_amount_cents": 10**12}, "unit_amount_cents"),
        ({"add_on_code": ""}, "add_on_code"),
        ({"description": "d" * 1025}, "description"),
    ],
)
def test_a_wrong_fee_is_named_with_its_position(
    world: World, unlinked_customer: str, fee: dict[str, Any], field: str
) -> None:
    fees = [{"add_on_code": "right", "unit_amount_cents": 1}, {"add_on_code": "a", "unit_amount_cents": 1} | fee]

    answer = world.api(
        "POST", "/api/v1/invoices", {"invoice": MINIMAL_INVOICE | {"total_amount_cents": None, "fees": fees}}
    )

    assert answer.status == 422
    assert answer.body["error_details"] == {f"fees.1.{field}": ["value_is_invalid"]}


def test_all_that_is_wrong_is_said_at_once(world: World, unlinked_customer: str) -> None:
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
def test_fees_and_a_total_that_differ_are_refused(
    world: World, unlinked_customer: str, fees: list[Any], code: str
) -> None:
    answer = world.api("POST", "/api/v1/invoices", {"invoice": MINIMAL_INVOICE | {"fees": fees}})

    assert answer.status == 422
    assert answer.body["error_details"] == {"total_amount_cents": [code]}


def test_fees_whose_sum_is_too_large_are_refused(world: World, unlinked_customer: str) -> None:
    fees = [{"add_on_code": "a", "unit_amount_cents": 999_999_999_999, "units": 2}]

    answer = world.api(
        "POST", "/api/v1/invoices", {"invoice": MINIMAL_INVOICE | {"total_amount_cents": None, "fees": fees}}
    )

    assert answer.status == 422
    assert answer.body["error_details"] == {"total_amount_cents": ["value_is_invalid"]}


@pytest.mark.parametrize(("count", "status"), [(100, 200), (101, 422)])
def test_an_invoice_has_a_hundred_fees_at_the_most(
    world: World, unlinked_customer: str, count: int, status: int
) -> None:
    fees = [{"add_on_code": str(number), "unit_amount_cents": 1} for number in range(count)]
    invoice = {"external_customer_id": "acme", "currency": "EUR", "fees": fees}

    answer = world.api("POST", "/api/v1/invoices", {"invoice": invoice})

    assert answer.status == status
    if status == 422:
        assert answer.body["error_details"] == {"fees": ["value_is_invalid"]}


@pytest.mark.parametrize(
    "body", [None, "", "[]", "{}", '{"invoice": {}}', '{"invoice": []}', '{"invoice', b"\xff".decode("latin-1")]
)
def test_a_body_that_is_no_invoice_is_malformed(world: World, unlinked_customer: str, body: str | None) -> None:
    before = everything(world)

    answer = world.api("POST", "/api/v1/invoices", body)

    assert answer.status == 400
    assert answer.body["status"] == 400
    assert answer.body["error"].startswith("BadRequest: ")
    assert everything(world) == before


def test_an_unknown_customer_is_not_found(world: World) -> None:
    answer = world.api("POST", "/api/v1/invoices", {"invoice": MINIMAL_INVOICE})

    assert answer.status == 404
    assert answer.body == {"status": 404, "error": "Not Found", "code": "customer_not_found"}


def test_another_organizations_customer_is_not_found(world: World, unlinked_customer: str) -> None:
    other = "0a1b2c3d-0000-4000-8000-000000000002"

    answer = world.api("POST", "/api/v1/invoices", {"invoice": MINIMAL_INVOICE}, organization_id=other)

    assert answer.status == 404
    assert world.items("invoices") == []


def test_what_is_refused_is_never_repeated_in_the_answer(world: World, unlinked_customer: str) -> None:
    secret = "sk_live_51HGpastedByMistake000"
    sent = MINIMAL_INVOICE | {"currency": secret, "number": "#" + secret, "total_amount_cents": secret}

    answer = world.api("POST", "/api/v1/invoices", {"invoice": sent})

    assert answer.status == 422
    assert secret not in json.dumps(answer.body)


def test_two_idempotency_keys_are_refused_not_chosen_from(world: World) -> None:
    world.connect()
    world.customer()
    invoice = {"external_customer_id": "acme", "currency": "EUR", "total_amount_cents": 4200}

    answer = world.api("POST", "/api/v1/invoices", {"invoice": invoice}, headers={"Idempotency-Key": "one, two"})

    assert (answer.status, answer.body["error_details"]) == (422, {"idempotency_key": ["value_is_invalid"]})
    assert world.items("invoices") == []
