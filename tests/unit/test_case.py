"""What a decision is made from: who can pay, and what is missing."""

from dataclasses import replace
from typing import Any

import pytest
from builders.cases import ACCOUNT, CHARGEABLE, DECIDED_AT, PAYER, case_record
from builders.records import customer_record, integration_record, invoice_record, payment_record
from paystream.model.case import Case, Learned, Occasion, Payer, payer_of_new
from paystream.model.item_history import ItemHistory
from paystream.model.received import OnRecord
from paystream.model.standing import WaitingFor

INVOICE = invoice_record(attempt=1)
NOT_LINKED = customer_record(payment_method_id="pm_1")
WITHOUT_METHOD = customer_record(provider_customer_id="cus_1")
BY_TRANSFER = customer_record(provider_customer_id="cus_1", provider_payment_methods=("customer_balance",))


@pytest.mark.parametrize(
    ("lacks", "missing"),
    [
        ({"customer": None, "account": None}, WaitingFor.CUSTOMER),
        ({"customer": NOT_LINKED, "account": None}, WaitingFor.INTEGRATION),
        ({"customer": NOT_LINKED}, WaitingFor.PROVIDER_CUSTOMER),
        ({"customer": WITHOUT_METHOD}, WaitingFor.PAYMENT_METHOD),
    ],
)
def test_a_new_attempt_lacks_the_first_of_what_is_missing(lacks: dict[str, Any], missing: WaitingFor) -> None:
    case = case_record(INVOICE, **lacks)

    assert case.new_payer() is missing
    assert payer_of_new(case.customer, case.account) is missing


def test_a_new_attempt_is_paid_by_the_customer_through_the_account_of_now() -> None:
    assert case_record(INVOICE).new_payer() == PAYER


def test_a_bank_transfer_and_what_is_no_charge_need_no_method() -> None:
    assert case_record(INVOICE, customer=BY_TRANSFER).new_payer() == Payer(BY_TRANSFER, ACCOUNT)
    assert case_record(INVOICE, customer=WITHOUT_METHOD).new_payer(needs_method=False) == Payer(WITHOUT_METHOD, ACCOUNT)
    assert case_record(INVOICE, customer=NOT_LINKED).new_payer(needs_method=False) is WaitingFor.PROVIDER_CUSTOMER


def test_an_attempt_that_was_begun_is_paid_through_the_account_that_it_was_sent_to() -> None:
    sent = payment_record()
    other = integration_record(lago_id="other")
    moved = case_record(INVOICE, sent, account=None, customer=NOT_LINKED, sent_through={sent.lago_id: other})

    assert moved.payer_of(sent) == Payer(NOT_LINKED, other)


def test_an_attempt_waits_for_its_customer_and_for_its_own_account() -> None:
    sent = payment_record()

    assert case_record(INVOICE, sent, sent_through={}).payer_of(sent) is WaitingFor.INTEGRATION
    assert case_record(INVOICE, sent, customer=None).payer_of(sent) is WaitingFor.CUSTOMER


def test_the_first_attempt_is_paid_as_a_new_one() -> None:
    assert case_record(INVOICE).payer_of(None) == PAYER
    assert case_record(INVOICE, customer=WITHOUT_METHOD).payer_of(None) is WaitingFor.PAYMENT_METHOD


def test_the_latest_attempt_is_the_last_one_if_any_is_on_record() -> None:
    first, second, third = (payment_record(lago_id=f"attempt {number}", attempt=number) for number in (1, 2, 3))

    assert case_record(INVOICE, first).latest == first
    assert case_record(INVOICE, first, second, third).latest == third
    assert case_record(INVOICE).latest is None


@pytest.mark.parametrize("learned", Learned)
def test_what_was_done_in_this_run_is_remembered(learned: Learned) -> None:
    done = case_record(INVOICE).with_learned(Learned.OTHERS_CLOSED).with_learned(learned)

    assert done.has(learned)
    assert done.has(Learned.OTHERS_CLOSED)
    assert not case_record(INVOICE).has(learned)


