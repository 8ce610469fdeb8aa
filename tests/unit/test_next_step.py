"""Which step follows in which case: each rule with its conditions, in the order of their precedence."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from builders.cases import ACCOUNT, CHARGEABLE, DECIDED_AT, PAYER, attempt_record, case_record
from builders.records import RECORDED_AT, integration_record, invoice_record
from builders.standings import STANDING_FIELDS, in_stage
from paystream.model.attempts import new_payment, refusal_of_ours
from paystream.model.case import Learned, Occasion, Payer
from paystream.model.customer import Customer, CustomerCreation
from paystream.model.invoice import Invoice
from paystream.model.item_history import ItemHistory
from paystream.model.manual_payment import ManualPayment
from paystream.model.next_step import RULES, is_on_its_way, next_step
from paystream.model.outcome import PayableStatus
from paystream.model.payment import Payment, PaymentLink
from paystream.model.standing import PaymentStatus, Stage, WaitingFor
from paystream.model.steps import (
    AskForMethod,
    Begin,
    BeginPage,
    Charge,
    Claim,
    Close,
    CloseOthers,
    EndPlan,
    EndWithoutPayment,
    LookAtPage,
    LookAtRefunds,
    LookUp,
    LookUpFirstAttempt,
    Refuse,
    Reopen,
    Rest,
    Restore,
    ResumeCreation,
    Retrieve,
    RetrieveSpent,
    SendBack,
    Step,
    Wait,
)

NOW = DECIDED_AT
SOON, TOMORROW, NEXT_WEEK = NOW + timedelta(minutes=1), NOW + timedelta(days=1), NOW + timedelta(days=7)
ANOTHER = WaitingFor.ANOTHER_PAYMENT_METHOD

WITHOUT_METHOD = replace(CHARGEABLE, payment_method_id=None)
NOT_LINKED = replace(CHARGEABLE, provider_customer_id=None)
WITH_ANOTHER_METHOD = replace(CHARGEABLE, payment_method_id="pm_2")
BY_TRANSFER = replace(CHARGEABLE, payment_method_id=None, provider_payment_methods=("customer_balance",))
IN_CREATION = replace(NOT_LINKED, creation=CustomerCreation(idempotency_key="key", started_at=RECORDED_AT, params={}))

SENT = attempt_record(PayableStatus.PENDING)
PROCESSING = attempt_record(PayableStatus.PROCESSING)
ASKS_FOR_ACTION = attempt_record(PayableStatus.PROCESSING, "requires_action")
UNCONFIRMED = attempt_record(PayableStatus.PROCESSING, "requires_confirmation")
DECLINED = attempt_record(PayableStatus.FAILED, "requires_payment_method")
CLOSED = attempt_record(PayableStatus.FAILED, "canceled")
SUCCEEDED = attempt_record(PayableStatus.SUCCEEDED)
PAGE = attempt_record(PayableStatus.PENDING, link=PaymentLink(session_id="cs_1"))
PAGE_AFTER_FAILURE = replace(PAGE, link=PaymentLink(session_id="cs_1", follows_failure=True))
SPENT = attempt_record(PayableStatus.FAILED, "canceled", link=PaymentLink(session_id="cs_1", is_spent=True))

OPEN = [Stage.WAITING, Stage.IN_FLIGHT, Stage.PAGE_DUE, Stage.PAGE_OPEN, Stage.CUSTOMER_TO_ACT, Stage.SHOWN_ON_PAGE]
FAILED = [Stage.RETRY_PLANNED, Stage.AUTHENTICATION_LINK_DUE, Stage.WAITS_FOR_ANOTHER_METHOD, Stage.GIVEN_UP]
ENDED = [Stage.SETTLING, Stage.PAID, Stage.VOIDED]


def invoice_in(stage: Stage, **fields: Any) -> Invoice:
    """An invoice that knows its first attempt; what failed was charged with `pm_1`. Fields of its standing go there."""
    where = {name: fields.pop(name) for name in STANDING_FIELDS & set(fields)}
    declined = {"declined_payment_method_ids": ("pm_1",)} if stage in FAILED else {}
    return invoice_record(**({"attempt": 1} | declined | fields), standing=in_stage(stage, **where))


def second(attempt: Payment) -> Payment:
    return replace(attempt, lago_id="second", attempt=2)


def step(invoice: Invoice, *attempts: Payment, **fields: Any) -> Step | None:
    return next_step(case_record(invoice, *attempts, **fields))


def step_when_closed(invoice: Invoice, *attempts: Payment, **fields: Any) -> Step | None:
    learned = {*fields.pop("learned", ()), Learned.OTHERS_CLOSED}
    return step(invoice, *attempts, learned=learned, **fields)


class TestWhenAnythingIsDone:
    def test_an_answer_ends_the_run(self) -> None:
        assert step(invoice_in(Stage.IN_FLIGHT), SENT) == Charge(SENT, PAYER)
        assert step(invoice_in(Stage.IN_FLIGHT), SENT, learned={Learned.ANSWERED}) is None

    @pytest.mark.parametrize("stage", [*FAILED, *ENDED, Stage.PARKED])
    def test_what_is_new_in_the_table_and_not_open_is_left_alone(self, stage: Stage) -> None:
        assert step(invoice_in(stage), occasion=Occasion.NEW) is None
        assert step(invoice_in(stage), occasion=Occasion.CUSTOMER_CHANGED) is not None

    def test_what_is_new_and_open_is_collected(self) -> None:
        invoice = invoice_in(Stage.IN_FLIGHT, attempt=0)

        assert step(invoice, occasion=Occasion.NEW) == Charge(new_payment(invoice, PAYER, 1, NOW), PAYER)

    def test_each_rule_stands_once(self) -> None:
        assert len(set(RULES)) == len(RULES)


class TestRestore:
    @pytest.mark.parametrize("occasion", Occasion)
    @pytest.mark.parametrize("attempt", [SUCCEEDED, DECLINED, CLOSED, PROCESSING])
    def test_an_item_that_was_replaced_gets_its_state_back(self, attempt: Payment, occasion: Occasion) -> None:
        assert step(invoice_in(Stage.IN_FLIGHT, attempt=0), attempt, occasion=occasion) == Restore(CHARGEABLE)

    @pytest.mark.parametrize("stage", FAILED)
    def test_so_does_one_that_failed(self, stage: Stage) -> None:
        assert step(invoice_in(stage, attempt=0), DECLINED) == Restore(CHARGEABLE)

    def test_an_attempt_without_an_outcome_goes_on_first(self) -> None:
        assert step(invoice_in(Stage.IN_FLIGHT, attempt=0), SENT) == Charge(SENT, PAYER)

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

    def test_without_its_customer_nothing_is_restored(self) -> None:
        assert step(invoice_in(Stage.IN_FLIGHT, attempt=0), PROCESSING, customer=None) == Wait(WaitingFor.CUSTOMER)

    def test_what_is_owed_no_more_is_not_restored(self) -> None:
        assert step(invoice_in(Stage.SETTLING, attempt=0), DECLINED) == Close(DECLINED, CHARGEABLE)


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

        assert found == Rest(NOW + timedelta(hours=1))

    def test_while_there_is_no_news_of_it_all_else_under_the_name_of_what_is_settled_is_closed(self) -> None:
        settling, retrieved = invoice_in(Stage.SETTLING, attempt=2), {second(PROCESSING).lago_id}
        of_both = {"retrieved": retrieved, "learned": {Learned.OTHERS_CLOSED}}

        assert step(settling, DECLINED, second(PROCESSING), retrieved=retrieved) == Close(DECLINED, CHARGEABLE)
        assert step(settling, CLOSED, second(PROCESSING), retrieved=retrieved) == CloseOthers(second(PROCESSING))
        assert isinstance(step(settling, CLOSED, second(PROCESSING), **of_both), Rest)

    def test_of_what_is_parked_those_before_are_asked_for_in_the_same_run(self) -> None:
        parked, retrieved = invoice_in(Stage.PARKED, attempt=0), {second(PROCESSING).lago_id}

        assert step(parked, PROCESSING, second(PROCESSING), retrieved=retrieved) == Retrieve(PROCESSING, CHARGEABLE)

    def test_only_the_last_attempt_that_the_item_knows_is_on_its_way(self) -> None:
        invoice = invoice_in(Stage.IN_FLIGHT, attempt=2)

        assert is_on_its_way(invoice, second(PROCESSING))
        assert not is_on_its_way(invoice, PROCESSING)
        assert not is_on_its_way(invoice, second(DECLINED))
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
        assert step(invoice_in(Stage.SETTLING), PAGE) == Close(PAGE, CHARGEABLE)

    def test_what_failed_is_sent_again_when_its_time_comes(self) -> None:
        assert step(invoice_in(Stage.GIVEN_UP), SENT) == Rest(None)

    @pytest.mark.parametrize("attempt", [CLOSED, SUCCEEDED])
    def test_what_has_an_outcome_is_not_looked_for(self, attempt: Payment) -> None:
        assert step(invoice_in(Stage.PARKED), attempt) in (Rest(None), Close(attempt, CHARGEABLE))


class TestClose:
    @pytest.mark.parametrize("occasion", [Occasion.DUE, Occasion.CUSTOMER_CHANGED])
    @pytest.mark.parametrize("stage", [*FAILED, *ENDED, Stage.PARKED])
    def test_what_can_still_be_paid_is_closed_when_its_invoice_is_not_open(
        self, stage: Stage, occasion: Occasion
    ) -> None:
        assert step(invoice_in(stage), DECLINED, occasion=occasion) == Close(DECLINED, CHARGEABLE)

    def test_the_latest_is_closed_first_and_then_those_before(self) -> None:
        invoice = invoice_in(Stage.GIVEN_UP, attempt=2)

        assert step(invoice, DECLINED, second(DECLINED)) == Close(second(DECLINED), CHARGEABLE)
        assert step(invoice, DECLINED, second(CLOSED)) == Close(DECLINED, CHARGEABLE)

    def test_what_cannot_be_reached_holds_nothing_else_back(self) -> None:
        invoice = invoice_in(Stage.GIVEN_UP, attempt=2)
        sent_through = {DECLINED.lago_id: ACCOUNT}

        assert step(invoice, DECLINED, second(DECLINED), sent_through=sent_through) == Close(DECLINED, CHARGEABLE)

    def test_without_its_customer_nothing_is_closed(self) -> None:
        assert step(invoice_in(Stage.GIVEN_UP), DECLINED, customer=None) == Rest(None)

    def test_of_an_open_invoice_an_attempt_is_closed_if_another_was_asked_for(self) -> None:
        superseded = replace(ASKS_FOR_ACTION, is_superseded=True)

        assert step(invoice_in(Stage.CUSTOMER_TO_ACT), superseded) == Close(superseded, CHARGEABLE)
        assert step(invoice_in(Stage.CUSTOMER_TO_ACT), UNCONFIRMED) == Close(UNCONFIRMED, CHARGEABLE)
        assert step(invoice_in(Stage.CUSTOMER_TO_ACT), superseded, occasion=Occasion.NEW) is None

    def test_of_an_open_invoice_only_the_latest_attempt_is_closed(self) -> None:
        invoice = invoice_in(Stage.IN_FLIGHT, attempt=2)

        assert step(invoice, DECLINED, second(PROCESSING)) == Retrieve(second(PROCESSING), CHARGEABLE)
        assert step(invoice, replace(UNCONFIRMED, is_superseded=True)) is None

    @pytest.mark.parametrize(("total", "is_closed"), [(4199, True), (4200, False), (4201, False)])
    def test_it_is_closed_if_the_customer_could_pay_more_than_what_is_due(self, total: int, is_closed: bool) -> None:
        to_act = invoice_in(Stage.CUSTOMER_TO_ACT, total_amount_cents=total)
        page_open = invoice_in(Stage.PAGE_OPEN, total_amount_cents=total)

        assert step(to_act, ASKS_FOR_ACTION) == (Close if is_closed else Retrieve)(ASKS_FOR_ACTION, CHARGEABLE)
        assert step(page_open, PAGE) == (Close(PAGE, CHARGEABLE) if is_closed else LookAtPage(PAGE, PAYER))

    def test_an_item_that_was_replaced_by_one_over_less_has_its_page_closed_at_once(self) -> None:
        replaced = invoice_in(Stage.IN_FLIGHT, attempt=0, total_amount_cents=4199)

        assert step(replaced, PAGE) == Close(PAGE, CHARGEABLE)

    def test_what_is_at_work_over_too_much_is_waited_for(self) -> None:
        invoice = invoice_in(Stage.IN_FLIGHT, total_amount_cents=4199)

        assert step(invoice, PROCESSING) == Retrieve(PROCESSING, CHARGEABLE)


class TestAPageThatFollowsAFailure:
    @staticmethod
    def opened(**fields: Any) -> Invoice:
        return invoice_in(Stage.PAGE_OPEN, waiting_for=ANOTHER, declined_payment_method_ids=("pm_1",), **fields)

    def test_is_closed_when_the_customer_has_saved_another_method(self) -> None:
        found = step(
            self.opened(), PAGE_AFTER_FAILURE, customer=WITH_ANOTHER_METHOD, occasion=Occasion.CUSTOMER_CHANGED
        )

        assert found == Close(PAGE_AFTER_FAILURE, WITH_ANOTHER_METHOD)

    @pytest.mark.parametrize(
        ("page", "customer", "occasion", "account"),
        [
            (PAGE, WITH_ANOTHER_METHOD, Occasion.CUSTOMER_CHANGED, ACCOUNT),
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

    def test_stays_as_it_is_once_something_was_chosen_on_it(self) -> None:
        chosen = replace(PAGE_AFTER_FAILURE, payment_status=PayableStatus.PROCESSING, status="processing")

        assert step(self.opened(), chosen, customer=WITH_ANOTHER_METHOD, occasion=Occasion.CUSTOMER_CHANGED) is None


class TestTheFirstAttempt:
    WAITING = invoice_in(Stage.WAITING, attempt=0, waiting_for=WaitingFor.PROVIDER_CUSTOMER)

    def test_a_customer_that_was_to_be_created_is_created_first(self) -> None:
        assert step(self.WAITING, customer=IN_CREATION) == ResumeCreation(IN_CREATION)

    def test_once_in_a_run_and_only_for_an_open_invoice_that_is_due(self) -> None:
        resumed = {Learned.CREATION_RESUMED}
        looked_up = {Learned.CREATION_RESUMED, Learned.FIRST_ATTEMPT_LOOKED_UP}

        assert step(self.WAITING, customer=IN_CREATION, learned=resumed) == LookUpFirstAttempt(IN_CREATION)
        assert step(self.WAITING, customer=IN_CREATION, learned=looked_up) is None
        assert step(self.WAITING, customer=IN_CREATION, occasion=Occasion.CUSTOMER_CHANGED) is None
        assert step(invoice_in(Stage.SETTLING), customer=IN_CREATION) == LookUpFirstAttempt(IN_CREATION)

    @pytest.mark.parametrize("stage", [Stage.WAITING, *FAILED, *ENDED, Stage.PARKED])
    def test_is_looked_up_where_it_is_not_sent_again(self, stage: Stage) -> None:
        assert step(invoice_in(stage)) == LookUpFirstAttempt(CHARGEABLE)

    def test_is_looked_up_while_the_invoice_waits_for_a_key(self) -> None:
        paused = invoice_in(Stage.IN_FLIGHT, waiting_for=WaitingFor.KEY, paused_integration_id="integration")

        assert step(paused) == LookUpFirstAttempt(CHARGEABLE)

    def test_is_not_looked_up_where_it_is_sent_again_or_was_looked_up(self) -> None:
        in_flight, given_up = invoice_in(Stage.IN_FLIGHT), invoice_in(Stage.GIVEN_UP)

        assert step(in_flight) == Charge(new_payment(in_flight, PAYER, 1, NOW), PAYER)
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

        assert step(invoice, replace(SPENT, created_at=NOW - month + timedelta(seconds=1))) != Rest(None)
        assert step(invoice, replace(SPENT, created_at=NOW - month)) == Rest(None)
        assert step(invoice, replace(SPENT, created_at=NOW - month * 2)) == Rest(None)


class TestCloseOthers:
    VOIDED = invoice_in(Stage.SETTLING, voided_at=NOW)
    PAID = invoice_in(Stage.SETTLING, status=in_stage(Stage.PAID).status, payment_status=PaymentStatus.SUCCEEDED)

    def test_what_others_began_is_canceled_when_the_invoice_was_settled_otherwise(self) -> None:
        assert step(self.VOIDED, CLOSED) == CloseOthers(CLOSED)
        assert step(self.VOIDED, SUCCEEDED) == CloseOthers(SUCCEEDED)
        assert step(self.PAID, CLOSED) == CloseOthers(CLOSED)

    def test_what_its_own_attempt_has_paid_may_be_paid_under_its_name_by_another_system_too(self) -> None:
        assert step(self.PAID, SUCCEEDED) == CloseOthers(SUCCEEDED)

    def test_what_was_paid_and_is_refunded_is_left_alone(self) -> None:
        refunding = replace(self.PAID, refunding_payment_ids=("payment",))

        assert step(refunding, CLOSED, learned={Learned.REFUNDS_LOOKED_AT}) == Rest(TOMORROW)

    @pytest.mark.parametrize("fields", [{"occasion": Occasion.CUSTOMER_CHANGED}, {"learned": {Learned.OTHERS_CLOSED}}])
    def test_once_in_a_run_that_is_due(self, fields: dict[str, Any]) -> None:
        assert step(self.VOIDED, CLOSED, **fields) == Rest(None)

    def test_not_without_an_attempt_nor_before_an_end(self) -> None:
        assert step(self.VOIDED, learned={Learned.FIRST_ATTEMPT_LOOKED_UP}) == Rest(None)
        assert step(invoice_in(Stage.GIVEN_UP), CLOSED) == Rest(None)


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
    SECOND = replace(SUCCEEDED, lago_id="second", created_at=NOW + timedelta(seconds=1))
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


class TestWhatCannotBeReached:
    @pytest.mark.parametrize("stage", [Stage.RETRY_PLANNED, Stage.AUTHENTICATION_LINK_DUE])
    def test_ends_the_plan_and_is_looked_at_again_tomorrow(self, stage: Stage) -> None:
        found = step_when_closed(invoice_in(stage), DECLINED, sent_through={})

        assert found == EndPlan("payment_provider_not_connected", TOMORROW)

    @pytest.mark.parametrize("stage", [Stage.WAITS_FOR_ANOTHER_METHOD, Stage.GIVEN_UP, *ENDED])
    def test_holds_everything_else_back_until_tomorrow(self, stage: Stage) -> None:
        learned = {Learned.OTHERS_CLOSED}

        assert step(invoice_in(stage), DECLINED, sent_through={}, learned=learned) == Rest(TOMORROW)

    def test_holds_nothing_back_once_it_is_closed_or_while_the_invoice_is_open(self) -> None:
        assert step(invoice_in(Stage.GIVEN_UP), CLOSED, sent_through={}) == Rest(None)
        assert step(invoice_in(Stage.IN_FLIGHT), DECLINED, sent_through={}) == Wait(WaitingFor.INTEGRATION)
        assert step(invoice_in(Stage.GIVEN_UP), DECLINED, sent_through={}, customer=None) == Rest(None)


class TestAskForMethod:
    WAITING = invoice_in(Stage.WAITING, attempt=0, waiting_for=WaitingFor.PAYMENT_METHOD)
    FAILED = invoice_in(Stage.WAITS_FOR_ANOTHER_METHOD, due_at=NOW)
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


class TestEndWithoutPayment:
    @pytest.mark.parametrize("stage", OPEN)
    def test_an_open_invoice_ends_if_nothing_is_owed(self, stage: Stage) -> None:
        invoice = invoice_in(stage, total_paid_amount_cents=4200)

        assert step(invoice, SENT) == EndWithoutPayment()

    def test_not_while_a_cent_is_owed(self) -> None:
        sent = replace(SENT, amount_cents=1)

        assert step(invoice_in(Stage.IN_FLIGHT, total_paid_amount_cents=4199), sent) == Charge(sent, PAYER)

    def test_not_while_the_item_does_not_know_that_its_last_attempt_was_paid(self) -> None:
        replaced = invoice_in(Stage.IN_FLIGHT, attempt=0, total_amount_cents=0)
        later = invoice_in(Stage.IN_FLIGHT, attempt=2, total_amount_cents=0)

        assert step(replaced, SUCCEEDED, customer=None) == Wait(WaitingFor.CUSTOMER)
        assert step(replaced, CLOSED, customer=None) == EndWithoutPayment()
        assert step(later, SUCCEEDED, customer=None) == EndWithoutPayment()
        assert step(replaced) == EndWithoutPayment()

    def test_what_failed_does_not_end_so(self) -> None:
        assert step(invoice_in(Stage.GIVEN_UP, total_paid_amount_cents=4200), CLOSED) == Rest(None)


class TestBegin:
    def test_all_that_bears_its_name_is_closed_before(self) -> None:
        assert step(invoice_in(Stage.RETRY_PLANNED, next_retry_at=NOW), CLOSED) == CloseOthers(CLOSED)

    def test_the_next_attempt_begins_when_its_time_has_come(self) -> None:
        assert step_when_closed(invoice_in(Stage.RETRY_PLANNED, next_retry_at=NOW), CLOSED) == Begin(CLOSED, PAYER)
        assert step_when_closed(invoice_in(Stage.RETRY_PLANNED, next_retry_at=SOON), CLOSED) == Rest(SOON)

    def test_the_next_attempt_begins_when_the_customer_has_another_method(self) -> None:
        planned = invoice_in(Stage.RETRY_PLANNED, next_retry_at=SOON, waiting_for=ANOTHER)
        payer = Payer(WITH_ANOTHER_METHOD, ACCOUNT)

        assert step_when_closed(planned, CLOSED, customer=WITH_ANOTHER_METHOD) == Begin(CLOSED, payer)
        assert step_when_closed(planned, CLOSED, customer=None) == Rest(SOON)
        assert step_when_closed(planned, CLOSED, learned={Learned.METHOD_ASKED_FOR}) == Rest(SOON)

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

        assert step_when_closed(paged, PAGE) == LookAtPage(PAGE, PAYER)


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


class TestRest:
    def test_what_waits_for_another_method_rests_for_a_week_or_until_its_retry(self) -> None:
        asked = {Learned.METHOD_ASKED_FOR}
        waits = invoice_in(Stage.WAITS_FOR_ANOTHER_METHOD)
        planned = invoice_in(Stage.RETRY_PLANNED, next_retry_at=SOON, waiting_for=ANOTHER)

        assert step(waits, CLOSED, learned=asked) == Rest(NEXT_WEEK)
        assert step(planned, CLOSED, learned=asked) == Rest(SOON)

    def test_while_a_page_is_spent_it_rests_until_tomorrow_at_the_latest(self) -> None:
        waits = invoice_in(Stage.WAITS_FOR_ANOTHER_METHOD)
        planned = invoice_in(Stage.RETRY_PLANNED, next_retry_at=SOON)
        done: dict[str, Any] = {"learned": {Learned.METHOD_ASKED_FOR}, "retrieved": {SPENT.lago_id}}

        assert step(waits, SPENT, **done) == Rest(TOMORROW)
        assert step(planned, SPENT, **done) == Rest(SOON)
        assert step(invoice_in(Stage.GIVEN_UP), SPENT, **done) == Rest(TOMORROW)


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

    def test_an_attempt_waits_for_the_account_that_it_was_sent_to(self) -> None:
        assert step(invoice_in(Stage.IN_FLIGHT), SENT, sent_through={}) == Wait(WaitingFor.INTEGRATION)


class TestCollect:
    def test_what_had_been_waiting_is_claimed_before_it_is_charged(self) -> None:
        waiting = invoice_in(Stage.WAITING)
        claimed = invoice_in(Stage.WAITING, claimed_until=SOON)

        assert step(waiting, SENT) == Claim()
        assert step(claimed, SENT) == Charge(SENT, PAYER)
        assert step(invoice_in(Stage.WAITING, claimed_until=NOW), SENT) == Claim()

    @pytest.mark.parametrize("attempt", [0, 1])
    def test_an_attempt_that_is_not_on_record_is_the_first_unless_the_item_knows_its_number(self, attempt: int) -> None:
        invoice = invoice_in(Stage.IN_FLIGHT, attempt=attempt)

        assert step(invoice) == Charge(new_payment(invoice, PAYER, 1, NOW), PAYER)

    def test_the_second_attempt_is_the_second_though_it_is_not_on_record(self) -> None:
        invoice = invoice_in(Stage.IN_FLIGHT, attempt=2)

        assert step(invoice) == Charge(new_payment(invoice, PAYER, 2, NOW), PAYER)

    def test_a_page_is_looked_at(self) -> None:
        assert step(invoice_in(Stage.PAGE_OPEN), PAGE) == LookAtPage(PAGE, PAYER)
        assert step(invoice_in(Stage.PAGE_DUE), PAGE, occasion=Occasion.NEW) == LookAtPage(PAGE, PAYER)

    @pytest.mark.parametrize("attempt", [PROCESSING, DECLINED, CLOSED])
    def test_what_has_an_outcome_is_not_sent_again(self, attempt: Payment) -> None:
        assert step(invoice_in(Stage.IN_FLIGHT), attempt, occasion=Occasion.CUSTOMER_CHANGED) is None


class TestRefuse:
    SMALL = attempt_record(PayableStatus.PENDING, amount_cents=49)
    PAID_OUT_IN_EUR = integration_record(default_currency="EUR")
    PAYER = Payer(CHARGEABLE, PAID_OUT_IN_EUR)
    INVOICE = invoice_in(Stage.IN_FLIGHT, total_amount_cents=49)

    def refused(self, attempt: Payment) -> Refuse:
        refusal = refusal_of_ours(attempt, self.PAYER)
        assert refusal
        return Refuse(attempt, self.PAYER, refusal)

    def decided(self, attempt: Payment, **fields: Any) -> Step | None:
        return step(self.INVOICE, attempt, sent_through={attempt.lago_id: self.PAID_OUT_IN_EUR}, **fields)

    def test_an_attempt_that_was_never_sent_is_refused_by_a_rule_of_ours(self) -> None:
        assert self.decided(self.SMALL) == self.refused(self.SMALL)
        assert self.decided(self.SMALL, occasion=Occasion.NEW) == self.refused(self.SMALL)

    def test_one_that_may_have_been_sent_is_looked_up_before(self) -> None:
        tried = replace(self.SMALL, unknown_tries=3)
        until = RECORDED_AT + timedelta(minutes=10)

        assert self.decided(tried) == LookUp(tried, self.PAYER, until)

    @pytest.mark.parametrize("learned", [Learned.ATTEMPT_LOOKED_UP, Learned.FIRST_ATTEMPT_LOOKED_UP])
    def test_a_look_up_counts_once_nothing_can_be_sent_any_more(self, learned: Learned) -> None:
        tried = replace(self.SMALL, unknown_tries=3)
        until = RECORDED_AT + timedelta(minutes=10)
        before = until - timedelta(seconds=1)

        assert self.decided(tried, learned={learned}, now=until) == self.refused(tried)
        assert self.decided(tried, learned={learned}, now=NOW) == self.refused(tried)
        assert self.decided(tried, learned={learned}, now=before) == LookUp(tried, self.PAYER, until)
