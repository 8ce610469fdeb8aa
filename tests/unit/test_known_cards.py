"""What is kept of the card that was charged."""

from dataclasses import replace
from typing import Any

import pytest
from builders.records import RECORDED_AT, customer_record, invoice_record, payment_record
from paystream.model.bank_transfer import BankTransfer
from paystream.model.customer import Customer
from paystream.model.known_cards import with_cards
from paystream.model.outcome import Failure, Outcome, PayableStatus
from paystream.model.payment import PaymentLink

CUSTOMER = customer_record(payment_method_id="pm_1")
CHARGED = payment_record(payment_method_id="pm_1", payment_status=PayableStatus.PENDING)
STOLEN = Failure(code="card_declined", message="Declined.", decline_code="stolen_card")
FAILED = Outcome(
    status=PayableStatus.FAILED,
    intent_status="requires_payment_method",
    payment_method_id="pm_1",
    card="card-1",
    failure=STOLEN,
)
PAID = Outcome(status=PayableStatus.SUCCEEDED, intent_status="succeeded", payment_method_id="pm_2")


def after(outcome: Outcome, declined: tuple[str, ...] = (), **fields: Any) -> Customer:
    """The customer after this outcome of a charge."""
    invoice = invoice_record(declined_payment_method_ids=declined)
    return with_cards(CUSTOMER, invoice, replace(CHARGED, **fields), outcome, RECORDED_AT)


def test_a_decline_is_kept_with_its_card_and_whether_it_is_for_good() -> None:
    (kept,) = after(FAILED).card_declines

    assert (kept.card, kept.payment_method_id, kept.declined_at, kept.is_hard) == (
        "card-1",
        "pm_1",
        (RECORDED_AT,),
        True,
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"link": PaymentLink(session_id="cs_1")},
        {"bank_transfer": BankTransfer(type=None, country=None)},
        {"payment_status": PayableStatus.FAILED, "status": "requires_payment_method"},
    ],
    ids=["of a page", "of a transfer", "that is known"],
)
def test_a_failure_that_is_of_no_card_or_no_news_changes_nothing(fields: dict[str, Any]) -> None:
    assert after(FAILED, **fields) is CUSTOMER


def test_a_first_attempt_that_is_paid_changes_nothing() -> None:
    assert after(PAID) is CUSTOMER
    assert after(replace(PAID, payment_method_id="pm_1"), ("pm_1",)) is CUSTOMER


def test_a_decline_that_ends_the_method_is_kept_with_its_codes() -> None:
    failure = replace(STOLEN, http_status=402, request_id="req_1")

    assert after(replace(FAILED, failure=failure)).card_declines[0].ended_by == replace(STOLEN, message="")
    assert after(replace(FAILED, failure=replace(STOLEN, decline_code="fraudulent"))).card_declines[0].ended_by is None


def test_what_pays_after_such_a_decline_is_charged_again() -> None:
    dead = after(FAILED)

    paid = with_cards(dead, invoice_record(), CHARGED, replace(PAID, payment_method_id="pm_1"), RECORDED_AT)

    (kept,) = paid.card_declines
    assert (kept.ended_by, kept.is_hard, kept.declined_at) == (None, False, (RECORDED_AT,))
    assert with_cards(dead, invoice_record(), CHARGED, PAID, RECORDED_AT) is dead


def test_what_took_the_place_of_another_and_has_paid_is_remembered() -> None:
    assert after(PAID, ("pm_1",)).last_paid_payment_method_id == "pm_2"
