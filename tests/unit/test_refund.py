"""Refunds: what each word from Stripe makes of a payment and of its invoice."""

from datetime import UTC, datetime, timedelta

import pytest
from builders.records import invoice_record, payment_record
from builders.standings import standing
from paystream.model.invoice import Invoice
from paystream.model.outcome import PayableStatus
from paystream.model.payment import Payment
from paystream.model.payment_refund import Refund, RefundStatus
from paystream.model.refund import RefundOutcome, begin_refund, settle_refund
from paystream.model.settlement import Settlement
from paystream.model.standing import PaymentStatus

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
UNDER_WAY = [RefundStatus.PENDING, RefundStatus.REQUIRES_ACTION]
ENDED = [RefundStatus.FAILED, RefundStatus.CANCELED]


def paid(*, due_at: datetime | None = None) -> tuple[Invoice, Payment]:
    invoice = invoice_record(
        total_paid_amount_cents=4200, standing=standing(payment_status=PaymentStatus.SUCCEEDED, due_at=due_at)
    )
    payment = payment_record(status="succeeded", payment_status=PayableStatus.SUCCEEDED, provider_payment_id="pi_1")
    return invoice, payment


def begun(*, due_at: datetime | None = None) -> Settlement:
    invoice, payment = paid(due_at=due_at)
    refund = Refund(lago_id="refund", amount_cents=1000, status=RefundStatus.PENDING, created_at=NOW, updated_at=NOW)
    return begin_refund(invoice, payment, refund, due_at=NOW + timedelta(minutes=15), now=NOW)


def word(status: RefundStatus, provider_refund_id: str | None = "re_1") -> RefundOutcome:
    return RefundOutcome(status=status, amount_cents=1000, lago_id="refund", provider_refund_id=provider_refund_id)


def after(*statuses: RefundStatus) -> Settlement:
    """What these words come to, one after the other."""
    settlement = begun()
    for status in statuses:
        settled = settle_refund(settlement.invoice, settlement.payment, word(status), now=NOW)
        settlement = settled[0] if settled else settlement
    return settlement


def test_the_invoice_is_watched_as_long_as_a_refund_is_under_way() -> None:
    assert begun().invoice.refunding_payment_ids == ("payment",)
    assert after(RefundStatus.PENDING).invoice.refunding_payment_ids == ("payment",)
    assert after(RefundStatus.SUCCEEDED).invoice.refunding_payment_ids == ()


@pytest.mark.parametrize("status", [*UNDER_WAY, RefundStatus.SUCCEEDED])
def test_what_has_gone_back_or_is_to_counts(status: RefundStatus) -> None:
    settled = after(status)

    assert (settled.payment.refunded_amount_cents, settled.invoice.total_refunded_amount_cents) == (1000, 1000)


@pytest.mark.parametrize("end", ENDED)
@pytest.mark.parametrize("before", [*UNDER_WAY, RefundStatus.SUCCEEDED])
def test_what_failed_or_was_canceled_counts_no_more(before: RefundStatus, end: RefundStatus) -> None:
    settled = after(before, end)

    assert settled.payment.refunds[0].status is end
    assert (settled.payment.refunded_amount_cents, settled.invoice.total_refunded_amount_cents) == (0, 0)


@pytest.mark.parametrize("late", UNDER_WAY)
@pytest.mark.parametrize("end", [RefundStatus.SUCCEEDED, *ENDED])
def test_an_older_word_that_comes_late_brings_nothing(end: RefundStatus, late: RefundStatus) -> None:
    settled = after(end)

    assert settle_refund(settled.invoice, settled.payment, word(late), now=NOW) is None


@pytest.mark.parametrize("end", ENDED)
def test_the_success_of_what_has_failed_since_brings_nothing(end: RefundStatus) -> None:
    settled = after(RefundStatus.SUCCEEDED, end)

    assert settle_refund(settled.invoice, settled.payment, word(RefundStatus.SUCCEEDED), now=NOW) is None


def test_a_refund_may_ask_the_customer_and_go_on() -> None:
    assert after(RefundStatus.REQUIRES_ACTION, RefundStatus.PENDING).payment.refunds[0].status is RefundStatus.PENDING


def test_one_that_was_refused_is_superseded_by_one_that_was_made_all_the_same() -> None:
    settlement = begun()
    refused = settle_refund(
        settlement.invoice, settlement.payment, word(RefundStatus.FAILED, provider_refund_id=None), now=NOW
    )
    assert refused

    made = settle_refund(refused[0].invoice, refused[0].payment, word(RefundStatus.SUCCEEDED), now=NOW)

    assert made
    assert [refund.status for refund in made[0].payment.refunds] == [RefundStatus.SUCCEEDED]


def test_a_late_refusal_of_one_that_was_made_after_all_brings_nothing() -> None:
    settled = after(RefundStatus.SUCCEEDED)

    refusal = word(RefundStatus.FAILED, provider_refund_id=None)

    assert settle_refund(settled.invoice, settled.payment, refusal, now=NOW) is None


@pytest.mark.parametrize("status", RefundStatus)
def test_when_a_refund_ends_the_time_for_anything_else_stays(status: RefundStatus) -> None:
    settlement = begun(due_at=NOW)

    settled = settle_refund(settlement.invoice, settlement.payment, word(status), now=NOW)

    assert settlement.invoice.due_at == NOW
    assert settled is None or settled[0].invoice.due_at == NOW
