"""What leads to each type of notification, and what makes one as large as possible."""

from collections.abc import Callable
from typing import Any

from paystream.model.notification import WebhookType
from world.world import SECRET_KEY, World

from builders.accounts import connect_with_customer
from builders.customers import BLOCKED, DISPUTED, change_customer
from builders.durations import DAY, MINUTE
from builders.invoices import failed_invoice, unauthenticated_invoice
from builders.payments import refund, void
from builders.stripe_events import event, intent, post

_FEES = [{"add_on_code": "setup", "units": "1.5", "unit_amount_cents": 2800, "name": "Setup", "description": "Once"}]
DETAILS: dict[str, Any] = {"fees": _FEES, "metadata": [{"key": "order", "value": "A-17"}], "number": "ACM-0042-003"}
"""What an invoice may have besides its amount."""
LONG = "\u0001" * 1024
"""As long as a text may be, and six times as long in JSON."""

_ADDRESS = dict.fromkeys("address_line1 address_line2 city zipcode state".split(), LONG)
_TEXTS = "url logo_url legal_name legal_number tax_identification_number external_salesforce_id"
PROFILE: dict[str, Any] = dict.fromkeys(_TEXTS.split(), LONG) | _ADDRESS | {"shipping_address": _ADDRESS}
"""Of a customer: some 100 KB."""


def detailed_invoice(world: World, card: str | None = "pm_card_visa") -> str:
    """An invoice with details, of a new customer who has this card."""
    world.connect()
    world.customer(payment_method=card)
    invoice_id = world.create_invoice(**DETAILS, amount=4200)
    world.run()
    return invoice_id


def _declined_for_good(world: World) -> None:
    failed_invoice(world, card=BLOCKED)


def _disputed(world: World, *, closed: str | None = None) -> None:
    detailed_invoice(world, DISPUTED)
    (dispute,) = world.stripe_client.v1.disputes.list().data
    if closed:
        world.stripe.control.close_dispute(dispute.id, closed)
        world.run()


def _refunded(world: World, card: str = "pm_card_visa") -> None:
    (only,) = world.payments(detailed_invoice(world, card))
    refund(world, only["lago_id"], 1000)
    world.pass_time(DAY)
    world.run()


def _without_a_method(world: World) -> str:
    return detailed_invoice(world, None)


def _overdue(world: World) -> None:
    _without_a_method(world)
    world.pass_time(DAY)
    world.look_again()
    world.run()


def _voided(world: World) -> None:
    void(world, _without_a_method(world))


def _led_to_a_page(world: World) -> None:
    """The card wants authentication, and a payment link follows automatically."""
    unauthenticated_invoice(world)
    world.pass_time(MINUTE)
    world.look_again()


def asked_for_action(world: World) -> None:
    """Stripe itself waits for the customer."""
    url = {"url": "https://hooks.stripe.com/3d_secure_2/x", "return_url": "https://stripe.com/"}
    action = {"type": "redirect_to_url", "redirect_to_url": url}
    asked = intent(_without_a_method(world), "requires_action", next_action=action)
    post(world, event(world, "payment_intent.requires_action", asked))


def _created_at_stripe(world: World, email: str = "ap@acme.test") -> None:
    world.connect(create_customers=True)
    change_customer(world, name="Acme", email=email)
    world.run()


def _led_to_save_a_method(world: World) -> None:
    connect_with_customer(world)
    world.api("POST", "/api/v1/customers/acme/checkout_url")


def _refused_by_stripe(world: World) -> None:
    _created_at_stripe(world, email="nobody@nowhere@acme.test")


def _with_an_expired_key(world: World) -> None:
    connect_with_customer(world)
    world.create_invoice()
    world.stripe.control.expire_key(SECRET_KEY)
    world.collect_new_invoices()


CAUSES: dict[WebhookType, Callable[[World], object]] = {
    WebhookType.INVOICE_PAYMENT_FAILURE: failed_invoice,
    WebhookType.INVOICE_PAYMENT_ABANDONED: _declined_for_good,
    WebhookType.INVOICE_PAYMENT_STATUS_UPDATED: detailed_invoice,
    WebhookType.INVOICE_PAYMENT_OVERDUE: _overdue,
    WebhookType.INVOICE_PAYMENT_DISPUTE_LOST: lambda world: _disputed(world, closed="lost"),
    WebhookType.PAYMENT_DISPUTE_OPENED: _disputed,
    WebhookType.PAYMENT_DISPUTE_WON: lambda world: _disputed(world, closed="won"),
    WebhookType.PAYMENT_REFUND_SUCCEEDED: _refunded,
    WebhookType.PAYMENT_REFUND_FAILED: lambda world: _refunded(world, "pm_card_refundFail"),
    WebhookType.INVOICE_VOIDED: _voided,
    WebhookType.PAYMENT_SUCCEEDED: detailed_invoice,
    WebhookType.PAYMENT_REQUIRES_ACTION: _led_to_a_page,
    WebhookType.CUSTOMER_PAYMENT_PROVIDER_CREATED: _created_at_stripe,
    WebhookType.CUSTOMER_PAYMENT_PROVIDER_ERROR: _refused_by_stripe,
    WebhookType.CUSTOMER_CHECKOUT_URL_GENERATED: _led_to_save_a_method,
    WebhookType.CUSTOMER_PAYMENT_METHOD_MISSING: _without_a_method,
    WebhookType.PAYMENT_PROVIDER_ERROR: _with_an_expired_key,
}


def fees(number: int) -> list[dict[str, Any]]:
    """So many, of some 600 bytes each."""
    return [{"add_on_code": "a", "description": "x" * 600, "unit_amount_cents": 100} for _ in range(number)]


def large_customer(world: World) -> None:
    """A connected account, and the customer `acme` with all of the profile."""
    connect_with_customer(world)
    change_customer(world, **PROFILE)
