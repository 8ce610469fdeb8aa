"""Both stories by clicks: from a fresh stack to a paid invoice, and to one that failed, is explained and is paid."""

from __future__ import annotations

import time

from playwright.sync_api import expect

from browser.person import FACTS, BillingSystem, Person

DECLINED_WHEN_CHARGED = "Visa 0341: can be saved, is declined when charged"
GOOD = "Mastercard 4444: succeeds"


def saves_method(person: Person, customer: str, method: str) -> None:
    """From the list of customers to Stripe's page and back, still signed in."""
    person.click("link", "Customers")
    person.click("link", customer)
    person.click("button", "Link to save a payment method")
    person.click("link", "Open it")
    person.page.get_by_label("Test payment method").select_option(label=method)
    person.click("button", "Save card")
    expect(person.page.get_by_role("heading", name="Customers")).to_be_visible()
    person.click("link", customer)
    person.sees("Can be charged")


def test_a_new_account_is_connected_and_an_invoice_is_collected(person: Person) -> None:
    began = time.monotonic()
    page, billing = person.page, BillingSystem(person, "fresh")

    page.goto(FACTS["page_url"])
    person.fill("API key", "paystream_nobody_knows_it")
    person.click("button", "Sign in")
    person.sees("This API key is not known here.")
    person.fill("API key", FACTS["keys"]["fresh"])
    person.click("button", "Sign in")
    person.sees("First, connect Stripe")
    person.click("link", "Connect Stripe")
    person.click("button", "Connect Stripe")
    person.fill("Secret key", "pk_test_4eC39HqLyjWDarjtT1zdp7dc")
    person.click("button", "Connect to Stripe")
    expect(page.get_by_label("Secret key", exact=True)).to_have_attribute("aria-invalid", "true")
    person.sees("This is a publishable key (pk_…)")
    person.fill("Secret key", FACTS["stripe_key"])
    person.click("checkbox", "Create customers in Stripe automatically")
    person.click("group", "More") if page.get_by_role("group", name="More").count() else page.get_by_text(
        "More", exact=True
    ).click()
    person.fill("Where Stripe's pages lead customers afterwards", f"{FACTS['page_url']}#/customers")
    person.click("button", "Connect to Stripe")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Connected", timeout=120_000)
    person.sees("TEST — no real money moves")
    person.sees("acct_")
    person.sees("The key may do all that is needed.")

    billing.customer("acme", "Acme Inc.")
    saves_method(person, "Acme Inc.", GOOD)
    billing.invoice("acme", 4200)
    person.click("link", "Invoices")
    person.sees("42.00 EUR")
    person.sees("Paid")
    person.click("link", "acme-001")
    person.sees("Attempt 1: succeeded")
    person.sees("Charged once")
    person.takes_picture("invoice")

    print(f"{person.clicks} clicks, {time.monotonic() - began:.0f} s from the sign-in to a collected invoice")


def test_a_declined_invoice_is_explained_retried_and_paid_by_a_link(person: Person) -> None:
    page, billing = person.page, BillingSystem(person, "declined")
    billing.connect()
    billing.customer("bolt", "Bolt GmbH")
    person.open("declined")
    saves_method(person, "Bolt GmbH", DECLINED_WHEN_CHARGED)
    billing.invoice("bolt", 79900)

    person.click("link", "Invoices")
    expect(page.get_by_role("row").filter(has_text="799.00 EUR")).to_contain_text("Failed", timeout=120_000)
    expect(page.get_by_role("row").filter(has_text="799.00 EUR")).to_contain_text("Tried again on")
    person.click("link", "bolt-001")
    person.sees("Attempt 1: failed")
    person.sees("What Stripe says of it")
    person.takes_picture("failed")

    person.click("button", "Retry the payment")
    person.click("button", "Charge 799.00 EUR")
    person.sees("Attempt 2: failed")

    person.click("button", "Payment link")
    person.click("button", "Make the link")
    person.click("link", "Open it")
    page.get_by_label("Test payment method").select_option(label=GOOD)
    person.click("button", "Pay €799.00")
    expect(page.get_by_role("heading", name="Customers")).to_be_visible()
    person.click("link", "Invoices")
    expect(page.get_by_role("row").filter(has_text="799.00 EUR")).to_contain_text("Paid", timeout=120_000)
    person.click("link", "bolt-001")
    person.sees("Attempt 3: succeeded")
    person.sees("Charged once")

    person.click("button", "Refund")
    person.fill("Amount in EUR", "100")
    person.click("button", "Give 100.00 EUR back")
    person.sees("Refund of 100.00 EUR: succeeded")
