"""What an invoice gets back whose item was replaced: all that its payments on record say."""

from datetime import timedelta

import pytest
from builders.records import RECORDED_AT, invoice_record, payment_record
from paystream.model.manual_payment import ManualPayment
from paystream.model.outcome import PayableStatus
from paystream.model.payment import Payment
from paystream.model.payment_dispute import Dispute
from paystream.model.payment_refund import Refund, RefundStatus
from paystream.model.received import with_payments

BY_HAND = ManualPayment(
    organization_id="organization",
    lago_id="by hand",
    invoice_id="invoice",
    invoice_number="1",
    external_customer_id="acme",
    amount_cents=700,
    currency="EUR",
    reference="transfer",
    created_at=RECORDED_AT,
    updated_at=RECORDED_AT,
)
EARLIER, LATER = RECORDED_AT + timedelta(days=1), RECORDED_AT + timedelta(days=2)


def paid(lago_id: str = "payment", **fields: object) -> Payment:
    return payment_record(lago_id=lago_id, payment_status=PayableStatus.SUCCEEDED, **fields)


def refund(status: RefundStatus, amount: int) -> Refund:
    return Refund(
        lago_id=status.value, amount_cents=amount, status=status, created_at=RECORDED_AT, updated_at=RECORDED_AT
    )


def dispute(status: str, ended_at: object = None) -> Dispute:
    dispute = Dispute(id="du_1", status=status, reason="fraudulent", amount_cents=4200, currency="EUR")
    return Dispute(**{name: getattr(dispute, name) for name in dispute.__slots__} | {"ended_at": ended_at})


def test_without_payments_it_stays_as_it_is() -> None:
    assert with_payments(invoice_record(), ()) == invoice_record()


def test_what_came_by_hand_and_what_succeeded_is_paid() -> None:
    invoice = with_payments(invoice_record(total_paid_amount_cents=5), (BY_HAND, paid(amount_cents=3500)))

    assert invoice == invoice_record(total_paid_amount_cents=4205)


@pytest.mark.parametrize("status", [PayableStatus.PENDING, PayableStatus.PROCESSING, PayableStatus.FAILED])
def test_what_has_not_succeeded_is_not_paid(status: PayableStatus) -> None:
    assert with_payments(invoice_record(), (payment_record(payment_status=status),)) == invoice_record()


def test_what_went_back_or_is_to_is_known_and_what_is_on_its_way_is_watched() -> None:
    ended = paid("ended", refunds=(refund(RefundStatus.SUCCEEDED, 100), refund(RefundStatus.FAILED, 30)))
    under_way = paid("under way", refunds=(refund(RefundStatus.PENDING, 20),))
    before = invoice_record(total_refunded_amount_cents=3, refunding_payment_ids=("another",))

    invoice = with_payments(before, (ended, under_way))

    assert invoice.total_refunded_amount_cents == 123
    assert invoice.refunding_payment_ids == ("another", "under way")
    assert invoice.total_paid_amount_cents == 8400


def test_the_latest_dispute_that_was_lost_counts() -> None:
    first, second = paid(disputes=(dispute("lost", LATER),)), paid(disputes=(dispute("lost", EARLIER),))

    assert with_payments(invoice_record(), (first, second)).payment_dispute_lost_at == LATER
    assert with_payments(invoice_record(), (second, first)).payment_dispute_lost_at == LATER


@pytest.mark.parametrize("known", [None, dispute("a_status_of_next_year", LATER), dispute("won", LATER)])
def test_a_dispute_that_is_open_or_won_took_nothing(known: Dispute | None) -> None:
    assert with_payments(invoice_record(), (paid(disputes=(known,) if known else ()),)).payment_dispute_lost_at is None
