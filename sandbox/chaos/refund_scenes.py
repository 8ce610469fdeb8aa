"""Money that goes back: the function that sends a refund is killed, and it goes back once."""

from functools import partial
from uuid import uuid4

from sandbox.chaos.endings import Ending, settled
from sandbox.chaos.points import Point
from sandbox.chaos.violations import expect
from sandbox.chaos.world import Chaos
from sandbox.stack import Answer, request

_PART = 1000


def payment_refunded(chaos: Chaos, function: str, point: Point) -> Ending:
    """The same request under the same `Idempotency-Key`."""
    lago_id = chaos.invoice(chaos.payer("pm_card_visa"))
    settled(chaos, lago_id)
    chaos.invoices[lago_id] = "refunded"
    (payment,) = chaos.stage.call("GET", f"payments?invoice_id={lago_id}")["payments"]
    answer = chaos.repeated(point, function, partial(_refund, chaos, payment["lago_id"], str(uuid4())))
    refund = answer.body["refund"]
    made = chaos.stage.stripe.v1.refunds.list({"payment_intent": payment["provider_payment_id"]}).data
    expect([one.amount for one in made] == [_PART], f"{[one.amount for one in made]} went back, not {_PART}")
    expect(refund["provider_refund_id"] == made[0].id, f"the refund is {refund}, Stripe has {made[0].id}")
    ending = settled(chaos, lago_id, becomes="refunded")
    return Ending(f"{ending.at_stripe}, 1 refund", ending.in_the_table, ending.notified)


def _refund(chaos: Chaos, payment_id: str, idempotency_key: str) -> Answer:
    return request(
        "POST",
        f"{chaos.stack.api_url}api/v1/payments/{payment_id}/refunds",
        {"refund": {"amount_cents": _PART, "reason": "requested_by_customer"}},
        api_key=chaos.stage.key["api_key"],
        headers={"Idempotency-Key": idempotency_key},
    )
