"""What leaves the system: log lines, messages to subscribers, answers. None of it may hold a secret or an e-mail."""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

_SECRETS = ("sk_test_", "sk_live_", "rk_test_", "rk_live_", "whsec_")
_EMAIL = re.compile(r"[^\s\"@]+@[^\s\"@]+\.[a-z]+")
_ABOUT_THE_CUSTOMER = frozenset(
    {
        "invoice.payment_status_updated",
        "invoice.payment_overdue",
        "invoice.voided",
        "customer.payment_provider_created",
        "customer.payment_method_missing",
    }
)
"""Notifications with Lago's customer object, which has the customer's e-mail among its fields."""

Complain = Callable[[str], None]


def leak(text: str, *, emails_allowed: bool = False) -> str | None:
    """What the text holds that it must not."""
    if "@" in text and not emails_allowed and (found := _EMAIL.search(text)):
        return f"an e-mail: {found[0]}"
    for secret in _SECRETS:
        if secret in text:
            return f"a secret: …{text[max(0, text.index(secret) - 40) :][:60]}…"
    return None


class Log(StringIO):
    """Takes what functions log and measure, looks for what must not be there, and keeps nothing but errors."""

    def __init__(self, complain: Complain) -> None:
        super().__init__()
        self.lines = 0
        self.exceptions: Counter[str] = Counter()
        self._complain = complain

    def write(self, text: str) -> int:
        self.lines += 1
        found = leak(text)
        if found:
            self._complain(f"a log line holds {found}")
        if '"exception"' in text:
            content = json.loads(text)
            self.exceptions[str(content.get("exception_name"))] += 1
        return len(text)


@dataclass(slots=True)
class Subscriber:
    """What was published: each message once by its `unique_key`, and what it is about."""

    complain: Complain
    times: Counter[str] = field(default_factory=Counter)
    about: dict[tuple[str, str], set[str]] = field(default_factory=dict)

    def receive(self, topic: str, body: str, attributes: Mapping[str, Any]) -> None:
        unique_key = attributes["unique_key"]["StringValue"]
        webhook_type = attributes["webhook_type"]["StringValue"]
        found = leak(body, emails_allowed=webhook_type in _ABOUT_THE_CUSTOMER)
        if found:
            self.complain(f"a message of the type {webhook_type} holds {found}")
        self.times[unique_key] += 1
        if self.times[unique_key] > 1:
            return
        content = json.loads(body)
        subject = _subject(webhook_type, content[content["object_type"]])
        self.about.setdefault((webhook_type, subject), set()).add(unique_key)

    def keys(self, webhook_type: str, subject: str) -> set[str]:
        """The unique keys of the messages of a type about a payment, an invoice (with its status) or a customer."""
        return self.about.get((webhook_type, subject), set())


def _subject(webhook_type: str, content: Mapping[str, Any]) -> str:
    match webhook_type:
        case "invoice.payment_failure":
            return str(content["lago_payment_id"] or content["lago_invoice_id"])
        case "invoice.payment_status_updated":
            return f"{content['lago_id']} {content['payment_status']}"
        case "invoice.payment_dispute_lost":
            return str(content["invoice"]["lago_id"])
        case "customer.payment_method_missing":
            return str(content["lago_invoice_id"])
        case _:
            return str(
                content.get("lago_id") or content.get("lago_customer_id") or content.get("lago_payment_provider_id")
            )
