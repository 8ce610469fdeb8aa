"""What waits for an account that takes no charges is not looked up either."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders.cases import ACCOUNT, CHARGEABLE, DECIDED_AT, attempt_record, case_record
from builders.decisions import invoice_in
from paystream.model.case import Case
from paystream.model.faults import Reach
from paystream.model.integration import Attention
from paystream.model.next_step import next_step
from paystream.model.outcome import PayableStatus
from paystream.model.pauses import with_refusal
from paystream.model.payment import Payment
from paystream.model.rules.holding import hold
from paystream.model.standing import Stage, WaitingFor
from paystream.model.steps import Hold, LookUp, LookUpFirstAttempt

REFUSAL = Attention(since=DECIDED_AT, message="No.", reach=Reach.ACCOUNT)
PAUSED, _ = with_refusal(ACCOUNT, REFUSAL, DECIDED_AT)
REFUSED = attempt_record(PayableStatus.PENDING, refused_at=DECIDED_AT, updated_at=DECIDED_AT)
WAITING = invoice_in(Stage.IN_FLIGHT, waiting_for=WaitingFor.KEY, paused_integration_id="integration")


def case(*attempts: Payment, **fields: object) -> Case:
    return case_record(WAITING, *attempts, **({"account": PAUSED} | fields))


@pytest.mark.parametrize("attempts", [(), (REFUSED,)])
def test_it_goes_on_waiting_and_nothing_is_asked_of_stripe(attempts: tuple[Payment, ...]) -> None:
    assert next_step(case(*attempts)) == Hold(PAUSED, CHARGEABLE.charged_types)


def test_at_the_time_of_a_try_it_is_looked_up_first() -> None:
    later = DECIDED_AT + timedelta(minutes=15)
    assert isinstance(next_step(case(now=later)), LookUpFirstAttempt)
    assert isinstance(next_step(case(REFUSED, now=later)), LookUp)


@pytest.mark.parametrize(
    "fields",
    [
        {"customer": None},
        {"account": None},
        {"account": ACCOUNT},
        {"account": replace(PAUSED, needs_attention=REFUSAL)},
    ],
)
def test_it_holds_nothing_that_is_not_paused_for_a_charge(fields: dict[str, object]) -> None:
    assert hold(case(**fields)) is None


def test_an_attempt_that_may_be_on_its_way_is_not_held() -> None:
    assert hold(case(attempt_record(PayableStatus.PENDING))) is None


def test_what_waits_for_nothing_of_the_account_is_not_held() -> None:
    assert hold(case_record(invoice_in(Stage.IN_FLIGHT), account=PAUSED)) is None


def test_a_bank_transfer_is_of_its_own_type() -> None:
    by_transfer = replace(CHARGEABLE, provider_payment_methods=("customer_balance",))
    debits, _ = with_refusal(ACCOUNT, replace(REFUSAL, reach=Reach.METHOD_TYPE, what="customer_balance"), DECIDED_AT)
    assert hold(case(customer=by_transfer, account=debits)) == Hold(debits, ("customer_balance",))
    assert hold(case(account=debits)) is None
