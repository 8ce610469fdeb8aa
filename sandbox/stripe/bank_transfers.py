"""Where a customer is to transfer money to: https://docs.stripe.com/payments/bank-transfers/accept-a-payment."""

from .errors import invalid_request
from .wire import JsonObject

# Assumed (eu-transfer-countries): transfers to Belgium and Spain are there for every account, as those to Germany are.
_EU_COUNTRIES = ("BE", "DE", "ES", "FR", "IE", "NL")
_HOLDER = {"account_holder_name": "Sandbox", "bank_name": "STRIPE TEST BANK"}
_NOWHERE = dict.fromkeys(("city", "line1", "line2", "postal_code", "state")) | {"country": "US"}
_ADDRESSES = {"account_holder_address": _NOWHERE, "bank_address": _NOWHERE}


def check_funding(params: JsonObject) -> None:
    """Raises `ApiError` 400 unless the request says how a balance is filled that does not cover the payment."""
    options = (params.get("payment_method_options") or {}).get("customer_balance") or {}
    transfer = options.get("bank_transfer") or {}
    where = "payment_method_options[customer_balance]"
    if "customer" not in params:
        raise invalid_request("customer_balance payments need a customer.", code="parameter_missing", param="customer")
    if options.get("funding_type") != "bank_transfer" or "type" not in transfer:
        message = f"Missing required param: {where}[bank_transfer][type]."
        raise invalid_request(message, code="parameter_missing", param=f"{where}[bank_transfer][type]")
    country = (transfer.get("eu_bank_transfer") or {}).get("country")
    if transfer["type"] == "eu_bank_transfer" and country not in _EU_COUNTRIES:
        message = f"Invalid country: must be one of {', '.join(_EU_COUNTRIES)}"
        raise invalid_request(message, param=f"{where}[bank_transfer][eu_bank_transfer][country]")


def instructions(intent: JsonObject, remaining: int, public_url: str) -> JsonObject:
    """The `next_action` of an intent that waits for a transfer of so much, in minor units."""
    transfer = intent["payment_method_options"]["customer_balance"]["bank_transfer"]
    return {
        "type": "display_bank_transfer_instructions",
        "display_bank_transfer_instructions": {
            "amount_remaining": remaining,
            "currency": intent["currency"],
            "financial_addresses": [_address(transfer)],
            "hosted_instructions_url": f"{public_url}/bank_transfers/{intent['id']}",
            "reference": intent["id"][-8:].upper(),
            "type": transfer["type"],
        },
    }


def remaining(intent: JsonObject) -> int | None:
    """What is still to be transferred; None if the intent waits for no transfer."""
    shown = (intent["next_action"] or {}).get("display_bank_transfer_instructions")
    amount: int | None = shown["amount_remaining"] if shown and intent["status"] == "requires_action" else None
    return amount


def _address(transfer: JsonObject) -> JsonObject:
    match transfer["type"]:
        case "us_bank_transfer":
            aba = {"account_number": "11119987600453127", "account_type": "checking", "routing_number": "999999999"}
            return {"type": "aba", "aba": {**_ADDRESSES, **_HOLDER, **aba}, "supported_networks": ["ach"]}
        case "gb_bank_transfer":
            sort_code = {"account_holder_name": "Sandbox", "account_number": "00012345", "sort_code": "108800"}
            return {"type": "sort_code", "sort_code": {**_ADDRESSES, **sort_code}, "supported_networks": ["bacs"]}
        case "jp_bank_transfer":
            zengin = {
                "account_holder_name": "Sandbox",
                "account_number": "1234567",
                "account_type": "futsu",
                "bank_code": "0000",
                "bank_name": "STRIPE TEST BANK",
                "branch_code": "000",
                "branch_name": "Test",
            }
            return {"type": "zengin", "zengin": {**_ADDRESSES, **zengin}, "supported_networks": ["zengin"]}
        case "mx_bank_transfer":
            spei = {"account_holder_name": "Sandbox", "bank_code": "000", "bank_name": "TEST", "clabe": "0" * 18}
            return {"type": "spei", "spei": {**_ADDRESSES, **spei}}
        case _:
            iban = {
                "account_holder_name": "Sandbox",
                "bic": "STRPTEST",
                "country": transfer["eu_bank_transfer"]["country"],
                "iban": "DE00000000000000000000",
            }
            return {"type": "iban", "iban": {**_ADDRESSES, **iban}, "supported_networks": ["sepa"]}
