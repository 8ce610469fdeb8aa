"""What has become of what was cut off: at Stripe, in the tables, and at the subscriber."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sandbox.chaos.violations import expect
from sandbox.chaos.world import Chaos
from sandbox.stack import wait_for

_TOLD = {
    "succeeded": Counter({"invoice.payment_status_updated": 1, "payment.succeeded": 1}),
    "failed": Counter({"invoice.payment_failure": 1, "invoice.payment_status_updated": 1}),
}
_MISSING = "customer.payment_method_missing"
_SECONDS = 60.0


@dataclass(frozen=True)
class Ending:
    """Three cells of the table."""

    at_stripe: str
    in_the_table: str
    told: str = "-"


def settled(chaos: Chaos, lago_id: str, *, becomes: str = "succeeded") -> Ending:
    """Wait until an invoice has come to its end, and see that it came there once.

    Raises ViolationError, TimeoutError.
    """

    def reached() -> bool:
        invoice = chaos.stage.find_invoice(lago_id)
        return bool(invoice and invoice["payment_status"] == becomes)

    wait_for(f"invoice {lago_id} to be {becomes}", reached, seconds=_SECONDS)
    wait_until_told(chaos, lago_id, becomes)
    return closed_invoice(chaos, lago_id, becomes, chaos.intents().get(lago_id, []))


def wait_until_told(chaos: Chaos, lago_id: str, becomes: str) -> None:
    """At least once; the outbox may be some steps behind. Raises TimeoutError."""
    wait_for(f"what is told of {lago_id}", lambda: _TOLD[becomes] <= _told(chaos, lago_id), seconds=_SECONDS)


def closed_invoice(chaos: Chaos, lago_id: str, becomes: str, intents: list[Any]) -> Ending:
    """One that has ended, against Stripe and the subscriber. Raises ViolationError."""
    invoice = chaos.stage.find_invoice(lago_id)
    expect(invoice is not None, f"invoice {lago_id} is lost")
    status, paid = (invoice or {})["payment_status"], (invoice or {})["total_paid_amount_cents"]
    payments = chaos.stage.call("GET", f"payments?invoice_id={lago_id}")["payments"]
    charged = [intent.amount_received for intent in intents if intent.status == "succeeded"]
    told = _told(chaos, lago_id)
    expect(len(charged) <= 1, f"invoice {lago_id} was charged {len(charged)} times")
    expect(len(intents) == 1, f"invoice {lago_id} has {len(intents)} payment intents at Stripe")
    expect(status == becomes, f"invoice {lago_id} is {status}, not {becomes}")
    expect(bool(charged) is (status == "succeeded"), f"invoice {lago_id} is {status}; at Stripe {intents[0].status}")
    expect(paid == sum(charged), f"invoice {lago_id}: {paid} paid in the table, {sum(charged)} at Stripe")
    recorded = [payment["provider_payment_id"] for payment in payments]
    expect(recorded == [intents[0].id], f"invoice {lago_id}: the table has {recorded}, Stripe has {intents[0].id}")
    expect(told == _TOLD[becomes], f"invoice {lago_id} was told as {dict(told)}")
    at_stripe = f"1 intent, charged {charged[0] / 100:.2f}" if charged else "1 intent, declined"
    return Ending(at_stripe, f"{status}, 1 payment", _deliveries(chaos, lago_id, becomes))


def _told(chaos: Chaos, lago_id: str) -> Counter[str]:
    types = Counter(chaos.stage.subscriber.about_invoice(lago_id))
    # It is the customer's; some invoices wait for a card.
    types.pop(_MISSING, None)
    return types


def _deliveries(chaos: Chaos, lago_id: str, becomes: str) -> str:
    """The result's own notification, and how often it arrived."""
    (wanted,) = _TOLD[becomes].keys() - {"invoice.payment_status_updated"}
    times = chaos.stage.subscriber.most_deliveries(lago_id)
    return wanted if times == 1 else f"{wanted}, {times} times under one key"
