"""What holds for every route: how a request is read and refused, with the examples of the API's description."""

from typing import Any

import pytest
from api_description import examples, response
from builders.invoices import MINIMAL_INVOICE
from paystream.entry.http import MAX_BODY_BYTES
from paystream.model.identifiers import derived_id
from world.world import World

INVOICES = "/api/v1/invoices"


def described_refusal(status: int, name: str, path: str = INVOICES) -> Any:
    return dict(examples(response("POST", path, status)))[name]


class TestRefusals:
    @pytest.mark.parametrize("body", [None, "{}", "[]", "1", '{"invoice": []}', '{"invoice": {}}'])
    def test_a_body_without_its_root_key_is_malformed(self, world: World, body: str | None) -> None:
        answer = world.api("POST", INVOICES, body)

        assert (answer.status, answer.body) == (400, described_refusal(400, "root"))

    @pytest.mark.parametrize("number", ["1e99999999999999999999", "-1e-99999999999999999999", "1" * 5000, "NaN", "01"])
    def test_a_number_beyond_all_numbers_is_malformed(self, world: World, number: str) -> None:
        answer = world.api("POST", INVOICES, f'{{"invoice": {{"total_amount_cents": {number}}}}}')

        assert answer.status == 400

    def test_a_body_that_is_too_large_is_refused(self, world: World) -> None:
        answer = world.api("POST", INVOICES, " " * (MAX_BODY_BYTES + 1))

        assert (answer.status, answer.body) == (413, described_refusal(413, "large"))

    def test_a_body_that_is_not_declared_as_json_is_refused(self, world: World) -> None:
        answer = world.api("POST", INVOICES, "a=b", headers={"Content-Type": "application/x-www-form-urlencoded"})

        assert (answer.status, answer.body) == (415, described_refusal(415, "form"))

    @pytest.mark.usefixtures("unlinked_customer")
    def test_an_idempotency_key_of_another_invoice_is_a_conflict(self, world: World) -> None:
        bodies = [{"invoice": MINIMAL_INVOICE | {"total_amount_cents": amount}} for amount in (1, 2)]

        first, second = [world.api("POST", INVOICES, body, headers={"Idempotency-Key": "a"}) for body in bodies]

        assert first.status == 200
        assert (second.status, second.body) == (409, described_refusal(409, "key"))

    @pytest.mark.usefixtures("unlinked_customer")
    def test_values_are_refused_field_by_field(self, world: World) -> None:
        invoice = {"external_customer_id": "acme", "currency": "XAU", "fees": [{"add_on_code": "setup"}]}

        answer = world.api("POST", INVOICES, {"invoice": invoice})

        assert (answer.status, answer.body) == (422, described_refusal(422, "fields"))

    def test_what_stripe_refuses_is_answered_without_the_value(self, world: World) -> None:
        world.connect()
        world.customer()

        answer = world.api("POST", "/api/v1/customers", {"customer": {"external_id": "acme", "email": "a@b"}})

        assert (answer.status, answer.body) == (422, described_refusal(422, "stripe", "/api/v1/customers"))


def test_the_body_of_a_get_is_not_read(world: World) -> None:
    answer = world.api("GET", INVOICES, "not JSON", headers={"Content-Type": "text/plain"})

    assert (answer.status, answer.body["invoices"]) == (200, [])


@pytest.mark.usefixtures("unlinked_customer")
@pytest.mark.parametrize(
    ("sent", "shown"), [("1e3", "1000"), ("0.0000001", "0.0000001"), ('"2.50"', "2.50"), ("3", "3")]
)
def test_units_are_shown_in_plain_digits(world: World, sent: str, shown: str) -> None:
    fee = f'{{"add_on_code": "setup", "unit_amount_cents": 100, "units": {sent}}}'

    answer = world.api(
        "POST", INVOICES, f'{{"invoice": {{"external_customer_id": "acme", "currency": "EUR", "fees": [{fee}]}}}}'
    )

    assert answer.body["invoice"]["fees"][0]["units"] == shown


@pytest.mark.usefixtures("unlinked_customer")
@pytest.mark.parametrize("units", ["-0.0", "1e-31", "1e-200000"])
def test_units_with_too_many_decimals_are_refused(world: World, units: str) -> None:
    fee = f'{{"add_on_code": "setup", "unit_amount_cents": 100, "units": {units}}}'

    answer = world.api(
        "POST", INVOICES, f'{{"invoice": {{"external_customer_id": "acme", "currency": "EUR", "fees": [{fee}]}}}}'
    )

    assert (answer.status, answer.body["error_details"]) == (422, {"fees.0.units": ["value_is_invalid"]})


def test_metadata_of_a_customer_is_shown_with_all_its_keys(world: World) -> None:
    customer = {"external_id": "acme", "metadata": [{"key": "segment", "value": "retail"}]}

    answer = world.api("POST", "/api/v1/customers", {"customer": customer})

    found = answer.body["customer"]
    assert found["metadata"] == [
        {
            "lago_id": derived_id("customer metadata", found["lago_id"], "segment"),
            "key": "segment",
            "value": "retail",
            "display_in_invoice": False,
            "created_at": "2026-11-23T10:00:00Z",
        }
    ]
