"""A browser for all tests, and for each test a page that must break no rule of the content security policy."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from browser.person import FACTS, PATIENCE_MILLISECONDS, Person

ARGUMENTS = ["--headless=shell", "--no-sandbox", "--no-zygote", "--disable-gpu"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=FACTS["browser"], env={**os.environ, **FACTS["browser_environment"]}, args=ARGUMENTS
        )
        print(f"Chromium {running.version}")
        yield running
        running.close()


@pytest.fixture
def person(browser: Browser) -> Iterator[Person]:
    """Somebody in Berlin, at a desk, with a fresh tab."""
    context = browser.new_context(
        timezone_id="Europe/Berlin",
        viewport={"width": 1280, "height": 900},
        reduced_motion="reduce",
        accept_downloads=True,
    )
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    somebody = Person(context.new_page())
    yield somebody
    context.close()
    assert somebody.violations == []
    assert somebody.errors == []
