"""What must hold after every step. Only what changes is looked at, when it changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aws_in_memory.dynamodb.tables import Key, Table
from aws_in_memory.dynamodb.values import Item
from paystream.model.identifiers import payment_id
from sandbox.stripe.wire import JsonObject

from .at_stripe import is_our_own
from .gone import Gone
from .money import Money
from .operators import is_of_the_operator
from .stages import contradictions, leap

LastPayment = Callable[[Key, Item], Item | None]
"""The payment of an invoice's last attempt, if it is on record."""


class ViolationError(AssertionError):
    """The system did what it must never do."""


@dataclass(slots=True)
class Invariants:
    """Collects what was violated; the caller that drives the world raises it."""

    violations: list[str] = field(default_factory=list)
    failed_payments: set[Key] = field(default_factory=set)
    notifications: dict[Key, str] = field(default_factory=dict)
    paid_and_due: dict[Key, int] = field(default_factory=dict)
    """The last attempt of each invoice whose last write made it paid, and left something to be looked at at once."""
    written: dict[Key, Item] = field(default_factory=dict)
    """The invoices of ours that were written in this step."""
    put_by_applications: set[Key] = field(default_factory=set)
    """What an application puts in this moment is not Paystream's doing."""
    last_payment: LastPayment = lambda key, invoice: None
    money: Money = field(init=False)
    gone: Gone = field(init=False)

    def __post_init__(self) -> None:
        self.money = Money(self.complain)
        self.gone = Gone(self.complain)

    def complain(self, text: str) -> None:
        self.violations.append(text)

    def check(self) -> None:
        """Raises ViolationError if anything was violated so far."""
        if self.violations:
            raise ViolationError("; ".join(self.violations))

    def charge(self, params: JsonObject) -> None:
        """Somebody charges: Paystream, or another system."""
        self.money.charge(params)
        if is_our_own(params.get("metadata") or {}):
            self.gone.charge(params)

    def look_at_what_was_written(self) -> None:
        """An invoice and its payment are written in one transaction: looked at when both are."""
        for key, invoice in self.written.items():
            for what in contradictions(invoice):
                self.complain(f"invoice {key} {what}")
            self.money.look_at_settled(key, invoice)
        self.written.clear()

    def watch_invoice(self, table: Table, key: Key, before: Item | None, after: Item | None) -> None:
        if after is None:
            self.complain(f"invoice {key} was deleted")
            return
        self.money.note_invoice(key, after)
        if not _is_ours(after) or key in self.put_by_applications:
            return
        self.written[key] = after
        status = after["payment_status"]["S"]
        is_open = (status, after["status"]["S"]) == ("pending", "finalized") and "problem" not in after
        if is_open and not {"due_at", "due_shard"} <= after.keys():
            self.complain(f"invoice {key} is open and has no time at which it is looked at again")
        self._note_paid_and_due(key, before, after)
        if before is not None and _is_ours(before):
            self._compare(key, before, after)

    def _note_paid_and_due(self, key: Key, before: Item | None, after: Item) -> None:
        """Its payment is written right after it, in the same transaction. What only an event says is asked for ten
        minutes later: another system may have made that intent.
        """
        was_paid = before is not None and before.get("payment_status") == {"S": "succeeded"}
        has_become_paid = after["payment_status"] == {"S": "succeeded"} and not was_paid
        self.paid_and_due.pop(key, None)
        is_due_at_once = after.get("due_at") == after["updated_at"]
        if has_become_paid and is_due_at_once and not after["refunding_payment_ids"]["L"]:
            self.paid_and_due[key] = _number(after, "attempt")

    def _compare(self, key: Key, before: Item, after: Item) -> None:
        was, is_now = before["payment_status"]["S"], after["payment_status"]["S"]
        if was == "succeeded" and is_now != "succeeded":
            self.complain(f"invoice {key} was succeeded and is {is_now}")
        if was == "failed" and is_now == "pending" and _number(before, "attempt") == _number(after, "attempt"):
            self.complain(f"invoice {key} was failed and is pending without a new attempt")
        leapt = leap(before, after)
        if leapt:
            self.complain(f"invoice {key} {leapt}")
        if _number(after, "attempt") < _number(before, "attempt"):
            self.complain(f"the attempts of invoice {key} fell")
        if _number(after, "version") - _number(before, "version") not in (0, 1):
            self.complain(f"the version of invoice {key} leaps")

    def watch_payment(self, table: Table, key: Key, before: Item | None, after: Item | None) -> None:
        if after is None:
            self.complain(f"payment {key} was deleted")
            return
        self.money.note_payment(key, before, after)
        if "attempt" not in after:
            return
        status = after["payment_status"]["S"]
        if before is not None and before["payment_status"]["S"] == "succeeded" and status != "succeeded":
            self.complain(f"payment {key} was succeeded and is {status}")
        if status == "failed":
            self.failed_payments.add(key)
            if is_of_the_operator(after):
                self.complain(f"payment {key} has failed by a fault that is the operator's")
            if _is_of_a_deletion(after):
                self.complain(f"payment {key} has failed because its customer was deleted at Stripe")
        self._check_that_nothing_is_left_of_an_own_success(key, before, after)

    def _check_that_nothing_is_left_of_an_own_success(self, key: Key, before: Item | None, after: Item) -> None:
        """A charge that is the last attempt leaves none. What is paid by hand, by an intent of another system, or by a
        former attempt leaves the last attempt to be closed; what is paid on a page leaves the page to be looked at.
        """
        was_paid = before is not None and before["payment_status"]["S"] == "succeeded"
        invoice_id, attempt = after["invoice_id"]["S"], _number(after, "attempt")
        is_charge = key[1] == payment_id(key[0], invoice_id, attempt) and "link" not in after
        has_succeeded = after["payment_status"]["S"] == "succeeded" and not was_paid
        if has_succeeded and is_charge and self.paid_and_due.get((key[0], invoice_id)) == attempt:
            self.complain(f"invoice {(key[0], invoice_id)} is paid and still due")

    def watch_notification(self, table: Table, key: Key, before: Item | None, after: Item | None) -> None:
        if after is not None:
            self.notifications[key] = after["webhook_type"]["S"]


def _is_of_a_deletion(payment: Item) -> bool:
    """Whether a charge has failed because there is no such customer at Stripe any more; not a page, which a request has
    asked for.
    """
    failure = payment.get("failure", {}).get("M", {})
    is_missing = failure.get("code", {}).get("S") == "resource_missing"
    return is_missing and "link" not in payment and "No such customer" in failure["message"]["S"]


def _is_ours(item: Mapping[str, Any]) -> bool:
    return "customer_key" in item


def _number(item: Item, name: str) -> int:
    return int(item[name]["N"]) if name in item else 0
