"""An open invoice that has all it needs is charged, or refused by a rule of ours."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from builders.cases import CHARGEABLE, DECIDED_AT, PAYER, attempt_record
from builders.decisions import CLOSED, IN_A_MINUTE, OPEN_PAGE, PROCESSING, SENT, UNPAID, invoice_in, step
from builders.records import RECORDED_AT, integration_record
from paystream.model.attempts import new_payment, not_agreed, refusal_of_ours
from paystream.model.card_declines import with_decline_of
from paystream.model.case import Learned, Occasion, Payer
from paystream.model.customer import FallbackConsent
from paystream.model.outcome import Failure, PayableStatus
from paystream.model.payment import MethodOrigin, Payment
from paystream.model.standing import Stage
from paystream.model.steps import Charge, Claim, LookAtPage, LookUp, Refuse, Step


class TestCollect:
    def test_what_had_been_waiting_is_claimed_before_it_is_charged(self) -> None:
        waiting = invoice_in(Stage.WAITING)
        claimed = invoice_in(Stage.WAITING, claimed_until=IN_A_MINUTE)

        assert step(waiting, SENT) == Claim()
        assert step(claimed, SENT) == Charge(SENT, PAYER)
        assert step(invoice_in(Stage.WAITING, claimed_until=DECIDED_AT), SENT) == Claim()

    @pytest.mark.parametrize("attempt", [0, 1])
    def test_an_attempt_that_is_not_on_record_is_the_first_unless_the_item_knows_its_number(self, attempt: int) -> None:
        invoice = invoice_in(Stage.IN_FLIGHT, attempt=attempt)

        assert step(invoice) == Charge(new_payment(invoice, PAYER, 1, DECIDED_AT), PAYER)

    def test_the_second_attempt_is_the_second_though_it_is_not_on_record(self) -> None:
        invoice = invoice_in(Stage.IN_FLIGHT, attempt=2)

        assert step(invoice) == Charge(new_payment(invoice, PAYER, 2, DECIDED_AT), PAYER)

    def test_a_page_is_looked_at(self) -> None:
        assert step(invoice_in(Stage.PAGE_OPEN), OPEN_PAGE) == LookAtPage(OPEN_PAGE, PAYER)
        assert step(invoice_in(Stage.PAGE_DUE), OPEN_PAGE, occasion=Occasion.NEW) == LookAtPage(OPEN_PAGE, PAYER)

    @pytest.mark.parametrize("attempt", [PROCESSING, UNPAID, CLOSED])
    def test_what_has_an_outcome_is_not_sent_again(self, attempt: Payment) -> None:
        assert step(invoice_in(Stage.IN_FLIGHT), attempt, occasion=Occasion.CUSTOMER_CHANGED) is None


class TestRefuseWhatWasDeclinedBefore:
    STOLEN = Failure(code="card_declined", message="", decline_code="stolen_card")

    def decided(self, ago: timedelta, *attempts: Payment) -> Step | None:
        declines = with_decline_of((), "pm_1", "card-1", is_hard=True, ended_by=self.STOLEN, now=RECORDED_AT - ago)
        customer = replace(CHARGEABLE, card_declines=declines)
        return step(invoice_in(Stage.IN_FLIGHT, attempt=0), *attempts, customer=customer)

    def test_what_was_never_sent_is_refused(self) -> None:
        found = self.decided(timedelta(days=1))

        assert isinstance(found, Refuse)
        assert found.outcome.failure is not None
        assert found.outcome.failure.code == "payment_method_declined_before"

    def test_what_may_have_been_sent_while_the_decline_was_written_is_looked_up_before(self) -> None:
        found = self.decided(timedelta(minutes=1))

        assert isinstance(found, LookUp)
        assert found.not_before == RECORDED_AT + timedelta(minutes=9)


class TestRefuseWhatIsNotAgreed:
    """Another method is charged, under the consent of then."""

    CONSENT = FallbackConsent(given_by="Ann", given_at=RECORDED_AT, given_how="terms")
    FALLBACK = attempt_record(
        PayableStatus.PENDING, payment_method_id="pm_2", method_origin=MethodOrigin.FALLBACK, amount_cents=1000
    )
    INVOICE = invoice_in(Stage.IN_FLIGHT, total_amount_cents=1000)

    def decided(self, *, is_allowed: bool = True, **customer: Any) -> Step | None:
        payer = replace(CHARGEABLE, **{"fallback_consent": self.CONSENT, **customer})
        account = integration_record(fallback_payment_methods=is_allowed)
        return step(self.INVOICE, self.FALLBACK, customer=payer, sent_through={self.FALLBACK.lago_id: account})

    def test_with_the_consent_and_the_setting_it_is_charged(self) -> None:
        assert isinstance(self.decided(), Charge)

    def test_without_one_of_them_it_is_refused(self) -> None:
        refused = (self.decided(fallback_consent=None), self.decided(is_allowed=False))

        assert all(isinstance(one, Refuse) and one.outcome == not_agreed() for one in refused)

    def test_what_is_the_default_by_now_needs_neither(self) -> None:
        assert isinstance(self.decided(fallback_consent=None, payment_method_id="pm_2"), Charge)


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
        assert self.decided(tried, learned={learned}, now=DECIDED_AT) == self.refused(tried)
        assert self.decided(tried, learned={learned}, now=before) == LookUp(tried, self.PAYER, until)
