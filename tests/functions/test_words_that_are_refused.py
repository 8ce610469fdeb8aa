"""Lago's words that would change what is charged, and are not obeyed here: 422 with the path, nothing is stored."""

from typing import Any

import pytest
from builders.customers import CUSTOMERS_PATH
from builders.invoices import MINIMAL_INVOICE
from world.stored import everything
from world.world import World

LINE = {"add_on_code": "setup", "unit_amount_cents": 4200}


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ({"fees": [LINE | {"tax_codes": ["vat_20"]}]}, "fees.0.tax_codes"),
        ({"fees": [LINE | {"taxes_amount_cents": 700}]}, "fees.0.taxes_amount_cents"),
        ({"tax_codes": ["vat_20"]}, "tax_codes"),
        ({"taxes_amount_cents": 700}, "taxes_amount_cents"),
        ({"applied_taxes": [{"tax_code": "vat_20"}]}, "applied_taxes"),
        ({"coupons": [{"code": "half"}]}, "coupons"),
        ({"coupons_amount_cents": 700}, "coupons_amount_cents"),
        ({"credit_notes_amount_cents": 700}, "credit_notes_amount_cents"),
        ({"prepaid_credit_amount_cents": 700}, "prepaid_credit_amount_cents"),
        ({"progressive_billing_credit_amount_cents": 700}, "progressive_billing_credit_amount_cents"),
        ({"billing_entity_code": "acme_corp"}, "billing_entity_code"),
        ({"billing_entity_id": "1a901a90"}, "billing_entity_id"),
        ({"invoice_type": "subscription"}, "invoice_type"),
        ({"status": "draft"}, "status"),
        ({"status": "voided"}, "status"),
        ({"payment_status": "succeeded"}, "payment_status"),
        ({"payment_status": "paid"}, "payment_status"),
        ({"total_paid_amount_cents": 4200}, "total_paid_amount_cents"),
        ({"total_due_amount_cents": 1000}, "total_due_amount_cents"),
        ({"self_billed": True}, "self_billed"),
        ({"issuing_date": "2027-01-01"}, "issuing_date"),
        ({"voided_invoice_id": "1a901a90"}, "voided_invoice_id"),
    ],
    ids=str,
)
def test_in_an_invoice(world: World, unlinked_customer: str, said: dict[str, Any], path: str) -> None:
    before = everything(world)

    answer = world.api("POST", "/api/v1/invoices", {"invoice": MINIMAL_INVOICE | said})

    assert (answer.status, answer.body["code"]) == (422, "validation_errors")
    assert answer.body["error_details"] == {path: ["not_supported"]}
    assert everything(world) == before


def test_beside_whatever_else_is_wrong(world: World, unlinked_customer: str) -> None:
    wrong = {"currency": "eur", "fees": [LINE | {"tax_codes": ["vat_20"]}]}

    answer = world.api("POST", "/api/v1/invoices", {"invoice": MINIMAL_INVOICE | wrong})

    assert answer.body["error_details"] == {"currency": ["value_is_invalid"], "fees.0.tax_codes": ["not_supported"]}


@pytest.mark.parametrize(
    "said",
    [
        {"billing_entity_code": "main", "status": "finalized", "payment_status": "pending", "invoice_type": "one_off"},
        {"tax_codes": [], "coupons": None, "taxes_amount_cents": 0, "self_billed": False, "total_paid_amount_cents": 0},
        {"fees": [LINE | {"tax_codes": [], "from_datetime": "2026-11-01T00:00:00Z"}]},
        {"invoice_custom_section": {"skip_invoice_custom_sections": True}, "cost_center": "4711"},
    ],
    ids=str,
)
def test_but_not_where_they_change_nothing(world: World, unlinked_customer: str, said: dict[str, Any]) -> None:
    assert world.api("POST", "/api/v1/invoices", {"invoice": MINIMAL_INVOICE | said}).status == 200


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ({"tax_codes": ["vat_20"]}, "tax_codes"),
        ({"vat_rate": 20.0}, "vat_rate"),
        ({"billing_entity_code": "acme_corp"}, "billing_entity_code"),
        (
            {"integration_customers": [{"integration_type": "xero"}, {"integration_type": "anrok"}]},
            "integration_customers.1.integration_type",
        ),
    ],
    ids=str,
)
def test_in_a_customer(world: World, said: dict[str, Any], path: str) -> None:
    answer = world.api("POST", CUSTOMERS_PATH, {"customer": {"external_id": "acme"} | said})

    assert (answer.status, answer.body["error_details"]) == (422, {path: ["not_supported"]})
    assert world.items("customers") == []


def test_in_a_customer_not_where_they_change_nothing(world: World) -> None:
    said = {
        "tax_codes": [],
        "billing_entity_code": "main",
        "billing_configuration": {"invoice_grace_period": 3, "document_locale": "fr"},
        "integration_customers": [{"integration_type": "netsuite"}],
        "skip_invoice_custom_sections": True,
    }

    assert world.api("POST", CUSTOMERS_PATH, {"customer": {"external_id": "acme"} | said}).status == 200


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("skip_psp", True),
        ("payment_method", {"payment_method_type": "manual"}),
        ("total_amount_cents", 1000),
        ("currency", "USD"),
        ("fees", [LINE]),
        ("status", "voided"),
        ("payment_due_date", "2027-01-01"),
        ("net_payment_term", 30),
        ("external_customer_id", "globex"),
    ],
)
def test_in_a_change_of_an_invoice(world: World, unlinked_customer: str, name: str, said: Any) -> None:
    invoice_id = world.create_invoice()

    body = {"invoice": {"metadata": [{"key": "order", "value": "1"}], name: said}}
    answer = world.api("PUT", f"/api/v1/invoices/{invoice_id}", body)

    assert (answer.status, answer.body["error_details"]) == (422, {name: ["not_supported"]})
    assert world.invoice(invoice_id)["metadata"] == []
