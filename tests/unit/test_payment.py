"""What follows from how a payment is stored: whether it is on its way, open, or to be closed."""

from itertools import product
from typing import Any

import pytest
from builders.records import RECORDED_AT, payment_record
from paystream.model.bank_transfer import BankTransfer
from paystream.model.outcome import PayableStatus
from paystream.model.payment import Payment, PaymentLink
from paystream.model.payment_refund import Refund, RefundStatus

PAGE = PaymentLink(session_id="cs_1")
ENDED = [RefundStatus.SUCCEEDED, RefundStatus.FAILED, RefundStatus.CANCELED]
UNDER_WAY = [RefundStatus.PENDING, RefundStatus.REQUIRES_ACTION]


def refund(status: RefundStatus, amount: int = 1000) -> Refund:
    return Refund(
        lago_id=status.value, amount_cents=amount, status=status, created_at=RECORDED_AT, updated_at=RECORDED_AT
    )


def in_status(payment_status: PayableStatus, status: str = "", **fields: Any) -> Payment:
    return payment_record(payment_status=payment_status, status=status or payment_status.value, **fields)


CHARGED = in_status(PayableStatus.PENDING)
PROCESSING = in_status(PayableStatus.PROCESSING)
AUTHENTICATES = in_status(PayableStatus.PROCESSING, "requires_action")
FAILED = in_status(PayableStatus.FAILED, "requires_payment_method")
CANCELED = in_status(PayableStatus.FAILED, "canceled")
SUCCEEDED = in_status(PayableStatus.SUCCEEDED)
ON_PAGE = in_status(PayableStatus.PENDING, link=PAGE)
PROCESSING_ON_PAGE = in_status(PayableStatus.PROCESSING, link=PAGE)
VOUCHER_ON_PAGE = in_status(PayableStatus.PROCESSING, "requires_action", link=PAGE)
FAILED_ON_PAGE = in_status(PayableStatus.FAILED, "requires_payment_method", link=PAGE)
SUCCEEDED_ON_PAGE = in_status(PayableStatus.SUCCEEDED, link=PAGE)
ALL = {
    "charged": CHARGED,
    "processing": PROCESSING,
    "authenticates": AUTHENTICATES,
    "failed": FAILED,
    "canceled": CANCELED,
    "succeeded": SUCCEEDED,
    "on page": ON_PAGE,
    "processing on page": PROCESSING_ON_PAGE,
    "voucher on page": VOUCHER_ON_PAGE,
    "failed on page": FAILED_ON_PAGE,
    "succeeded on page": SUCCEEDED_ON_PAGE,
}


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        (
            "is_in_flight",
            {"charged", "processing", "authenticates", "on page", "processing on page", "voucher on page"},
        ),
        ("is_open_payment_link", {"on page"}),
        ("is_to_be_closed", {"authenticates", "failed", "on page", "failed on page", "succeeded on page"}),
        ("is_waiting_for_customer", {"authenticates", "on page"}),
        ("requires_action", {"authenticates"}),
        ("waits_on_page", {"voucher on page"}),
    ],
)
def test_it_follows_from_stripes_status_and_from_the_page(asked: str, wanted: set[str]) -> None:
    assert {name for name, payment in ALL.items() if getattr(payment, asked)} == wanted


@pytest.mark.parametrize("status", ["failed", "a_status_of_next_year"])
def test_only_what_stripe_has_canceled_is_closed(status: str) -> None:
    assert in_status(PayableStatus.FAILED, status).is_to_be_closed


@pytest.mark.parametrize("payment_status", sorted(set(PayableStatus) - {PayableStatus.PROCESSING}))
def test_what_is_not_on_its_way_requires_no_action_whatever_its_intents_status(payment_status: PayableStatus) -> None:
    assert not in_status(payment_status, "requires_action").requires_action


@pytest.mark.parametrize("status", ["requires_confirmation", "requires_capture"])
def test_what_waits_for_a_program_can_be_canceled_like_what_waits_for_the_customer(status: str) -> None:
    assert in_status(PayableStatus.PROCESSING, status).requires_action


@pytest.mark.parametrize("status", RefundStatus)
def test_a_refund_that_is_under_way_keeps_the_payment_in_flight(status: RefundStatus) -> None:
    payment = in_status(PayableStatus.SUCCEEDED, refunds=(refund(RefundStatus.FAILED), refund(status)))

    assert payment.is_being_refunded is (status in UNDER_WAY)
    assert payment.is_in_flight is (status in UNDER_WAY)
    assert refund(status).is_under_way is (status in UNDER_WAY)


def test_what_failed_or_was_canceled_has_not_gone_back() -> None:
    payment = payment_record(refunds=tuple(map(refund, RefundStatus, (1, 10, 100, 1000, 10000))))

    assert [one.counts for one in payment.refunds] == [True, True, True, False, False]
    assert payment.refunded_amount_cents == 111


@pytest.mark.parametrize(
    ("transfer", "link", "pays_with"),
    [
        (None, None, "pm_1"),
        (None, PAGE, "pm_1"),
        (BankTransfer(), None, "customer_balance"),
        (BankTransfer(), PAGE, "pm_1"),
    ],
)
def test_it_is_charged_to_the_balance_or_to_the_method(
    transfer: BankTransfer | None, link: PaymentLink | None, pays_with: str
) -> None:
    assert payment_record(bank_transfer=transfer, link=link, payment_method_id="pm_1").pays_with == pays_with


def test_a_refund_is_found_by_its_id() -> None:
    payment = payment_record(refunds=tuple(map(refund, RefundStatus)))

    assert [payment.refund(status.value) for status in RefundStatus] == list(payment.refunds)
    assert payment.refund("another") is None


def test_a_new_payment_is_pending_and_nothing_is_known_of_it() -> None:
    new = payment_record()

    assert (new.status, new.payment_status) == ("pending", PayableStatus.PENDING)
    assert (new.unknown_tries, new.on_session, new.is_superseded) == (0, False, False)
    assert not PAGE.follows_failure


def test_the_list_of_kinds_is_complete() -> None:
    statuses = {(payment.payment_status, payment.link is not None) for payment in ALL.values()}
    assert statuses == set(product(PayableStatus, (False, True)))
