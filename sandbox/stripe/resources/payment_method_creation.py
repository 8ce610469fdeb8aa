"""Payment methods made from what is behind them: a card, an IBAN or a US bank account."""

from datetime import UTC, datetime
from hashlib import sha256

from sandbox.stripe.accounts import MethodState
from sandbox.stripe.bank_accounts import BANK_ACCOUNT_BY_NUMBER, BankAccount
from sandbox.stripe.cards import CARD_BY_NUMBER, Card
from sandbox.stripe.context import Context
from sandbox.stripe.declines import DECLINES, card_error
from sandbox.stripe.errors import ApiError, invalid_request
from sandbox.stripe.instruments import BY_TOKEN, Instrument
from sandbox.stripe.other_methods import BOLETO, BOLETO_THAT_EXPIRES, CRYPTO, CUSTOMER_BALANCE, LINK, OtherMethod
from sandbox.stripe.wire import JsonObject

from .listing import merge_metadata

_DEBITS = ("sepa_debit", "us_bank_account", "bacs_debit")
_WITHOUT_DETAILS = {"link": LINK, "crypto": CRYPTO, "customer_balance": CUSTOMER_BALANCE}
_ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")


def new_payment_method(
    context: Context, instrument: Instrument, params: JsonObject | None = None, *, prefix: str = "pm"
) -> JsonObject:
    """Stores a payment method for this instrument, attached to nobody. Legacy sources have another prefix."""
    params = params or {}
    kind = "card" if isinstance(instrument, Card) else instrument.type
    method = context.account.payment_methods.add(
        {
            "id": context.new_id(prefix),
            "object": "payment_method",
            "allow_redisplay": params.get("allow_redisplay", "unspecified"),
            "billing_details": _billing_details(params.get("billing_details") or {}),
            "created": context.now,
            "customer": None,
            "customer_account": None,
            "livemode": False,
            "metadata": merge_metadata({}, params.get("metadata")),
            "type": kind,
            kind: _details(context, instrument, params.get("card") or {}),
        }
    )
    context.account.methods[method["id"]] = MethodState(instrument)
    return method


def from_params(context: Context, params: JsonObject) -> JsonObject:
    """A payment method from numbers. Raises `ApiError` as Stripe does for numbers that are wrong or not for testing."""
    kind = params.get("type")
    if kind is None:
        raise invalid_request("Missing required param: type.", code="parameter_missing", param="type")
    if kind not in ("card", *_DEBITS, "boleto", *_WITHOUT_DETAILS):
        raise invalid_request(f"The sandbox has no payment methods of type {kind}.", param="type")
    if kind in _WITHOUT_DETAILS:
        return new_payment_method(context, _WITHOUT_DETAILS[kind], params)
    if kind not in params:
        raise invalid_request(f"Missing required param: {kind}.", code="parameter_missing", param=kind)
    details = params[kind]
    if kind == "card":
        return new_payment_method(context, _card(context, details), params)
    if kind == "boleto":
        return new_payment_method(context, _boleto(params), params)
    return new_payment_method(context, _bank_account(kind, details), params)


def _boleto(params: JsonObject) -> OtherMethod:
    """The e-mail says whether it is paid: https://docs.stripe.com/payments/boleto/accept-a-payment#test-integration"""
    email = (params.get("billing_details") or {}).get("email", "")
    return BOLETO_THAT_EXPIRES if "expire" in email.split("@")[0] else BOLETO


def _bank_account(kind: str, details: JsonObject) -> BankAccount:
    number = details.get("iban", "").replace(" ", "") if kind == "sepa_debit" else details.get("account_number", "")
    account = BANK_ACCOUNT_BY_NUMBER.get(number)
    if account is None or account.type != kind:
        code, param = ("invalid_bank_account_iban", "iban") if kind == "sepa_debit" else ("account_number_invalid",) * 2
        raise invalid_request("The bank account number provided is invalid.", code=code, param=f"{kind}[{param}]")
    return account


