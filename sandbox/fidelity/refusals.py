"""Requests that Stripe refuses, and which of them it saves under their idempotency key."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .shop import RETURN_URL, Shape, Shop

_CARD = {"amount": 4200, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True, "off_session": False}

_NOBODY = "cus_fidelity0none000"


def _detached(shop: Shop) -> object:
    request = shop.saved()
    shop.gateway.detach_payment_method(str(request.payment_method_id))
    return shop.gateway.collect(request)


def _of_nobody(shop: Shop) -> object:
    return shop.gateway.collect(shop.request(_NOBODY, "pm_card_visa"))


def _of_another(shop: Shop) -> object:
    return shop.gateway.collect(replace(shop.saved(), provider_customer_id=shop.customer()))


def _of_a_deleted_customer(shop: Shop) -> object:
    request = shop.saved()
    shop.stripe.customers.delete(request.provider_customer_id)
    return shop.gateway.collect(request)


def _twice(**changes: Any) -> Callable[[Shop], object]:
    """A refusal under one key, twice: the second answer says whether the first was saved."""

    def ask(shop: Shop) -> object:
        request = replace(shop.saved(), **changes)
        shop.gateway.collect(request)
        return shop.gateway.collect(request)

    return ask


def _raw(**params: Any) -> Callable[[Shop], object]:
    """What the adapter never sends, and another program or another version might."""
    return lambda shop: shop.stripe.payment_intents.create({**_CARD, "return_url": RETURN_URL, **params})


def _too_long_a_name(shop: Shop) -> object:
    return shop.gateway.create_customer({"name": "x" * 300, "metadata": {"lago_customer_id": shop.name()}}, shop.name())


def _no_customer(shop: Shop) -> object:
    return shop.gateway.intents_of(_NOBODY, since=shop.since)


REFUSALS = (
    Shape("a customer that is missing", _of_nobody),
    Shape("intents of a missing customer", _no_customer, ("list-of-a-missing-customer",)),
    Shape("a detached method", _detached, ("detached-method",)),
    Shape("another customer's method", _of_another),
    Shape("a deleted customer", _of_a_deleted_customer),
    Shape("too small an amount, twice", _twice(amount_cents=10, card_details=None), ("refusals-are-saved",)),
    Shape("too large an amount, twice", _twice(amount_cents=10**8, card_details=None), ("refusals-are-saved",)),
    Shape("a type that does not fit", _twice(payment_method_types=("sepa_debit",)), ("types-that-do-not-fit",)),
    Shape("an unknown parameter", _raw(no_such_parameter="1")),
    Shape("a parameter of before", _raw(payment_method_types=["card"])),
    Shape("a wrong amount", _raw(amount="much")),
    Shape("an unknown currency", _raw(currency="zzz")),
    Shape("a key of 41 characters in metadata", _raw(metadata={"k" * 41: "v"}), ("limits-of-metadata",)),
    Shape("a value of 501 characters in metadata", _raw(metadata={"k": "v" * 501}), ("limits-of-metadata",)),
    Shape("51 keys of metadata", _raw(metadata={f"k{n}": "v" for n in range(51)}), ("limits-of-metadata",)),
    Shape("a suffix of 23 characters", _raw(statement_descriptor_suffix="A" * 23), ("limits-of-a-descriptor",)),
    Shape("a suffix without a letter", _raw(statement_descriptor_suffix="42"), ("limits-of-a-descriptor",)),
    Shape("a descriptor for a card", _raw(statement_descriptor="FIDELITY"), ("limits-of-a-descriptor",)),
    Shape(
        "lines that do not add up",
        _raw(amount_details={"line_items": [{"product_name": "A", "quantity": 1, "unit_cost": 1}]}),
        ("limits-of-line-items",),
    ),
    Shape(
        "a product code of 13 characters",
        _raw(
            amount_details={
                "line_items": [{"product_name": "A", "product_code": "c" * 13, "quantity": 1, "unit_cost": 4200}]
            }
        ),
        ("limits-of-line-items",),
    ),
    Shape(
        "error_on_requires_action, types listed",
        _raw(error_on_requires_action=True, allowed_payment_method_types=["card"]),
        ("error-on-requires-action",),
    ),
    Shape("a name of 300 characters", _too_long_a_name, ("limits-of-a-customer",)),
)
