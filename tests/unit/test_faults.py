"""Whose fault a refusal of Stripe's is: the customer's, the operator's, or nobody knows."""

import re
from pathlib import Path

import pytest
import stripe
from paystream.model.declines import REASONS
from paystream.model.faults import FAULTS, Reach, Whose, fault_of, whose_fault
from paystream.model.outcome import Failure
from template import REPOSITORY


def refused(code: str, decline_code: str | None = None) -> Failure:
    return Failure(code=code, message="Refused.", decline_code=decline_code)


def codes_of_the_library() -> set[str]:
    """The codes that Stripe's library knows of a payment intent's error."""
    text = (Path(stripe.__file__).parent / "_payment_intent.py").read_text()
    literal = next(one for one in re.findall(r"Literal\[(.*?)\]", text, re.DOTALL) if "testmode_charges_only" in one)
    return set(re.findall(r'"(\w+)"', literal))


def test_each_code_of_stripes_library_has_one_row_with_its_source() -> None:
    rows = [fault.code for fault in FAULTS if fault.field == "code"]
    assert sorted(rows) == sorted(codes_of_the_library())
    assert all(fault.source.startswith("https://docs.stripe.com/") for fault in FAULTS)


def test_an_operators_fault_has_a_reach_and_no_other_has() -> None:
    assert all((fault.reach is not None) == (fault.whose is Whose.OPERATOR) for fault in FAULTS)


def test_the_documentation_lists_each_of_the_operators_codes() -> None:
    text = (REPOSITORY / "docs" / "payment-life.md").read_text()
    rows = re.findall(r"^\| .+ \| `(code|decline_code)` \| (.+?) \| \[", text.split("## Whose fault")[1], re.MULTILINE)
    listed = {(field, code) for field, codes in rows for code in re.findall(r"`(\w+)`", codes)}
    assert listed == {(fault.field, fault.code) for fault in FAULTS if fault.whose is Whose.OPERATOR}


@pytest.mark.parametrize(
    ("code", "reach"),
    [
        ("testmode_charges_only", Reach.ACCOUNT),
        ("payment_method_unactivated", Reach.METHOD_TYPE),
        ("parameter_unknown", Reach.REQUEST),
        ("charge_exceeds_transaction_limit", Reach.REQUEST),
        ("api_key_expired", Reach.KEY),
    ],
)
def test_an_account_a_type_a_key_and_a_request_are_the_operators(code: str, reach: Reach) -> None:
    fault = fault_of(refused(code))
    assert fault
    assert (whose_fault(refused(code)), fault.reach) == (Whose.OPERATOR, reach)


@pytest.mark.parametrize("code", ["amount_too_small", "resource_missing", "account_closed", "insufficient_funds"])
def test_a_method_and_an_amount_are_the_customers(code: str) -> None:
    assert whose_fault(refused(code)) is Whose.CUSTOMER


def test_a_business_account_that_is_deactivated_is_the_operators_whatever_the_error_code_says() -> None:
    assert whose_fault(refused("payment_method_provider_decline", "invalid_business_account")) is Whose.OPERATOR


def test_a_decline_of_which_nothing_is_known_says_no_more_than_that_the_card_was_declined() -> None:
    assert whose_fault(refused("card_declined", "a_code_of_next_year")) is Whose.CUSTOMER


def test_a_reason_that_is_known_is_the_customers_though_the_error_code_is_not() -> None:
    assert whose_fault(refused("a_code_of_next_year", "do_not_honor")) is Whose.CUSTOMER
    known = [Failure(code="x", message="", decline_code=one.code) for one in REASONS if one.field == "decline_code"]
    assert {whose_fault(one) for one in known} == {Whose.CUSTOMER, Whose.OPERATOR}


@pytest.mark.parametrize("code", ["a_code_of_next_year", "invalid_request_error", "request_blocked"])
def test_of_any_other_code_nobody_knows(code: str) -> None:
    assert whose_fault(refused(code)) is Whose.UNKNOWN
