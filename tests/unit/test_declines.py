"""What Stripe's codes say about trying again."""

import re
from typing import Any

import pytest
from paystream.model.declines import (
    NOT_BEFORE_DAYS,
    REASONS,
    Reason,
    Retry,
    asks_for_authentication,
    is_cured_by_update,
    when_to_retry,
)
from paystream.model.outcome import Failure
from template import REPOSITORY


def declined(decline_code: str | None = None, code: str = "card_declined", **more: Any) -> Failure:
    return Failure(code=code, message="Your card was declined.", decline_code=decline_code, **more)


def test_no_code_stands_twice_and_each_has_a_source() -> None:
    assert len({(reason.field, reason.code) for reason in REASONS}) == len(REASONS)
    assert all(reason.source.startswith("https://") for reason in REASONS)


def test_the_documentation_lists_each_code_where_it_belongs() -> None:
    text = (REPOSITORY / "docs" / "payment-life.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| `([a-z_]+)` \| (.+?) \| \[", text, re.MULTILINE)
    listed = {(field, code, retry) for retry, field, codes in rows for code in re.findall(r"`(\w+)`", codes)}
    assert listed == {(reason.field, reason.code, reason.retry.value) for reason in REASONS}


@pytest.mark.parametrize("code", ["insufficient_funds", "issuer_not_available", "do_not_honor", "processing_error"])
def test_what_passes_is_tried_again_later(code: str) -> None:
    assert when_to_retry(declined(code)) is Retry.LATER


@pytest.mark.parametrize("code", ["authentication_required", "expired_card", "incorrect_number"])
def test_what_the_customer_can_put_right_waits_for_the_customer(code: str) -> None:
    assert when_to_retry(declined(code, code=code)) is Retry.AFTER_CUSTOMER_ACTS


@pytest.mark.parametrize("code", ["lost_card", "stolen_card", "fraudulent", "revocation_of_authorization"])
def test_what_the_issuer_forbids_is_never_tried_again(code: str) -> None:
    assert when_to_retry(declined(code)) is Retry.NEVER


@pytest.mark.parametrize(
    "forbidden", [{"advice_code": "do_not_try_again"}, {"network_decline_code": "R1"}, {"network_advice_code": "03"}]
)
def test_a_reason_that_passes_is_not_tried_again_where_the_network_forbids_it(forbidden: dict[str, str]) -> None:
    assert when_to_retry(declined("generic_decline", **forbidden)) is Retry.NEVER


def test_an_expired_card_is_the_customers_matter_whatever_the_network_advises() -> None:
    failure = declined("expired_card", code="expired_card", advice_code="do_not_try_again", network_advice_code="03")
    assert when_to_retry(failure) is Retry.AFTER_CUSTOMER_ACTS


def test_a_stolen_card_is_never_tried_again_whatever_the_issuer_advises() -> None:
    assert when_to_retry(declined("stolen_card", advice_code="try_again_later")) is Retry.NEVER


def test_a_debits_reason_is_in_its_error_code() -> None:
    assert when_to_retry(declined(code="insufficient_funds")) is Retry.LATER
    assert when_to_retry(declined(code="debit_not_authorized")) is Retry.NEVER
    assert when_to_retry(declined(code="account_closed")) is Retry.AFTER_CUSTOMER_ACTS


def test_a_code_that_is_not_known_waits_for_the_customer_unless_the_issuer_says_more() -> None:
    assert when_to_retry(None) is Retry.AFTER_CUSTOMER_ACTS
    assert when_to_retry(declined("a_code_of_next_year")) is Retry.AFTER_CUSTOMER_ACTS
    assert when_to_retry(declined("a_code_of_next_year", advice_code="try_again_later")) is Retry.LATER
    assert when_to_retry(declined("a_code_of_next_year", advice_code="do_not_try_again")) is Retry.NEVER
    assert when_to_retry(declined("a_code_of_next_year", advice_code="some_advice")) is Retry.AFTER_CUSTOMER_ACTS


@pytest.mark.parametrize("advice", ["try_again_later", "do_not_try_again", "confirm_card_data"])
def test_the_strictest_advice_counts(advice: str) -> None:
    failure = declined("generic_decline", advice_code=advice, network_advice_code="03")
    assert when_to_retry(failure) is Retry.NEVER


def test_a_card_whose_data_the_customer_is_to_confirm_waits_for_the_customer() -> None:
    assert when_to_retry(declined("generic_decline", advice_code="confirm_card_data")) is Retry.AFTER_CUSTOMER_ACTS


def test_a_decline_code_goes_before_the_error_code() -> None:
    assert when_to_retry(declined("do_not_honor", code="debit_not_authorized")) is Retry.LATER


@pytest.mark.parametrize("code", ["authentication_required", "authentication_not_handled"])
def test_a_bank_that_wants_the_customer_to_be_there_asks_for_authentication(code: str) -> None:
    assert asks_for_authentication(declined(code))
    assert asks_for_authentication(declined(code=code))


def test_so_does_a_refusal_of_what_needs_the_customer() -> None:
    assert asks_for_authentication(declined(code="payment_intent_action_required"))


@pytest.mark.parametrize(
    ("code", "is_cured"), [("expired_card", True), ("incorrect_number", True), ("lost_card", False)]
)
def test_new_data_on_file_cure_what_was_out_of_date(code: str, is_cured: bool) -> None:
    assert is_cured_by_update(declined(code)) is is_cured
    assert not is_cured_by_update(None)


def test_nothing_else_asks_for_authentication() -> None:
    assert not asks_for_authentication(None)
    assert not asks_for_authentication(declined("generic_decline", code="authentication_required"))
    assert not asks_for_authentication(declined("mobile_device_authentication_required"))


def test_mastercards_advice_says_how_many_days_to_wait() -> None:
    assert NOT_BEFORE_DAYS == {"26": 2, "27": 4, "28": 6, "29": 8, "30": 10}


@pytest.mark.parametrize(
    ("code", "retry"),
    [
        ("invalid_business_account", Retry.LATER),
        ("partner_payment_not_found", Retry.LATER),
        ("card_already_activated", Retry.AFTER_CUSTOMER_ACTS),
        ("invalid_track_data", Retry.AFTER_CUSTOMER_ACTS),
        ("partner_action_not_supported", Retry.AFTER_CUSTOMER_ACTS),
        ("recurring_not_supported_by_bank", Retry.AFTER_CUSTOMER_ACTS),
        ("lost_or_stolen_card", Retry.NEVER),
    ],
)
def test_a_decline_of_another_method_than_a_card_has_its_row(code: str, retry: Retry) -> None:
    assert Reason("decline_code", code, retry, "https://docs.stripe.com/declines/codes") in REASONS
