"""What an invoice and its payments count for: nothing twice, nothing that is not so any more."""

from dataclasses import replace
from datetime import date, timedelta, timezone
from typing import Any

import pytest
from builders.records import RECORDED_AT, invoice_record, payment_record
from builders.standings import in_stage, standing
from paystream.model.figures import Counted, Row, RowKind, counted_for, difference, entries_of, rounded, summed
from paystream.model.invoice import Invoice
from paystream.model.manual_payment import ManualPayment
from paystream.model.outcome import LINK_EXPIRED, Failure, PayableStatus
from paystream.model.payment import Payment, PaymentLink
from paystream.model.payment_dispute import Dispute
from paystream.model.payment_refund import Refund, RefundStatus
from paystream.model.standing import InvoiceStatus, PaymentStatus, Stage

TODAY = RECORDED_AT.date()
TODAYS = Row(RowKind.DAY, TODAY, "EUR")
OPEN = Row(RowKind.OPEN, TODAY, "EUR")
DUE = Row(RowKind.DUE, date(2026, 11, 23), "EUR")
DAY = timedelta(days=1)


def attempt(status: PayableStatus, number: int = 1, **fields: Any) -> Payment:
    """That ended so many minutes after the invoice was made."""
    at = RECORDED_AT + timedelta(minutes=number)
    fields = {"payment_method_id": "pm_1", "ended_at": at} | fields
    return payment_record(lago_id=f"payment {number}", attempt=number, payment_status=status, **fields)


def succeeded(number: int = 1, **fields: Any) -> Payment:
    return attempt(PayableStatus.SUCCEEDED, number, **fields)


def failed(number: int = 1, **fields: Any) -> Payment:
    return attempt(PayableStatus.FAILED, number, **fields)


def by_hand(amount: int = 4200) -> ManualPayment:
    return ManualPayment(
        organization_id="organization",
        lago_id="by hand",
        invoice_id="invoice",
        invoice_number="1",
        external_customer_id="acme",
        amount_cents=amount,
        currency="EUR",
        reference="transfer",
        created_at=RECORDED_AT + timedelta(hours=2),
        updated_at=RECORDED_AT + DAY,
    )


def paid_invoice(**fields: Any) -> Invoice:
    return invoice_record(standing=standing(payment_status=PaymentStatus.SUCCEEDED), **fields)


def measures(counted: Counted, *names: str, row: Row = TODAYS) -> list[int]:
    return [counted.get(row, {}).get(name, 0) for name in names]


