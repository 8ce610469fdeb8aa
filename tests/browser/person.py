"""What a person does at the page and sees there; and what their billing system does beside them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Locator, Page, expect

FACTS: dict[str, Any] = json.loads(Path(os.environ["PAGE_FACTS"]).read_text())
PATIENCE_MILLISECONDS = 120_000
"""What has to happen takes a second or two; a busy machine may take its time."""

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Person:
    """Somebody at the page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.violations: list[str] = []
        self.errors: list[str] = []
        self.clicks = 0
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.violations.append(message.text)

    def open(self, key: str, screen: str = "") -> None:
        """Open the link that fills the key in, then a screen."""
        self.page.goto(f"{FACTS['page_url']}#key={FACTS['keys'][key]}")
        expect(self.page.get_by_role("navigation", name="Screens")).to_be_visible()
        if screen:
            self.go(screen)

    def go(self, screen: str) -> None:
        self.page.goto(f"{FACTS['page_url']}#/{screen}")
        self.settled()

    def settled(self) -> None:
        """Until all that the screen reads is there."""
        expect(self.page.locator("h1").first).to_be_visible(timeout=PATIENCE_MILLISECONDS)
        expect(self.page.locator(".loading")).to_have_count(0, timeout=PATIENCE_MILLISECONDS)

    def click(self, role: Any, name: str, *, within: Locator | None = None) -> None:
        (within or self.page).get_by_role(role, name=name).first.click()
        self.clicks += 1

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)

    def sees(self, text: str) -> None:
        """Without a reload, however long it takes."""
        expect(self.page.locator("body")).to_contain_text(text, timeout=PATIENCE_MILLISECONDS)

    def found_by_axe(self) -> list[str]:
        """What the judge of accessibility finds on what is shown now. It comes past the policy, as a debugger does."""
        session = self.page.context.new_cdp_session(self.page)
        question = (
            f"axe.run(document, {{runOnly: {json.dumps(RULES)}}}).then((found) => JSON.stringify(found.violations))"
        )
        session.send("Runtime.evaluate", {"expression": Path(FACTS["axe"]).read_text()})
        answer = session.send("Runtime.evaluate", {"expression": question, "awaitPromise": True, "returnByValue": True})
        session.detach()
        violations = json.loads(answer["result"]["value"])
        return [f"{one['id']}: {one['help']}: {node['html'][:200]}" for one in violations for node in one["nodes"]]

    def is_wider_than_the_screen(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))

    def takes_picture(self, name: str) -> None:
        """Kept where PICTURES names a folder: three of them are in the README."""
        if folder := os.environ.get("PICTURES"):
            self.page.screenshot(path=Path(folder) / f"{name}.png")


class BillingSystem:
    """What calls the API beside the person."""

    def __init__(self, person: Person, key: str) -> None:
        self._request = person.page.context.request
        self._headers = {"Authorization": f"Bearer {FACTS['keys'][key]}"}

    def call(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._request.fetch(
            FACTS["api_url"] + path, method=method, headers=self._headers, data=body, timeout=PATIENCE_MILLISECONDS
        )
        assert answer.ok, f"{method} {path} was answered {answer.status} {answer.text()}"
        return answer.json()

    def connect(self) -> None:
        settings = {"secret_key": FACTS["stripe_key"], "name": "Stripe", "create_customers": True}
        settings["success_redirect_url"] = f"{FACTS['page_url']}#/customers"
        self.call("PUT", "integrations/stripe/stripe", {"integration": settings})

    def customer(self, external_id: str, name: str) -> None:
        body = {"external_id": external_id, "name": name, "email": f"ap@{external_id}.example"}
        self.call("POST", "customers", {"customer": body})

    def invoice(self, external_id: str, amount: int, currency: str = "EUR") -> str:
        body = {"external_customer_id": external_id, "currency": currency, "total_amount_cents": amount}
        lago_id: str = self.call("POST", "invoices", {"invoice": body})["invoice"]["lago_id"]
        return lago_id
