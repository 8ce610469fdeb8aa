"""What follows from how a payment is stored: whether it is on its way, open, or to be closed."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from builders.records import RECORDED_AT, payment_record
from paystream.model.bank_transfer import BankTransfer
from paystream.model.charged_method import ChargedMethod
from paystream.model.outcome import Failure, Outcome, PayableStatus, expired_link
from paystream.model.payment import Payment, PaymentLink, ended_on_page
from paystream.model.payment_dispute import Dispute
from paystream.model.payment_refund import Refund, RefundStatus

PAGE = PaymentLink(session_id="cs_1")
SPENT_PAGE = PaymentLink(session_id="cs_1", is_over=True, is_spent=True)
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


def test_what_failed_or_was_canceled_has_not_gone_back() -> None:
    payment = payment_record(refunds=tuple(map(refund, RefundStatus, (1, 10, 100, 1000, 10000))))

    assert payment.refunded_amount_cents == 111


@pytest.mark.parametrize(
    ("status", "is_superseded", "is_closed"),
    [
        ("requires_confirmation", False, True),
        ("requires_action", False, False),
        ("requires_action", True, True),
        ("requires_capture", False, False),
        ("processing", True, False),
    ],
)
def test_what_waits_is_closed_at_once_if_another_was_asked_for_or_nobody_will_confirm_it(
    status: str, is_superseded: bool, is_closed: bool
) -> None:
    payment = in_status(PayableStatus.PROCESSING, status, is_superseded=is_superseded)

    assert payment.is_to_be_superseded is is_closed


@pytest.mark.parametrize("status", ["a_status_of_next_year", "z_status_of_next_year"])
def test_a_status_on_a_page_that_is_not_known_yet_is_none_that_waits(status: str) -> None:
    assert not in_status(PayableStatus.PROCESSING, status, link=PAGE).waits_on_page


FAILED_FOR_GOOD = Failure(code="card_declined", message="Declined.")
LATE_CODE = Failure(code="processing_error", message="Try again.")


@pytest.mark.parametrize(
    ("outcome", "is_spent"),
    [
        (Outcome(status=PayableStatus.FAILED, intent_status="canceled", failure=FAILED_FOR_GOOD), True),
        (Outcome(status=PayableStatus.FAILED, intent_status="canceled", failure=LATE_CODE), True),
        (Outcome(status=PayableStatus.FAILED, intent_status="canceled"), True),
        (expired_link(), False),
        (Outcome(status=PayableStatus.SUCCEEDED, intent_status="succeeded"), False),
        (Outcome(status=PayableStatus.PROCESSING, intent_status="processing"), False),
    ],
)
def test_a_page_that_is_over_is_spent_if_its_payment_failed_and_it_did_not_just_expire(
    outcome: Outcome, is_spent: bool
) -> None:
    ended = ended_on_page(ON_PAGE, outcome)

    assert ended == replace(ON_PAGE, link=replace(PAGE, is_over=True, is_spent=is_spent))


def test_the_page_says_what_was_charged_if_the_payment_is_known_by_its_intent() -> None:
    card = ChargedMethod(type="card", last4="4242")
    outcome = Outcome(status=PayableStatus.SUCCEEDED, intent_status="succeeded", intent_id="pi_1", charged=card)
    nameless = replace(outcome, intent_id=None)

    assert ended_on_page(replace(ON_PAGE, provider_payment_id="pi_1"), outcome).charged == card
    assert ended_on_page(replace(ON_PAGE, provider_payment_id="pi_2"), outcome).charged is None
    assert ended_on_page(replace(ON_PAGE, provider_payment_id=None), nameless).charged is None


def test_what_has_no_page_does_not_end_on_one() -> None:
    assert ended_on_page(CHARGED, expired_link()) == CHARGED


def test_only_a_failure_on_a_spent_page_is_spent() -> None:
    spent = {name for name, one in ALL.items() if replace(one, link=SPENT_PAGE).is_spent}

    assert spent == {"failed", "canceled", "failed on page"}
    assert not any(one.is_spent for one in ALL.values())


def dispute(id_: str, status: str, *, ended_at: datetime | None = None) -> Dispute:
    return Dispute(id=id_, status=status, reason="fraudulent", amount_cents=4200, currency="EUR", ended_at=ended_at)


EARLIER = RECORDED_AT - timedelta(days=1)
WON, LOST = dispute("du_1", "won", ended_at=RECORDED_AT), dispute("du_2", "lost", ended_at=EARLIER)
OPEN, OPEN_TOO = dispute("du_3", "needs_response"), dispute("du_4", "under_review")


@pytest.mark.parametrize(
    ("disputes", "shown", "lost_at"),
    [
        ((), None, None),
        ((WON,), WON, None),
        ((OPEN, WON), OPEN, None),
        ((OPEN, OPEN_TOO, LOST), OPEN_TOO, EARLIER),
        ((LOST, WON), WON, EARLIER),
        ((LOST, dispute("du_5", "lost", ended_at=RECORDED_AT), LOST), LOST, RECORDED_AT),
        ((dispute("du_6", "lost"),), dispute("du_6", "lost"), None),
    ],
)
def test_the_dispute_that_matters_is_the_latest_that_is_open_or_the_latest(
    disputes: tuple[Dispute, ...], shown: Dispute | None, lost_at: datetime | None
) -> None:
    payment = payment_record(disputes=disputes)

    assert (payment.dispute, payment.lost_at) == (shown, lost_at)


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
    assert (PAGE.follows_failure, PAGE.is_over, PAGE.is_spent) == (False, False, False)


def test_the_list_of_kinds_is_complete() -> None:
    statuses = {(payment.payment_status, payment.link is not None) for payment in ALL.values()}
    assert statuses == set(product(PayableStatus, (False, True)))
