"""The customer that a row says, as `POST /customers` takes it."""

from collections.abc import Mapping
from typing import Any

from paystream.entry.customer_input import BillingConfigurationInput, CustomerInput, customer_change

from importing.rows import Row

_BILLING = frozenset(BillingConfigurationInput.model_fields)
_FIELDS = frozenset(CustomerInput.model_fields)
_REFUSED = frozenset({"tax_codes", "taxes", "vat_rate", "billing_entity_code", "integration_customers"})
"""What the API refuses where it says something: it is sent, so that it is refused and not dropped."""


def customer_of(row: Row, *, code: str | None, left_out: frozenset[str]) -> tuple[dict[str, Any], frozenset[str]]:
    """With the names of the columns that are not in it. Raises InvalidInputError."""
    body: dict[str, Any] = {}
    billing: dict[str, Any] = {}
    ignored = set()
    for name, value in _flat(row.values):
        if name in left_out:
            ignored.add(name)
        elif name in _BILLING:
            billing[name] = _converted(name, value)
        elif name in _FIELDS | _REFUSED:
            body[name] = _converted(name, value)
        elif not _added(body, name, value):
            ignored.add(name)
    if billing:
        body["billing_configuration"] = _with_account(billing, code)
    customer_change(body)
    return body, frozenset(ignored)


def _with_account(billing: dict[str, Any], code: str | None) -> dict[str, Any]:
    """Who has an id at Stripe is linked to the account that the row names, or else to that of `code`."""
    if not billing.get("provider_customer_id"):
        return billing
    return {"payment_provider": "stripe", **({"payment_provider_code": code} if code else {}), **billing}


def _flat(values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The billing configuration's keys beside the others, be they nested as in Lago's objects or named with a dot."""
    flat: list[tuple[str, Any]] = []
    for name, value in values.items():
        if name == "billing_configuration" and isinstance(value, dict):
            flat += [(inner, said) for inner, said in value.items() if said not in (None, "", [], {})]
        else:
            flat.append((name.removeprefix("billing_configuration."), value))
    return flat


def _converted(name: str, value: Any) -> Any:
    """A table has only texts; what is no number or word of these stays, and is refused."""
    if not isinstance(value, str):
        return value
    if name == "net_payment_term" and value.isascii() and value.isdecimal():
        return int(value)
    if name in ("sync", "sync_with_provider"):
        return {"true": True, "false": False}.get(value.lower(), value)
    if name == "provider_payment_methods":
        return value.replace("|", " ").replace(",", " ").split()
    return value


def _added(body: dict[str, Any], name: str, value: Any) -> bool:
    """A table's column such as `shipping_address.city` or `metadata.segment`."""
    outer, _, inner = name.partition(".")
    if not inner or outer not in ("shipping_address", "metadata"):
        return False
    if outer == "metadata":
        body.setdefault("metadata", []).append({"key": inner, "value": value})
    else:
        body.setdefault("shipping_address", {})[inner] = value
    return True
