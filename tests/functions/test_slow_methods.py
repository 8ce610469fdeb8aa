"""Debits, vouchers, Link and crypto: on their way for days, then a success or a failure."""

from typing import Any

import pytest
from builders.customers import DECLINED, customer_who_pays_with, pay_with
from builders.durations import DAY
from builders.invoices import collected
from builders.links import pay_on_page, payment_url, sessions
from builders.payments import retry
from builders.read import intents, invoice_and_stripe_status
from world.world import World

DEBITS = [
    ("sepa_debit", "EUR", "pm_sepaDebit_success"),
    ("us_bank_account", "USD", "pm_usBankAccount_success"),
    ("bacs_debit", "GBP", "pm_bacsDebit_success"),
]
BOUNCED = [
    ("EUR", "pm_sepaDebit_failed", ("generic_could_not_process", "later")),
    ("USD", "pm_usBankAccount_insufficientFunds", ("insufficient_funds", "later")),
    ("USD", "pm_usBankAccount_accountClosed", ("account_closed", "after_customer_acts")),
    ("GBP", "pm_bacsDebit_insufficientFunds", ("insufficient_funds", "later")),
    ("GBP", "pm_bacsDebit_debitNotAuthorized", ("debit_not_authorized", "never")),
]


def save_on_a_page(world: World, token: str) -> None:
    """`acme` saves a method on a page of Stripe."""
    answer = world.api("POST", "/api/v1/customers/acme/checkout_url")
    assert answer.status == 200, answer.body
    (session,) = sessions(world)
    world.stripe.control.complete_checkout(session.id, token)
    world.run()


def days_later(world: World, days: int = 4) -> None:
    world.pass_time(days * DAY)
    world.run()


@pytest.fixture(autouse=True)
def _debits_take_days(world: World) -> None:
    world.connect()
    world.stripe.control.set_settlement_delay(3 * DAY)


@pytest.mark.parametrize(("kind", "currency", "token"), DEBITS)
def test_a_debit_that_was_saved_on_a_page_is_on_its_way_for_days_and_succeeds(
    world: World, kind: str, currency: str, token: str
) -> None:
    customer_who_pays_with(world, kind)
    save_on_a_page(world, token)
    invoice_id = collected(world, currency=currency)
    on_its_way = invoice_and_stripe_status(world, invoice_id)

    days_later(world)

    assert on_its_way == ("pending", "processing")
    assert invoice_and_stripe_status(world, invoice_id) == ("succeeded", "succeeded")
    assert world.notified() == [
        "customer.checkout_url_generated",
        "invoice.payment_status_updated",
        "payment.succeeded",
    ]
    assert world.charged() == [4200]


@pytest.mark.parametrize(("currency", "token", "notified"), BOUNCED)
def test_a_debit_that_bounces_days_later_is_a_failure_of_its_class(
    world: World, currency: str, token: str, notified: tuple[str, str]
) -> None:
    customer_who_pays_with(world, "sepa_debit", "us_bank_account", "bacs_debit", payment_method=token)
    invoice_id = collected(world, currency=currency)

    days_later(world)

    failure = world.notification("invoice.payment_failure")["payment_provider_invoice_payment_error"]
    assert invoice_and_stripe_status(world, invoice_id)[0] == "failed"
    assert (failure["provider_error"]["error_code"], failure["retry"]) == notified
    assert failure["will_retry"] is (notified[1] == "later")


@pytest.mark.parametrize(("kind", "currency", "token"), DEBITS)
def test_a_debit_is_settled_by_the_schedule_when_no_event_comes(
    world: World, kind: str, currency: str, token: str
) -> None:
    customer_who_pays_with(world, kind, payment_method=token)
    invoice_id = collected(world, currency=currency)

    world.pass_time(4 * DAY)
    world.stripe.due_deliveries()
    world.look_again()

    assert invoice_and_stripe_status(world, invoice_id) == ("succeeded", "succeeded")


def test_a_failed_payment_that_was_confirmed_with_a_debit_is_not_charged_again_by_a_retry(world: World) -> None:
    customer = customer_who_pays_with(world, "card", "sepa_debit", payment_method=DECLINED)
    invoice_id = collected(world)
    pay_with(world, customer)
    debit = world.stripe_client.v1.payment_methods.attach("pm_sepaDebit_success", {"customer": customer})
    world.stripe_client.v1.payment_intents.confirm(intents(world)[0].id, {"payment_method": debit.id})
    world.stripe.due_deliveries()

    assert retry(world, invoice_id) == (200, None)
    world.collect_due()
    assert [one.status for one in intents(world)] == ["processing"]
    world.pass_time(4 * DAY)
    world.stripe.due_deliveries()
    world.look_again()

    assert invoice_and_stripe_status(world, invoice_id) == ("succeeded", "succeeded")
    assert world.charged() == [4200]


