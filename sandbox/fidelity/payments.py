"""Requests that charge, by each test instrument: https://docs.stripe.com/testing."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from paystream.model.bank_transfer import BankTransfer

from .shop import Shape, Shop

_IBAN = "DE89370400440532013000"
_DECLINED = {
    "insufficient funds": "pm_card_visa_chargeDeclinedInsufficientFunds",
    "an expired card": "pm_card_chargeDeclinedExpiredCard",
    "a lost card": "pm_card_visa_chargeDeclinedLostCard",
    "a stolen card": "pm_card_visa_chargeDeclinedStolenCard",
    "a wrong security code": "pm_card_chargeDeclinedIncorrectCvc",
    "a processing error": "pm_card_chargeDeclinedProcessingError",
    "a generic decline": "pm_card_visa_chargeDeclined",
}


def _sepa(shop: Shop) -> object:
    customer = shop.customer(email="fidelity@paystream.example")
    details = {"name": "Fidelity", "email": "fidelity@paystream.example"}
    data = {"type": "sepa_debit", "sepa_debit": {"iban": _IBAN}, "billing_details": details}
    method = shop.set_up(customer, payment_method_data=data, allowed_payment_method_types=["sepa_debit"])
    return shop.gateway.collect(shop.request(customer, method, currency="EUR", payment_method_types=("sepa_debit",)))


def _us_bank_account(shop: Shop) -> object:
    customer = shop.customer(email="fidelity@paystream.example")
    method = shop.set_up(
        customer, payment_method="pm_usBankAccount_success", allowed_payment_method_types=["us_bank_account"]
    )
    return shop.gateway.collect(shop.request(customer, method, payment_method_types=("us_bank_account",)))


def _transfer(kind: str, currency: str, country: str | None = None) -> Callable[[Shop], object]:
    def ask(shop: Shop) -> object:
        transfer = BankTransfer(type=f"{kind}_bank_transfer", country=country)
        request = shop.request(shop.customer(), None, currency=currency, bank_transfer=transfer)
        return shop.gateway.collect(replace(request, payment_method_types=("customer_balance",)))

    return ask


def _replay(shop: Shop) -> object:
    request = shop.saved()
    shop.gateway.collect(request)
    return shop.gateway.collect(request)


def _replayed_decline(shop: Shop) -> object:
    request = shop.saved("pm_card_chargeCustomerFail")
    shop.gateway.collect(request)
    return shop.gateway.collect(request)


def _other_parameters(shop: Shop) -> object:
    request = shop.saved()
    shop.gateway.collect(request)
    return shop.gateway.collect(replace(request, amount_cents=4300, card_details=None))


def _collects(token: str, **changes: Any) -> Callable[[Shop], object]:
    return lambda shop: shop.gateway.collect(shop.saved(token, **changes))


def _collects_unsaved(token: str) -> Callable[[Shop], object]:
    return lambda shop: shop.gateway.collect(shop.unsaved(token))


PAYMENTS = (
    Shape("a card", _collects("pm_card_visa"), ("credential-usage-without-setup", "line-items-in-any-country")),
    Shape("a card without details", _collects("pm_card_visa", card_details=None)),
    Shape("a card, several types allowed", _collects("pm_card_visa", payment_method_types=("card", "us_bank_account"))),
    Shape("a card, customer present", _collects("pm_card_visa", on_session=True)),
    Shape("a card in yen", _collects("pm_card_visa", currency="JPY", card_details=None)),
    Shape("a card in forint", _collects("pm_card_visa", currency="HUF", amount_cents=420_000, card_details=None)),
    Shape("a card in dinars", _collects("pm_card_visa", currency="KWD", amount_cents=42_000, card_details=None)),
    Shape("a saved card that is declined", _collects("pm_card_chargeCustomerFail"), ("advice-of-test-cards",)),
    Shape("authentication required", _collects("pm_card_authenticationRequired"), ("advice-of-test-cards",)),
    Shape(
        "authentication required, customer present",
        _collects("pm_card_authenticationRequired", on_session=True),
    ),
    *(
        Shape(f"a card: {what}", _collects_unsaved(token), ("unsaved-off-session", "advice-of-test-cards"))
        for what, token in _DECLINED.items()
    ),
    Shape("a SEPA debit", _sepa, ("types-of-an-account",)),
    Shape("a US bank account", _us_bank_account, ("types-of-an-account",)),
    Shape("a transfer in USD", _transfer("us", "USD"), ("types-of-an-account",)),
    Shape("a transfer to Germany", _transfer("eu", "EUR", "DE"), ("types-of-an-account",)),
    Shape("a transfer to Belgium", _transfer("eu", "EUR", "BE"), ("eu-transfer-countries",)),
    Shape("a transfer to Spain", _transfer("eu", "EUR", "ES"), ("eu-transfer-countries",)),
    Shape("the same request again", _replay),
    Shape("a declined request again", _replayed_decline),
    Shape("another amount under the key", _other_parameters),
)
