"""Payments by hand, second payments, refunds, and what the API answers to them."""

from typing import Any

from paystream.model.identifiers import derived_id, payment_id
from world.api_gateway import ORGANIZATION, Answer
from world.world import World

from builders.customers import pays_with, provider_customer_id
from builders.durations import DAY

REFUNDS_ROUTE = "/api/v1/payments/{lago_id}/refunds"
BEING_COLLECTED = "payment_processor_is_currently_handling_payment"
"""The code of a refusal, while a payment is on its way or another request was faster."""


def retry(world: World, invoice_id: str, body: Any = None) -> tuple[int, str | None]:
    """Ask for another attempt; returns the status, and the code of a refusal."""
    answer = world.api("POST", f"/api/v1/invoices/{invoice_id}/retry_payment", body)
    return answer.status, answer.body["code"] if answer.body else None


def void(world: World, invoice_id: str, body: Any = None) -> Answer:
    """The invoice is not to be paid any more."""
    return world.api("POST", f"/api/v1/invoices/{invoice_id}/void", body)


def pay_by_hand(world: World, invoice_id: str, amount: int = 4200, *, key: str | None = None, **more: Any) -> Answer:
    """The application reports a bank transfer, in minor units."""
    manual = {"invoice_id": invoice_id, "amount_cents": amount, "reference": "transfer 8812", **more}
    headers = {"Idempotency-Key": key} if key else None
    return world.api("POST", "/api/v1/payments", {"payment": manual}, headers=headers)


def paid_payment(world: World, *, method: str = "pm_card_visa", currency: str = "EUR") -> str:
    """The id of a payment of 42.00 that has succeeded, eight days ago if by card."""
    world.connect()
    world.customer(payment_method=method)
    pays_with(world, "card", "us_bank_account")
    invoice_id = world.create_invoice(currency=currency)
    world.run()
    world.pass_time(8 * DAY)
    world.run()
    (only,) = world.payments(invoice_id)
    assert only["payment_status"] == "succeeded"
    return str(only["lago_id"])


def paid_once(world: World, *, goes_back: bool = True, card: str = "pm_card_visa") -> str:
    """The id of a payment that has succeeded, in an account that may give second payments back."""
    payment_id = paid_payment(world, method=card)
    world.connect(refund_second_payments=goes_back)
    return payment_id


def pay_again(
    world: World, payment_id: str, amount: int = 4200, currency: str = "eur", method: str = "pm_card_visa"
) -> str:
    """A program that may write to the account collects once more under the name of the payment; the id of what comes
    of it with us.
    """
    known = world.stripe_client.v1.payment_intents.retrieve(payment(world, payment_id)["provider_payment_id"])
    second = world.stripe_client.v1.payment_intents.create(
        {
            "amount": amount,
            "currency": currency,
            "customer": str(known.customer),
            "payment_method": method,
            "confirm": True,
            "off_session": True,
            "metadata": known.metadata.to_dict() if known.metadata else {},
        }
    )
    return derived_id("payment", payment_id, second.id)


def collect_under_name(
    world: World, invoice_id: str, amount: int = 4200, *, attempt: int = 1, currency: str = "eur", **more: Any
) -> Any:
    """A program that may write to the account collects from `acme` under the name of an attempt; returns the intent."""
    names = {
        "lago_invoice_id": invoice_id,
        "lago_organization_id": ORGANIZATION,
        "lago_payment_id": payment_id(ORGANIZATION, invoice_id, attempt),
        "paystream_attempt": str(attempt),
    }
    asked: Any = {
        "amount": amount,
        "currency": currency,
        "customer": provider_customer_id(world),
        "payment_method": "pm_card_visa",
        "confirm": True,
        "off_session": True,
        "metadata": names,
    }
    return world.stripe_client.v1.payment_intents.create(asked | more)


def payment(world: World, payment_id: str) -> dict[str, Any]:
    """The payment as the API shows it."""
    found: dict[str, Any] = world.api("GET", f"/api/v1/payments/{payment_id}").body["payment"]
    return found


def refund(world: World, payment_id: str, amount: int | None = None, *, key: str | None = None, **more: Any) -> Answer:
    """Refund so much of a payment, in minor units, or what is left of it."""
    body = {"refund": {"amount_cents": amount, "reason": "requested_by_customer", **more}}
    headers = {"Idempotency-Key": key} if key else None
    return world.api("POST", REFUNDS_ROUTE.replace("{lago_id}", payment_id), body, headers=headers)


def kept_at_stripe(world: World) -> int:
    """What was charged and has not gone back, in minor units: all successes count, ours or not."""
    back: int = sum(one.amount for one in refunds_at_stripe(world) if one.status not in ("failed", "canceled"))
    return sum(world.charged()) - back


def refunds_at_stripe(world: World) -> list[Any]:
    """All refunds of the account, the newest first."""
    return list(world.stripe_client.v1.refunds.list({"limit": 100}).data)
