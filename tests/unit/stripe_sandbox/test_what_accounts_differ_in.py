"""Fields that are absent, and types of payment method that are not switched on."""

from typing import Any

import pytest
import stripe
from unit.stripe_sandbox.shop import Shop

CARD: dict[str, Any] = {"payment_method": "pm_card_visa", "allowed_payment_method_types": ["card"]}


def test_an_account_can_come_without_its_currency(shop: Shop) -> None:
    shop.sandbox.control.leave_out(shop.account.id, "account", "default_currency", "country")

    account = shop.stripe.v1.accounts.retrieve_current().to_dict()

    assert not {"default_currency", "country"} & account.keys()
    assert account["id"] == shop.account.id


def test_what_is_left_out_is_absent_in_lists_events_and_within_other_objects(shop: Shop) -> None:
    shop.sandbox.control.leave_out(shop.account.id, "customer", "email")
    customer = shop.customer()

    assert "email" not in customer.to_dict()
    (listed,) = shop.stripe.v1.customers.list().data
    assert "email" not in listed.to_dict()
    (event,) = shop.stripe.v1.events.list({"type": "customer.created"}).data
    assert "email" not in event.to_dict()["data"]["object"]
    expanded = shop.pay(customer=customer.id, expand=["customer"], **CARD)
    assert "email" not in expanded.to_dict()["customer"]


def test_fields_can_come_back(shop: Shop) -> None:
    shop.sandbox.control.leave_out(shop.account.id, "account", "default_currency")
    shop.sandbox.control.leave_out(shop.account.id, "account")

    assert shop.stripe.v1.accounts.retrieve_current().default_currency == "usd"


def test_a_type_that_is_not_switched_on_is_left_out_silently(shop: Shop) -> None:
    shop.sandbox.control.set_payment_method_types(shop.account.id, ["card", "link"])
    allowed: Any = ["card", "us_bank_account"]
    intent = shop.stripe.v1.payment_intents.create(
        {"amount": 1000, "currency": "usd", "allowed_payment_method_types": allowed}
    )

    assert intent.payment_method_types == ["card"]


def test_none_that_is_switched_on_is_refused(shop: Shop) -> None:
    shop.sandbox.control.set_payment_method_types(shop.account.id, ["link"])

    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.pay(**CARD)
    assert refused.value.code == "payment_intent_invalid_parameter"
    with pytest.raises(stripe.InvalidRequestError):
        shop.stripe.v1.checkout.sessions.create(
            {"mode": "setup", "success_url": "https://shop.example", "allowed_payment_method_types": ["card"]}
        )


def test_a_saved_method_of_a_type_that_was_switched_off_is_not_charged(shop: Shop) -> None:
    customer, method = shop.saved_card()
    shop.sandbox.control.set_payment_method_types(shop.account.id, ["us_bank_account"])
    charge: dict[str, Any] = {"customer": customer.id, "payment_method": method.id, "off_session": True}

    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.pay(allowed_payment_method_types=["card", "us_bank_account"], **charge)
    assert refused.value.code == "payment_intent_incompatible_payment_method"

    shop.sandbox.control.set_payment_method_types(shop.account.id, None)
    assert shop.pay(**charge).status == "succeeded"
