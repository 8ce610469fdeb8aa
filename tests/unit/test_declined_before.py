"""Which attempts are not sent, because their method was declined for good before, and what they come to."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from builders.records import RECORDED_AT, customer_record, invoice_record, payment_record
from paystream.model.card_declines import COUNTED_FOR, CardDeclines, with_decline_of
from paystream.model.declined_before import declined_before, ends_the_method, refused_as_declined
from paystream.model.declines import is_hard, when_to_retry
from paystream.model.identifiers import saved_method_id
from paystream.model.outcome import Failure, PayableStatus

STOLEN = Failure(code="card_declined", message="", decline_code="stolen_card", network_decline_code="43")
DECLINES = with_decline_of((), "pm_1", "card-1", is_hard=True, ended_by=STOLEN, now=RECORDED_AT)
CUSTOMER = customer_record(payment_method_id="pm_1", card_declines=DECLINES)
FIRST = payment_record(payment_method_id="pm_1", attempt=1)
OWN = saved_method_id("organization", "pm_1")


def found(
    attempt: dict[str, Any] | None = None, customer: dict[str, Any] | None = None, **invoice: Any
) -> CardDeclines | None:
    """What was declined of the method before, a day later."""
    return declined_before(
        invoice_record(**invoice),
        replace(FIRST, **(attempt or {})),
        replace(CUSTOMER, **(customer or {})),
        RECORDED_AT + timedelta(days=1),
    )


def test_the_first_attempt_of_the_default_is_refused() -> None:
    assert found() == DECLINES[0]


def test_one_of_the_method_that_the_invoice_names_is_refused_as_well() -> None:
    assert found(customer={"payment_method_id": "pm_2"}, own_payment_method_id=OWN) == DECLINES[0]


def test_a_later_one_is_refused_where_nobody_has_asked_for_it() -> None:
    assert found({"attempt": 2}) is None
    assert found({"attempt": 2, "by_schedule": True}) == DECLINES[0]


@pytest.mark.parametrize(
    ("attempt", "customer", "invoice"),
    [
        ({}, {}, {"skip_psp": True}),
        ({}, {"payment_method_id": "pm_2"}, {}),
        ({}, {"payment_method_id": "pm_2"}, {"own_payment_method_id": "another"}),
        ({"payment_method_id": None}, {}, {}),
        ({"payment_method_id": "pm_2"}, {"payment_method_id": "pm_2"}, {}),
        ({}, {"card_declines": ()}, {}),
        ({}, {"card_declines": with_decline_of((), "pm_1", None, is_hard=True, now=RECORDED_AT)}, {}),
        ({}, {"card_declines": with_decline_of(DECLINES, "pm_1", "card-1", is_hard=False, now=RECORDED_AT)}, {}),
    ],
    ids=["asked for", "chosen", "not its own", "a transfer", "another", "never", "one charge's reason", "passed since"],
)
def test_anything_else_is_sent(attempt: dict[str, Any], customer: dict[str, Any], invoice: dict[str, Any]) -> None:
    assert found(attempt, customer, **invoice) is None


def test_it_counts_for_as_long_as_declines_do() -> None:
    last = RECORDED_AT + COUNTED_FOR - timedelta(seconds=1)

    assert declined_before(invoice_record(), FIRST, CUSTOMER, last) == DECLINES[0]
    assert declined_before(invoice_record(), FIRST, CUSTOMER, RECORDED_AT + COUNTED_FOR) is None


def test_it_has_failed_with_a_code_of_ours_and_those_of_the_decline_so_that_the_same_follows() -> None:
    refused = refused_as_declined(DECLINES[0])

    assert (refused.status, refused.intent_status, refused.intent_id) == (PayableStatus.FAILED, "failed", None)
    assert refused.failure == replace(
        STOLEN,
        code="payment_method_declined_before",
        message=f"The payment method was declined for good (stolen_card) at {RECORDED_AT.isoformat()}.",
    )
    assert (is_hard(refused.failure), when_to_retry(refused.failure)) == (True, when_to_retry(STOLEN))


def test_a_debit_has_its_reason_in_the_error_code() -> None:
    revoked = replace(DECLINES[0], ended_by=Failure(code="authorization_revoked", message=""))

    failure = refused_as_declined(revoked).failure

    assert failure is not None
    assert (failure.code, failure.decline_code) == ("payment_method_declined_before", "authorization_revoked")
    assert is_hard(failure)


def failure_with(decline_code: str | None = None, code: str = "card_declined", **more: Any) -> Failure:
    """A failure of a charge."""
    return Failure(code=code, message="Your card was declined.", decline_code=decline_code, **more)


@pytest.mark.parametrize("code", ["stolen_card", "lost_card", "expired_card", "stop_payment_order", "invalid_account"])
def test_what_the_card_or_the_account_has_come_to_ends_the_method(code: str) -> None:
    assert ends_the_method(failure_with(code))


def test_so_does_a_debit_that_may_not_be_made_and_what_the_network_forbids() -> None:
    assert ends_the_method(failure_with(code="debit_not_authorized"))
    assert ends_the_method(failure_with("do_not_honor", network_decline_code="46"))
    assert ends_the_method(failure_with("generic_decline", network_advice_code="21"))


@pytest.mark.parametrize(
    "code", ["insufficient_funds", "fraudulent", "incorrect_cvc", "currency_not_supported", "authentication_required"]
)
def test_what_was_wrong_with_one_charge_ends_no_method(code: str) -> None:
    assert not ends_the_method(failure_with(code))
    assert not ends_the_method(None)
