"""What follows from how an invoice is stored: whether it is open, owed, claimed, and what it can be collected with."""

from datetime import datetime, timedelta

import pytest
from builders.records import RECORDED_AT, invoice_record
from builders.standings import in_stage
from paystream.adapters.dynamodb.items import attribute_names
from paystream.model.invoice import MOST_DECLINES_KEPT, MOST_REJECTED, Invoice
from paystream.model.standing import InvoiceStatus, PaymentStatus, Stage, WaitingFor

OPEN = {
    Stage.WAITING,
    Stage.IN_FLIGHT,
    Stage.PAGE_DUE,
    Stage.PAGE_OPEN,
    Stage.CUSTOMER_TO_ACT,
    Stage.SHOWN_ON_PAGE,
}
FAILED = {Stage.RETRY_PLANNED, Stage.AUTHENTICATION_LINK_DUE, Stage.WAITS_FOR_ANOTHER_METHOD, Stage.GIVEN_UP}
LATER = RECORDED_AT + timedelta(minutes=5)


def in_(stage: Stage) -> Invoice:
    return invoice_record(standing=in_stage(stage))


def test_it_is_open_while_it_is_to_be_collected() -> None:
    assert {stage for stage in Stage if in_(stage).is_open} == OPEN


def test_it_is_owed_until_it_is_paid_voided_or_parked() -> None:
    assert {stage for stage in Stage if in_(stage).is_owed} == OPEN | FAILED


@pytest.mark.parametrize("status", PaymentStatus)
def test_what_is_voided_is_neither_open_nor_owed_whatever_becomes_of_its_payments(status: PaymentStatus) -> None:
    voided = invoice_record(standing=in_stage(Stage.SETTLING, payment_status=status))

    assert voided.status is InvoiceStatus.VOIDED
    assert not voided.is_open
    assert not voided.is_owed


@pytest.mark.parametrize("status", PaymentStatus)
def test_what_is_parked_is_neither_open_nor_owed_whatever_becomes_of_its_payments(status: PaymentStatus) -> None:
    parked = invoice_record(standing=in_stage(Stage.PARKED, payment_status=status))

    assert not parked.is_open
    assert not parked.is_owed


def test_it_says_where_it_stands() -> None:
    planned = in_stage(Stage.RETRY_PLANNED, due_at=LATER, waiting_for=WaitingFor.ANOTHER_PAYMENT_METHOD)
    invoice = invoice_record(standing=planned)

    assert (invoice.stage, invoice.status) == (Stage.RETRY_PLANNED, InvoiceStatus.FINALIZED)
    assert (invoice.payment_status, invoice.waiting_for) == (PaymentStatus.FAILED, planned.waiting_for)
    assert (invoice.due_at, invoice.next_retry_at) == (LATER, RECORDED_AT)


def test_what_says_where_it_stands_is_stored_beside_its_other_fields() -> None:
    assert {"stage", "status", "payment_status", "due_at", "waiting_for"} <= set(attribute_names(Invoice))


def test_a_claim_holds_until_its_time() -> None:
    claimed = invoice_record(standing=in_stage(Stage.WAITING, claimed_until=LATER))

    assert claimed.is_claimed(LATER - timedelta(seconds=1))
    assert not claimed.is_claimed(LATER)
    assert not claimed.is_claimed(LATER + timedelta(seconds=1))
    assert not in_(Stage.WAITING).is_claimed(RECORDED_AT)


@pytest.mark.parametrize(
    ("declined", "method", "is_another"),
    [
        ((), "pm_1", True),
        ((), None, False),
        (("pm_1",), "pm_2", True),
        (("pm_1", "pm_2"), "pm_2", False),
        (("",), "pm_2", False),
        (("pm_1", ""), "pm_2", False),
        (("pm_1",), None, False),
    ],
)
def test_a_method_is_another_one_if_it_is_known_that_it_was_not_charged(
    declined: tuple[str, ...], method: str | None, is_another: bool
) -> None:
    failed = invoice_record(
        declined_payment_method_ids=declined, standing=in_stage(Stage.WAITS_FOR_ANOTHER_METHOD, due_at=RECORDED_AT)
    )

    assert failed.was_not_charged_with(method) is is_another
    assert failed.is_to_be_collected_with(method) is is_another


@pytest.mark.parametrize("stage", [Stage.IN_FLIGHT, Stage.GIVEN_UP, Stage.WAITING])
def test_only_what_waits_for_another_method_is_collected_with_it(stage: Stage) -> None:
    assert in_(stage).was_not_charged_with("pm_1")
    assert not in_(stage).is_to_be_collected_with("pm_1")


@pytest.mark.parametrize(("paid", "due"), [(0, 4200), (1200, 3000), (4200, 0), (5000, 0)])
def test_what_is_due_is_what_was_not_paid_and_never_less_than_nothing(paid: int, due: int) -> None:
    assert invoice_record(total_paid_amount_cents=paid).total_due_amount_cents == due


@pytest.mark.parametrize(
    ("started_at", "has_replaced"),
    [
        (None, False),
        (RECORDED_AT - timedelta(seconds=1), True),
        (RECORDED_AT + timedelta(0), False),
        (RECORDED_AT + timedelta(seconds=1), False),
    ],
)
def test_it_has_replaced_another_if_an_attempt_may_be_older(started_at: datetime | None, has_replaced: bool) -> None:
    assert invoice_record(attempt_started_at=started_at).has_replaced_another is has_replaced


def test_of_a_new_one_nothing_is_known() -> None:
    new = invoice_record()

    assert (new.total_paid_amount_cents, new.total_refunded_amount_cents, new.attempt, new.version) == (0, 0, 0, 0)


def test_a_record_has_room_for_fifty_declines_and_ten_thousand_characters() -> None:
    """The table takes 400 KB an item."""
    assert (MOST_DECLINES_KEPT, MOST_REJECTED) == (50, 10_000)
