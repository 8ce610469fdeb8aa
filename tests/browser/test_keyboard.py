"""The page with the keyboard alone."""

from __future__ import annotations

from playwright.sync_api import expect

from browser.person import FACTS, BillingSystem, Person

MOST_TABS = 40


def tab_to(person: Person, name: str) -> None:
    """Press Tab until what bears this name has the focus, which can be seen."""
    for _ in range(MOST_TABS):
        person.page.keyboard.press("Tab")
        focused = person.page.locator(":focus")
        label = focused.evaluate(
            "(one) => one.labels?.[0]?.textContent ?? one.getAttribute('aria-label') ?? one.textContent"
        )
        if label and label.strip().startswith(name):
            assert focused.evaluate("(one) => getComputedStyle(one).outlineStyle") != "none", (
                f"{name}: no sign of the focus"
            )
            return
    raise AssertionError(f"{name} is not reached by {MOST_TABS} tabs")


def test_signing_in_connecting_and_leaving_need_no_mouse(person: Person) -> None:
    BillingSystem(person, "screens").connect()
    keyboard = person.page.keyboard
    person.page.goto(FACTS["page_url"])

    tab_to(person, "API key")
    keyboard.type(FACTS["keys"]["screens"])
    keyboard.press("Enter")
    expect(person.page.get_by_role("navigation", name="Screens")).to_be_visible()

    tab_to(person, "Settings")
    keyboard.press("Enter")
    expect(person.page.get_by_role("heading", name="Stripe", exact=True)).to_be_visible()
    expect(person.page.get_by_role("main")).to_be_focused()
    person.settled()

    tab_to(person, "Connect another account")
    keyboard.press("Enter")
    dialog = person.page.get_by_role("dialog", name="Connect to Stripe")
    expect(dialog).to_be_visible()
    tab_to(person, "Secret key")
    keyboard.type("pk_test_4eC39HqLyjWDarjtT1zdp7dc")
    tab_to(person, "Name")
    keyboard.type("Second")
    keyboard.press("Enter")
    person.sees("This is a publishable key")

    keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(person.page.get_by_role("button", name="Connect another account")).to_be_focused()


def test_the_first_tab_leads_past_the_navigation(person: Person) -> None:
    person.open("screens")
    person.settled()

    person.page.keyboard.press("Tab")
    expect(person.page.locator(":focus")).to_have_text("Skip to the content")
    person.page.keyboard.press("Enter")
    expect(person.page.get_by_role("main")).to_be_focused()
