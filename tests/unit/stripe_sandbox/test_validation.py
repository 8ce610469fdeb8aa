from typing import Any

import pytest
import stripe
from sandbox.stripe import schema
from sandbox.stripe.endpoints import ENDPOINTS, Endpoint
from sandbox.stripe.errors import ApiError
from unit.stripe_sandbox.shop import Shop


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"currency": "usd"}, "parameter_missing", "amount"),
        ({"amount": "ten", "currency": "usd"}, "parameter_invalid_integer", "amount"),
        ({"amount": "9.99", "currency": "usd"}, "parameter_invalid_integer", "amount"),
        ({"amount": 0, "currency": "usd"}, "parameter_invalid_integer", "amount"),
        ({"amount": 49, "currency": "usd"}, "amount_too_small", "amount"),
        ({"amount": 17499, "currency": "huf"}, "amount_too_small", "amount"),
        ({"amount": 100_000_000, "currency": "usd"}, "amount_too_large", "amount"),
        ({"amount": 12345, "currency": "isk"}, "parameter_invalid_integer", "amount"),
        ({"amount": 1000, "currency": "zzz"}, None, "currency"),
        ({"amount": 1000, "currency": ""}, "parameter_invalid_empty", "currency"),
        ({"amount": 1000, "currency": "usd", "amuont": 1}, "parameter_unknown", "amuont"),
        (
            {"amount": 1000, "currency": "usd", "automatic_payment_methods": {"enabled": "true", "on": "1"}},
            "parameter_unknown",
            "automatic_payment_methods[on]",
        ),
        ({"amount": 1000, "currency": "usd", "confirm": "yes"}, None, "confirm"),
        ({"amount": 1000, "currency": "usd", "capture_method": "later"}, None, "capture_method"),
        ({"amount": 1000, "currency": "usd", "customer": "cus_none"}, "resource_missing", "customer"),
        ({"amount": 1000, "currency": "usd", "payment_method": "pm_none"}, "resource_missing", "payment_method"),
        ({"amount": 1000, "currency": "usd", "off_session": True}, None, "off_session"),
        ({"amount": 1000, "currency": "usd", "confirm": True}, "payment_intent_unexpected_state", None),
        (
            {
                "amount": 1000,
                "currency": "usd",
                "allowed_payment_method_types": ["card"],
                "payment_method": "pm_usBankAccount",
            },
            "payment_intent_incompatible_payment_method",
            "payment_method",
        ),
        (
            {"amount": 1000, "currency": "usd", "payment_method_types": ["card"]},
            "payment_method_types_no_longer_supported",
            "payment_method_types",
        ),
        (
            {"amount": 1000, "currency": "usd", "allowed_payment_method_types": ["sepa_debit"]},
            "payment_intent_invalid_parameter",
            None,
        ),
        (
            {
                "amount": 1000,
                "currency": "usd",
                "allowed_payment_method_types": ["card"],
                "payment_method_configuration": "x",
            },
            None,
            "allowed_payment_method_types",
        ),
        ({"amount": 1000, "currency": "usd", "metadata": {"k" * 41: "v"}}, None, "metadata"),
    ],
)
def test_what_stripe_refuses_is_refused_with_its_code(
    shop: Shop, params: Any, code: str | None, param: str | None
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        shop.stripe.v1.payment_intents.create(params)

    assert (caught.value.http_status, caught.value.code, caught.value.param) == (400, code, param)
    assert len(shop.account.payment_intents) == 0


def test_an_unknown_id_in_the_path_is_a_404(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="No such customer: 'cus_none'") as caught:
        shop.stripe.v1.customers.retrieve("cus_none")

    assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")


def test_a_payment_method_of_another_customer_is_refused(shop: Shop) -> None:
    _, method = shop.saved_card()

    with pytest.raises(stripe.InvalidRequestError, match="does not have a payment method"):
        shop.pay(customer=shop.customer().id, payment_method=method.id, off_session=True)


def test_a_detached_payment_method_may_not_be_used_again(shop: Shop) -> None:
    customer, method = shop.saved_card()
    shop.stripe.v1.payment_methods.detach(method.id)

    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        shop.pay(customer=customer.id, payment_method=method.id, off_session=True)


def test_on_session_a_return_url_is_needed_unless_redirects_are_excluded(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="return_url"):
        shop.pay(payment_method="pm_card_visa")

    never = {"enabled": True, "allow_redirects": "never"}
    assert shop.pay(payment_method="pm_card_visa", automatic_payment_methods=never).status == "succeeded"


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ({"number": "4242424242424241", "exp_month": 1, "exp_year": 2040}, "incorrect_number"),
        ({"number": "4242424242424242", "exp_month": 13, "exp_year": 2040}, "invalid_expiry_month"),
        ({"number": "4242424242424242", "exp_month": 1, "exp_year": 2001}, "invalid_expiry_year"),
        ({"number": "4000000000000010", "exp_month": 1, "exp_year": 2040}, "card_declined"),
    ],
)
def test_a_wrong_card_number_or_date_is_declined_at_once(shop: Shop, card: Any, code: str) -> None:
    with pytest.raises(stripe.CardError) as caught:
        shop.stripe.v1.payment_methods.create({"type": "card", "card": card})

    assert caught.value.code == code


def test_an_expansion_that_does_not_exist_is_refused_before_anything_happens(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=r"cannot be expanded \(latest_chrage\)"):
        shop.charge(expand=["latest_chrage"])

    assert len(shop.account.payment_intents) == 0


def test_an_email_address_must_look_like_one(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        shop.customer(email="ada@example.com, eve@example.com")

    assert caught.value.code == "email_invalid"


def test_an_unknown_url_is_a_404(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL"):
        shop.stripe.v1.subscriptions.list()


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.operation)
def test_the_sdk_knows_the_parameters_of_every_endpoint(endpoint: Endpoint) -> None:
    with pytest.raises(ApiError, match="unknown parameter: no_such_parameter"):
        schema.load(endpoint.params).validate({"no_such_parameter": "1"})


def test_metadata_that_grows_over_50_keys_is_refused(shop: Shop) -> None:
    full = {f"key_{number}": "v" for number in range(50)}
    customer = shop.customer(metadata=full)

    with pytest.raises(stripe.InvalidRequestError, match="up to 50 keys"):
        shop.stripe.v1.customers.update(customer.id, {"metadata": {"one_more": "v"}})
    replaced = shop.stripe.v1.customers.update(customer.id, {"metadata": {"one_more": "v", "key_0": ""}})
    assert replaced.metadata is not None
    assert len(replaced.metadata.to_dict()) == 50


@pytest.mark.parametrize(("name", "most"), [("name", 256), ("phone", 20)])
def test_a_text_of_a_customer_has_its_limit(shop: Shop, name: Any, most: int) -> None:
    customer = shop.customer(**{name: "1" * most})

    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.customer(**{name: "1" * (most + 1)})
    assert (refused.value.code, refused.value.param) == ("parameter_invalid_string", name)
    longer: Any = {name: "1" * (most + 1)}
    with pytest.raises(stripe.InvalidRequestError):
        shop.stripe.v1.customers.update(customer.id, longer)
