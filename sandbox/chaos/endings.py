"""What has become of what was cut off: at Stripe, in the tables, and at the subscriber."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sandbox.chaos.violations import expect
from sandbox.chaos.world import Chaos

_NOTIFIED = {
    "succeeded": Counter({"invoice.payment_status_updated": 1, "payment.succeeded": 1}),
    "refunded": Counter({"invoice.payment_status_updated": 1, "payment.succeeded": 1, "payment.refund_succeeded": 1}),
    "failed": Counter({"invoice.payment_failure": 1, "invoice.payment_status_updated": 1}),
    "retried": Counter({"invoice.payment_failure": 1, "invoice.payment_status_updated": 3, "payment.succeeded": 1}),
}
"""What an invoice can come to. One that is retried has failed, and succeeds by a second attempt; one that is refunded
stays paid.
"""

_MISSING = "customer.payment_method_missing"


@dataclass(frozen=True)
class Ending:
    """Three cells of the table."""

    at_stripe: str
    in_the_table: str
    notified: str = "-"


def settled(chaos: Chaos, lago_id: str, *, becomes: str = "succeeded") -> Ending:
    """Wait until an invoice has come to its end, and see that it came there once.

    Raises ViolationError, TimeoutError.
    """

    def reached() -> bool:
        invoice = chaos.stage.find_invoice(lago_id)
        return bool(invoice and invoice["payment_status"] == _status(becomes))

    chaos.stack.wait_for(f"invoice {lago_id} to be {becomes}", reached)
    wait_until_notified(chaos, lago_id, becomes)
    return closed_invoice(chaos, lago_id, becomes, chaos.intents().get(lago_id, []))


def wait_until_notified(chaos: Chaos, lago_id: str, becomes: str) -> None:
    """At least once; the outbox may be some steps behind. Raises TimeoutError."""
    chaos.stack.wait_for(f"the notifications about {lago_id}", lambda: _NOTIFIED[becomes] <= _notified(chaos, lago_id))


def closed_invoice(chaos: Chaos, lago_id: str, becomes: str, intents: list[Any]) -> Ending:
    """One that has ended, against Stripe and the subscriber. Raises ViolationError."""
    invoice = chaos.stage.find_invoice(lago_id)
    expect(invoice is not None, f"invoice {lago_id} is lost")
    status, paid = (invoice or {})["payment_status"], (invoice or {})["total_paid_amount_cents"]
    charged = [intent.amount_received for intent in intents if intent.status == "succeeded"]
    notified, attempts = _notified(chaos, lago_id), 2 if becomes == "retried" else 1
    expect(len(charged) <= 1, f"invoice {lago_id} was charged {len(charged)} times")
    expect(len(intents) == attempts, f"invoice {lago_id} has {len(intents)} payment intents at Stripe")
    expect(status == _status(becomes), f"invoice {lago_id} is {status}, not {becomes}")
    expect(bool(charged) is (status == "succeeded"), f"invoice {lago_id} is {status}; at Stripe {intents[0].status}")
    expect(paid == sum(charged), f"invoice {lago_id}: {paid} paid in the table, {sum(charged)} at Stripe")
    _wait_until_agreed(chaos, lago_id, intents)
    expect(notified == _NOTIFIED[becomes], f"invoice {lago_id} was notified as {dict(notified)}")
    result = f"charged {charged[0] / 100:.2f}" if charged else "declined"
    return Ending(
        f"{_counted(attempts, 'intent')}, {result}",
        f"{status}, {_counted(attempts, 'payment')}",
        _deliveries(chaos, lago_id, becomes),
    )


def _wait_until_agreed(chaos: Chaos, lago_id: str, intents: list[Any]) -> None:
    """What the table has of each intent is what Stripe has. An invoice that was due while it failed is looked at once
    more, and what is left of it is canceled at Stripe, maybe since the intents were read. Raises TimeoutError.
    """
    at_stripe = intents

    def agreed() -> bool:
        nonlocal at_stripe
        payments = chaos.stage.call("GET", f"payments?invoice_id={lago_id}")["payments"]
        recorded = {payment["provider_payment_id"]: payment["status"] for payment in payments}
        if recorded == {intent.id: intent.status for intent in at_stripe}:
            return True
        at_stripe = chaos.intents().get(lago_id, [])
        return False

    chaos.stack.wait_for(f"the table and Stripe to have the same of the intents of invoice {lago_id}", agreed)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number > 1 else ''}"


def _status(becomes: str) -> str:
    return "succeeded" if becomes in ("retried", "refunded") else becomes


def _notified(chaos: Chaos, lago_id: str) -> Counter[str]:
    types = Counter(chaos.stage.subscriber.about_invoice(lago_id))
    # It is the customer's; some invoices wait for a card.
    types.pop(_MISSING, None)
    return types


def _deliveries(chaos: Chaos, lago_id: str, becomes: str) -> str:
    """The result's own notification, and how often it arrived."""
    wanted = "invoice.payment_failure" if becomes == "failed" else "payment.succeeded"
    times = chaos.stage.subscriber.most_deliveries(lago_id)
    return wanted if times == 1 else f"{wanted}, {times} times under one key"
