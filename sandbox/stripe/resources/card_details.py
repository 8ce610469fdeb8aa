"""What a payment intent may say of the purchase and of the statement: lengths, characters, arithmetic.

https://docs.stripe.com/payments/payment-line-items and https://docs.stripe.com/get-started/account/statement-descriptors
"""

import re

from sandbox.stripe.errors import ApiError, invalid_request
from sandbox.stripe.wire import JsonObject

from .listing import chosen, cleared

_LONGEST_DESCRIPTOR, _LONGEST_NAME, _LONGEST_CODE, _MOST_LINES = 22, 1024, 12, 200
_MISMATCH = "amount_details_amount_mismatch"
_PARTS = ("discount_amount", "shipping", "tax")
_NOT_ON_A_STATEMENT = re.compile(r"[<>\\'\"*]")


def check_card_details(params: JsonObject, types: list[str]) -> None:
    """Raises `ApiError` 400 for what Stripe does not take."""
    if params.get("statement_descriptor") and "card" in types:
        raise invalid_request(
            "The `statement_descriptor` parameter is not supported for the `card` payment method type: use "
            "`statement_descriptor_suffix` instead.",
            param="statement_descriptor",
        )
    # Assumed (limits-of-a-descriptor): what does not fit is refused, without a code, and not cut.
    for name in ("statement_descriptor", "statement_descriptor_suffix"):
        if params.get(name):
            _check_descriptor(name, params[name])
    _check_credential_usage(params)
    # Assumed (line-items-in-any-country): accounts outside the United States may send line items, too.
    details = params.get("amount_details") or {}
    _check_lines(details.get("line_items") or [])
    if details.get("enforce_arithmetic_validation", True) and not _adds_up(details, params["amount"]):
        raise invalid_request(_mismatch(details, params["amount"]), code=_MISMATCH, param="amount_details")


def shown(params: JsonObject) -> JsonObject:
    """The intent's fields of these parameters. The lines themselves are shown where they are asked for."""
    details = params.get("amount_details") or {}
    amounts: JsonObject = {"tip": {}} | {name: cleared(value) for name, value in chosen(details, *_PARTS).items()}
    if not _adds_up(details, params["amount"]):
        amounts["error"] = {"code": _MISMATCH, "message": _mismatch(details, params["amount"])}
    fields: JsonObject = {"amount_details": amounts}
    if params.get("payment_details"):
        sent = params["payment_details"]
        fields["payment_details"] = {
            name: cleared(sent.get(name)) for name in ("customer_reference", "order_reference")
        }
    return fields


def _check_descriptor(name: str, value: str) -> None:
    if len(value) > _LONGEST_DESCRIPTOR:
        raise _wrong(name, f"The statement descriptor must be at most {_LONGEST_DESCRIPTOR} characters.")
    if _NOT_ON_A_STATEMENT.search(value) or not value.isascii():
        raise _wrong(name, "The statement descriptor may only have Latin characters, and none of <>\\'\"*.")
    if not re.search("[A-Za-z]", value):
        raise _wrong(name, "The statement descriptor must contain at least one letter.")


def _check_credential_usage(params: JsonObject) -> None:
    # Assumed (credential-usage-without-setup): `stored_credential_usage` is taken for a card that was attached and not
    # set up, and on session, too.
    card = (params.get("payment_method_options") or {}).get("card") or {}
    if card.get("stored_credential_usage") and params.get("setup_future_usage"):
        raise _wrong(
            "payment_method_options[card][stored_credential_usage]",
            "`stored_credential_usage` is not supported together with `setup_future_usage`.",
        )


def _check_lines(lines: list[JsonObject]) -> None:
    # Assumed (limits-of-line-items): lines that are too long, too many or do not add up are refused with these codes.
    if len(lines) > _MOST_LINES:
        raise _wrong("amount_details[line_items]", f"There can be at most {_MOST_LINES} line items.")
    for number, line in enumerate(lines):
        path = f"amount_details[line_items][{number}]"
        for name, most in (("product_name", _LONGEST_NAME), ("product_code", _LONGEST_CODE)):
            if len(line.get(name) or "") > most:
                raise _wrong(f"{path}[{name}]", f"`{name}` must be at most {most} characters.")
        for name, least in (("quantity", 1), ("unit_cost", 0)):
            if line[name] < least:
                message = f"This value must be greater than or equal to {least}."
                raise invalid_request(message, code="parameter_invalid_integer", param=f"{path}[{name}]")


def _wrong(param: str, message: str) -> ApiError:
    return invalid_request(message, param=param)


def _adds_up(details: JsonObject, amount: int) -> bool:
    """Nothing has to add up without lines."""
    return not details.get("line_items") or _sum(details) == amount


def _sum(details: JsonObject) -> int:
    lines = details["line_items"]
    of_lines = sum(
        line["quantity"] * line["unit_cost"]
        - (line.get("discount_amount") or 0)
        + (line.get("tax") or {}).get("total_tax_amount", 0)
        for line in lines
    )
    tax, shipping = details.get("tax") or {}, details.get("shipping") or {}
    besides = (tax.get("total_tax_amount") or 0) + (shipping.get("amount") or 0) - (details.get("discount_amount") or 0)
    return int(of_lines + besides)


def _mismatch(details: JsonObject, amount: int) -> str:
    return f"The amount details add up to {_sum(details)}, and the amount is {amount}."
