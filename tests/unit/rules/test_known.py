"""What became of the attempts on record is known before anything is decided."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from builders.cases import CHARGEABLE, DECIDED_AT, PAYER
from builders.decisions import (
    ASKS_FOR_ACTION,
    CLOSED,
    FAILED_STAGES,
    OPEN_PAGE,
    PROCESSING,
    SENT,
    SPENT,
    SUCCEEDED,
    TOMORROW,
    UNPAID,
    invoice_in,
    second,
    step,
)
from builders.records import RECORDED_AT
from paystream.model.case import Learned, Occasion
from paystream.model.item_history import ItemHistory
from paystream.model.manual_payment import ManualPayment
from paystream.model.payment import Payment
from paystream.model.rules.known import is_on_its_way
from paystream.model.standing import Stage, WaitingFor
from paystream.model.steps import Charge, Close, CloseOthers, LookUp, Rest, Restore, Retrieve, RetrieveSpent, Wait


class TestRestore:
    @pytest.mark.parametrize("occasion", Occasion)
    @pytest.mark.parametrize("attempt", [SUCCEEDED, UNPAID, CLOSED, PROCESSING])
    def test_an_item_that_was_replaced_gets_its_state_back(self, attempt: Payment, occasion: Occasion) -> None:
        assert step(invoice_in(Stage.IN_FLIGHT, attempt=0), attempt, occasion=occasion) == Restore(CHARGEABLE)

    @pytest.mark.parametrize("stage", FAILED_STAGES)
    def test_so_does_one_that_failed(self, stage: Stage) -> None:
        assert step(invoice_in(stage, attempt=0), UNPAID) == Restore(CHARGEABLE)

    def test_an_attempt_without_an_outcome_goes_on_first(self) -> None:
        assert step(invoice_in(Stage.IN_FLIGHT, attempt=0), SENT) == Charge(SENT, PAYER)

    def test_an_attempt_that_never_was_does_not_go_on_over_money_in_another_currency(self) -> None:
        replaced = invoice_in(Stage.IN_FLIGHT, attempt=0, currency="USD")
        looked_up = {"learned": {Learned.ATTEMPT_LOOKED_UP}}

        assert step(replaced, SUCCEEDED, second(SENT), **looked_up) == Restore(CHARGEABLE)
        assert step(replaced, UNPAID, second(SENT), **looked_up) != Restore(CHARGEABLE)

    def test_money_and_a_void_that_the_item_does_not_know_are_restored_while_an_attempt_is_sent(self) -> None:
        invoice = invoice_in(Stage.IN_FLIGHT)
        by_hand = ManualPayment(
            organization_id="organization",
            lago_id="by hand",
            invoice_id="invoice",
            invoice_number="1",
            external_customer_id="acme",
            amount_cents=1000,
            currency="EUR",
            reference="cash",
            created_at=RECORDED_AT,
            updated_at=RECORDED_AT,
        )
        history = ItemHistory(RECORDED_AT, (), voided_at=RECORDED_AT)

        assert step(invoice, SENT, besides=(by_hand,)) == Restore(CHARGEABLE)
        assert step(invoice, SENT, history=history) == Restore(CHARGEABLE)
        assert step(invoice, besides=(by_hand,)) == Restore(CHARGEABLE)
        assert step(replace(invoice, attempt=2), SENT, besides=(by_hand,)) == Restore(CHARGEABLE)

    def test_without_its_customer_nothing_is_restored(self) -> None:
        assert step(invoice_in(Stage.IN_FLIGHT, attempt=0), PROCESSING, customer=None) == Wait(WaitingFor.CUSTOMER)

    def test_what_is_owed_no_more_is_not_restored(self) -> None:
        assert step(invoice_in(Stage.SETTLING, attempt=0), UNPAID) == Close(UNPAID, CHARGEABLE)


class TestRetrieve:
    @pytest.mark.parametrize("stage", [Stage.IN_FLIGHT, Stage.SETTLING])
    def test_what_is_on_its_way_is_asked_for_when_the_invoice_is_due(self, stage: Stage) -> None:
        assert step(invoice_in(stage), PROCESSING) == Retrieve(PROCESSING, CHARGEABLE)

    @pytest.mark.parametrize("occasion", [Occasion.NEW, Occasion.CUSTOMER_CHANGED])
    def test_it_is_not_asked_for_otherwise(self, occasion: Occasion) -> None:
        assert step(invoice_in(Stage.IN_FLIGHT), PROCESSING, occasion=occasion) is None

    def test_without_its_customer_it_is_not_asked_for(self) -> None:
        assert step(invoice_in(Stage.IN_FLIGHT), PROCESSING, customer=None) == Wait(WaitingFor.CUSTOMER)

    def test_of_what_is_parked_any_attempt_is_asked_for_the_latest_first(self) -> None:
        parked = invoice_in(Stage.PARKED, attempt=0)

        assert step(parked, PROCESSING, second(PROCESSING)) == Retrieve(second(PROCESSING), CHARGEABLE)
        assert step(parked, PROCESSING, second(CLOSED)) == Retrieve(PROCESSING, CHARGEABLE)
        assert step(parked, CLOSED) == Rest(None)

    @pytest.mark.parametrize("stage", [Stage.IN_FLIGHT, Stage.CUSTOMER_TO_ACT, Stage.PARKED])
    def test_while_there_is_no_news_of_it_nothing_new_begins(self, stage: Stage) -> None:
        found = step(invoice_in(stage), PROCESSING, retrieved={PROCESSING.lago_id})

        assert found == Rest(DECIDED_AT + timedelta(hours=1))

    def test_while_there_is_no_news_of_it_all_else_under_the_name_of_what_is_settled_is_closed(self) -> None:
        settling, retrieved = invoice_in(Stage.SETTLING, attempt=2), {second(PROCESSING).lago_id}
        of_both = {"retrieved": retrieved, "learned": {Learned.OTHERS_CLOSED}}

        assert step(settling, UNPAID, second(PROCESSING), retrieved=retrieved) == Close(UNPAID, CHARGEABLE)
        assert step(settling, CLOSED, second(PROCESSING), retrieved=retrieved) == CloseOthers(second(PROCESSING))
        assert isinstance(step(settling, CLOSED, second(PROCESSING), **of_both), Rest)

    def test_of_what_is_parked_those_before_are_asked_for_in_the_same_run(self) -> None:
        parked, retrieved = invoice_in(Stage.PARKED, attempt=0), {second(PROCESSING).lago_id}

        assert step(parked, PROCESSING, second(PROCESSING), retrieved=retrieved) == Retrieve(PROCESSING, CHARGEABLE)

    def test_only_the_last_attempt_that_the_item_knows_is_on_its_way(self) -> None:
        invoice = invoice_in(Stage.IN_FLIGHT, attempt=2)

        assert is_on_its_way(invoice, second(PROCESSING))
        assert not is_on_its_way(invoice, PROCESSING)
        assert not is_on_its_way(invoice, second(UNPAID))
        assert not is_on_its_way(invoice_in(Stage.IN_FLIGHT), second(PROCESSING))

    def test_what_waits_for_the_customer_is_on_its_way_while_the_invoice_is_open(self) -> None:
        assert step(invoice_in(Stage.CUSTOMER_TO_ACT), ASKS_FOR_ACTION) == Retrieve(ASKS_FOR_ACTION, CHARGEABLE)
        assert step(invoice_in(Stage.SETTLING), ASKS_FOR_ACTION) == Close(ASKS_FOR_ACTION, CHARGEABLE)


class TestLookUp:
    @pytest.mark.parametrize("stage", [Stage.PARKED, Stage.SETTLING])
    def test_what_may_have_been_sent_is_looked_for_when_the_item_it_was_for_is_gone(self, stage: Stage) -> None:
        until = SENT.updated_at + timedelta(minutes=10)

        assert step(invoice_in(stage), SENT) == LookUp(SENT, PAYER, until)

    @pytest.mark.parametrize("stage", [Stage.PARKED, Stage.SETTLING])
    @pytest.mark.parametrize(
        "fields",
        [
            {"occasion": Occasion.CUSTOMER_CHANGED},
            {"learned": {Learned.ATTEMPT_LOOKED_UP, Learned.OTHERS_CLOSED}},
            {"sent_through": {}, "learned": {Learned.OTHERS_CLOSED}},
        ],
    )
    def test_not_twice_in_a_run_nor_unless_it_is_due_nor_without_its_account(
        self, fields: dict[str, Any], stage: Stage
    ) -> None:
        is_known = Learned.ATTEMPT_LOOKED_UP in fields.get("learned", ())

        assert step(invoice_in(stage), SENT, **fields) == Rest(None if is_known else TOMORROW)

    def test_a_page_is_closed_instead(self) -> None:
        assert step(invoice_in(Stage.SETTLING), OPEN_PAGE) == Close(OPEN_PAGE, CHARGEABLE)

    def test_what_failed_is_sent_again_when_its_time_comes(self) -> None:
        assert step(invoice_in(Stage.GIVEN_UP), SENT) == Rest(None)

    @pytest.mark.parametrize("attempt", [CLOSED, SUCCEEDED])
    def test_what_has_an_outcome_is_not_looked_for(self, attempt: Payment) -> None:
        assert step(invoice_in(Stage.PARKED), attempt) in (Rest(None), Close(attempt, CHARGEABLE))


class TestASpentPage:
    def test_is_asked_about_the_oldest_first(self) -> None:
        invoice = invoice_in(Stage.GIVEN_UP, attempt=2)

        assert step(invoice, SPENT, second(SPENT)) == RetrieveSpent(SPENT, CHARGEABLE)
        assert step(invoice, SPENT, second(SPENT), retrieved={SPENT.lago_id}) == RetrieveSpent(
            second(SPENT), CHARGEABLE
        )

    @pytest.mark.parametrize(
        "fields",
        [
            {"occasion": Occasion.CUSTOMER_CHANGED},
            {"customer": None},
            {"sent_through": {}},
            {"retrieved": {SPENT.lago_id}},
        ],
    )
    def test_is_asked_about_once_in_a_run_that_is_due_if_its_account_can_be_asked(self, fields: dict[str, Any]) -> None:
        assert step(invoice_in(Stage.GIVEN_UP), SPENT, **fields) == Rest(TOMORROW)

    def test_holds_an_open_invoice_not_back(self) -> None:
        invoice = invoice_in(Stage.IN_FLIGHT, attempt=2)

        assert step(invoice, SPENT, second(SENT)) == Charge(second(SENT), PAYER)

    def test_is_asked_about_for_thirty_days(self) -> None:
        invoice, month = invoice_in(Stage.GIVEN_UP), timedelta(days=30)

        assert step(invoice, replace(SPENT, created_at=DECIDED_AT - month + timedelta(seconds=1))) != Rest(None)
        assert step(invoice, replace(SPENT, created_at=DECIDED_AT - month)) == Rest(None)
        assert step(invoice, replace(SPENT, created_at=DECIDED_AT - month * 2)) == Rest(None)
