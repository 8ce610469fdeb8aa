"""An invoice rests when nothing is left to collect, or not now."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from builders.cases import PAYER
from builders.decisions import (
    CLOSED,
    FAILED_STAGES,
    IN_A_MINUTE,
    NEXT_WEEK,
    OPEN_STAGES,
    SENT,
    SPENT,
    SUCCEEDED,
    TOMORROW,
    invoice_in,
    step,
)
from paystream.model.case import Learned, Occasion
from paystream.model.invoice import Invoice
from paystream.model.standing import Stage, WaitingFor
from paystream.model.steps import Charge, EndWithoutPayment, NotifyOverdue, Rest, Wait


class TestEndWithoutPayment:
    @pytest.mark.parametrize("stage", OPEN_STAGES)
    def test_an_open_invoice_ends_if_nothing_is_owed(self, stage: Stage) -> None:
        invoice = invoice_in(stage, total_paid_amount_cents=4200)

        assert step(invoice, SENT) == EndWithoutPayment()

    def test_not_while_a_cent_is_owed(self) -> None:
        sent = replace(SENT, amount_cents=1)

        assert step(invoice_in(Stage.IN_FLIGHT, total_paid_amount_cents=4199), sent) == Charge(sent, PAYER)

    def test_not_while_the_item_does_not_know_that_its_last_attempt_was_paid(self) -> None:
        replaced = invoice_in(Stage.IN_FLIGHT, attempt=0, total_amount_cents=0)
        later = invoice_in(Stage.IN_FLIGHT, attempt=2, total_amount_cents=0)

        assert step(replaced, SUCCEEDED, customer=None) == Wait(WaitingFor.CUSTOMER)
        assert step(replaced, CLOSED, customer=None) == EndWithoutPayment()
        assert step(later, SUCCEEDED, customer=None) == EndWithoutPayment()
        assert step(replaced) == EndWithoutPayment()

    def test_what_failed_does_not_end_so(self) -> None:
        assert step(invoice_in(Stage.GIVEN_UP, total_paid_amount_cents=4200), CLOSED) == Rest(None)


class TestRest:
    def test_what_waits_for_another_method_rests_for_a_week_or_until_its_retry(self) -> None:
        asked = {Learned.METHOD_ASKED_FOR}
        waits = invoice_in(Stage.WAITS_FOR_ANOTHER_METHOD)
        planned = invoice_in(
            Stage.RETRY_PLANNED, next_retry_at=IN_A_MINUTE, waiting_for=WaitingFor.ANOTHER_PAYMENT_METHOD
        )

        assert step(waits, CLOSED, learned=asked) == Rest(NEXT_WEEK)
        assert step(planned, CLOSED, learned=asked) == Rest(IN_A_MINUTE)

    def test_while_a_page_is_spent_it_rests_until_tomorrow_at_the_latest(self) -> None:
        waits = invoice_in(Stage.WAITS_FOR_ANOTHER_METHOD)
        planned = invoice_in(Stage.RETRY_PLANNED, next_retry_at=IN_A_MINUTE)
        done: dict[str, Any] = {"learned": {Learned.METHOD_ASKED_FOR}, "retrieved": {SPENT.lago_id}}

        assert step(waits, SPENT, **done) == Rest(TOMORROW)
        assert step(planned, SPENT, **done) == Rest(IN_A_MINUTE)
        assert step(invoice_in(Stage.GIVEN_UP), SPENT, **done) == Rest(TOMORROW)

    def test_while_nobody_can_say_what_became_of_an_attempt_it_rests_until_tomorrow_at_the_latest(self) -> None:
        parked = invoice_in(Stage.PARKED)
        looked_up = {Learned.ATTEMPT_LOOKED_UP}

        assert step(parked, SENT, sent_through={}) == Rest(TOMORROW)
        assert step(invoice_in(Stage.GIVEN_UP), CLOSED, learned={Learned.NOT_ALL_ASKED}) == Rest(TOMORROW)
        assert step(parked, SENT, sent_through={}, learned=looked_up) == Rest(None)

    def test_once_it_is_known_or_goes_on_later_it_rests_as_it_is(self) -> None:
        parked = invoice_in(Stage.PARKED)

        assert step(parked, CLOSED, sent_through={}) == Rest(None)
        assert step(parked, learned={Learned.FIRST_ATTEMPT_LOOKED_UP}) == Rest(None)
        assert step(invoice_in(Stage.GIVEN_UP), SENT) == Rest(None)


def _to_be_notified(stage: Stage, **fields: Any) -> Invoice:
    return invoice_in(stage, overdue_notified_at=None, **fields)


class TestNotifyOverdue:
    """The invoices were issued on the 23rd, and are to be paid then."""

    DUE_AT = datetime(2026, 11, 24, tzinfo=UTC)

    @pytest.mark.parametrize("stage", OPEN_STAGES + FAILED_STAGES)
    def test_what_is_owed_is_notified_from_the_next_day_on_before_stripe_is_asked(self, stage: Stage) -> None:
        before = step(_to_be_notified(stage), SENT, now=self.DUE_AT - timedelta(seconds=1))

        assert step(_to_be_notified(stage), SENT, now=self.DUE_AT) == NotifyOverdue(None)
        assert not isinstance(before, NotifyOverdue)

    def test_nothing_else_is_done_before_it_is_due_otherwise(self) -> None:
        later = self.DUE_AT + timedelta(hours=3)
        waiting = _to_be_notified(Stage.RETRY_PLANNED, otherwise_due_at=later)

        assert step(waiting, CLOSED, now=self.DUE_AT) == NotifyOverdue(later)
        assert step(waiting, CLOSED, now=later) == NotifyOverdue(None)

    def test_only_what_is_due_is(self) -> None:
        waiting = _to_be_notified(Stage.IN_FLIGHT)

        assert step(waiting, SENT, now=self.DUE_AT, occasion=Occasion.NEW) == Charge(SENT, PAYER)
        assert step(waiting, SENT, now=self.DUE_AT, occasion=Occasion.CUSTOMER_CHANGED) == Charge(SENT, PAYER)

    @pytest.mark.parametrize("stage", [Stage.PARKED, Stage.SETTLING])
    def test_what_is_owed_no_more_is_not(self, stage: Stage) -> None:
        assert not isinstance(step(_to_be_notified(stage), CLOSED, now=self.DUE_AT), NotifyOverdue)

    def test_what_was_notified_is_not_again(self) -> None:
        notified = invoice_in(Stage.IN_FLIGHT, overdue_notified_at=self.DUE_AT)

        assert step(notified, SENT, now=self.DUE_AT) == Charge(SENT, PAYER)
