"""Another attempt begins when it is time, or a page."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from builders.cases import ACCOUNT, CHARGEABLE, DECIDED_AT, PAYER
from builders.decisions import (
    CLOSED,
    IN_A_MINUTE,
    NOT_LINKED,
    OPEN_PAGE,
    PROCESSING,
    SENT,
    WITH_ANOTHER_METHOD,
    WITHOUT_METHOD,
    invoice_in,
    step,
    step_when_closed,
)
from builders.records import RECORDED_AT
from paystream.model.case import Learned, Occasion, Payer
from paystream.model.customer import Customer
from paystream.model.identifiers import saved_method_id
from paystream.model.standing import Stage, WaitingFor
from paystream.model.steps import (
    Begin,
    BeginAgain,
    BeginChosen,
    BeginPage,
    Charge,
    CloseOthers,
    EndPlan,
    LookAtPage,
    LookUp,
    Reopen,
    Rest,
    Wait,
)


class TestBegin:
    def test_all_that_bears_its_name_is_closed_before(self) -> None:
        assert step(invoice_in(Stage.RETRY_PLANNED, next_retry_at=DECIDED_AT), CLOSED) == CloseOthers(CLOSED)

    def test_nothing_is_closed_before_while_nothing_is_to_begin(self) -> None:
        assert step(invoice_in(Stage.RETRY_PLANNED, next_retry_at=IN_A_MINUTE), CLOSED) == Rest(IN_A_MINUTE)
        assert step(invoice_in(Stage.GIVEN_UP), CLOSED) == Rest(None)
        assert step(invoice_in(Stage.RETRY_PLANNED, next_retry_at=DECIDED_AT), SENT) == Reopen()

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

    def test_a_method_that_was_chosen_went_with_the_customer_at_stripe(self) -> None:
        invoice = invoice_in(Stage.RETRY_PLANNED, next_retry_at=DECIDED_AT, chosen_payment_method_id="method-1")

        assert step_when_closed(invoice, CLOSED, customer=NOT_LINKED) == EndPlan("payment_method_not_found")

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

    def test_all_that_bears_its_name_is_closed_before(self) -> None:
        assert step(self.DUE, CLOSED, learned=self.ASKED) == CloseOthers(CLOSED)

    @pytest.mark.parametrize("lacks", [{"customer": NOT_LINKED}, {"customer": None}, {"account": None}])
    def test_without_an_account_and_its_customer_the_plan_ends(self, lacks: dict[str, Any]) -> None:
        charged_with_it = replace(self.DUE, declined_payment_method_ids=("pm_1",))

        found = step_when_closed(charged_with_it, CLOSED, learned=self.ASKED, **lacks)

        assert found == EndPlan("customer_must_have_payment_provider")


class TestBeginAgain:
    MOVED = replace(CHARGEABLE, provider_customer_id="cus_2")
    NEW_PAYER = Payer(MOVED, ACCOUNT)
    UNTIL = SENT.updated_at + timedelta(minutes=10)
    LOOKED_UP = frozenset({Learned.ATTEMPT_LOOKED_UP})

    def test_what_may_have_been_sent_for_the_customer_before_is_looked_up_first(self) -> None:
        in_flight = invoice_in(Stage.IN_FLIGHT)

        assert step(in_flight, SENT, customer=self.MOVED) == LookUp(SENT, self.NEW_PAYER, self.UNTIL)
        assert step(in_flight, SENT, customer=self.MOVED, now=self.UNTIL) == LookUp(SENT, self.NEW_PAYER, self.UNTIL)

    def test_it_begins_again_with_the_customer_of_now_once_it_was_looked_up(self) -> None:
        found = step(invoice_in(Stage.IN_FLIGHT), SENT, customer=self.MOVED, learned=self.LOOKED_UP)

        assert found == BeginAgain(SENT, self.NEW_PAYER)

    def test_over_what_is_due_by_now(self) -> None:
        over_more = invoice_in(Stage.IN_FLIGHT, total_amount_cents=4300)

        assert step(over_more, SENT) == LookUp(SENT, PAYER, self.UNTIL)
        assert step(over_more, SENT, learned=self.LOOKED_UP) == BeginAgain(SENT, PAYER)

    def test_a_look_up_counts_from_ten_minutes_after_the_last_request(self) -> None:
        looked_up: dict[str, Any] = {"customer": self.MOVED, "learned": self.LOOKED_UP}
        before = self.UNTIL - timedelta(seconds=1)

        assert step(invoice_in(Stage.IN_FLIGHT), SENT, **looked_up, now=self.UNTIL) == BeginAgain(SENT, self.NEW_PAYER)
        assert step(invoice_in(Stage.IN_FLIGHT), SENT, **looked_up, now=before) == LookUp(
            SENT, self.NEW_PAYER, self.UNTIL
        )

    def test_without_what_it_takes_the_invoice_waits_for_that(self) -> None:
        lacks: dict[str, Any] = {
            "customer": replace(self.MOVED, payment_method_id=None),
            "learned": self.LOOKED_UP,
        }
        waiting = invoice_in(Stage.WAITING, waiting_for=WaitingFor.PAYMENT_METHOD)

        assert step(invoice_in(Stage.IN_FLIGHT), SENT, **lacks) == Wait(WaitingFor.PAYMENT_METHOD)
        assert step(waiting, SENT, **lacks) == Rest(DECIDED_AT + timedelta(hours=1))

    def test_what_was_sent_to_an_account_that_is_gone_waits_for_it(self) -> None:
        found = step(invoice_in(Stage.IN_FLIGHT), SENT, customer=self.MOVED, sent_through={}, learned=self.LOOKED_UP)

        assert found == Wait(WaitingFor.INTEGRATION)

    def test_while_it_waits_for_the_account_nothing_is_looked_up(self) -> None:
        waiting = invoice_in(Stage.WAITING, waiting_for=WaitingFor.INTEGRATION)

        assert step(waiting, SENT, customer=self.MOVED, sent_through={}) is None

    def test_a_page_and_what_has_an_outcome_stay_as_they_are(self) -> None:
        page_open, in_flight = invoice_in(Stage.PAGE_OPEN), invoice_in(Stage.IN_FLIGHT)
        changed: dict[str, Any] = {"customer": self.MOVED, "learned": self.LOOKED_UP}

        assert step(page_open, OPEN_PAGE, **changed) == LookAtPage(OPEN_PAGE, self.NEW_PAYER)
        assert step(in_flight, PROCESSING, occasion=Occasion.CUSTOMER_CHANGED, **changed) is None


class TestBeginChosen:
    CHOSEN = invoice_in(Stage.IN_FLIGHT, attempt=0, chosen_payment_method_id="chosen")

    @pytest.mark.parametrize("customer", [CHARGEABLE, WITHOUT_METHOD])
    def test_a_first_attempt_with_a_chosen_method_is_on_record_first(self, customer: Customer) -> None:
        payer = Payer(customer, PAYER.integration)

        assert step(self.CHOSEN, customer=customer, occasion=Occasion.NEW) == BeginChosen(payer)

    def test_one_on_record_is_sent(self) -> None:
        assert step(replace(self.CHOSEN, attempt=1), SENT) == Charge(SENT, PAYER)

    def test_one_of_a_former_item_is_looked_up_where_that_named_another_method(self) -> None:
        sent = replace(SENT, payment_method_id="pm_1")
        own = replace(self.CHOSEN, own_payment_method_id="chosen")
        same = replace(own, own_payment_method_id=saved_method_id(SENT.organization_id, "pm_1"))

        assert isinstance(step(own, sent), LookUp)
        assert step(same, sent) == Charge(sent, PAYER)
