"""An open attempt is closed when something else takes its place."""

from dataclasses import replace
from typing import Any

import pytest
from builders.cases import ACCOUNT, CHARGEABLE, PAYER
from builders.decisions import (
    ASKS_FOR_ACTION,
    NOT_CONFIRMED,
    OPEN_PAGE,
    PAGE_AFTER_FAILURE,
    PROCESSING,
    UNPAID,
    WITH_ANOTHER_METHOD,
    WITHOUT_METHOD,
    invoice_in,
    second,
    step,
)
from paystream.model.case import Occasion, Payer
from paystream.model.customer import Customer
from paystream.model.invoice import Invoice
from paystream.model.outcome import PayableStatus
from paystream.model.payment import Payment
from paystream.model.standing import Stage, WaitingFor
from paystream.model.steps import Close, LookAtPage, Retrieve


class TestWhatIsSuperseded:
    def test_of_an_open_invoice_an_attempt_is_closed_if_another_was_asked_for(self) -> None:
        superseded = replace(ASKS_FOR_ACTION, is_superseded=True)

        assert step(invoice_in(Stage.CUSTOMER_TO_ACT), superseded) == Close(superseded, CHARGEABLE)
        assert step(invoice_in(Stage.CUSTOMER_TO_ACT), NOT_CONFIRMED) == Close(NOT_CONFIRMED, CHARGEABLE)
        assert step(invoice_in(Stage.CUSTOMER_TO_ACT), superseded, occasion=Occasion.NEW) is None

    def test_of_an_open_invoice_only_the_latest_attempt_is_closed(self) -> None:
        invoice = invoice_in(Stage.IN_FLIGHT, attempt=2)

        assert step(invoice, UNPAID, second(PROCESSING)) == Retrieve(second(PROCESSING), CHARGEABLE)
        assert step(invoice, replace(NOT_CONFIRMED, is_superseded=True)) is None

    @pytest.mark.parametrize(("total", "is_closed"), [(4199, True), (4200, False), (4201, False)])
    def test_it_is_closed_if_the_customer_could_pay_more_than_what_is_due(self, total: int, is_closed: bool) -> None:
        to_act = invoice_in(Stage.CUSTOMER_TO_ACT, total_amount_cents=total)
        page_open = invoice_in(Stage.PAGE_OPEN, total_amount_cents=total)

        assert step(to_act, ASKS_FOR_ACTION) == (Close if is_closed else Retrieve)(ASKS_FOR_ACTION, CHARGEABLE)
        assert step(page_open, OPEN_PAGE) == (
            Close(OPEN_PAGE, CHARGEABLE) if is_closed else LookAtPage(OPEN_PAGE, PAYER)
        )

    def test_an_item_that_was_replaced_by_one_over_less_has_its_page_closed_at_once(self) -> None:
        replaced = invoice_in(Stage.IN_FLIGHT, attempt=0, total_amount_cents=4199)

        assert step(replaced, OPEN_PAGE) == Close(OPEN_PAGE, CHARGEABLE)

    def test_what_is_at_work_over_too_much_is_waited_for(self) -> None:
        invoice = invoice_in(Stage.IN_FLIGHT, total_amount_cents=4199)

        assert step(invoice, PROCESSING) == Retrieve(PROCESSING, CHARGEABLE)


class TestAPageThatFollowsAFailure:
    @staticmethod
    def opened(**fields: Any) -> Invoice:
        return invoice_in(
            Stage.PAGE_OPEN,
            waiting_for=WaitingFor.ANOTHER_PAYMENT_METHOD,
            declined_payment_method_ids=("pm_1",),
            **fields,
        )

    def test_is_closed_when_the_customer_has_saved_another_method(self) -> None:
        found = step(
            self.opened(), PAGE_AFTER_FAILURE, customer=WITH_ANOTHER_METHOD, occasion=Occasion.CUSTOMER_CHANGED
        )

        assert found == Close(PAGE_AFTER_FAILURE, WITH_ANOTHER_METHOD)

    @pytest.mark.parametrize(
        ("page", "customer", "occasion", "account"),
        [
            (OPEN_PAGE, WITH_ANOTHER_METHOD, Occasion.CUSTOMER_CHANGED, ACCOUNT),
            (PAGE_AFTER_FAILURE, CHARGEABLE, Occasion.CUSTOMER_CHANGED, ACCOUNT),
            (PAGE_AFTER_FAILURE, WITHOUT_METHOD, Occasion.CUSTOMER_CHANGED, ACCOUNT),
            (PAGE_AFTER_FAILURE, WITH_ANOTHER_METHOD, Occasion.DUE, ACCOUNT),
            (PAGE_AFTER_FAILURE, WITH_ANOTHER_METHOD, Occasion.CUSTOMER_CHANGED, None),
        ],
    )
    def test_stays_open_if_it_was_asked_for_or_nothing_else_can_be_charged(
        self, page: Payment, customer: Customer, occasion: Occasion, account: object
    ) -> None:
        found = step(self.opened(), page, customer=customer, occasion=occasion, account=account)

        assert found == LookAtPage(page, Payer(customer, ACCOUNT))

    def test_stays_open_while_the_item_does_not_know_it(self) -> None:
        found = step(
            self.opened(attempt=0), PAGE_AFTER_FAILURE, customer=WITH_ANOTHER_METHOD, occasion=Occasion.CUSTOMER_CHANGED
        )

        assert found == LookAtPage(PAGE_AFTER_FAILURE, Payer(WITH_ANOTHER_METHOD, ACCOUNT))

    def test_stays_as_it_is_once_something_was_chosen_on_it(self) -> None:
        chosen = replace(PAGE_AFTER_FAILURE, payment_status=PayableStatus.PROCESSING, status="processing")

        assert step(self.opened(), chosen, customer=WITH_ANOTHER_METHOD, occasion=Occasion.CUSTOMER_CHANGED) is None