@pytest.mark.parametrize(
    ("kind", "token"),
    [("sepa_debit", "pm_sepaDebit_success"), ("bacs_debit", "pm_bacsDebit_success"), ("boleto", "pm_boleto_success")],
)
def test_a_method_is_never_charged_in_a_currency_that_it_cannot_take(world: World, kind: str, token: str) -> None:
    """Stripe leaves the type out, and refuses the method: a failure that the customer can put right."""
    customer_who_pays_with(world, "card", kind, payment_method=token)

    invoice_id = collected(world, currency="USD")

    failure = world.notification("invoice.payment_failure")["payment_provider_invoice_payment_error"]
    assert world.invoice(invoice_id)["payment_status"] == "failed"
    assert failure["provider_error"]["error_code"] == "payment_intent_incompatible_payment_method"
    assert failure["retry"] == "after_customer_acts"
    assert intents(world) == []


def test_a_boleto_waits_for_the_customer_and_is_notified_with_its_voucher(world: World) -> None:
    customer_who_pays_with(world, "boleto", payment_method="pm_boleto_success")
    invoice_id = collected(world, currency="BRL")

    notified = world.notification("payment.requires_action")["payment"]["next_action"]
    assert invoice_and_stripe_status(world, invoice_id) == ("pending", "requires_action")
    assert notified["type"] == "boleto_display_details"
    assert notified == world.payments(invoice_id)[0]["next_action"]

    days_later(world)

    assert invoice_and_stripe_status(world, invoice_id) == ("succeeded", "succeeded")


def test_a_boleto_that_nobody_pays_expires_and_waits_for_the_customer(world: World) -> None:
    customer_who_pays_with(world, "boleto", payment_method="pm_boleto_expires")
    invoice_id = collected(world, currency="BRL")

    days_later(world)

    failure = world.notification("invoice.payment_failure")["payment_provider_invoice_payment_error"]
    assert world.invoice(invoice_id)["payment_status"] == "failed"
    assert failure["provider_error"]["error_code"] == "payment_intent_payment_attempt_expired"
    assert (failure["retry"], failure["will_retry"]) == ("after_customer_acts", False)


def test_a_boleto_is_not_saved_on_a_page_of_its_own(world: World) -> None:
    customer_who_pays_with(world, "boleto")

    answer = world.api("POST", "/api/v1/customers/acme/checkout_url")

    assert answer.status == 422
    assert answer.body["error_details"] == {"provider_payment_methods": ["no_payment_methods_to_setup_available"]}


def test_a_boleto_is_saved_by_paying_with_it_on_a_link(world: World) -> None:
    customer_who_pays_with(world, "boleto")
    first = collected(world, currency="BRL")
    pay_by_link(world, first, "pm_boleto_success")
    days_later(world)

    second = collected(world, currency="BRL")

    assert invoice_and_stripe_status(world, first) == ("succeeded", "succeeded")
    assert invoice_and_stripe_status(world, second) == ("pending", "requires_action")


def test_a_link_account_is_charged_off_session_like_a_card(world: World) -> None:
    customer_who_pays_with(world, "card", "link")
    save_on_a_page(world, "pm_link")

    invoice_id = collected(world)

    assert invoice_and_stripe_status(world, invoice_id) == ("succeeded", "succeeded")


def test_crypto_pays_on_a_link_and_is_not_saved(world: World) -> None:
    customer_who_pays_with(world, "crypto")
    invoice_id = collected(world, currency="USD")
    assert world.notified() == ["customer.payment_method_missing"]

    pay_by_link(world, invoice_id, "pm_crypto")

    assert invoice_and_stripe_status(world, invoice_id) == ("succeeded", "succeeded")
    assert world.api("GET", "/api/v1/customers/acme/payment_methods").body["payment_methods"] == []


def test_crypto_is_offered_on_links_in_usd_only(world: World) -> None:
    customer_who_pays_with(world, "crypto")
    invoice_id = collected(world, currency="EUR")

    answer = world.api("POST", f"/api/v1/invoices/{invoice_id}/payment_url")

    assert (answer.status, answer.body["error_details"]) == (422, {"base": ["payment_provider_error"]})


def test_crypto_is_left_out_where_the_customer_is_not_there(world: World) -> None:
    customer_who_pays_with(world, "card", "crypto", payment_method="pm_card_visa")

    collected(world, currency="USD")

    assert [intent.allowed_payment_method_types for intent in intents(world)] == [["card"]]


def test_a_saved_card_is_not_charged_for_a_customer_who_pays_with_crypto_only(world: World) -> None:
    customer_who_pays_with(world, "crypto", payment_method="pm_card_visa")

    invoice_id = collected(world, currency="USD")

    assert world.invoice(invoice_id)["payment_status"] == "pending"
    assert world.notified() == ["customer.payment_method_missing"]
    assert intents(world) == []


def pay_by_link(world: World, invoice_id: str, token: str) -> Any:
    """`acme` pays on the page of a payment link; returns the page."""
    payment_url(world, invoice_id)
    session = sessions(world)[0]
    pay_on_page(world, token)
    world.run()
    return session
