"""Money that is to go back, or is on its way back."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from builders.cases import DECIDED_AT
from builders.decisions import SUCCEEDED, TOMORROW, invoice_in, step
from builders.standings import in_stage
from paystream.model.case import Learned, Occasion
from paystream.model.standing import PaymentStatus, Stage
from paystream.model.steps import LookAtRefunds, Rest, SendBack


class TestRefunds:
    REFUNDING = invoice_in(
        Stage.SETTLING,
        status=in_stage(Stage.PAID).status,
        payment_status=PaymentStatus.SUCCEEDED,
        refunding_payment_ids=("payment",),
    )

    def test_one_that_is_under_way_is_looked_at(self) -> None:
        assert step(self.REFUNDING, SUCCEEDED) == LookAtRefunds()

    @pytest.mark.parametrize(
        "fields", [{"occasion": Occasion.CUSTOMER_CHANGED}, {"learned": {Learned.REFUNDS_LOOKED_AT}}]
    )
    def test_once_in_a_run_that_is_due(self, fields: dict[str, Any]) -> None:
        assert step(self.REFUNDING, SUCCEEDED, **fields) == Rest(TOMORROW)


class TestWhatIsTooMuch:
    PAID = invoice_in(Stage.SETTLING, status=in_stage(Stage.PAID).status, payment_status=PaymentStatus.SUCCEEDED)
    SECOND = replace(SUCCEEDED, lago_id="second", created_at=DECIDED_AT + timedelta(seconds=1))
    LEARNED = frozenset({Learned.OTHERS_CLOSED})

    def test_goes_back_before_refunds_are_looked_at(self) -> None:
        refunding = replace(self.PAID, refunding_payment_ids=("payment",))

        for invoice in (self.PAID, refunding):
            assert step(invoice, SUCCEEDED, besides=(self.SECOND,), learned=self.LEARNED) == SendBack(self.SECOND, 4200)

    @pytest.mark.parametrize(
        "fields",
        [
            {"besides": (SECOND,), "learned": {*LEARNED, Learned.SURPLUS_LOOKED_AT}},
            {"besides": (SECOND,), "occasion": Occasion.CUSTOMER_CHANGED},
            {"learned": LEARNED},
        ],
    )
    def test_once_in_a_run_that_is_due(self, fields: dict[str, Any]) -> None:
        assert step(self.PAID, SUCCEEDED, **fields) == Rest(None)
