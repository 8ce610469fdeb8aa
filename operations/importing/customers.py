"""A row becomes a customer: checked here, looked for, sent or only asked about, and named by what became of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from calling.client import Client, Reply, in_path
from calling.errors import OperationError

from importing.customer_rows import customer_of
from importing.journal import Outcome, Result
from importing.rows import Row, said_of

_READS_OF_STRIPE = 2
"""Linking reads the customer, and reads it again once it is stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerImport:
    """`code` is the account of rows that name none; columns in `left_out` are not read. With `applies`, rows are sent;
    with `links`, a page is made for each customer that cannot be charged.
    """

    client: Client
    code: str | None = None
    left_out: frozenset[str] = frozenset()
    applies: bool = False
    links: bool = False

    needed = "external_id"
    root = "customer"

    def id_of(self, row: Row) -> str | None:
        found = row.values.get("external_id")
        return found if isinstance(found, str) else None

    def read(self, row: Row) -> tuple[dict[str, Any], frozenset[str]]:
        """The customer of a row as it is sent, and the columns that are not. Raises InvalidInputError."""
        return customer_of(row, code=self.code, left_out=self.left_out)

    def handle(self, body: Mapping[str, Any], *, was_sent: bool, about_to_send: Callable[[], None]) -> Outcome:
        """What becomes of it. Raises OperationError."""
        wanted = body.get("billing_configuration", {}).get("provider_customer_id")
        there = self._there(str(body["external_id"]), wanted)
        if there and was_sent and there.result is Result.THERE_ALREADY:
            there = replace(
                there, result=Result.IMPORTED, is_created=wanted is None and bool(there.provider_customer_id)
            )
        if there:
            return self._with_link(there)
        return self._sent(body, wanted, about_to_send) if self.applies else self._checked(body, wanted)

    def _there(self, external_id: str, wanted: str | None) -> Outcome | None:
        """What is there already; None if there is nobody, or one whose link lacks."""
        known = self.client.call("GET", f"customers/{in_path(external_id)}", turns=0)
        if known.status != HTTPStatus.OK:
            return None
        found = _stored(known.body["customer"])
        if wanted is None or found.provider_customer_id == wanted:
            return found
        if found.provider_customer_id is None:
            return None
        return Outcome(
            result=Result.LINKED_OTHERWISE,
            external_id=external_id,
            provider_customer_id=wanted,
            reason=f"it is linked to {found.provider_customer_id}, and is left so",
        )

    def _sent(self, body: Mapping[str, Any], wanted: str | None, about_to_send: Callable[[], None]) -> Outcome:
        about_to_send()
        reply = self.client.call("POST", "customers", {"customer": body}, turns=_READS_OF_STRIPE if wanted else 1)
        if reply.status != HTTPStatus.OK:
            return self._refused(reply, str(body["external_id"]), wanted)
        return self._with_link(_imported(_stored(reply.body["customer"]), wanted))

    def _checked(self, body: Mapping[str, Any], wanted: str | None) -> Outcome:
        reply = self.client.call("POST", "customer_checks", {"customer": body}, turns=1 if wanted else 0)
        if reply.status != HTTPStatus.OK:
            return self._refused(reply, str(body["external_id"]), wanted)
        said = reply.body["customer_check"]
        return Outcome(
            result=Result.IMPORTED,
            external_id=said["external_id"],
            provider_customer_id=said["provider_customer_id"],
            is_chargeable=said["can_be_charged"],
            is_created=said["creates_provider_customer"],
        )

    def _refused(self, reply: Reply, external_id: str, wanted: str | None) -> Outcome:
        """Raises OperationError for what is no row's fault: an account that Stripe refuses."""
        if (reply.body or {}).get("code") == "third_party_error":
            accounts = self.client.call("GET", "integrations", turns=0).body["integrations"]
            refused = [one["code"] for one in accounts if one["needs_attention_since"]]
            if refused:
                raise OperationError(f"Stripe refuses the account {refused[0]}. Put that right, and run this again.")
        details = _details(reply)
        result = Result.NOT_FOUND if "provider_customer_not_found" in details else Result.REFUSED
        return Outcome(result=result, external_id=external_id, provider_customer_id=wanted, reason=details)

    def _with_link(self, outcome: Outcome) -> Outcome:
        """With a page on which the customer saves a payment method, where that is wanted and lacks."""
        is_wanted = self.applies and self.links and outcome.is_chargeable is False
        if not is_wanted or outcome.provider_customer_id is None:
            return outcome
        reply = self.client.call("POST", f"customers/{in_path(str(outcome.external_id))}/checkout_url")
        if reply.status != HTTPStatus.OK:
            return replace(outcome, reason=f"no checkout link: {_details(reply)}")
        return replace(outcome, link=reply.body["customer"]["checkout_url"])


def _imported(stored: Outcome, wanted: str | None) -> Outcome:
    """Who names no customer of Stripe's and has one was created there."""
    is_created = wanted is None and stored.provider_customer_id is not None
    return replace(stored, result=Result.IMPORTED, is_created=is_created)


def _stored(customer: Mapping[str, Any]) -> Outcome:
    billing = customer["billing_configuration"]
    pays = billing["payment_method_id"] or billing["provider_payment_methods"] == ["customer_balance"]
    return Outcome(
        result=Result.THERE_ALREADY,
        external_id=customer["external_id"],
        provider_customer_id=billing["provider_customer_id"],
        is_chargeable=bool(pays) and customer["account_type"] != "partner",
    )


def _details(reply: Reply) -> str:
    body = reply.body or {}
    details = body.get("error_details") or {"base": [body.get("code") or str(reply.status)]}
    return said_of(details)
