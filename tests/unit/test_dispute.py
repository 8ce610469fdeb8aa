"""Disputes: what each word from Stripe makes of a payment and of its invoice."""

from datetime import timedelta

import pytest
from builders.records import RECORDED_AT, invoice_record, payment_record
from paystream.model.dispute import DisputeSettlement, settle_dispute
from paystream.model.notification import WebhookType
from paystream.model.payment_dispute import Dispute
from paystream.model.settlement import Settlement

UNKNOWN = ["a_status_of_next_year", "x_status_of_next_year"]
OPEN = ["needs_response", "under_review", "warning_needs_response", "warning_under_review", *UNKNOWN]
CLOSED = ["lost", "won", "prevented", "warning_closed"]
HEARD_AT = RECORDED_AT + timedelta(days=2)
NOW = RECORDED_AT + timedelta(days=3)
LONG_AGO = RECORDED_AT - timedelta(days=30)


def word(status: str, *, dispute_id: str = "du_1") -> Dispute:
    return Dispute(id=dispute_id, status=status, reason="fraudulent", amount_cents=4200, currency="EUR")


def heard(status: str, *, known: Dispute | None = None) -> DisputeSettlement | None:
    """What a word comes to, of an invoice that has lost a dispute long ago."""
    invoice = invoice_record(payment_dispute_lost_at=LONG_AGO)
    payment = payment_record(disputes=(known,) if known else ())
    return settle_dispute(invoice, payment, word(status), occurred_at=HEARD_AT, now=NOW)


@pytest.mark.parametrize("status", OPEN)
def test_one_that_is_opened_is_kept_and_notified(status: str) -> None:
    settled = heard(status)

    assert settled
    assert settled.settlement == Settlement(
        invoice_record(payment_dispute_lost_at=LONG_AGO, updated_at=NOW),
        payment_record(disputes=(word(status),), updated_at=NOW),
        (),
    )
    assert settled.news == (WebhookType.PAYMENT_DISPUTE_OPENED,)


@pytest.mark.parametrize("known", [None, word("under_review")])
def test_one_that_is_lost_is_kept_with_its_end_on_the_invoice_too(known: Dispute | None) -> None:
    settled = heard("lost", known=known)

    assert settled
    assert settled.settlement.invoice.payment_dispute_lost_at == HEARD_AT
    assert settled.settlement.payment.dispute
    assert (settled.settlement.payment.dispute.status, settled.settlement.payment.dispute.ended_at) == (
        "lost",
        HEARD_AT,
    )
    assert settled.news == (WebhookType.INVOICE_PAYMENT_DISPUTE_LOST,)


@pytest.mark.parametrize(
    ("status", "notify"),
    [("won", (WebhookType.PAYMENT_DISPUTE_WON,)), ("prevented", ()), ("warning_closed", ())],
)
@pytest.mark.parametrize("known", [None, word("under_review")])
def test_one_that_ends_well_takes_nothing(status: str, notify: tuple[WebhookType, ...], known: Dispute | None) -> None:
    settled = heard(status, known=known)

    assert settled
    assert settled.settlement.invoice.payment_dispute_lost_at == LONG_AGO
    assert settled.settlement.payment.dispute
    assert settled.settlement.payment.dispute.ended_at == HEARD_AT
    assert settled.news == notify


def test_one_that_goes_on_is_not_notified_again() -> None:
    settled = heard("under_review", known=word("needs_response"))

    assert settled
    assert settled.settlement.payment.dispute == word("under_review")
    assert settled.news == ()


@pytest.mark.parametrize("status", OPEN + CLOSED)
def test_a_repeated_word_brings_nothing(status: str) -> None:
    assert heard(status, known=word(status)) is None


@pytest.mark.parametrize("end", CLOSED)
@pytest.mark.parametrize("late", OPEN + CLOSED)
def test_after_its_end_nothing_is_news(end: str, late: str) -> None:
    assert heard(late, known=word(end)) is None


@pytest.mark.parametrize("another", ["du_0", "du_2"])
def test_another_dispute_of_the_same_payment_is_a_new_one(another: str) -> None:
    settled = heard("needs_response", known=word("won", dispute_id=another))

    assert settled
    assert settled.settlement.payment.dispute == word("needs_response")
    assert settled.news == (WebhookType.PAYMENT_DISPUTE_OPENED,)
