"""Stories in which two ways to pay cross, or in which what is known is lost on the way."""

from .money_stories import key
from .scenarios import Scenario, Stage

_HOUR = 3600.0


def _until_stripe_holds_a_charge(stage: Stage) -> str:
    """The id of what Stripe holds."""
    control = stage.workload.world.stripe.control
    control.add_fault("hold", method="POST", path="/v1/payment_intents")
    stage.step_until(lambda: bool(control.holds()))
    (hold,) = control.holds()
    return hold


def _waits(stage: Stage) -> None:
    """An invoice over 42.00 waits for a payment method."""
    stage.put_invoice(stage.payer(""), total_amount_cents={"N": "4200"})
    stage.pass_time(_HOUR)


def _a_part_by_hand_while_it_is_charged(stage: Stage) -> None:
    """Stripe has told of no card: the schedule finds it, and does not claim what it charges."""
    stage.workload.change_card(stage.first_payer(), "pm_card_visa")
    hold = _until_stripe_holds_a_charge(stage)
    stage.workload.pay_by_hand(key(stage), 1000)
    stage.step_until(lambda: stage.workload.world.invariants.money.by_hand[key(stage)[1]] > 0)
    stage.workload.world.stripe.release(hold)
    stage.pass_time(_HOUR)


CROSSING_STORIES = (
    Scenario(
        "a part is paid by hand while what waited is charged",
        _waits,
        _a_part_by_hand_while_it_is_charged,
        webhooks_are_lost=True,
    ),
)
