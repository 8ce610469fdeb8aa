"""What comes next of an invoice, and the sentence that a list shows of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from builders.decisions import invoice_in
from builders.standings import STANDING_SINCE
from paystream.model.invoice import Invoice, Problem
from paystream.model.last_failure import LastFailure
from paystream.model.standing import InvoiceStatus, PaymentStatus, Stage, WaitingFor
from paystream.model.texts.outlook import NextKind, NextStep, explanation_of, last_failure_of, next_step_of

FAILED_AT = datetime(2026, 12, 2, 10, tzinfo=UTC)
NEXT_DAY = FAILED_AT + timedelta(days=1)


def failed_with(decline_code: str, *, tries: int = 1, most_tries: int = 4) -> LastFailure:
    return LastFailure(
        at=FAILED_AT, code="card_declined", decline_code=decline_code, tries=tries, most_tries=most_tries
    )


def planned(**fields: Any) -> Invoice:
    return invoice_in(Stage.RETRY_PLANNED, next_retry_at=NEXT_DAY, due_at=NEXT_DAY, **fields)


def step_of(invoice: Invoice) -> NextStep:
    step = next_step_of(invoice)
    assert step
    return step


class TestARetry:
    def test_it_says_when_and_which_of_how_many_it_is(self) -> None:
        invoice = planned(last_failure=failed_with("insufficient_funds"))

        assert step_of(invoice) == NextStep(
            kind=NextKind.CHARGE,
            at=NEXT_DAY,
            attempt=2,
            attempts=4,
            explanation="Tried again on 3 December, attempt 2 of 4.",
        )
        assert explanation_of(invoice) == (
            "The bank says the account lacks the money. Tried again on 3 December, attempt 2 of 4."
        )

    def test_the_last_one_is_counted_too(self) -> None:
        step = step_of(planned(last_failure=failed_with("insufficient_funds", tries=3)))

        assert (step.attempt, step.attempts) == (4, 4)

    @pytest.mark.parametrize("tries", [0, 4])
    def test_it_is_not_counted_where_the_schedule_does_not(self, tries: int) -> None:
        step = step_of(planned(last_failure=failed_with("insufficient_funds", tries=tries)))

        assert (step.attempt, step.attempts, step.at) == (None, None, NEXT_DAY)
        assert step.explanation == "Tried again on 3 December."

    def test_what_follows_at_once_charges_another_method(self) -> None:
        invoice = invoice_in(
            Stage.RETRY_PLANNED, next_retry_at=FAILED_AT, due_at=FAILED_AT, last_failure=failed_with("expired_card")
        )

        assert step_of(invoice).explanation == "Another payment method is charged now."
        assert step_of(invoice).attempt is None

    def test_after_a_part_was_paid_the_rest_is_charged(self) -> None:
        invoice = planned(total_amount_cents=4200, total_paid_amount_cents=1000)

        assert step_of(invoice).explanation == "A part was paid. The rest is charged on 3 December."

    def test_one_that_was_planned_before_failures_were_kept_says_when(self) -> None:
        assert step_of(planned()).explanation == "Tried again on 3 December."
        assert explanation_of(planned()) == "Tried again on 3 December."


class TestWaitingForAnotherMethod:
    @pytest.mark.parametrize(
        ("decline_code", "expected"),
        [
            ("stolen_card", "It is not tried again with this payment method."),
            ("expired_card", "The customer has to act."),
            ("insufficient_funds", "Nothing more is planned."),
        ],
    )
    def test_it_says_why_nothing_is_tried_and_what_can_be_done(self, decline_code: str, expected: str) -> None:
        invoice = invoice_in(Stage.WAITS_FOR_ANOTHER_METHOD, last_failure=failed_with(decline_code))

        assert step_of(invoice).kind is NextKind.WAIT
        assert step_of(invoice).explanation == f"{expected} Send a payment link, or wait for another payment method."

    def test_without_a_reason_on_record_it_says_what_can_be_done(self) -> None:
        invoice = invoice_in(Stage.WAITS_FOR_ANOTHER_METHOD)

        assert explanation_of(invoice) == "Send a payment link, or wait for another payment method."

    def test_what_is_the_operators_is_to_be_put_right(self) -> None:
        refused = LastFailure(at=FAILED_AT, code="payment_method_unactivated")

        explanation = explanation_of(invoice_in(Stage.WAITS_FOR_ANOTHER_METHOD, last_failure=refused))

        assert "Put it right, and retry it." in explanation


class TestWaiting:
    @pytest.mark.parametrize("missing", sorted(set(WaitingFor) - {WaitingFor.NOTHING, WaitingFor.KEY}))
    def test_each_thing_that_is_missing_is_named(self, missing: WaitingFor) -> None:
        if missing is WaitingFor.ANOTHER_PAYMENT_METHOD:
            invoice = invoice_in(Stage.PAGE_OPEN, waiting_for=missing)
        else:
            invoice = invoice_in(Stage.WAITING, waiting_for=missing)

        step = step_of(invoice)
        assert (step.kind, step.at) == (NextKind.WAIT, None)
        assert step.explanation == explanation_of(invoice)

    def test_what_is_self_billed_has_no_next_step_and_says_why(self) -> None:
        invoice = invoice_in(Stage.WAITING, waiting_for=WaitingFor.NOTHING)

        assert next_step_of(invoice) is None
        assert explanation_of(invoice) == "Self-billed: it is never collected here."

    @pytest.mark.parametrize("stage", [Stage.WAITING, Stage.IN_FLIGHT, Stage.PAGE_DUE, Stage.PAGE_OPEN])
    def test_what_waits_for_its_account_says_so_in_whatever_stage(self, stage: Stage) -> None:
        refused = LastFailure(at=FAILED_AT, code="testmode_charges_only")
        invoice = invoice_in(
            stage,
            waiting_for=WaitingFor.KEY,
            paused_integration_id="integration",
            due_at=NEXT_DAY,
            last_failure=refused,
        )

        assert step_of(invoice).at == NEXT_DAY
        assert explanation_of(invoice) == (
            "The account is not activated: it takes test charges only. See Stripe's dashboard. Waits for "
            "the Stripe account: Stripe refuses its key or its charges. Collected automatically once that is put right."
        )

    def test_a_customer_whom_stripe_has_refused_is_the_reason(self) -> None:
        refused = LastFailure(at=FAILED_AT, code="email_invalid", is_of_customer=True)
        invoice = invoice_in(Stage.WAITING, waiting_for=WaitingFor.PROVIDER_CUSTOMER, last_failure=refused)

        assert explanation_of(invoice) == (
            "The e-mail address is not valid. Waits until Stripe accepts the customer: put right what is said of it, "
            "and store it again."
        )

    def test_a_refusal_of_the_customer_is_no_reason_once_that_is_linked(self) -> None:
        refused = LastFailure(at=FAILED_AT, code="email_invalid", is_of_customer=True)
        invoice = invoice_in(Stage.RETRY_PLANNED, next_retry_at=NEXT_DAY, due_at=NEXT_DAY, last_failure=refused)

        assert last_failure_of(invoice) is None
        assert "e-mail" not in explanation_of(invoice)

    def test_an_older_failure_is_no_reason_to_wait_for_the_customer(self) -> None:
        invoice = invoice_in(
            Stage.WAITING, waiting_for=WaitingFor.PROVIDER_CUSTOMER, last_failure=failed_with("expired_card")
        )

        assert explanation_of(invoice) == "Waits until the customer is linked to Stripe."


class TestOnItsWay:
    def test_what_is_new_is_about_to_be_charged(self) -> None:
        step = step_of(invoice_in(Stage.IN_FLIGHT, attempt=0))

        assert (step.kind, step.at) == (NextKind.CHARGE, None)

    def test_an_attempt_says_when_it_is_looked_at_again(self) -> None:
        step = step_of(invoice_in(Stage.IN_FLIGHT, due_at=NEXT_DAY))

        assert (step.kind, step.at) == (NextKind.LOOK_UP, NEXT_DAY)
        assert "on 3 December, 10:00 UTC" in step.explanation

    def test_the_failure_before_is_not_the_reason_of_a_new_attempt(self) -> None:
        invoice = invoice_in(Stage.IN_FLIGHT, attempt=2, last_failure=failed_with("do_not_honor"))

        assert explanation_of(invoice) == step_of(invoice).explanation

    def test_a_page_says_until_when_it_is_open_and_what_came_before(self) -> None:
        invoice = invoice_in(
            Stage.PAGE_OPEN, page_open_until=NEXT_DAY, last_failure=failed_with("authentication_required")
        )

        assert (step_of(invoice).kind, step_of(invoice).at) == (NextKind.WAIT, NEXT_DAY)
        assert explanation_of(invoice) == (
            "The bank wants the customer to authenticate. The customer can pay by the payment link until 3 December, "
            "10:00 UTC."
        )

    @pytest.mark.parametrize("stage", [Stage.PAGE_DUE, Stage.AUTHENTICATION_LINK_DUE])
    def test_a_page_that_is_to_be_made_says_when(self, stage: Stage) -> None:
        step = step_of(invoice_in(stage, due_at=NEXT_DAY))

        assert (step.kind, step.at) == (NextKind.PAYMENT_LINK, NEXT_DAY)

    @pytest.mark.parametrize("stage", [Stage.CUSTOMER_TO_ACT, Stage.SHOWN_ON_PAGE])
    def test_what_waits_for_the_customer_says_so(self, stage: Stage) -> None:
        step = step_of(invoice_in(stage))

        assert (step.kind, step.at) == (NextKind.WAIT, None)
        assert step.explanation.startswith("Waits for the customer,")


class TestTheEnd:
    def test_what_is_paid_says_when(self) -> None:
        invoice = invoice_in(Stage.PAID, ended_at=FAILED_AT, last_failure=failed_with("do_not_honor"))

        assert next_step_of(invoice) is None
        assert explanation_of(invoice) == "Paid on 2 December 2026."

    def test_what_was_paid_before_that_was_kept_says_that_it_was(self) -> None:
        assert explanation_of(invoice_in(Stage.PAID)) == "Paid."

    def test_a_dispute_that_was_lost_is_named(self) -> None:
        invoice = invoice_in(Stage.PAID, ended_at=FAILED_AT, payment_dispute_lost_at=NEXT_DAY)

        assert explanation_of(invoice) == (
            "Paid on 2 December 2026. A dispute was lost on 3 December 2026: the bank took the money back."
        )

    def test_what_is_voided_says_when(self) -> None:
        assert explanation_of(invoice_in(Stage.VOIDED, voided_at=FAILED_AT)) == "Voided on 2 December 2026."

    def test_work_that_is_left_is_a_next_step_and_not_the_explanation(self) -> None:
        invoice = invoice_in(
            Stage.SETTLING,
            status=InvoiceStatus.FINALIZED,
            payment_status=PaymentStatus.SUCCEEDED,
            due_at=NEXT_DAY,
            ended_at=FAILED_AT,
        )

        assert (step_of(invoice).kind, step_of(invoice).at) == (NextKind.LOOK_UP, NEXT_DAY)
        assert explanation_of(invoice) == "Paid on 2 December 2026."

    def test_what_is_given_up_says_why_and_what_can_be_done(self) -> None:
        invoice = invoice_in(Stage.GIVEN_UP, last_failure=failed_with("stolen_card"))

        assert next_step_of(invoice) is None
        assert explanation_of(invoice) == (
            "The card is reported as stolen. Not for the customer's eyes. Nothing more is done automatically. "
            "Retry it, or send a payment link."
        )

    def test_what_is_parked_says_what_is_wrong(self) -> None:
        problem = Problem(code="invalid_item", details={"number": ["value_is_mandatory"], "currency": ["a", "b"]})
        invoice = invoice_in(Stage.PARKED, problem=problem)

        assert step_of(invoice).kind is NextKind.REVIEW
        assert explanation_of(invoice) == (
            "The item cannot be collected as it is (currency: a, b; number: value_is_mandatory). Void it, and put "
            "another one."
        )

    def test_what_is_parked_is_not_called_paid(self) -> None:
        invoice = invoice_in(Stage.PARKED, payment_status=PaymentStatus.SUCCEEDED, ended_at=STANDING_SINCE)

        assert explanation_of(invoice) == "The item cannot be collected as it is. Void it, and put another one."
