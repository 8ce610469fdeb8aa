"""What a payment intent names, and whose it is by that."""

import pytest
from builders.records import invoice_record, payment_record
from paystream.model.identifiers import payment_id
from paystream.model.intent_metadata import NamedAttempt, intent_metadata, named_attempt


def named(attempt: str = "2", **changes: str) -> dict[str, str]:
    """What the intent of an attempt names, with these changes."""
    lago_payment_id = payment_id("organization", "invoice", int(attempt) if attempt.isdigit() else 1)
    metadata = intent_metadata(invoice_record(), payment_record(attempt=2, lago_id=lago_payment_id))
    return metadata | {"paystream_attempt": attempt} | changes


def test_an_intent_names_its_invoice_and_attempt() -> None:
    assert intent_metadata(invoice_record(lago_id="i"), payment_record(attempt=7)) == {
        "lago_invoice_id": "i",
        "lago_customer_id": "customer",
        "lago_organization_id": "organization",
        "lago_payment_id": "payment",
        "lago_payable_id": "i",
        "lago_payable_type": "Invoice",
        "invoice_issuing_date": "2026-11-23",
        "invoice_type": "one_off",
        "paystream_attempt": "7",
    }


@pytest.mark.parametrize("attempt", [1, 2, 10, 9999])
def test_the_attempt_is_found_by_these_names(attempt: int) -> None:
    found = named_attempt(named(str(attempt)), "organization")

    assert found == NamedAttempt("invoice", attempt, payment_id("organization", "invoice", attempt))


@pytest.mark.parametrize("attempt", ["", "0", "01", "-1", "1.0", "10000", "one", "\u0661"])
def test_what_is_no_number_of_an_attempt_names_none(attempt: str) -> None:
    assert named_attempt(named(attempt), "organization") is None


@pytest.mark.parametrize("name", ["lago_invoice_id", "lago_organization_id", "lago_payment_id"])
def test_an_intent_of_another_system_names_none_of_ours(name: str) -> None:
    without = {key: value for key, value in named().items() if key != name}

    assert named_attempt(named(**{name: "another"}), "organization") is None
    assert named_attempt(without, "organization") is None


def test_an_intent_of_another_organization_names_none_of_ours() -> None:
    assert named_attempt(named(), "another organization") is None
