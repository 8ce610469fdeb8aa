"""What is missing to charge a customer is asked for, or waited for."""

from dataclasses import replace
from typing import Any

import pytest
from builders.cases import ACCOUNT, CHARGEABLE, DECIDED_AT
from builders.decisions import (
    BY_TRANSFER,
    CLOSED,
    NEXT_WEEK,
    NOT_LINKED,
    SENT,
    WITH_ANOTHER_METHOD,
    WITHOUT_METHOD,
    invoice_in,
    step,
    step_when_closed,
)
from paystream.model.case import Learned, Occasion, Payer
from paystream.model.customer import Customer, RefusedCreation
from paystream.model.last_failure import refusal_of
from paystream.model.standing import Stage, WaitingFor
from paystream.model.steps import AskForMethod, Begin, Claim, LookUpFirstAttempt, Rest, Wait


class TestAskForMethod:
    WAITING = invoice_in(Stage.WAITING, attempt=0, waiting_for=WaitingFor.PAYMENT_METHOD)
    FAILED = invoice_in(Stage.WAITS_FOR_ANOTHER_METHOD, due_at=DECIDED_AT)
    LOOKED_UP = frozenset({Learned.FIRST_ATTEMPT_LOOKED_UP})

    def test_the_first_method_is_asked_for_while_the_invoice_waits_for_it(self) -> None:
        found = step(self.WAITING, customer=WITHOUT_METHOD, learned=self.LOOKED_UP)

        assert found == AskForMethod(WITHOUT_METHOD)

    def test_another_method_is_asked_for_while_what_failed_waits_for_it(self) -> None:
        assert step(self.FAILED, CLOSED) == AskForMethod(CHARGEABLE)
        assert step(self.FAILED, CLOSED, customer=WITHOUT_METHOD) == AskForMethod(WITHOUT_METHOD)
        assert step(self.FAILED, CLOSED, occasion=Occasion.CUSTOMER_CHANGED) == AskForMethod(CHARGEABLE)

    @pytest.mark.parametrize(
        ("customer", "learned"),
        [
            (None, LOOKED_UP),
            (BY_TRANSFER, LOOKED_UP),
            (WITHOUT_METHOD, LOOKED_UP | {Learned.METHOD_ASKED_FOR}),
        ],
    )
    def test_not_twice_in_a_run_nor_of_a_customer_who_needs_none(
        self, customer: Customer | None, learned: frozenset[Learned]
    ) -> None:
        waiting = step(self.WAITING, customer=customer, learned=learned)
        failed = step(self.FAILED, CLOSED, customer=customer, learned=learned)

        assert AskForMethod not in (type(waiting), type(failed))

    def test_not_if_a_method_is_there_or_something_else_is_missing(self) -> None:
        waits_for_customer = invoice_in(Stage.WAITING, attempt=0, waiting_for=WaitingFor.PROVIDER_CUSTOMER)
        chosen = replace(self.FAILED, chosen_payment_method_id="method")

        assert step(self.WAITING, learned=self.LOOKED_UP) == Claim()
        assert step(waits_for_customer, customer=WITHOUT_METHOD, learned=self.LOOKED_UP) == Wait(
            WaitingFor.PAYMENT_METHOD
        )
        assert step_when_closed(self.FAILED, CLOSED, customer=WITH_ANOTHER_METHOD) == Begin(
            CLOSED, Payer(WITH_ANOTHER_METHOD, ACCOUNT)
        )
        assert step(chosen, CLOSED) == Rest(NEXT_WEEK)
        assert step(invoice_in(Stage.GIVEN_UP), CLOSED, customer=WITHOUT_METHOD) == Rest(None)

    def test_the_method_of_an_attempt_that_was_begun_is_not_asked_for(self) -> None:
        waiting = invoice_in(Stage.WAITING, waiting_for=WaitingFor.PAYMENT_METHOD)

        assert step(waiting, SENT, customer=WITHOUT_METHOD) == Claim()


class TestWait:
    @pytest.mark.parametrize(
        ("lacks", "missing"),
        [
            ({"customer": None}, WaitingFor.CUSTOMER),
            ({"account": None}, WaitingFor.INTEGRATION),
            ({"customer": NOT_LINKED}, WaitingFor.PROVIDER_CUSTOMER),
            ({"customer": WITHOUT_METHOD}, WaitingFor.PAYMENT_METHOD),
        ],
    )
    def test_what_is_missing_is_noted_once(self, lacks: dict[str, Any], missing: WaitingFor) -> None:
        waiting = invoice_in(Stage.WAITING, attempt=0, waiting_for=missing)
        new: dict[str, Any] = {"occasion": Occasion.NEW, **lacks}

        assert step(invoice_in(Stage.IN_FLIGHT, attempt=0), **new) == Wait(missing)
        assert step(waiting, **new) is None

    def test_that_stripe_has_refused_the_customer_is_noted_once(self) -> None:
        refused = replace(NOT_LINKED, creation_refused=RefusedCreation(at=DECIDED_AT, code="email_invalid"))
        waiting = invoice_in(Stage.WAITING, attempt=0, waiting_for=WaitingFor.PROVIDER_CUSTOMER)
        told = replace(waiting, last_failure=refusal_of(refused))
        new: dict[str, Any] = {"occasion": Occasion.NEW, "customer": refused}

        assert step(waiting, **new) == Wait(WaitingFor.PROVIDER_CUSTOMER)
        assert step(told, **new) is None

    def test_a_refusal_does_not_matter_while_the_account_is_missing(self) -> None:
        refused = replace(NOT_LINKED, creation_refused=RefusedCreation(at=DECIDED_AT))
        waiting = invoice_in(Stage.WAITING, attempt=0, waiting_for=WaitingFor.INTEGRATION)

        assert step(waiting, occasion=Occasion.NEW, customer=refused, account=None) is None

    def test_an_attempt_waits_for_the_account_that_it_was_sent_to(self) -> None:
        assert step(invoice_in(Stage.IN_FLIGHT), SENT, sent_through={}) == Wait(WaitingFor.INTEGRATION)


class TestWhatWaitsForARequest:
    WAITING = invoice_in(Stage.WAITING, attempt=0, waiting_for=WaitingFor.REQUEST)

    @pytest.mark.parametrize("occasion", [Occasion.NEW, Occasion.CUSTOMER_CHANGED])
    def test_goes_on_waiting_whatever_is_there(self, occasion: Occasion) -> None:
        assert step(self.WAITING, occasion=occasion) is None

    def test_goes_on_when_it_is_due_after_a_look_at_stripe(self) -> None:
        assert step(self.WAITING) == LookUpFirstAttempt(CHARGEABLE)
        assert step(self.WAITING, learned={Learned.FIRST_ATTEMPT_LOOKED_UP}) is None


def test_what_is_self_billed_waits_for_nothing() -> None:
    partner = replace(CHARGEABLE, profile={"account_type": "partner"})
    invoice = invoice_in(Stage.IN_FLIGHT, attempt=0)

    assert step(invoice, customer=partner, occasion=Occasion.NEW) == Wait(WaitingFor.NOTHING)
    assert step(replace(invoice, self_billed=True), occasion=Occasion.NEW) == Wait(WaitingFor.NOTHING)
