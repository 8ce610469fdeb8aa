"""The functions that lead from an invoice to its result: each is killed, and what AWS or Stripe repeats mends it."""

from functools import partial

from sandbox.chaos.endings import Ending, settled
from sandbox.chaos.points import Point
from sandbox.chaos.queues import received
from sandbox.chaos.violations import expect
from sandbox.chaos.world import Chaos

_CARD = "pm_card_visa"
_DECLINING = "pm_card_chargeCustomerFail"
_PAYMENT = "POST /v1/payment_intents"


def new_invoice(chaos: Chaos, function: str, point: Point) -> Ending:
    """A new invoice of a customer with a card; the stream brings the record again."""
    customer = chaos.payer(_CARD)
    with chaos.results_kept_back():
        lago_id = chaos.killer.kill_at(point, function, lambda: chaos.invoice(customer))
        return settled(chaos, lago_id)


def new_invoice_notified_again(chaos: Chaos, function: str, point: Point) -> Ending:
    """What was published comes again, under the same key: subscribers can drop it."""
    lago_id = chaos.killer.kill_at(point, function, lambda: chaos.invoice(chaos.payer(_CARD)))
    subscriber = chaos.stage.subscriber

    def notified_again() -> bool:
        return bool(subscriber.received()) and subscriber.most_deliveries(lago_id) > 1

    chaos.stack.wait_for("what was published to come again", notified_again)
    return settled(chaos, lago_id)


def new_invoice_declined(chaos: Chaos, function: str, point: Point) -> Ending:
    """The card is declined: one failure is notified, though the work was done twice."""
    customer = chaos.payer(_DECLINING)
    with chaos.results_kept_back():
        lago_id = chaos.killer.kill_at(point, function, lambda: chaos.invoice(customer, becomes="failed"))
        return settled(chaos, lago_id, becomes="failed")


def retried_invoice(chaos: Chaos, function: str, point: Point) -> Ending:
    """A new attempt is asked for, when the card can be charged again. The queue brings the message again."""
    customer = chaos.customer(_CARD)
    card = chaos.stage.customer(customer)["payment_method_id"]
    chaos.set_outcome(card, "insufficient_funds")
    lago_id = _declined(chaos, customer)
    chaos.set_outcome(card, None)
    retry = partial(chaos.stage.call, "POST", f"invoices/{lago_id}/retry_payment")
    with chaos.results_kept_back():
        with received(chaos, function, lago_id, retry) as handed_over:
            chaos.killer.kill_at(point, function, handed_over)
        return settled(chaos, lago_id, becomes="retried")


def another_card(chaos: Chaos, function: str, point: Point) -> Ending:
    """Another card arrives for an invoice that failed. The queue brings the message again, once the claim has ended."""
    customer = chaos.customer(_DECLINING)
    lago_id = _declined(chaos, customer)
    change = partial(chaos.stage.set_default_card, chaos.provider_id(customer), _CARD)
    with chaos.results_kept_back():
        with received(chaos, function, customer, change) as handed_over:
            chaos.killer.kill_at(point, function, handed_over)
            chaos.let_time_pass(lago_id, "claimed_until")
        return settled(chaos, lago_id, becomes="retried")


def waiting_invoice(chaos: Chaos, function: str, point: Point) -> Ending:
    """A card arrives for an invoice that waits. The queue brings the message again, after the claim has ended."""
    customer, lago_id = _waiting(chaos)
    with chaos.results_kept_back():
        with received(chaos, function, customer, lambda: _save_card(chaos, customer)) as handed_over:
            chaos.killer.kill_at(point, function, handed_over)
            chaos.let_time_pass(lago_id, "claimed_until")
        return settled(chaos, lago_id)


def saved_card(chaos: Chaos, function: str, point: Point) -> Ending:
    """As before, but it is Stripe's event that is cut off; Stripe sends it again."""
    customer, lago_id = _waiting(chaos)
    chaos.killer.kill_at(point, function, lambda: _save_card(chaos, customer))
    return settled(chaos, lago_id)


def bank_debit(chaos: Chaos, function: str, point: Point) -> Ending:
    """Stripe's event about a bank debit comes some time after the invoice; it is sent again."""
    customer = chaos.debtor()
    lago_id = chaos.killer.kill_at(point, function, lambda: chaos.invoice(customer))
    return settled(chaos, lago_id)


def due_invoice(chaos: Chaos, function: str, point: Point) -> Ending:
    """An invoice whose first try ended without an answer of Stripe is handed out, to be looked at again."""
    lago_id = _unknown(chaos)
    chaos.let_time_pass(lago_id, "due_at")
    with chaos.results_kept_back():
        chaos.killer.kill_at(point, function, chaos.run_schedule)
        return settled(chaos, lago_id)


def due_invoice_handed_out(chaos: Chaos, function: str, point: Point) -> Ending:
    """As before, but killed while it is looked at; the queue brings the message again."""
    lago_id = _unknown(chaos)
    chaos.let_time_pass(lago_id, "due_at")
    with chaos.results_kept_back():
        with received(chaos, function, lago_id, chaos.run_schedule) as handed_over:
            chaos.killer.kill_at(point, function, handed_over)
        return settled(chaos, lago_id)


def due_invoice_leased(chaos: Chaos, function: str, point: Point) -> Ending:
    """Postponed by its lease, but never handed out: it is due again when the lease ends."""
    lago_id = _unknown(chaos)
    chaos.let_time_pass(lago_id, "due_at")
    chaos.killer.kill_at(point, function, chaos.run_schedule)
    expect(not chaos.intents().get(lago_id), f"invoice {lago_id} was collected, though it was handed out to nobody")
    chaos.let_time_pass(lago_id, "due_at")
    chaos.run_schedule()
    return settled(chaos, lago_id)


def _declined(chaos: Chaos, customer: str) -> str:
    lago_id = chaos.invoice(customer, becomes="retried")
    chaos.stack.wait_for(
        "the card to be declined", lambda: chaos.item(lago_id).get("payment_status") == {"S": "failed"}
    )
    return lago_id


def _waiting(chaos: Chaos) -> tuple[str, str]:
    customer = chaos.customer()
    lago_id = chaos.invoice(customer)
    chaos.stack.wait_for("the invoice to wait for a card", lambda: "waiting_for" in chaos.item(lago_id))
    return customer, lago_id


def _save_card(chaos: Chaos, customer: str) -> None:
    chaos.stage.save_card(chaos.provider_id(customer), _CARD)


def _unknown(chaos: Chaos) -> str:
    """An open invoice whose payment was begun: both tries of the library were cut off before they took effect."""
    customer = chaos.payer(_CARD)
    chaos.fault("cut_before_commit", _PAYMENT, times=2)
    lago_id = chaos.invoice(customer)
    chaos.stack.wait_for("the unknown try", lambda: chaos.stage.payment(lago_id))
    return lago_id
