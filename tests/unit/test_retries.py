"""Whether another attempt follows a failed one automatically, and when."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from builders.records import RECORDED_AT, invoice_record, payment_record
from paystream.model.bank_transfer import BankTransfer
from paystream.model.last_failure import LastFailure
from paystream.model.moves import move
from paystream.model.outcome import Failure
from paystream.model.payment import Payment, PaymentLink
from paystream.model.retries import (
    DEFAULT_SCHEDULE_DAYS,
    LONGEST_PAUSE_DAYS,
    MOST_RETRIES,
    next_retry_at,
    with_decline,
    with_failure,
)
from paystream.model.standing import Stage

NOW = RECORDED_AT + timedelta(days=100)
PAGE = PaymentLink(session_id="cs_1")


def failed(decline_code: str | None = "insufficient_funds", **codes: Any) -> Payment:
    """A payment with `pm_1` that failed with these codes."""
    failure = Failure(code="card_declined", message="Declined.", decline_code=decline_code, **codes)
    return payment_record(payment_method_id="pm_1", failure=failure)


def retried_at(payment: Payment, *, tries: int = 1, schedule: tuple[int, ...] = (1, 3, 5, 7)) -> datetime | None:
    """After so many tries with `pm_1`, and some with another method."""
    declined = ("pm_0",) * 20 + ("pm_1",) * tries
    return next_retry_at(invoice_record(declined_payment_method_ids=declined), payment, schedule, NOW)


def days_later(days: int) -> datetime:
    return NOW + timedelta(days=days)


@pytest.mark.parametrize(("tries", "days"), [(1, 1), (2, 3), (3, 5), (4, 7)])
def test_the_schedule_is_gone_through_once_with_each_method(tries: int, days: int) -> None:
    assert retried_at(failed(), tries=tries) == days_later(days)


def test_at_its_end_nothing_follows() -> None:
    assert retried_at(failed(), tries=5) is None
    assert retried_at(failed(), schedule=()) is None


def test_a_card_is_tried_fifteen_times_at_most() -> None:
    assert retried_at(failed(), tries=14, schedule=(1,) * 20) == days_later(1)
    assert retried_at(failed(), tries=15, schedule=(1,) * 20) is None


@pytest.mark.parametrize(
    ("kind", "most"),
    [
        ("a_type_without_a_row", 1),
        ("bacs_debit", 2),
        ("sepa_debit", 2),
        ("us_bank_account", 2),
    ],
)
def test_a_debit_is_presented_again_as_often_as_its_scheme_allows(kind: str, most: int) -> None:
    debit = failed(payment_method_type=kind)

    assert retried_at(debit, tries=most)
    assert retried_at(debit, tries=most + 1) is None


@pytest.mark.parametrize("code", ["stolen_card", "expired_card", None])
def test_what_does_not_pass_is_not_tried_again(code: str | None) -> None:
    assert retried_at(failed(code)) is None


def test_what_failed_without_a_reason_is_not_tried_again() -> None:
    assert retried_at(payment_record(payment_method_id="pm_1")) is None


@pytest.mark.parametrize(("advice", "days"), [("26", 3), ("27", 4), ("30", 10), ("24", 3), (None, 3)])
def test_mastercards_advice_makes_the_pause_longer_and_never_shorter(advice: str | None, days: int) -> None:
    assert retried_at(failed(network_advice_code=advice), tries=2) == days_later(days)


def test_where_it_is_not_known_what_was_charged_these_tries_are_counted_together() -> None:
    payment = failed()
    unknown = payment_record(failure=payment.failure)
    invoice = invoice_record(declined_payment_method_ids=("", ""))

    assert next_retry_at(invoice, unknown, (1, 3), NOW) == days_later(3)


@pytest.mark.parametrize(("planned", "then"), [(None, None), (days_later(2), days_later(2)), (days_later(-2), NOW)])
def test_what_was_not_paid_on_a_page_leaves_the_plan_as_it_was(planned: datetime | None, then: datetime | None) -> None:
    on_page = move(invoice_record(), Stage.PAGE_OPEN, next_retry_at=planned, due_at=NOW, now=NOW)
    invoice = replace(on_page, declined_payment_method_ids=("pm_1",))
    unpaid = payment_record(payment_method_id="pm_1", failure=failed().failure, link=PAGE)

    assert next_retry_at(invoice, unpaid, (1, 3), NOW) == then


@pytest.mark.parametrize(
    ("payment", "method"),
    [
        (payment_record(payment_method_id="pm_1"), "pm_1"),
        (payment_record(payment_method_id="pm_1", link=PAGE), "pm_1"),
        (payment_record(bank_transfer=BankTransfer()), "customer_balance"),
        (payment_record(), ""),
    ],
)
def test_what_was_charged_without_success_is_remembered(payment: Payment, method: str) -> None:
    invoice = with_decline(invoice_record(declined_payment_method_ids=("pm_0",)), payment)

    assert invoice == invoice_record(declined_payment_method_ids=("pm_0", method))


def test_nobody_who_did_not_pay_on_a_page_was_declined() -> None:
    assert with_decline(invoice_record(), payment_record(link=PAGE)) == invoice_record()


def test_the_latest_fifty_are_remembered() -> None:
    earlier = tuple(f"pm_{number}" for number in range(50))

    invoice = with_decline(invoice_record(declined_payment_method_ids=earlier), payment_record(payment_method_id="pm"))

    assert invoice.declined_payment_method_ids == (*earlier[1:], "pm")


def test_a_schedule_is_stripes_unless_it_was_set() -> None:
    assert (DEFAULT_SCHEDULE_DAYS, MOST_RETRIES, LONGEST_PAUSE_DAYS) == ((1, 3, 5, 7), 8, 60)


class TestTheReasonThatIsKept:
    @staticmethod
    def kept(payment: Payment, schedule: tuple[int, ...] = (1, 3, 5), **fields: Any) -> LastFailure:
        declined = ("pm_0", "pm_1", "pm_1")
        invoice = with_failure(invoice_record(declined_payment_method_ids=declined, **fields), payment, schedule)
        assert invoice.last_failure
        return invoice.last_failure

    def test_it_has_the_codes_and_counts_the_tries_with_the_same_method(self) -> None:
        assert self.kept(replace(failed(network_decline_code="51"), ended_at=NOW)) == LastFailure(
            at=NOW,
            code="card_declined",
            decline_code="insufficient_funds",
            network_decline_code="51",
            tries=2,
            most_tries=4,
        )

    def test_a_debit_has_as_many_tries_as_its_scheme_allows(self) -> None:
        assert self.kept(failed(payment_method_type="sepa_debit")).most_tries == 3

    def test_a_page_that_nobody_paid_on_leaves_the_count_as_it_was(self) -> None:
        expired = replace(failed(None), link=PAGE)
        before = LastFailure(at=RECORDED_AT, code="card_declined", tries=1, most_tries=4)

        after, first = self.kept(expired, last_failure=before), self.kept(expired)

        assert (after.at, after.tries, after.most_tries) == (payment_record().updated_at, 1, 4)
        assert (first.tries, first.most_tries) == (0, 0)

    def test_without_a_reason_it_is_stripes_status(self) -> None:
        assert self.kept(payment_record(payment_method_id="pm_1", status="canceled")).code == "canceled"
