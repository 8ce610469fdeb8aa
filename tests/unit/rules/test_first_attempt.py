"""The first attempt is not on record: it may have been sent all the same."""

from dataclasses import replace

import pytest
from builders.cases import CHARGEABLE, DECIDED_AT, PAYER
from builders.decisions import CLOSED, ENDED_STAGES, FAILED_STAGES, IN_CREATION, SENT, TOMORROW, invoice_in, step
from paystream.model.attempts import new_payment
from paystream.model.case import Learned, Occasion
from paystream.model.standing import Stage, WaitingFor
from paystream.model.steps import Charge, LookUpFirstAttempt, Rest, ResumeCreation


class TestTheFirstAttempt:
    WAITING = invoice_in(Stage.WAITING, attempt=0, waiting_for=WaitingFor.PROVIDER_CUSTOMER)

    def test_a_customer_that_was_to_be_created_is_created_first(self) -> None:
        assert step(self.WAITING, customer=IN_CREATION) == ResumeCreation(IN_CREATION)

    def test_a_customer_is_created_first_where_what_was_begun_was_refused(self) -> None:
        refused = replace(SENT, refused_at=DECIDED_AT)

        assert step(invoice_in(Stage.IN_FLIGHT), refused, customer=IN_CREATION) == ResumeCreation(IN_CREATION)
        assert not isinstance(step(invoice_in(Stage.IN_FLIGHT), SENT, customer=IN_CREATION), ResumeCreation)

    def test_once_in_a_run_and_only_for_an_open_invoice_that_is_due(self) -> None:
        resumed = {Learned.CREATION_RESUMED}
        looked_up = {Learned.CREATION_RESUMED, Learned.FIRST_ATTEMPT_LOOKED_UP}

        assert step(self.WAITING, customer=IN_CREATION, learned=resumed) == LookUpFirstAttempt(IN_CREATION)
        assert step(self.WAITING, customer=IN_CREATION, learned=looked_up) is None
        assert step(self.WAITING, customer=IN_CREATION, occasion=Occasion.CUSTOMER_CHANGED) is None
        assert step(invoice_in(Stage.SETTLING), customer=IN_CREATION) == LookUpFirstAttempt(IN_CREATION)

    @pytest.mark.parametrize("stage", [Stage.WAITING, *FAILED_STAGES, *ENDED_STAGES, Stage.PARKED])
    def test_is_looked_up_where_it_is_not_sent_again(self, stage: Stage) -> None:
        assert step(invoice_in(stage)) == LookUpFirstAttempt(CHARGEABLE)

    def test_is_looked_up_while_the_invoice_waits_for_a_key(self) -> None:
        paused = invoice_in(Stage.IN_FLIGHT, waiting_for=WaitingFor.KEY, paused_integration_id="integration")

        assert step(paused) == LookUpFirstAttempt(CHARGEABLE)

    def test_is_not_looked_up_where_it_is_sent_again_or_was_looked_up(self) -> None:
        in_flight, given_up = invoice_in(Stage.IN_FLIGHT), invoice_in(Stage.GIVEN_UP)

        assert step(in_flight) == Charge(new_payment(in_flight, PAYER, 1, DECIDED_AT), PAYER)
        assert step(given_up, learned={Learned.FIRST_ATTEMPT_LOOKED_UP}) == Rest(None)
        assert step(given_up, customer=None) == Rest(None)
        assert step(given_up, occasion=Occasion.CUSTOMER_CHANGED) == Rest(None)
        assert step(given_up, CLOSED) == Rest(None)

    def test_of_a_mistake_that_does_not_say_who_pays_is_looked_up_under_any_customer(self) -> None:
        parked = invoice_in(Stage.PARKED)

        assert step(parked, customer=None) == LookUpFirstAttempt(None)
        assert step(parked, customer=None, learned={Learned.FIRST_ATTEMPT_LOOKED_UP}) == Rest(None)
        assert step(parked, customer=None, occasion=Occasion.CUSTOMER_CHANGED) == Rest(None)
        assert step(parked, SENT, customer=None) == Rest(TOMORROW)
