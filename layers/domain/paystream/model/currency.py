"""Currencies and their minor units as Stripe defines them.

Source: https://docs.stripe.com/currencies (presentment currencies, zero-decimal, three-decimal and special cases).
"""

ZERO_DECIMAL = frozenset("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split())
"""Currencies without a minor unit: 500 is 500 yen."""

THREE_DECIMAL = frozenset("BHD JOD KWD OMR TND".split())
"""Currencies with a thousandth; the last digit must be 0."""

WHOLE_UNITS_ONLY = frozenset({"ISK", "UGX"})
"""Zero-decimal in life, two-decimal at Stripe: 500 krónur are 50000, and the last two digits must be 00."""

_TWO_DECIMAL = frozenset(
    """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CNY COP CRC
    CVE CZK DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR JMD KES KGS KHR KYD
    KZT LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP
    PKR PLN QAR RON RSD RUB SAR SBD SCR SEK SGD SHP SLE SOS SRD STD SZL THB TJS TOP TRY TTD TWD TZS UAH USD UYU UZS
    WST XCD XCG YER ZAR ZMW
    """.split()
)

_MINIMUM_AMOUNTS = (
    dict.fromkeys("ARS AUD BRL CAD CHF COP EUR IDR ILS INR JPY KRW NZD PHP RUB SGD USD ZAR".split(), 50)
    | dict.fromkeys("AED MYR PLN RON".split(), 200)
    | dict.fromkeys("NOK SEK".split(), 300)
    | dict.fromkeys("MXN THB".split(), 1000)
    | {"CZK": 1500, "DKK": 250, "GBP": 30, "HKD": 400, "HUF": 17500}
)

SUPPORTED = _TWO_DECIMAL | ZERO_DECIMAL | THREE_DECIMAL | WHOLE_UNITS_ONLY

LARGEST_AMOUNT = 999_999_999_999
"""In minor units: Stripe takes eight digits for most currencies and up to twelve for the smallest (IDR)."""


def decimals(currency: str) -> int:
    """How many digits of an amount in minor units stand behind the point."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def smallest_step(currency: str) -> int:
    """The number of minor units that every amount in this currency must be a multiple of."""
    if currency in WHOLE_UNITS_ONLY:
        return 100
    return 10 if currency in THREE_DECIMAL else 1


def minimum_amount(currency: str) -> int:
    """The least that Stripe charges in an account that is paid out in this currency, in minor units; 1 where it says
    nothing. An account that is paid out in another one has that one's minimum, after conversion.

    Source: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
    """
    return _MINIMUM_AMOUNTS.get(currency, 1)
