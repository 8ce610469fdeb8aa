"""What can still be paid is closed before anything else begins."""

from dataclasses import replace
from typing import Any

import pytest
from builders.cases import ACCOUNT, CHARGEABLE, DECIDED_AT, PAYER
from builders.decisions import (
    ASKS_FOR_ACTION,
    CLOSED,
    ENDED_STAGES,
    FAILED_STAGES,
    SUCCEEDED,
    TOMORROW,
    UNPAID,
    invoice_in,
    second,
    step,
    step_when_closed,
)
from builders.standings import in_stage
from paystream.model.attempts import new_payment
from paystream.model.case import Learned, Occasion
from paystream.model.standing import PaymentStatus, Stage, WaitingFor
from paystream.model.steps import Charge, Close, CloseOthers, EndPlan, Rest, Wait


class TestClose:
    @pytest.mark.parametrize("occasion", [Occasion.DUE, Occasion.CUSTOMER_CHANGED])
    @pytest.mark.parametrize("stage", [*FAILED_STAGES, *ENDED_STAGES, Stage.PARKED])
    def test_what_can_still_be_paid_is_closed_when_its_invoice_is_not_open(
        self, stage: Stage, occasion: Occasion
    ) -> None:
        assert step(invoice_in(stage), UNPAID, occasion=occasion) == Close(UNPAID, CHARGEABLE)

    def test_the_latest_is_closed_first_and_then_those_before(self) -> None:
        invoice = invoice_in(Stage.GIVEN_UP, attempt=2)

        assert step(invoice, UNPAID, second(UNPAID)) == Close(second(UNPAID), CHARGEABLE)
        assert step(invoice, UNPAID, second(CLOSED)) == Close(UNPAID, CHARGEABLE)

    def test_what_cannot_be_reached_holds_nothing_else_back(self) -> None:
        invoice = invoice_in(Stage.GIVEN_UP, attempt=2)
        sent_through = {UNPAID.lago_id: ACCOUNT}

        assert step(invoice, UNPAID, second(UNPAID), sent_through=sent_through) == Close(UNPAID, CHARGEABLE)

    def test_of_an_open_invoice_only_what_is_superseded_is_closed(self) -> None:
        superseded = replace(ASKS_FOR_ACTION, is_superseded=True)
        in_flight = invoice_in(Stage.IN_FLIGHT)

        assert step(invoice_in(Stage.CUSTOMER_TO_ACT), superseded) == Close(superseded, CHARGEABLE)
        assert step(in_flight, UNPAID) is None
        assert step(in_flight) == Charge(new_payment(in_flight, PAYER, 1, DECIDED_AT), PAYER)

    def test_without_its_customer_nothing_is_closed(self) -> None:
        assert step(invoice_in(Stage.GIVEN_UP), UNPAID, customer=None) == Rest(None)


class TestCloseOthers:
    VOIDED = invoice_in(Stage.SETTLING, voided_at=DECIDED_AT)
    PAID = invoice_in(Stage.SETTLING, status=in_stage(Stage.PAID).status, payment_status=PaymentStatus.SUCCEEDED)

    def test_what_others_began_is_canceled_when_the_invoice_was_settled_otherwise(self) -> None:
        assert step(self.VOIDED, CLOSED) == CloseOthers(CLOSED)
        assert step(self.VOIDED, SUCCEEDED) == CloseOthers(SUCCEEDED)
        assert step(self.PAID, CLOSED) == CloseOthers(CLOSED)

    def test_what_its_own_attempt_has_paid_may_be_paid_under_its_name_by_another_system_too(self) -> None:
        assert step(self.PAID, SUCCEEDED) == CloseOthers(SUCCEEDED)

    def test_what_others_began_is_looked_for_before_the_rest_is_charged_of_what_is_paid_in_part(self) -> None:
        rest = invoice_in(
            Stage.RETRY_PLANNED,
            next_retry_at=DECIDED_AT,
            total_amount_cents=SUCCEEDED.amount_cents + 1000,
            total_paid_amount_cents=SUCCEEDED.amount_cents,
        )

        assert step(rest, SUCCEEDED) == CloseOthers(SUCCEEDED)

    def test_what_was_paid_and_is_refunded_is_left_alone(self) -> None:
        refunding = replace(self.PAID, refunding_payment_ids=("payment",))

        assert step(refunding, CLOSED, learned={Learned.REFUNDS_LOOKED_AT}) == Rest(TOMORROW)

    @pytest.mark.parametrize("fields", [{"occasion": Occasion.CUSTOMER_CHANGED}, {"learned": {Learned.OTHERS_CLOSED}}])
    def test_once_in_a_run_that_is_due(self, fields: dict[str, Any]) -> None:
        assert step(self.VOIDED, CLOSED, **fields) == Rest(None)

    def test_not_without_an_attempt_nor_before_an_end(self) -> None:
        assert step(self.VOIDED, learned={Learned.FIRST_ATTEMPT_LOOKED_UP}) == Rest(None)
        assert step(invoice_in(Stage.GIVEN_UP), CLOSED) == Rest(None)


class TestWhatCannotBeReached:
    @pytest.mark.parametrize("stage", [Stage.RETRY_PLANNED, Stage.AUTHENTICATION_LINK_DUE])
    def test_ends_the_plan_and_is_looked_at_again_tomorrow(self, stage: Stage) -> None:
        found = step_when_closed(invoice_in(stage), UNPAID, sent_through={})

        assert found == EndPlan("payment_provider_not_connected", TOMORROW)

    @pytest.mark.parametrize("stage", [Stage.WAITS_FOR_ANOTHER_METHOD, Stage.GIVEN_UP, *ENDED_STAGES])
    def test_holds_everything_else_back_until_tomorrow(self, stage: Stage) -> None:
        learned = {Learned.OTHERS_CLOSED}

        assert step(invoice_in(stage), UNPAID, sent_through={}, learned=learned) == Rest(TOMORROW)

    def test_holds_nothing_back_once_it_is_closed_or_while_the_invoice_is_open(self) -> None:
        assert step(invoice_in(Stage.GIVEN_UP), CLOSED, sent_through={}) == Rest(None)
        assert step(invoice_in(Stage.IN_FLIGHT), UNPAID, sent_through={}) == Wait(WaitingFor.INTEGRATION)
        assert step(invoice_in(Stage.GIVEN_UP), UNPAID, sent_through={}, customer=None) == Rest(None)