def test_an_answer_changes_the_invoice_and_ends_the_run() -> None:
    written = invoice_record(attempt=2)

    answered = case_record(INVOICE).with_learned(Learned.REFUNDS_LOOKED_AT).answered(written)

    assert answered.invoice == written
    assert answered.learned == {Learned.ANSWERED, Learned.REFUNDS_LOOKED_AT}


def test_each_attempt_that_was_asked_for_is_remembered() -> None:
    first, second = payment_record(), payment_record(lago_id="second")

    assert case_record(INVOICE).with_retrieved(first).with_retrieved(second).retrieved == {"payment", "second"}


def test_a_payment_that_has_changed_takes_the_place_of_what_it_was() -> None:
    a, b, c = (payment_record(lago_id=name) for name in "abc")
    changed = replace(b, status="canceled")

    assert case_record(INVOICE, a, b, c).with_payment(changed).attempts == (a, changed, c)
    assert case_record(INVOICE, besides=(a, b, c)).with_payment(changed).besides == (a, changed, c)
    assert case_record(INVOICE, a, besides=(c,)).with_payment(changed) == case_record(INVOICE, a, besides=(c,))


def test_all_payments_and_the_history_are_on_record() -> None:
    attempt, other, history = payment_record(), payment_record(lago_id="other"), ItemHistory(DECIDED_AT, ())

    assert case_record(INVOICE, attempt, besides=(other,), history=history).on_record == OnRecord(
        (attempt, other), history
    )


def test_attempts_are_followed_for_their_former_customer_where_the_item_names_none() -> None:
    sent = payment_record()

    assert case_record(INVOICE, customer=None, former_customer=NOT_LINKED).followed_for == NOT_LINKED
    assert case_record(INVOICE, former_customer=NOT_LINKED).followed_for == CHARGEABLE
    assert case_record(INVOICE, sent, customer=None, former_customer=NOT_LINKED).payer_of(sent) == Payer(
        NOT_LINKED, ACCOUNT
    )


class TestAnAttemptOfToday:
    def test_is_over_what_is_due_and_of_the_customer_in_the_account_of_now(self) -> None:
        assert case_record(INVOICE).is_of_today(payment_record())

    @pytest.mark.parametrize("customer", ["cus_0", "cus_2"])
    def test_is_of_no_other_customer_at_stripe(self, customer: str) -> None:
        assert not case_record(INVOICE).is_of_today(payment_record(provider_customer_id=customer))

    @pytest.mark.parametrize("amount", [4199, 4201])
    def test_is_not_over_another_amount(self, amount: int) -> None:
        assert not case_record(INVOICE).is_of_today(payment_record(amount_cents=amount))

    @pytest.mark.parametrize("terms", [{"currency": "USD"}, {"external_customer_id": "globex"}])
    def test_is_of_the_same_terms(self, terms: dict[str, str]) -> None:
        assert not case_record(INVOICE).is_of_today(payment_record(**terms))

    def test_is_of_the_same_account(self) -> None:
        other = integration_record(lago_id="other", account_id="acct_2")

        assert not case_record(INVOICE, account=other).is_of_today(payment_record())

    def test_may_be_charged_to_another_method_or_to_none_by_now(self) -> None:
        by_none = replace(CHARGEABLE, payment_method_id=None)

        assert case_record(INVOICE, customer=by_none).is_of_today(payment_record(payment_method_id="pm_9"))

    @pytest.mark.parametrize("lacks", [{"customer": None}, {"account": None}, {"customer": NOT_LINKED}])
    def test_there_is_none_where_nothing_could_begin(self, lacks: dict[str, Any]) -> None:
        assert not case_record(INVOICE, **lacks).is_of_today(payment_record())


def test_a_case_of_which_nothing_was_loaded_has_nothing() -> None:
    case = Case(invoice=INVOICE, occasion=Occasion.NEW, now=DECIDED_AT)

    assert (case.attempts, case.sent_through, case.learned, case.retrieved) == ((), {}, frozenset(), frozenset())
    assert (case.customer, case.account, case.closed) == (None, None, None)
    assert CHARGEABLE.pays_with == "pm_1"
