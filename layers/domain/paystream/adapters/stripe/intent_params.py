"""The parameters of a payment intent that is created and confirmed.

Source: https://docs.stripe.com/api/payment_intents/create
"""

from typing import TYPE_CHECKING

from paystream.adapters.stripe.checkout_pages import funding_of
from paystream.model.card_details import CardDetails, LineItem
from paystream.ports.stripe import PaymentRequest

if TYPE_CHECKING:
    from stripe.params import (
        PaymentIntentCreateParams,
        PaymentIntentCreateParamsAmountDetailsLineItem,
    )

ONLY_CARDS = ("card",)

METHOD = "payment_method"
"""Is expanded, so that an answer says what was charged: https://docs.stripe.com/expand"""


def intent_params(request: PaymentRequest) -> "PaymentIntentCreateParams":
    """What is sent for one attempt. The same request has the same parameters: they belong to its idempotency key."""
    params: PaymentIntentCreateParams = {
        "amount": request.amount_cents,
        "currency": request.currency.lower(),
        "customer": request.provider_customer_id,
        "allowed_payment_method_types": list(request.payment_method_types),
        "confirm": True,
        "description": request.description,
        "metadata": request.metadata,
        "return_url": request.return_url,
        "expand": [METHOD],
    }
    if request.bank_transfer:
        params["payment_method_data"] = {"type": "customer_balance"}
        params["payment_method_options"] = {"customer_balance": funding_of(request.bank_transfer)}
        return params
    params["payment_method"] = str(request.payment_method_id)
    params["off_session"] = not request.on_session
    if request.payment_method_types == ONLY_CARDS:
        _add_card_details(params, request)
    return params


def _add_card_details(params: "PaymentIntentCreateParams", request: PaymentRequest) -> None:
    """Only where nothing but a card can be charged: Stripe does not say what it makes of them elsewhere.

    An invoice comes when it comes: `unscheduled` is what the networks call that.
    https://docs.stripe.com/payments/cards/save-and-reuse
    """
    if not request.on_session:
        params["payment_method_options"] = {"card": {"stored_credential_usage": "unscheduled"}}
    details = request.card_details
    if details is None:
        return
    if details.order_reference:
        params["payment_details"] = {"order_reference": details.order_reference}
    if details.statement_descriptor_suffix:
        params["statement_descriptor_suffix"] = details.statement_descriptor_suffix
    _add_line_items(params, details)


def _add_line_items(params: "PaymentIntentCreateParams", details: CardDetails) -> None:
    """Lines that Stripe thinks do not add up are no reason to refuse the charge."""
    if details.line_items:
        params["amount_details"] = {
            "enforce_arithmetic_validation": False,
            "line_items": [_line_item(item) for item in details.line_items],
        }


def _line_item(item: LineItem) -> "PaymentIntentCreateParamsAmountDetailsLineItem":
    line: PaymentIntentCreateParamsAmountDetailsLineItem = {
        "product_name": item.product_name,
        "quantity": item.quantity,
        "unit_cost": item.unit_cost_cents,
    }
    if item.product_code:
        line["product_code"] = item.product_code
    return line