class TestAnInvoice:
    def test_that_is_not_there_counts_for_nothing(self) -> None:
        assert counted_for(None, [succeeded()]) == {}

    def test_that_is_pending_is_invoiced_open_and_due(self) -> None:
        assert counted_for(invoice_record(), []) == {
            TODAYS: {"invoices": 1, "invoiced_cents": 4200},
            OPEN: {"invoices": 1, "amount_cents": 4200},
            DUE: {"invoices": 1, "amount_cents": 4200},
        }

    def test_that_has_failed_is_open_and_due(self) -> None:
        invoice = invoice_record(standing=standing(payment_status=PaymentStatus.FAILED))

        counted = counted_for(invoice, [])

        assert measures(counted, "invoices_failed", "invoices_succeeded") == [1, 0]
        assert counted.keys() == {TODAYS, OPEN, DUE}

    def test_that_is_paid_is_open_no_more(self) -> None:
        counted = counted_for(paid_invoice(), [succeeded()])

        assert counted == {
            TODAYS: {
                "collected_cents": 4200,
                "invoiced_cents": 4200,
                "invoices": 1,
                "invoices_succeeded": 1,
                "paid_after_60": 1,
                "payments": 1,
            }
        }

    @pytest.mark.parametrize(
        "ended",
        [
            standing(status=InvoiceStatus.VOIDED),
            standing(status=InvoiceStatus.VOIDED, payment_status=PaymentStatus.SUCCEEDED),
            in_stage(Stage.PARKED),
            in_stage(Stage.PARKED, payment_status=PaymentStatus.SUCCEEDED),
        ],
        ids=["voided", "voided and paid", "parked", "parked and paid"],
    )
    def test_that_is_parked_or_voided_counts_for_nothing_but_what_was_paid(self, ended: Any) -> None:
        assert counted_for(invoice_record(standing=ended), [failed(), succeeded(2)]) == {
            TODAYS: {"collected_cents": 4200, "failed_cents": 4200, "failures": 1, "payments": 1}
        }

    def test_of_which_a_part_was_paid_is_open_by_the_rest(self) -> None:
        counted = counted_for(invoice_record(total_paid_amount_cents=1200), [by_hand(1200)])

        assert measures(counted, "amount_cents", row=OPEN) == measures(counted, "amount_cents", row=DUE) == [3000]

    def test_is_due_on_its_day_and_not_at_all_once_a_bank_took_its_money_back(self) -> None:
        later = invoice_record(payment_due_date=date(2026, 12, 7))

        assert Row(RowKind.DUE, date(2026, 12, 7), "EUR") in counted_for(later, [])
        assert counted_for(replace(later, payment_dispute_lost_at=RECORDED_AT), []).keys() == {TODAYS, OPEN}

    def test_is_made_on_a_day_of_utc(self) -> None:
        offset = timedelta(hours=14)
        local = RECORDED_AT.astimezone(timezone(offset))

        assert counted_for(invoice_record(created_at=local), []) == counted_for(invoice_record(), [])


class TestAnAttempt:
    def test_counts_for_the_day_on_which_its_end_became_known(self) -> None:
        counted = counted_for(invoice_record(), [failed(ended_at=RECORDED_AT + DAY)])

        tomorrow = Row(RowKind.DAY, TODAY + DAY, "EUR")
        assert measures(counted, "failures", "failed_cents", row=tomorrow) == [1, 4200]
        assert measures(counted, "failures") == [0]

    def test_that_settled_before_that_was_kept_counts_for_the_day_it_was_made(self) -> None:
        assert measures(counted_for(invoice_record(), [failed(ended_at=None)]), "failures") == [1]

    @pytest.mark.parametrize("status", [PayableStatus.PENDING, PayableStatus.PROCESSING])
    def test_that_is_on_its_way_counts_for_nothing(self, status: PayableStatus) -> None:
        assert counted_for(invoice_record(), [attempt(status)]) == counted_for(invoice_record(), [])

    @pytest.mark.parametrize(
        "fields",
        [{"failure": Failure(code=LINK_EXPIRED, message="")}, {"is_superseded": True}],
        ids=["expired page", "superseded"],
    )
    def test_that_was_no_try_has_not_failed(self, fields: dict[str, Any]) -> None:
        assert counted_for(invoice_record(), [failed(**fields)]) == counted_for(invoice_record(), [])

    def test_in_another_currency_counts_there_and_recovers_nothing(self) -> None:
        counted = counted_for(paid_invoice(), [failed(), succeeded(2, currency="USD")])

        assert measures(counted, "collected_cents", row=Row(RowKind.DAY, TODAY, "USD")) == [4200]
        assert not any(name.startswith(("recovered", "paid_after")) for _, name, _ in entries_of(counted))


class TestWhatRecoveredAnInvoice:
    @pytest.mark.parametrize(
        ("paid", "way"),
        [
            (succeeded(2), "retry"),
            (succeeded(2, payment_method_id=None), "retry"),
            (succeeded(2, payment_method_id="pm_2"), "another_method"),
            (succeeded(2, payment_method_id="pm_2", link=PaymentLink()), "payment_link"),
            (by_hand(), "by_hand"),
        ],
    )
    def test_is_what_paid_it_after_a_failure(self, paid: Any, way: str) -> None:
        counted = counted_for(paid_invoice(), [paid, failed()])

        assert [one for one in entries_of(counted) if one[1].startswith("recovered")] == [
            (TODAYS, f"recovered_by_{way}", 1),
            (TODAYS, f"recovered_by_{way}_cents", 4200),
        ]

    def test_is_held_against_the_last_method_that_failed(self) -> None:
        before = [failed(1, payment_method_id="pm_2"), failed(2, payment_method_id="pm_1")]

        counted = counted_for(paid_invoice(), [*before, succeeded(3, payment_method_id="pm_2")])

        assert measures(counted, "recovered_by_another_method") == [1]

    def test_is_nothing_without_a_failure_before(self) -> None:
        counted = counted_for(paid_invoice(), [succeeded(1), failed(2)])

        assert measures(counted, "recovered_by_retry", "recovered_by_another_method") == [0, 0]

    def test_is_nothing_before_it_is_paid_in_full(self) -> None:
        counted = counted_for(invoice_record(), [failed(), succeeded(2, amount_cents=1000)])

        assert measures(counted, "recovered_by_retry", "payments") == [0, 1]

    def test_is_what_completed_it_and_not_what_came_too_much(self) -> None:
        parts = [succeeded(2, amount_cents=1200), succeeded(3, amount_cents=3000), succeeded(4, amount_cents=500)]

        counted = counted_for(paid_invoice(), [failed(), *reversed(parts)])

        assert measures(counted, "recovered_by_retry", "recovered_by_retry_cents", "payments") == [1, 3000, 3]
        assert measures(counted, "paid_after_176") == [1]


class TestMoneyThatGoesBack:
    @pytest.mark.parametrize("status", RefundStatus)
    def test_counts_for_the_day_the_refund_was_begun_unless_it_stays(self, status: RefundStatus) -> None:
        refund = Refund(
            lago_id="refund",
            amount_cents=700,
            status=status,
            created_at=RECORDED_AT + DAY,
            updated_at=RECORDED_AT + 2 * DAY,
        )

        counted = counted_for(paid_invoice(), [succeeded(refunds=(refund,))])

        stays = status in (RefundStatus.FAILED, RefundStatus.CANCELED)
        tomorrow = Row(RowKind.DAY, TODAY + DAY, "EUR")
        assert measures(counted, "refunds", "refunded_cents", row=tomorrow) == ([0, 0] if stays else [1, 700])

    @pytest.mark.parametrize("kept", ["opened_at", "said_at", "ended_at", None])
    def test_is_disputed_on_the_day_it_was_heard_of_as_far_as_that_is_known(self, kept: str | None) -> None:
        times: dict[str, Any] = {kept: RECORDED_AT + DAY} if kept else {}
        dispute = Dispute(id="dp_1", status="lost", amount_cents=300, currency="USD", **times)

        counted = counted_for(paid_invoice(), [succeeded(disputes=(dispute,))])

        day = Row(RowKind.DAY, TODAY + DAY if kept else TODAY, "USD")
        assert measures(counted, "disputes", "disputed_cents", row=day) == [1, 300]


class TestSums:
    def test_hold_nothing_that_is_zero(self) -> None:
        entries = [(TODAYS, "payments", 1), (TODAYS, "payments", -1), (OPEN, "invoices", 2), (OPEN, "invoices", 1)]

        assert summed(entries) == {OPEN: {"invoices": 3}}

    def test_a_difference_leads_from_one_to_the_other(self) -> None:
        before = counted_for(invoice_record(), [failed()])
        after = counted_for(paid_invoice(), [failed(), succeeded(2)])

        change = difference(before, after)

        assert summed((*entries_of(before), *entries_of(change))) == after
        assert difference(after, after) == {}


@pytest.mark.parametrize(
    ("seconds", "kept"), [(-5, 0), (0, 0), (1, 1), (15, 15), (16, 16), (17, 16), (31, 30), (86_400, 81_920)]
)
def test_seconds_are_rounded_down_by_an_eighth_at_the_most(seconds: int, kept: int) -> None:
    assert rounded(seconds) == kept
    assert max(seconds, 0) * 7 // 8 <= kept <= max(seconds, 0)
