"""Lists as CSV, which a finance person opens in a spreadsheet."""

import csv
import io
from typing import Any

import pytest
from builders.customers import change_customer
from builders.invoices import collected, failed_invoice
from world.world import World

TABLES = ["invoices", "payments", "customers", "customers/acme/invoices", "customers/acme/payments"]


def table(world: World, path: str) -> list[dict[str, str]]:
    """The rows of one page, by the names of the first line."""
    answer = world.api("GET", f"/api/v1/{path}", headers={"Accept": "text/csv"})
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    return list(csv.DictReader(io.StringIO(answer.body, newline=""), strict=True))


def test_an_invoice_has_its_amounts_in_major_units_and_the_reason_in_words(world: World) -> None:
    invoice_id = failed_invoice(world, retry_schedule_days=[2])

    (row,) = table(world, "invoices")

    assert (row["lago_id"], row["external_customer_id"], row["payment_status"]) == (invoice_id, "acme", "failed")
    assert (row["currency"], row["total_amount"], row["total_paid_amount"]) == ("EUR", "42.00", "0.00")
    assert (row["failure_code"], row["failure_class"]) == ("generic_decline", "later")
    assert row["explanation"].endswith("Tried again on 25 November, attempt 2 of 2.")
    assert (row["payment_overdue"], row["ended_at"]) == ("false", "")


@pytest.mark.parametrize(("currency", "amount"), [("JPY", "4200"), ("KWD", "4.200"), ("USD", "42.00")])
def test_an_amount_has_the_digits_of_its_currency(world: World, currency: str, amount: str) -> None:
    world.connect()
    world.customer()
    collected(world, currency=currency)

    (invoice,), (payment,) = table(world, "invoices"), table(world, "payments")

    assert (invoice["total_paid_amount"], payment["amount"], payment["currency"]) == (amount, amount, currency)


def test_a_payment_says_what_was_charged_and_why_it_failed(world: World) -> None:
    invoice_id = failed_invoice(world)

    (row,) = table(world, "payments")

    assert (row["lago_invoice_id"], row["attempt"], row["amount"]) == (invoice_id, "1", "42.00")
    assert (row["payment_method_type"], row["payment_method_brand"], row["payment_method_last4"]) == (
        "card",
        "visa",
        "0341",
    )
    assert (row["failure_code"], row["failure_class"]) == ("generic_decline", "later")
    assert row["explanation"] == "The bank declined the card without saying why."
    assert row["provider_url"].endswith(row["provider_payment_id"])


def test_a_customer_is_shown_with_how_it_pays(world: World) -> None:
    world.connect()
    linked = world.customer()

    (row,) = table(world, "customers")

    assert (row["external_id"], row["name"], row["provider_customer_id"]) == ("acme", "Acme", linked)
    assert (row["provider_payment_methods"], row["payment_provider_code"]) == ("card", "stripe")


def test_a_name_that_is_a_formula_is_not_run(world: World) -> None:
    world.connect()
    world.customer()
    change_customer(world, name='=HYPERLINK("http://evil.test")', legal_name="Acme, Inc.")

    (row,) = table(world, "customers")

    assert (row["name"], row["legal_name"]) == ('\'=HYPERLINK("http://evil.test")', "Acme, Inc.")


def test_pages_lead_on_and_hold_the_same_as_in_json(world: World) -> None:
    world.connect()
    world.customer(payment_method=None)
    made = [collected(world) for _ in range(3)]
    found, path = list[str](), "/api/v1/invoices?per_page=2&payment_status=pending"
    answer: Any = world.api("GET", path, headers={"Accept": "text/csv"})
    while cursor := answer.headers.get("Next-Cursor"):
        found.append(answer.body)
        answer = world.api("GET", f"{path}&cursor={cursor}", headers={"Accept": "text/csv"})
    found.append(answer.body)

    assert len(found) == 2
    assert all(sum(invoice_id in page for page in found) == 1 for invoice_id in made)


@pytest.mark.parametrize("path", TABLES)
def test_each_list_is_a_table_where_that_is_asked_for_and_json_otherwise(world: World, path: str) -> None:
    failed_invoice(world)

    assert len(table(world, path)) == 1
    assert world.api("GET", f"/api/v1/{path}", headers={"Accept": "application/json"}).body["meta"]


def test_a_refusal_is_json_all_the_same(world: World) -> None:
    answer = world.api("GET", "/api/v1/invoices?status=gone", headers={"Accept": "text/csv"})

    assert (answer.status, answer.body["code"]) == (422, "validation_errors")
