"""Currencies and the amounts that can be charged in them: https://docs.stripe.com/currencies."""

from .errors import ApiError, invalid_request

_SUPPORTED = {
    "aed", "afn", "all", "amd", "ang", "aoa", "ars", "aud", "awg", "azn", "bam", "bbd", "bdt", "bgn", "bhd", "bif",
    "bmd", "bnd", "bob", "brl", "bsd", "bwp", "byn", "bzd", "cad", "cdf", "chf", "clp", "cny", "cop", "crc", "cve",
    "czk", "djf", "dkk", "dop", "dzd", "egp", "etb", "eur", "fjd", "fkp", "gbp", "gel", "gip", "gmd", "gnf", "gtq",
    "gyd", "hkd", "hnl", "hrk", "htg", "huf", "idr", "ils", "inr", "isk", "jmd", "jod", "jpy", "kes", "kgs", "khr",
    "kmf", "krw", "kwd", "kyd", "kzt", "lak", "lbp", "lkr", "lrd", "lsl", "mad", "mdl", "mga", "mkd", "mmk", "mnt",
    "mop", "mur", "mvr", "mwk", "mxn", "myr", "mzn", "nad", "ngn", "nio", "nok", "npr", "nzd", "omr", "pab", "pen",
    "pgk", "php", "pkr", "pln", "pyg", "qar", "ron", "rsd", "rub", "rwf", "sar", "sbd", "scr", "sek", "sgd", "shp",
    "sle", "sos", "srd", "std", "szl", "thb", "tjs", "tnd", "top", "try", "ttd", "twd", "tzs", "uah", "ugx", "usd",
    "uyu", "uzs", "vnd", "vuv", "wst", "xaf", "xcd", "xcg", "xof", "xpf", "yer", "zar", "zmw",
}  # fmt: skip

_ZERO_DECIMAL = {
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf",
}  # fmt: skip
_THREE_DECIMAL = {"bhd", "jod", "kwd", "omr", "tnd"}

_STEP = {"isk": 100, "ugx": 100} | dict.fromkeys(_THREE_DECIMAL, 10)
"""Sent with two decimals though they have none, and with three of which the last must be 0."""

_MINIMUM = {
    "usd": 50, "aed": 200, "ars": 50, "aud": 50, "brl": 50, "cad": 50, "chf": 50, "cop": 50, "czk": 1500, "dkk": 250,
    "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "idr": 50, "ils": 50, "inr": 50, "jpy": 50, "krw": 50, "mxn": 1000,
    "myr": 200, "nok": 300, "nzd": 50, "php": 50, "pln": 200, "ron": 200, "rub": 50, "sek": 300, "sgd": 50,
    "thb": 1000, "zar": 50,
}  # fmt: skip
_MAXIMUM = 99_999_999
_MAXIMUM_BY_CURRENCY = {"idr": 999_999_999_999, "cop": 9_999_999_999, "huf": 9_999_999_999, "inr": 999_999_999}

_SYMBOLS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥", "aud": "$", "cad": "$", "inr": "₹"}


def format_amount(amount: int, currency: str) -> str:
    """An amount in minor units as Stripe writes it in messages: `$0.50`."""
    decimals = 0 if currency in _ZERO_DECIMAL else 3 if currency in _THREE_DECIMAL else 2
    return f"{_SYMBOLS.get(currency, '')}{amount / 10**decimals:,.{decimals}f}"


def check_amount(amount: int, currency: str, param: str = "amount") -> str:
    """The currency in lower case. Raises `ApiError` for one that Stripe doesn't know or an amount it doesn't charge."""
    currency = currency.lower()
    if currency not in _SUPPORTED:
        supported = ", ".join(sorted(_SUPPORTED))
        message = f"Invalid currency: {currency}. Stripe currently supports these currencies: {supported}"
        raise invalid_request(message, param="currency")
    if amount < 1:
        message = "This value must be greater than or equal to 1."
        raise invalid_request(message, code="parameter_invalid_integer", param=param)
    step = _STEP.get(currency, 1)
    if amount % step:
        message = f"Invalid amount: {currency} amounts must be divisible by {step}."
        raise invalid_request(message, code="parameter_invalid_integer", param=param)
    minimum = _MINIMUM.get(currency, 1)
    if amount < minimum:
        raise _out_of_range("amount_too_small", "at least", minimum, currency, param)
    maximum = _MAXIMUM_BY_CURRENCY.get(currency, _MAXIMUM)
    if amount > maximum:
        raise _out_of_range("amount_too_large", "no more than", maximum, currency, param)
    return currency


def _out_of_range(code: str, bound: str, limit: int, currency: str, param: str) -> ApiError:
    return invalid_request(
        f"Amount must be {bound} {format_amount(limit, currency)} {currency}", code=code, param=param
    )
