"""What customers pay with besides cards and debits. The tokens are our own: Stripe has none for these."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OtherMethod:
    """A Link account, a crypto wallet, a boleto or the customer's own balance."""

    type: str
    number: str
    tokens: tuple[str, ...] = ()
    failure_code: str | None = None
    failure_message: str | None = None
    dispute_reason: str | None = None


BOLETO = OtherMethod("boleto", "000.000.000-00", ("pm_boleto_success",))
BOLETO_THAT_EXPIRES = OtherMethod(
    "boleto",
    "000.000.000-00",
    ("pm_boleto_expires",),
    "payment_intent_payment_attempt_expired",
    "The latest attempt for this PaymentIntent has expired.",
)
LINK = OtherMethod("link", "link@example.com", ("pm_link",))
CRYPTO = OtherMethod("crypto", "0x0000000000000000", ("pm_crypto",))
CUSTOMER_BALANCE = OtherMethod("customer_balance", "", ("pm_customerBalance",))

OTHER_METHODS = (BOLETO, BOLETO_THAT_EXPIRES, LINK, CRYPTO, CUSTOMER_BALANCE)
