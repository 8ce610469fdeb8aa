"""Disputes: what each word from Stripe makes of a payment and of its invoice."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from builders.records import RECORDED_AT, invoice_record, payment_record
from paystream.model.dispute import DisputeSettlement, settle_dispute
from paystream.model.notification import WebhookType
from paystream.model.payment import Payment
from paystream.model.payment_dispute import Dispute
from paystream.model.received import OnRecord
from paystream.model.settlement import Settlement

UNKNOWN = ["a_status_of_next_year", "x_status_of_next_year"]
OPEN = ["needs_response", "under_review", "warning_needs_response", "warning_under_review", *UNKNOWN]
CLOSED = ["lost", "won", "prevented", "warning_closed"]
HEARD_AT = RECORDED_AT + timedelta(days=2)
NOW = RECORDED_AT + timedelta(days=3)
LONG_AGO = RECORDED_AT - timedelta(days=30)


def word(status: str, *, dispute_id: str = "du_1") -> Dispute:
    return Dispute(id=dispute_id, status=status, reason="fraudulent", amount_cents=4200, currency="EUR")


def said(status: str, at: datetime, *, dispute_id: str = "du_1") -> Dispute:
    """A word that is on record."""
    ended_at = at if status in CLOSED else None
    return replace(word(status, dispute_id=dispute_id), said_at=at, ended_at=ended_at, opened_at=at)


def heard(
    status: str, *, known: Dispute | None = None, others: tuple[Payment, ...] = (), at: datetime = HEARD_AT
) -> DisputeSettlement | None:
    """What a word comes to, of an invoice that has lost a dispute long ago."""
    invoice = invoice_record(payment_dispute_lost_at=LONG_AGO)
    payment = payment_record(disputes=(known,) if known else ())
    on_record = OnRecord((payment, *others), None)
    return settle_dispute(invoice, payment, word(status), said_at=at, on_record=on_record, now=NOW)


@pytest.mark.parametrize("status", OPEN)
def test_one_that_is_opened_is_kept_and_notified(status: str) -> None:
    settled = heard(status)

    assert settled
    assert settled.settlement == Settlement(
        invoice_record(payment_dispute_lost_at=LONG_AGO, updated_at=NOW),
        payment_record(disputes=(said(status, HEARD_AT),), updated_at=NOW),
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
    assert settled.settlement.payment.dispute == said("under_review", HEARD_AT)
    assert settled.news == ()


@pytest.mark.parametrize("status", OPEN + CLOSED)
@pytest.mark.parametrize("at", [HEARD_AT, NOW])
def test_a_repeated_word_brings_nothing(status: str, at: datetime) -> None:
    assert heard(status, known=said(status, at)) is None


@pytest.mark.parametrize("status", OPEN + CLOSED)
def test_a_status_that_is_said_again_later_is_not_notified_again_and_keeps_its_end(status: str) -> None:
    settled = heard(status, known=said(status, LONG_AGO))

    assert settled
    assert settled.news == ()
    assert settled.dispute == replace(said(status, LONG_AGO), said_at=HEARD_AT)


@pytest.mark.parametrize("known", OPEN + CLOSED)
@pytest.mark.parametrize("late", OPEN + CLOSED)
def test_an_older_word_that_comes_late_changes_nothing(known: str, late: str) -> None:
    assert heard(late, known=said(known, NOW)) is None


@pytest.mark.parametrize("end", CLOSED)
@pytest.mark.parametrize("same_second", OPEN + CLOSED)
def test_nothing_comes_after_the_end_in_the_same_second(end: str, same_second: str) -> None:
    assert heard(same_second, known=said(end, HEARD_AT)) is None


@pytest.mark.parametrize(
    ("first", "then"), [("warning_needs_response", "needs_response"), ("needs_response", "lost"), ("won", "lost")]
)
def test_what_leads_to_the_other_counts_less_in_the_same_second(first: str, then: str) -> None:
    is_turned = (first, then) == ("won", "lost")

    assert (heard(then, known=said(first, HEARD_AT)) is None) is is_turned
    assert heard(first, known=said(then, HEARD_AT)) is None


@pytest.mark.parametrize("inquiry", ["warning_needs_response", "warning_under_review", "warning_closed"])
@pytest.mark.parametrize("chargeback", ["needs_response", "under_review"])
def test_an_inquiry_that_becomes_a_chargeback_is_notified(inquiry: str, chargeback: str) -> None:
    settled = heard(chargeback, known=said(inquiry, LONG_AGO))

    assert settled
    assert settled.news == (WebhookType.PAYMENT_DISPUTE_OPENED,)


@pytest.mark.parametrize("status", ["warning_under_review", "warning_needs_response"])
def test_an_inquiry_that_goes_on_is_not_notified_again(status: str) -> None:
    settled = heard(status, known=said("warning_a_word_of_next_year", LONG_AGO))

    assert settled
    assert settled.news == ()


class TestAnEndThatIsTurned:
    def test_from_won_to_lost_marks_the_invoice(self) -> None:
        settled = heard("lost", known=said("won", LONG_AGO))

        assert settled
        assert settled.settlement.invoice.payment_dispute_lost_at == HEARD_AT
        assert settled.news == (WebhookType.INVOICE_PAYMENT_DISPUTE_LOST,)

    @pytest.mark.parametrize("later", ["won", "under_review", "prevented"])
    def test_from_lost_to_another_word_takes_the_mark_from_the_invoice(self, later: str) -> None:
        settled = heard(later, known=said("lost", LONG_AGO))

        assert settled
        assert settled.settlement.invoice.payment_dispute_lost_at is None

    def test_leaves_the_mark_of_another_payment_that_is_lost(self) -> None:
        other = payment_record(lago_id="another", disputes=(said("lost", NOW, dispute_id="du_2"),))

        settled = heard("won", known=said("lost", LONG_AGO), others=(other,))

        assert settled
        assert settled.settlement.invoice.payment_dispute_lost_at == NOW

    def test_is_notified_as_open_where_it_is_open_again(self) -> None:
        settled = heard("under_review", known=said("lost", LONG_AGO))

        assert settled
        assert settled.news == (WebhookType.PAYMENT_DISPUTE_OPENED,)

    def test_counts_though_nothing_says_when_the_first_word_was_said(self) -> None:
        settled = heard("won", known=replace(said("lost", LONG_AGO), said_at=None, ended_at=None))

        assert settled
        assert settled.news == (WebhookType.PAYMENT_DISPUTE_WON,)


def test_one_that_was_lost_before_does_not_hide_a_later_one() -> None:
    invoice, payment = invoice_record(payment_dispute_lost_at=NOW), payment_record()
    on_record = OnRecord((payment,), None)

    settled = settle_dispute(invoice, payment, word("lost"), said_at=HEARD_AT, on_record=on_record, now=NOW)

    assert settled
    assert settled.settlement.invoice.payment_dispute_lost_at == NOW


@pytest.mark.parametrize(
    ("known", "opened_at"),
    [
        (said("needs_response", LONG_AGO), LONG_AGO),
        (replace(said("needs_response", LONG_AGO), opened_at=None), LONG_AGO),
        (replace(said("won", LONG_AGO), opened_at=None, said_at=None), LONG_AGO),
        (word("needs_response"), HEARD_AT),
        (None, HEARD_AT),
    ],
)
def test_one_is_as_old_as_the_first_that_is_known_of_it(known: Dispute | None, opened_at: datetime) -> None:
    settled = heard("lost", known=known)

    assert settled
    assert settled.dispute.opened_at == opened_at


@pytest.mark.parametrize("another", ["du_0", "du_2"])
def test_another_dispute_of_the_same_payment_is_a_new_one(another: str) -> None:
    settled = heard("needs_response", known=word("won", dispute_id=another))

    assert settled
    assert settled.settlement.payment.dispute == said("needs_response", HEARD_AT)
    assert settled.news == (WebhookType.PAYMENT_DISPUTE_OPENED,)
