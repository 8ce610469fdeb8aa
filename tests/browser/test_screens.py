"""Each screen, light and dark, wide and narrow: axe finds nothing, and nothing has to be scrolled aside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import pytest
from playwright.sync_api import Page, Route, expect

from browser.person import FACTS, BillingSystem, Person

SCREENS = (
    "overview",
    "invoices",
    "customers",
    "customers/curie",
    "notifications",
    "parked",
    "integrations",
    "integrations/stripe",
)
DIALOGS = {
    "integrations": ["Connect another account"],
    "integrations/stripe": ["Rotate the key", "Change the settings", "Disconnect"],
    "customers/curie": ["Record a consent"],
}
PICTURES = {"integrations/stripe"}


@pytest.fixture
def here(person: Person) -> Person:
    """A person whose organization has an account, a customer without a card and an invoice that waits."""
    billing = BillingSystem(person, "screens")
    billing.connect()
    billing.customer("curie", "Curie SARL")
    if not billing.call("GET", "customers/curie/invoices")["invoices"]:
        billing.invoice("curie", 125000)
        billing.invoice("curie", 500, "JPY")
    return person


@contextmanager
def shown_as(page: Page, scheme: Literal["light", "dark"], width: int) -> Iterator[None]:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    yield


def looks_right(person: Person, what: str) -> None:
    """In both schemes, on a desk and on a phone."""
    for scheme in ("light", "dark"):
        for width in (1280, 360):
            with shown_as(person.page, scheme, width):
                assert not person.is_wider_than_the_screen(), f"{what}, {width} px, scrolls aside"
                if width == 1280 or scheme == "light":
                    assert person.found_by_axe() == [], f"{what}, {scheme}, {width} px"


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_is_for_everybody(here: Person, screen: str) -> None:
    here.open("screens", screen)
    if screen in PICTURES:
        here.takes_picture(screen.replace("/", "-"))
    looks_right(here, screen)
    for name in DIALOGS.get(screen, []):
        here.page.set_viewport_size({"width": 1280, "height": 900})
        here.click("button", name)
        expect(here.page.get_by_role("dialog")).to_be_visible()
        looks_right(here, f"{screen}: {name}")
        here.page.keyboard.press("Escape")
        expect(here.page.get_by_role("dialog")).to_have_count(0)


def test_an_invoice_and_what_can_be_done_with_it_is_for_everybody(here: Person) -> None:
    here.open("screens", "invoices")
    here.click("link", "curie-001")
    here.sees("What happened")
    looks_right(here, "an invoice")
    for name in ("Collect now", "Payment link", "Record money by hand", "Void"):
        here.page.set_viewport_size({"width": 1280, "height": 900})
        here.click("button", name)
        looks_right(here, name)
        here.page.keyboard.press("Escape")
        expect(here.page.get_by_role("dialog")).to_have_count(0)


def test_the_sign_in_is_for_everybody(person: Person) -> None:
    person.page.goto(FACTS["page_url"])
    expect(person.page.get_by_role("heading", name="Sign in")).to_be_visible()
    looks_right(person, "sign-in")


@pytest.mark.parametrize("screen", ["overview", "invoices", "customers", "notifications", "parked", "integrations"])
def test_where_nothing_is_yet_the_screen_says_so_and_shows_no_zeros(person: Person, screen: str) -> None:
    person.open("empty", screen)
    expect(person.page.locator(".empty")).to_be_visible()
    expect(person.page.locator("main")).not_to_contain_text("0.00")
    looks_right(person, f"{screen}, empty")


def test_what_cannot_be_read_is_said_and_can_be_tried_again(here: Person) -> None:
    def fails(route: Route) -> None:
        route.abort()

    here.open("screens", "customers")
    here.page.route("**/api/v1/invoices*", fails)
    here.click("link", "Invoices")
    here.sees("Invoices could not be read. The server cannot be reached.")
    looks_right(here, "an error")
    here.page.unroute("**/api/v1/invoices*")
    here.click("button", "Try again")
    here.sees("curie-001")


def test_what_could_not_be_refreshed_stays_and_says_as_of_when_it_is(here: Person) -> None:
    here.open("screens", "invoices")
    here.sees("curie-001")
    here.page.route("**/api/v1/invoices*", lambda route: route.abort())
    here.sees("Could not refresh. This is as of")
    here.sees("curie-001")
    looks_right(here, "stale")


def test_a_filter_stands_in_the_address_and_is_taken_away_again(here: Person) -> None:
    here.open("screens", "invoices")
    here.page.get_by_label("Currency", exact=True).fill("jpy")
    here.click("button", "Filter")
    expect(here.page.locator("tbody tr")).to_have_count(1)
    assert "currency=jpy" in here.page.url
    here.click("link", "Clear")
    expect(here.page.locator("tbody tr")).to_have_count(2)


def test_times_are_the_viewers_and_utc(here: Person) -> None:
    here.open("screens", "integrations/stripe")
    moment = here.page.get_by_text("Looked at").locator("xpath=..").locator("time")
    expect(moment).to_contain_text("UTC")


def test_a_list_is_saved_as_csv(here: Person) -> None:
    here.open("screens", "invoices")
    with here.page.expect_download() as download:
        here.click("button", "Save as CSV")
    text = download.value.path().read_text()
    assert "curie-001" in text
    assert download.value.suggested_filename == "invoices.csv"
