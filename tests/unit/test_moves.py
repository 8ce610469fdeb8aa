"""How an invoice comes from one stage to another."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from builders.records import invoice_record
from builders.standings import STANDING_SINCE, in_stage
from paystream.model.invoice import Invoice, Problem
from paystream.model.moves import PARKED, claim, move, new_standing, park, pause, postpone, resume
from paystream.model.standing import (
    SHAPES,
    ContradictionError,
    InvoiceStatus,
    PaymentStatus,
    Stage,
    Standing,
    WaitingFor,
)

NOW = STANDING_SINCE
LATER = NOW + timedelta(days=1)
PENDING, FAILED, SUCCEEDED = PaymentStatus.PENDING, PaymentStatus.FAILED, PaymentStatus.SUCCEEDED


def invoice_in(stage: Stage, **changes: Any) -> Invoice:
    return invoice_record(standing=in_stage(stage, **changes))


def test_a_new_invoice_is_in_flight_or_paid_if_nothing_is_owed() -> None:
    assert new_standing(owed=True, due_at=LATER) == in_stage(Stage.IN_FLIGHT, due_at=LATER)
    assert new_standing(owed=False, due_at=LATER) == in_stage(Stage.PAID)


@pytest.mark.parametrize("to", sorted(stage for stage in Stage if SHAPES[stage].payment_status in (PENDING, FAILED)))
def test_a_move_brings_the_payment_status_of_the_stage_and_what_is_given(to: Stage) -> None:
    needs = in_stage(to)

    moved = move(
        invoice_in(Stage.IN_FLIGHT),
        to,
        due_at=needs.due_at,
        waiting_for=needs.waiting_for,
        next_retry_at=needs.next_retry_at,
        now=LATER,
    )

    ended_at = LATER if to is Stage.GIVEN_UP else None
    assert moved == replace(invoice_in(to), ended_at=ended_at, updated_at=LATER)


def test_what_has_ended_keeps_the_time_until_it_ends_otherwise_or_goes_on() -> None:
    given_up = move(invoice_in(Stage.IN_FLIGHT), Stage.GIVEN_UP, now=NOW)
    again = move(given_up, Stage.GIVEN_UP, due_at=LATER, now=LATER)
    paid = move(given_up, Stage.PAID, now=LATER)
    followed = move(paid, Stage.PAID, due_at=LATER, now=LATER + timedelta(hours=1))

    assert (given_up.ended_at, again.ended_at, paid.ended_at, followed.ended_at) == (NOW, NOW, LATER, LATER)
    assert move(given_up, Stage.IN_FLIGHT, due_at=LATER, now=LATER).ended_at is None
    assert move(again, Stage.VOIDED, now=LATER).ended_at == LATER


def test_of_what_ended_before_that_was_kept_no_time_is_made_up() -> None:
    assert move(invoice_in(Stage.PAID), Stage.PAID, due_at=LATER, now=LATER).ended_at is None


def test_what_is_paid_and_has_work_left_is_settling_until_there_is_none() -> None:
    paid = move(invoice_in(Stage.IN_FLIGHT), Stage.PAID, due_at=LATER, now=NOW)
    settled = postpone(paid, None, now=NOW)

    assert (paid.stage, paid.due_at, paid.payment_status) == (Stage.SETTLING, LATER, SUCCEEDED)
    assert (settled.stage, settled.due_at) == (Stage.PAID, None)
    assert postpone(settled, LATER, now=NOW).stage is Stage.SETTLING


def test_what_is_voided_stays_so_whatever_becomes_of_its_payments() -> None:
    voided = move(invoice_in(Stage.IN_FLIGHT), Stage.VOIDED, due_at=LATER, now=NOW)
    paid = move(voided, Stage.PAID, now=NOW)
    failed = move(voided, Stage.GIVEN_UP, due_at=LATER, now=NOW)

    assert (voided.stage, voided.payment_status) == (Stage.SETTLING, PENDING)
    assert (paid.stage, paid.payment_status) == (Stage.VOIDED, SUCCEEDED)
    assert (failed.stage, failed.payment_status, failed.status) == (Stage.SETTLING, FAILED, InvoiceStatus.VOIDED)


def test_what_is_voided_and_has_work_left_is_settling_until_there_is_none() -> None:
    voided = move(invoice_in(Stage.IN_FLIGHT), Stage.VOIDED, due_at=LATER, now=NOW)

    assert postpone(voided, NOW, now=NOW).standing == in_stage(Stage.SETTLING, due_at=NOW)
    assert postpone(voided, None, now=NOW).standing == in_stage(Stage.VOIDED)


@pytest.mark.parametrize("stage", [Stage.GIVEN_UP, Stage.WAITS_FOR_ANOTHER_METHOD])
def test_what_failed_stays_where_it_stands_when_it_is_looked_at_no_more(stage: Stage) -> None:
    assert postpone(invoice_in(stage, due_at=NOW), None, now=NOW) == invoice_in(stage)


def test_what_is_paid_stays_so_when_more_is_paid() -> None:
    assert move(invoice_in(Stage.PAID), Stage.PAID, now=NOW) == invoice_in(Stage.PAID)


def test_what_is_parked_stays_so_whatever_becomes_of_its_payments() -> None:
    parked = park(invoice_in(Stage.IN_FLIGHT), Problem(code="invalid_item", details={}), "{}", now=NOW)

    paid = move(parked, Stage.PAID, now=NOW)

    assert parked.standing == PARKED
    assert (paid.stage, paid.payment_status) == (Stage.PARKED, SUCCEEDED)


@pytest.mark.parametrize("to", sorted(stage for stage in Stage if SHAPES[stage].payment_status in (PENDING, FAILED)))
def test_what_is_paid_is_never_owed_again(to: Stage) -> None:
    with pytest.raises(ContradictionError, match="paid"):
        move(invoice_in(Stage.PAID), to, due_at=NOW, next_retry_at=NOW, now=NOW)


def test_a_move_clears_what_belonged_to_the_stage_before() -> None:
    waiting = claim(invoice_in(Stage.WAITING), LATER, now=NOW)
    paused = pause(waiting, "integration", due_at=NOW, now=NOW)

    begun = move(paused, Stage.IN_FLIGHT, due_at=NOW, now=LATER)

    assert begun.standing == Standing(stage=Stage.IN_FLIGHT, payment_status=PENDING, due_at=NOW)
    assert begun.updated_at == LATER


def test_a_pause_ends_a_claim_and_leaves_the_stage() -> None:
    paused = pause(claim(invoice_in(Stage.PAGE_OPEN), LATER, now=NOW), "integration", due_at=LATER, now=NOW)

    assert (paused.stage, paused.waiting_for, paused.due_at) == (Stage.PAGE_OPEN, WaitingFor.KEY, LATER)
    assert not paused.is_claimed(NOW)


def test_who_got_an_answer_waits_for_nothing() -> None:
    resumed = resume(pause(invoice_in(Stage.WAITING), "integration", due_at=NOW, now=NOW))
    failed = invoice_in(Stage.WAITS_FOR_ANOTHER_METHOD)

    assert resumed.standing == Standing(stage=Stage.IN_FLIGHT, payment_status=PENDING, due_at=NOW)
    assert resume(failed) == failed


def test_an_answer_leaves_an_open_invoice_in_its_stage_unless_it_was_waiting() -> None:
    paused = pause(invoice_in(Stage.PAGE_OPEN), "integration", due_at=NOW, now=NOW)

    assert resume(paused) == invoice_in(Stage.PAGE_OPEN)


def test_a_claim_lasts_until_its_time_and_survives_another_time_to_look_only_where_it_is_kept() -> None:
    claimed = claim(invoice_in(Stage.WAITING), LATER, due_at=LATER, now=NOW)

    assert (claimed.due_at, claimed.is_claimed(NOW), claimed.is_claimed(LATER)) == (LATER, True, False)
    assert postpone(claimed, NOW, keeps_claim=True, now=NOW).is_claimed(NOW)
    assert not postpone(claimed, NOW, now=NOW).is_claimed(NOW)
    assert claim(claimed, LATER, now=NOW).due_at == LATER


OVERDUE_AT = datetime(2026, 11, 24, tzinfo=UTC)
"""When the invoices become overdue: they were issued on the day before."""
OWED = sorted(stage for stage in Stage if SHAPES[stage].payment_status in (PENDING, FAILED))


def invoice_of_today(stage: Stage) -> Invoice:
    return invoice_record(standing=in_stage(stage), overdue_notified_at=None)


@pytest.mark.parametrize("stage", OWED)
def test_what_is_owed_is_looked_at_once_it_is_overdue_and_keeps_the_time_at_which_it_would_be(stage: Stage) -> None:
    placed = postpone(invoice_of_today(stage), LATER, now=NOW)

    assert (placed.due_at, placed.standing.otherwise_due_at) == (OVERDUE_AT, LATER)


@pytest.mark.parametrize("stage", [Stage.GIVEN_UP, Stage.WAITS_FOR_ANOTHER_METHOD])
def test_what_rests_is_looked_at_once_it_is_overdue(stage: Stage) -> None:
    placed = postpone(invoice_of_today(stage), None, now=NOW)

    assert (placed.due_at, placed.standing.otherwise_due_at) == (OVERDUE_AT, None)


def test_what_is_looked_at_before_needs_no_other_time() -> None:
    capped = postpone(invoice_of_today(Stage.IN_FLIGHT), LATER, now=NOW)

    assert postpone(capped, OVERDUE_AT, now=NOW).standing == in_stage(Stage.IN_FLIGHT, due_at=OVERDUE_AT)
    assert postpone(capped, NOW, now=NOW).standing == in_stage(Stage.IN_FLIGHT, due_at=NOW)


@pytest.mark.parametrize("stage", [Stage.PAID, Stage.VOIDED, Stage.PARKED])
def test_what_is_owed_no_more_is_not_looked_at_for_that(stage: Stage) -> None:
    capped = postpone(invoice_of_today(Stage.IN_FLIGHT), LATER, now=NOW)
    problem = Problem(code="invalid_item", details={})

    ended = park(capped, problem, "{}", now=NOW) if stage is Stage.PARKED else move(capped, stage, now=NOW)

    assert (ended.due_at, ended.standing.otherwise_due_at) == (None, None)


def test_what_was_notified_is_looked_at_when_it_is_due_otherwise() -> None:
    notified = replace(invoice_of_today(Stage.IN_FLIGHT), overdue_notified_at=NOW)

    assert postpone(notified, LATER, now=NOW).standing == in_stage(Stage.IN_FLIGHT, due_at=LATER)
    assert pause(notified, "integration", due_at=LATER, now=NOW).due_at == LATER
    assert move(notified, Stage.GIVEN_UP, due_at=LATER, now=NOW).due_at == LATER


def test_a_pause_and_a_claim_keep_both_times() -> None:
    paused = pause(invoice_of_today(Stage.WAITING), "integration", due_at=LATER, now=NOW)
    claimed = claim(postpone(invoice_of_today(Stage.WAITING), LATER, now=NOW), LATER, now=NOW)

    assert (paused.due_at, paused.standing.otherwise_due_at) == (OVERDUE_AT, LATER)
    assert (claimed.due_at, claimed.standing.otherwise_due_at) == (OVERDUE_AT, LATER)
    assert claim(claimed, LATER, due_at=NOW, now=NOW).standing.otherwise_due_at is None