def card_of_token(token: str, param: str) -> Card:
    """What `tok_…` of Stripe's testing page stands for. Raises `ApiError` 400 for another one."""
    instrument = BY_TOKEN.get(token.replace("tok_", "pm_card_", 1))
    if not isinstance(instrument, Card):
        raise invalid_request(f"No such token: '{token}'", code="resource_missing", param=param)
    return instrument


def _card(context: Context, details: JsonObject) -> Card:
    token = details.get("token")
    if token is not None:
        return card_of_token(token, "card[token]")
    for name in ("number", "exp_month", "exp_year"):
        if name not in details:
            raise invalid_request(
                f"Missing required param: card[{name}].", code="parameter_missing", param=f"card[{name}]"
            )
    number = details["number"].replace(" ", "")
    if not _passes_luhn(number):
        raise card_error(DECLINES["incorrect_number"], payment_method=None)
    _check_expiry(context, details["exp_month"], details["exp_year"])
    if number not in CARD_BY_NUMBER:
        raise ApiError(
            402,
            "Your card was declined. Your request was in test mode, but used a non test (live) card. For a list of "
            "valid test cards, visit: https://stripe.com/docs/testing.",
            kind="card_error",
            code="card_declined",
            decline_code="test_mode_live_card",
        )
    return CARD_BY_NUMBER[number]


def _check_expiry(context: Context, month: int, year: int) -> None:
    now = datetime.fromtimestamp(context.now, UTC)
    full_year = year if year > 99 else 2000 + year
    if not 1 <= month <= 12 or (full_year == now.year and month < now.month):
        raise _expiry_error("month")
    if full_year < now.year:
        raise _expiry_error("year")


def _expiry_error(part: str) -> ApiError:
    message = f"Your card's expiration {part} is invalid."
    return ApiError(402, message, kind="card_error", code=f"invalid_expiry_{part}", param=f"exp_{part}")


def _passes_luhn(number: str) -> bool:
    if not number.isdecimal() or not 12 <= len(number) <= 19:
        return False
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _billing_details(details: JsonObject) -> JsonObject:
    address = details.get("address") or {}
    return {
        "address": {name: address.get(name) for name in _ADDRESS},
        "email": details.get("email"),
        "name": details.get("name"),
        "phone": details.get("phone"),
        "tax_id": None,
    }


def _details(context: Context, instrument: Instrument, card: JsonObject) -> JsonObject:
    if isinstance(instrument, OtherMethod):
        shown: JsonObject = {"boleto": {"tax_id": instrument.number}, "link": {"email": instrument.number}}
        details: JsonObject = shown.get(instrument.type, {})
        return details
    fingerprint = sha256(instrument.number.encode()).hexdigest()[:16]
    last4 = instrument.number[-4:]
    if isinstance(instrument, Card):
        return _card_details(context, instrument, card) | {"fingerprint": fingerprint, "last4": last4}
    if instrument.type == "sepa_debit":
        return {
            "bank_code": instrument.number[4:12],
            "branch_code": "",
            "country": instrument.country,
            "fingerprint": fingerprint,
            "generated_from": {"charge": None, "setup_attempt": None},
            "last4": last4,
        }
    if instrument.type == "bacs_debit":
        return {"fingerprint": fingerprint, "last4": last4, "sort_code": "108800"}
    return {
        "account_holder_type": "individual",
        "account_type": "checking",
        "bank_name": "STRIPE TEST BANK",
        "financial_connections_account": None,
        "fingerprint": fingerprint,
        "last4": last4,
        "networks": {"preferred": "ach", "supported": ["ach"]},
        "routing_number": "110000000",
        "status_details": {},
    }


def _card_details(context: Context, instrument: Card, card: JsonObject) -> JsonObject:
    next_year = datetime.fromtimestamp(context.now, UTC).year + 1
    return {
        "brand": instrument.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": instrument.country,
        "display_brand": instrument.brand,
        "exp_month": card.get("exp_month", 12),
        "exp_year": card.get("exp_year", next_year),
        "funding": instrument.funding,
        "generated_from": None,
        "networks": {"available": [instrument.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }
