"""Many payments on their way, handed out in one message and found by one list at Stripe."""

from functools import partial

from sandbox.chaos.endings import Ending, settled
from sandbox.chaos.points import Point
from sandbox.chaos.queues import received
from sandbox.chaos.world import Chaos

_INVOICES = 12
"""More than as many as are looked up one by one."""


def due_invoices(chaos: Chaos, function: str, point: Point) -> Ending:
    """Bank debits that Stripe has collected without an event; killed half-way, the queue brings the message again."""
    customer = chaos.debtor()
    with chaos.results_kept_back():
        lago_ids = [chaos.invoice(customer) for _ in range(_INVOICES)]
        for lago_id in lago_ids:
            chaos.stack.wait_for("the bank debit", partial(_is_on_its_way, chaos, lago_id))
        chaos.stack.wait_for("the bank", lambda: _are_collected(chaos, lago_ids))
        for lago_id in lago_ids:
            chaos.let_time_pass(lago_id, "due_at")
        with received(chaos, function, lago_ids[0], chaos.run_schedule) as handed_over:
            chaos.killer.kill_at(point, function, handed_over)
        for lago_id in lago_ids:
            settled(chaos, lago_id)
    intents = chaos.intents()
    charged = sum(intent.amount_received for lago_id in lago_ids for intent in intents[lago_id])
    return Ending(
        f"{_INVOICES} intents, charged {charged / 100:.2f}",
        f"{_INVOICES} succeeded, 1 payment each",
        "payment.succeeded for each",
    )


def _is_on_its_way(chaos: Chaos, lago_id: str) -> bool:
    payment = chaos.stage.payment(lago_id)
    return bool(payment and payment["provider_payment_id"])


def _are_collected(chaos: Chaos, lago_ids: list[str]) -> bool:
    intents = chaos.intents()
    return all(intents[lago_id][0].status == "succeeded" for lago_id in lago_ids)
