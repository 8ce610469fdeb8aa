"""An attempt: the payment that it begins with, how long sending it again is safe, and what refuses it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from builders.cases import ACCOUNT, CHARGEABLE, PAYER, case_record
from builders.records import RECORDED_AT, customer_record, integration_record, invoice_record, payment_record
from paystream.model.attempts import (
    is_looked_up_first,
    missing_country,
    new_payment,
    refusal_of_ours,
    sent_until,
    started_at,
)
from paystream.model.bank_transfer import BankTransfer
from paystream.model.card_declines import with_decline_of
from paystream.model.case import Payer
from paystream.model.identifiers import payment_id
from paystream.model.outcome import PayableStatus
from paystream.model.payment import Payment

NOW = RECORDED_AT + timedelta(days=3)
EARLIER, LATER = RECORDED_AT - timedelta(hours=1), RECORDED_AT + timedelta(hours=1)
BY_TRANSFER = replace(
    CHARGEABLE, provider_payment_methods=("customer_balance",), profile={"country": "DE"}, payment_method_id="pm_1"
)


def test_it_begins_with_what_is_due_and_with_what_the_customer_pays_with() -> None:
    begun = new_payment(invoice_record(total_paid_amount_cents=1200), PAYER, 2, NOW)

    assert begun == payment_record(
        lago_id=payment_id("organization", "invoice", 2),
        attempt=2,
        account_key="acct_1#test",
        amount_cents=3000,
        payment_method_id="pm_1",
        created_at=NOW,
        updated_at=NOW,
    )
    assert begun.payment_status is PayableStatus.PENDING


def test_by_bank_transfer_no_method_is_charged() -> None:
    begun = new_payment(invoice_record(), Payer(BY_TRANSFER, ACCOUNT), 1, NOW)

    assert (begun.payment_method_id, begun.bank_transfer) == (None, BankTransfer(type="eu_bank_transfer", country="DE"))


def test_who_has_to_be_there_is_charged_so() -> None:
    in_india = replace(CHARGEABLE, profile={"country": "in"})

    assert new_payment(invoice_record(), Payer(in_india, ACCOUNT), 1, NOW).on_session
    assert not new_payment(invoice_record(), PAYER, 1, NOW).on_session


@pytest.mark.parametrize(
    ("begun_at", "created_at", "earliest"),
    [
        (None, LATER, RECORDED_AT),
        (None, EARLIER, EARLIER),
        (EARLIER, RECORDED_AT, EARLIER),
        (LATER, RECORDED_AT, RECORDED_AT),
    ],
)
def test_it_can_have_been_sent_since_the_invoice_or_its_payment_began(
    begun_at: datetime | None, created_at: datetime, earliest: datetime
) -> None:
    assert started_at(invoice_record(attempt_started_at=begun_at), payment_record(created_at=created_at)) == earliest


@pytest.mark.parametrize(
    ("age", "unknown_tries", "is_first"),
    [
        (timedelta(hours=23), 2, False),
        (timedelta(hours=23, seconds=1), 0, True),
        (timedelta(0), 3, True),
        (timedelta(0), 4, True),
    ],
)
def test_it_is_looked_up_before_it_is_sent_again_once_its_key_is_old_or_three_tries_had_no_answer(
    age: timedelta, unknown_tries: int, is_first: bool
) -> None:
    attempt = payment_record(unknown_tries=unknown_tries)

    assert is_looked_up_first(invoice_record(), attempt, RECORDED_AT + age) is is_first


@pytest.mark.parametrize(
    ("customer_changed", "account_changed", "unknown_tries", "until"),
    [
        (RECORDED_AT, RECORDED_AT, 0, None),
        (EARLIER, EARLIER, 0, None),
        (LATER, RECORDED_AT, 0, LATER),
        (RECORDED_AT, LATER, 0, LATER),
        (LATER, LATER + timedelta(seconds=1), 0, LATER + timedelta(seconds=1)),
        (RECORDED_AT, RECORDED_AT, 3, RECORDED_AT),
        (LATER, EARLIER, 3, LATER),
    ],
)
def test_one_that_is_refused_may_have_been_sent_until_ten_minutes_after_the_customer_or_the_account_changed(
    customer_changed: datetime, account_changed: datetime, unknown_tries: int, until: datetime | None
) -> None:
    payer = Payer(replace(CHARGEABLE, updated_at=customer_changed), replace(ACCOUNT, updated_at=account_changed))
    attempt = payment_record(unknown_tries=unknown_tries)
    case = case_record(invoice_record(), attempt, now=RECORDED_AT)

    assert sent_until(case, attempt, payer) == (until + timedelta(minutes=10) if until else None)


@pytest.mark.parametrize(
    ("before", "until"),
    [
        (timedelta(minutes=10), None),
        (timedelta(minutes=9), timedelta(minutes=-9)),
        (timedelta(hours=-1), timedelta(hours=1)),
    ],
)
def test_one_whose_method_was_declined_elsewhere_may_have_been_sent_until_ten_minutes_after_that(
    before: timedelta, until: timedelta | None
) -> None:
    (declines,) = with_decline_of((), "pm_1", None, is_hard=True, now=RECORDED_AT - before)
    case = case_record(invoice_record(), payment_record(), now=RECORDED_AT)
    expected = RECORDED_AT + until + timedelta(minutes=10) if until else None

    assert sent_until(case, payment_record(), PAYER, declines) == expected


def refused_with(attempt: Payment, *, paid_out_in: str | None = "EUR") -> str | None:
    refusal = refusal_of_ours(attempt, Payer(customer_record(), integration_record(default_currency=paid_out_in)))
    if refusal is None:
        return None
    assert refusal.failure
    assert (refusal.status, refusal.intent_status, refusal.intent_id) == (PayableStatus.FAILED, "failed", None)
    return f"{refusal.failure.code}: {refusal.failure.message}"


@pytest.mark.parametrize(("amount", "is_refused"), [(49, True), (50, False), (51, False)])
def test_an_amount_below_stripes_minimum_is_refused(amount: int, is_refused: bool) -> None:
    too_small = "amount_too_small: The amount is below Stripe's minimum of 50 in EUR (minor units)."

    assert refused_with(payment_record(amount_cents=amount)) == (too_small if is_refused else None)


@pytest.mark.parametrize("paid_out_in", ["USD", None])
def test_only_stripe_knows_the_minimum_of_an_account_that_is_paid_out_in_another_currency(
    paid_out_in: str | None,
) -> None:
    assert refused_with(payment_record(amount_cents=1), paid_out_in=paid_out_in) is None


def test_a_transfer_in_eur_needs_a_country() -> None:
    lacking = payment_record(bank_transfer=BankTransfer(type="eu_bank_transfer"))
    having = payment_record(bank_transfer=BankTransfer(type="eu_bank_transfer", country="DE"))

    assert refusal_of_ours(lacking, PAYER) == missing_country()
    assert refused_with(lacking) == (
        "missing_country: A bank transfer in EUR needs a customer in one of BE, DE, ES, FR, IE, NL."
    )
    assert refused_with(having) is None
