"""What a payment intent may say of the purchase and of the statement."""

from typing import Any

import pytest
import stripe
from unit.stripe_sandbox.shop import Shop

LINE: dict[str, Any] = {"product_name": "Setup", "quantity": 2, "unit_cost": 500}
CARDS: dict[str, Any] = {"allowed_payment_method_types": ["card"]}


def lines(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"amount_details": {"line_items": [*items], **more}}


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"statement_descriptor": "SHOP"}, None, "statement_descriptor"),
        ({"statement_descriptor_suffix": "A" * 23}, None, "statement_descriptor_suffix"),
        ({"statement_descriptor_suffix": "42"}, None, "statement_descriptor_suffix"),
        ({"statement_descriptor_suffix": "A*1"}, None, "statement_descriptor_suffix"),
        ({"statement_descriptor_suffix": "Ä1"}, None, "statement_descriptor_suffix"),
        (
            {
                "payment_method_options": {"card": {"stored_credential_usage": "unscheduled"}},
                "setup_future_usage": "off_session",
            },
            None,
            "payment_method_options[card][stored_credential_usage]",
        ),
        (lines(*[LINE] * 201), None, "amount_details[line_items]"),
        (lines(LINE | {"product_name": "x" * 1025}), None, "amount_details[line_items][0][product_name]"),
        (lines(LINE | {"product_code": "x" * 13}), None, "amount_details[line_items][0][product_code]"),
        (
            lines(LINE | {"quantity": 0}),
            "parameter_invalid_integer",
            "amount_details[line_items][0][quantity]",
        ),
        (
            lines(LINE | {"unit_cost": -1}),
            "parameter_invalid_integer",
            "amount_details[line_items][0][unit_cost]",
        ),
        (lines(LINE | {"quantity": 1}), "amount_details_amount_mismatch", "amount_details"),
    ],
)
def test_what_is_too_long_or_does_not_add_up_is_refused(
    shop: Shop, params: Any, code: str | None, param: str | None
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        shop.pay(payment_method="pm_card_visa", **CARDS, **params)

    assert (caught.value.http_status, caught.value.code, caught.value.param) == (400, code, param)


def test_lines_tax_shipping_and_discount_add_up_to_the_amount(shop: Shop) -> None:
    details = lines(LINE, tax={"total_tax_amount": 100}, shipping={"amount": 50}, discount_amount=150)
    intent = shop.pay(payment_method="pm_card_visa", **CARDS, **details)

    assert intent.amount_details is not None
    assert intent.amount_details.to_dict() == {
        "tip": {},
        "tax": {"total_tax_amount": 100},
        "shipping": {"amount": 50},
        "discount_amount": 150,
    }


def test_lines_that_do_not_add_up_are_named_where_that_does_not_matter(shop: Shop) -> None:
    details = lines(LINE | {"quantity": 1}, enforce_arithmetic_validation=False)
    intent = shop.pay(payment_method="pm_card_visa", **CARDS, **details)

    assert intent.status == "succeeded"
    assert intent.amount_details is not None
    assert intent.amount_details.to_dict()["error"]["code"] == "amount_details_amount_mismatch"


def test_the_reference_and_the_suffix_are_shown(shop: Shop) -> None:
    sent: dict[str, Any] = {"payment_details": {"order_reference": "ACM1"}, "statement_descriptor_suffix": "ACM-1"}
    intent = shop.pay(payment_method="pm_card_visa", **CARDS, **sent)

    assert intent.payment_details is not None
    assert intent.payment_details.order_reference == "ACM1"
    assert intent.statement_descriptor_suffix == "ACM-1"
