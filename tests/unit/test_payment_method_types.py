"""What each type of payment method can do, as Stripe says."""

import pytest
from paystream.model.payment_method_types import PAYMENT_METHOD_TYPES, Saved, most_retries, types_named

RETRIES = {
    "card": 14,
    "sepa_debit": 2,
    "us_bank_account": 2,
    "bacs_debit": 2,
    "link": 14,
    "boleto": 14,
    "crypto": 0,
    "customer_balance": 14,
}
SAVED_ON_PAGE = {"card", "sepa_debit", "us_bank_account", "bacs_debit", "link"}
CHARGED_OFF_SESSION = {*SAVED_ON_PAGE, "boleto"}
DEBITS = {"sepa_debit", "us_bank_account", "bacs_debit"}
WAITS_FOR_CUSTOMER = {"boleto", "customer_balance"}

each_type = pytest.mark.parametrize("name", RETRIES)


def test_these_are_all() -> None:
    assert list(PAYMENT_METHOD_TYPES) == list(RETRIES)


@each_type
def test_what_failed_is_presented_again_as_often_as_stripe_allows(name: str) -> None:
    assert most_retries(name) == RETRIES[name]


def test_what_is_not_known_is_retried_as_a_card_and_a_type_without_a_row_once() -> None:
    assert most_retries(None) == 14
    assert most_retries("a_type_of_next_year") == 1


@each_type
def test_where_it_is_saved_and_how_it_is_charged(name: str) -> None:
    row = PAYMENT_METHOD_TYPES[name]

    assert (row.saved is Saved.ON_PAGE) is (name in SAVED_ON_PAGE)
    assert row.can_be_saved is (name in CHARGED_OFF_SESSION)
    assert row.is_charged_off_session is (name in CHARGED_OFF_SESSION)
    assert row.is_transfer is (name == "customer_balance")
    assert row.is_voucher is (name == "boleto")


@each_type
def test_what_a_charge_waits_for_and_whether_its_money_can_go_back(name: str) -> None:
    row = PAYMENT_METHOD_TYPES[name]

    assert row.can_bounce is (name in DEBITS)
    assert row.is_canceled_while_it_waits is (name in WAITS_FOR_CUSTOMER)
    assert row.refundable is (name != "boleto")


def test_names_without_a_row_are_left_out() -> None:
    found = types_named(iter(["sepa_debit", "a_type_of_next_year", "card"]))

    assert [row.name for row in found] == ["sepa_debit", "card"]
