"""Small stories about money: what is paid besides a charge, what can still be paid, and what goes back."""

from paystream.model.identifiers import payment_id

from .scenarios import ORGANIZATION, Scenario, Stage

_HOUR = 3600.0
_DAY = 24 * _HOUR
_DECLINED = "pm_card_chargeCustomerFail"


def declined(stage: Stage) -> None:
    """An invoice over 42.00, whose charge is declined."""
    stage.put_invoice(stage.payer(_DECLINED), total_amount_cents={"N": "4200"})
    stage.pass_time(_HOUR)


def paid(stage: Stage) -> None:
    """An invoice over 42.00."""
    stage.put_invoice(stage.payer("pm_card_visa"), total_amount_cents={"N": "4200"})
    stage.pass_time(_HOUR)


def key(stage: Stage) -> tuple[str, str]:
    """Of the story's only invoice."""
    (only,) = stage.workload.expected
    return only


def by_hand(stage: Stage, amount: int) -> None:
    stage.workload.pay_by_hand(key(stage), amount)
    stage.pass_time(_HOUR)


def another_card(stage: Stage) -> None:
    """Which is charged for what failed."""
    stage.workload.change_card(stage.first_payer(), "pm_card_visa")
    stage.pass_time(_HOUR)


def ask(stage: Stage, action: str) -> None:
    stage.ask("POST", f"/api/v1/invoices/{{lago_id}}/{action}", lago_id=key(stage)[1])
    stage.pass_time(_HOUR)


def confirm(stage: Stage, token: str, *, takes: float = 3.0) -> None:
    """The customer pays the intent that failed first after all; a debit takes so many seconds."""
    stage.workload.confirm(stage.first_intent(), token, takes=takes)


def _a_part_by_hand_then_another_card(stage: Stage) -> None:
    by_hand(stage, 1000)
    another_card(stage)


def _by_hand_in_full(stage: Stage) -> None:
    by_hand(stage, 4200)


def _a_page_then_another_card(stage: Stage) -> None:
    ask(stage, "payment_url")
    ask(stage, "retry_payment")


def _confirmed_with_a_debit_then_retried(stage: Stage) -> None:
    """With a card that is good, while the debit is on its way."""
    confirm(stage, "pm_usBankAccount_success", takes=3 * _DAY)
    another_card(stage)
    ask(stage, "retry_payment")
    stage.pass_time(4 * _DAY)


def _confirmed_with_a_debit_that_bounces(stage: Stage) -> None:
    confirm(stage, "pm_usBankAccount_insufficientFunds", takes=3 * _DAY)
    another_card(stage)
    stage.pass_time(4 * _DAY)


def _confirmed_after_it_was_paid_by_hand(stage: Stage) -> None:
    """In the moment before it is closed: there is too much, it is on record, and was notified."""
    stage.workload.pay_by_hand(key(stage), 4200)
    stage.step_until(lambda: stage.workload.world.invariants.money.by_hand[key(stage)[1]] > 0)
    confirm(stage, "pm_card_visa")
    stage.pass_time(_HOUR)


def _refunded_twice_at_once(stage: Stage) -> None:
    """Each is less than was paid, both are more."""
    for amount in (3000, 2000):
        stage.workload.refund(ORGANIZATION, payment_id(ORGANIZATION, key(stage)[1], 1), amount)
    stage.pass_time(_HOUR)


def _collected_by_another_system(stage: Stage) -> None:
    """Under the name of the attempt that failed and can still be confirmed."""
    stage.workload.collect_again(stage.first_intent())
    stage.pass_time(_HOUR)


MONEY_STORIES = (
    Scenario("a part is paid by hand, and the rest is charged", declined, _a_part_by_hand_then_another_card),
    Scenario("a failed invoice is paid by hand in full", declined, _by_hand_in_full),
    Scenario("a page is open, and a retry is asked for", declined, _a_page_then_another_card),
    Scenario("a failed payment is confirmed with a debit, and retried", declined, _confirmed_with_a_debit_then_retried),
    Scenario("a failed payment is confirmed with a debit that bounces", declined, _confirmed_with_a_debit_that_bounces),
    Scenario("a failed payment is confirmed after it was paid by hand", declined, _confirmed_after_it_was_paid_by_hand),
    Scenario(
        "two refunds are asked for at once that are too much together", paid, _refunded_twice_at_once, refuses=True
    ),
    Scenario("another system collects what failed", declined, _collected_by_another_system),
)
