"""Another attempt begins when it is time, or a page."""

from dataclasses import replace
from typing import Any

import pytest
from builders.cases import ACCOUNT, DECIDED_AT, PAYER
from builders.decisions import (
    CLOSED,
    IN_A_MINUTE,
    NOT_LINKED,
    OPEN_PAGE,
    SENT,
    WITH_ANOTHER_METHOD,
    WITHOUT_METHOD,
    invoice_in,
    step,
    step_when_closed,
)
from builders.records import RECORDED_AT
from paystream.model.case import Learned, Payer
from paystream.model.standing import Stage, WaitingFor
from paystream.model.steps import (
    Begin,
    BeginPage,
    CloseOthers,
    EndPlan,
    LookAtPage,
    Reopen,
    Rest,
)


class TestBegin:
    def test_all_that_bears_its_name_is_closed_before(self) -> None:
        assert step(invoice_in(Stage.RETRY_PLANNED, next_retry_at=DECIDED_AT), CLOSED) == CloseOthers(CLOSED)

    def test_the_next_attempt_begins_when_its_time_has_come(self) -> None:
        assert step_when_closed(invoice_in(Stage.RETRY_PLANNED, next_retry_at=DECIDED_AT), CLOSED) == Begin(
            CLOSED, PAYER
        )
        assert step_when_closed(invoice_in(Stage.RETRY_PLANNED, next_retry_at=IN_A_MINUTE), CLOSED) == Rest(IN_A_MINUTE)

    def test_the_next_attempt_begins_when_the_customer_has_another_method(self) -> None:
        planned = invoice_in(
            Stage.RETRY_PLANNED, next_retry_at=IN_A_MINUTE, waiting_for=WaitingFor.ANOTHER_PAYMENT_METHOD
        )
        payer = Payer(WITH_ANOTHER_METHOD, ACCOUNT)

        assert step_when_closed(planned, CLOSED, customer=WITH_ANOTHER_METHOD) == Begin(CLOSED, payer)
        assert step_when_closed(planned, CLOSED, customer=None) == Rest(IN_A_MINUTE)
        assert step_when_closed(planned, CLOSED, learned={Learned.METHOD_ASKED_FOR}) == Rest(IN_A_MINUTE)

    def test_an_attempt_without_an_outcome_goes_on_instead(self) -> None:
        planned = invoice_in(Stage.RETRY_PLANNED)

        assert step_when_closed(planned, SENT) == Reopen()
        assert step_when_closed(planned, learned={Learned.FIRST_ATTEMPT_LOOKED_UP}) == Reopen()

    @pytest.mark.parametrize(
        ("lacks", "code"),
        [
            ({"customer": WITHOUT_METHOD}, "customer_must_have_payment_method"),
            ({"customer": NOT_LINKED}, "customer_must_have_payment_provider"),
            ({"account": None}, "customer_must_have_payment_provider"),
            ({"customer": None}, "customer_must_have_payment_provider"),
        ],
    )
    def test_without_what_it_takes_the_plan_ends(self, lacks: dict[str, Any], code: str) -> None:
        assert step_when_closed(invoice_in(Stage.RETRY_PLANNED), CLOSED, **lacks) == EndPlan(code)

    def test_with_a_method_that_was_chosen_none_is_needed(self) -> None:
        planned = invoice_in(Stage.RETRY_PLANNED, chosen_payment_method_id="method")

        assert step_when_closed(planned, CLOSED, customer=WITHOUT_METHOD) == Begin(
            CLOSED, Payer(WITHOUT_METHOD, ACCOUNT)
        )

    def test_the_plan_is_kept_while_a_page_is_open(self) -> None:
        paged = invoice_in(Stage.PAGE_OPEN, next_retry_at=RECORDED_AT)

        assert step_when_closed(paged, OPEN_PAGE) == LookAtPage(OPEN_PAGE, PAYER)


class TestBeginPage:
    DUE = invoice_in(Stage.AUTHENTICATION_LINK_DUE)
    ASKED = frozenset({Learned.METHOD_ASKED_FOR})

    def test_a_page_follows_a_charge_that_wants_authentication_whatever_the_customer_pays_with(self) -> None:
        assert step_when_closed(self.DUE, CLOSED, learned=self.ASKED) == BeginPage(PAYER)
        assert step_when_closed(self.DUE, CLOSED, customer=WITHOUT_METHOD, learned=self.ASKED) == BeginPage(
            Payer(WITHOUT_METHOD, ACCOUNT)
        )

    @pytest.mark.parametrize("lacks", [{"customer": NOT_LINKED}, {"customer": None}, {"account": None}])
    def test_without_an_account_and_its_customer_the_plan_ends(self, lacks: dict[str, Any]) -> None:
        charged_with_it = replace(self.DUE, declined_payment_method_ids=("pm_1",))

        found = step_when_closed(charged_with_it, CLOSED, learned=self.ASKED, **lacks)

        assert found == EndPlan("customer_must_have_payment_provider")
