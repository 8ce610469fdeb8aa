"""Payment links: asking for one, and what a customer does on its page."""

from typing import Any

from world.api_gateway import Answer
from world.world import World

from builders.due import look_a_minute_later
from builders.durations import DAY
from builders.invoices import unauthenticated_invoice

REQUIRES_ACTION = "payment.requires_action"


def ask_for_link(world: World, invoice_id: str) -> Answer:
    """Ask for the payment link of an invoice."""
    return world.api("POST", f"/api/v1/invoices/{invoice_id}/payment_url")


def payment_url(world: World, invoice_id: str) -> str:
    """The URL of the invoice's page."""
    answer = ask_for_link(world, invoice_id)
    assert answer.status == 200, answer.body
    link: str = answer.body["invoice_payment_details"]["payment_url"]
    return link


def sessions(world: World) -> list[Any]:
    """The pages that were made, the newest first."""
    return list(world.stripe_client.v1.checkout.sessions.list().data)


def pay_on_page(world: World, method: str = "pm_card_visa") -> None:
    """The customer pays on the newest page."""
    world.stripe.control.complete_checkout(sessions(world)[0].id, method)


def pay_on_open_pages(world: World) -> None:
    """The customer pays by card on every page that is open still."""
    for page in sessions(world):
        if page.status == "open":
            world.stripe.control.complete_checkout(page.id, "pm_card_visa")
    world.run()


def pay_by_debit(world: World, outcome: str) -> None:
    """The customer pays on the newest page by a bank debit, whose outcome is known three days later."""
    world.stripe.control.set_settlement_delay(3 * DAY)
    pay_on_page(world, f"pm_usBankAccount_{outcome}")
    world.run()


def invoice_with_page(world: World, **settings: Any) -> str:
    """An `unauthenticated_invoice` a minute later: its page is open, and notified."""
    invoice_id = unauthenticated_invoice(world, **settings)
    look_a_minute_later(world)
    assert world.notified().count(REQUIRES_ACTION) == 1
    return invoice_id
