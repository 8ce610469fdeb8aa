"""Which step follows: what ends a run, and that the first rule that has a step is followed."""

import pytest
from builders.cases import DECIDED_AT, PAYER
from builders.decisions import ENDED_STAGES, FAILED_STAGES, SENT, invoice_in, step
from paystream.model.attempts import new_payment
from paystream.model.case import Learned, Occasion
from paystream.model.next_step import RULES
from paystream.model.standing import Stage
from paystream.model.steps import Charge


class TestWhenAnythingIsDone:
    def test_an_answer_ends_the_run(self) -> None:
        assert step(invoice_in(Stage.IN_FLIGHT), SENT) == Charge(SENT, PAYER)
        assert step(invoice_in(Stage.IN_FLIGHT), SENT, learned={Learned.ANSWERED}) is None

    @pytest.mark.parametrize("stage", [*FAILED_STAGES, *ENDED_STAGES, Stage.PARKED])
    def test_what_is_new_in_the_table_and_not_open_is_left_alone(self, stage: Stage) -> None:
        assert step(invoice_in(stage), occasion=Occasion.NEW) is None
        assert step(invoice_in(stage), occasion=Occasion.CUSTOMER_CHANGED) is not None

    def test_what_is_new_and_open_is_collected(self) -> None:
        invoice = invoice_in(Stage.IN_FLIGHT, attempt=0)

        assert step(invoice, occasion=Occasion.NEW) == Charge(new_payment(invoice, PAYER, 1, DECIDED_AT), PAYER)

    def test_each_rule_stands_once(self) -> None:
        assert len(set(RULES)) == len(RULES)
