"""The types of payment method that a customer may pay with, and what each of them can do: Stripe's facts, a row each.

Everything else follows from a row: what the API accepts, what Stripe is sent, what its pages offer, how often a failure
is retried. A new type needs a row here, a sample in tests/builders/method_types.py, and a sandbox that plays it; the
tests walk all that can be done with it, and hold docs/payment-life.md and docs/api/openapi.yaml to the row.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Saved(StrEnum):
    """Where a customer saves a method of the type, besides at Stripe itself."""

    ON_PAGE = "on_page"
    """On a page that does nothing else, or by paying on a payment link."""
    BY_PAYING = "by_paying"
    """By paying on a payment link only."""
    NEVER = "never"


class Charged(StrEnum):
    """How money is taken."""

    OFF_SESSION = "off_session"
    """From a saved method, while the customer is not there."""
    FROM_BALANCE = "from_balance"
    """From the cash balance that the customer has at Stripe, which a bank transfer fills: no method is needed."""
    ON_PAGE_ONLY = "on_page_only"
    """The customer pays on the page of a payment link."""


class WaitsFor(StrEnum):
    """Who has to act before a charge comes to its end."""

    NOBODY = "nobody"
    BANK = "bank"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMethodType:
    """One type. `name` is Stripe's; `most_retries` says how often a charge that failed is presented again. `goes_with`
    names the type without which it is not accepted. `sources` are pages of Stripe's documentation.
    """

    name: str
    saved: Saved
    charged: Charged
    waits_for: WaitsFor
    most_retries: int
    refundable: bool
    sources: tuple[str, ...]
    goes_with: str | None = None

    @property
    def can_be_saved(self) -> bool:
        return self.saved is not Saved.NEVER

    @property
    def is_charged_off_session(self) -> bool:
        return self.charged is Charged.OFF_SESSION

    @property
    def is_transfer(self) -> bool:
        """Whether the customer pays from a balance. As in Lago, such a type stands alone."""
        return self.charged is Charged.FROM_BALANCE

    @property
    def is_voucher(self) -> bool:
        """Whether a charge gives the customer something to pay at a bank."""
        return self.is_charged_off_session and self.waits_for is WaitsFor.CUSTOMER

    @property
    def can_bounce(self) -> bool:
        """Whether a charge that was accepted may fail days later."""
        return self.waits_for is WaitsFor.BANK

    @property
    def is_canceled_while_it_waits(self) -> bool:
        """Whether Stripe cancels the intent of a charge that is on its way: `requires_action`, but not `processing`.

        Source: https://docs.stripe.com/api/payment_intents/cancel
        """
        return self.waits_for is WaitsFor.CUSTOMER


MOST_TRIES = 15
"""With one card, those included that were asked for. Visa's limit, the strictest of all, is for 30 days. Source:
https://support.stripe.com/questions/payment-blocked-due-to-excessive-retries
"""

CUSTOMER_BALANCE = "customer_balance"

_DOCS = "https://docs.stripe.com"
_SMART_RETRIES = f"{_DOCS}/billing/revenue-recovery/smart-retries"


def _debit(name: str, source: str, *, most_retries: int) -> PaymentMethodType:
    """A debit of a bank account: the bank answers days later."""
    return PaymentMethodType(
        name=name,
        saved=Saved.ON_PAGE,
        charged=Charged.OFF_SESSION,
        waits_for=WaitsFor.BANK,
        most_retries=most_retries,
        refundable=True,
        sources=(f"{_DOCS}{source}", _SMART_RETRIES),
    )


_ROWS = (
    PaymentMethodType(
        name="card",
        saved=Saved.ON_PAGE,
        charged=Charged.OFF_SESSION,
        waits_for=WaitsFor.NOBODY,
        most_retries=MOST_TRIES - 1,
        refundable=True,
        sources=(f"{_DOCS}/payments/cards",),
    ),
    _debit("sepa_debit", "/payments/sepa-debit", most_retries=2),
    _debit("us_bank_account", "/payments/ach-direct-debit", most_retries=2),
    _debit("bacs_debit", "/payments/bacs-debit/accept-a-payment", most_retries=2),
    PaymentMethodType(
        name="link",
        saved=Saved.ON_PAGE,
        charged=Charged.OFF_SESSION,
        waits_for=WaitsFor.NOBODY,
        most_retries=MOST_TRIES - 1,
        refundable=True,
        sources=(f"{_DOCS}/payments/link",),
        goes_with="card",
    ),
    PaymentMethodType(
        name="boleto",
        saved=Saved.BY_PAYING,
        charged=Charged.OFF_SESSION,
        waits_for=WaitsFor.CUSTOMER,
        most_retries=MOST_TRIES - 1,
        refundable=False,
        sources=(f"{_DOCS}/payments/boleto/accept-a-payment", f"{_DOCS}/payments/boleto#refunds"),
    ),
    PaymentMethodType(
        name="crypto",
        saved=Saved.NEVER,
        charged=Charged.ON_PAGE_ONLY,
        waits_for=WaitsFor.NOBODY,
        most_retries=0,
        refundable=True,
        sources=(f"{_DOCS}/payments/stablecoin-payments",),
    ),
    PaymentMethodType(
        name=CUSTOMER_BALANCE,
        saved=Saved.NEVER,
        charged=Charged.FROM_BALANCE,
        waits_for=WaitsFor.CUSTOMER,
        most_retries=MOST_TRIES - 1,
        refundable=True,
        sources=(f"{_DOCS}/payments/bank-transfers/accept-a-payment",),
    ),
)

PAYMENT_METHOD_TYPES = {row.name: row for row in _ROWS}
"""Every type that is accepted, by its name. What can be saved: https://docs.stripe.com/payments/payment-methods/payment-method-support"""

_MOST_RETRIES_OF_ANOTHER_TYPE = 1
"""What Stripe allows for the strictest of its debits: nothing is known of a type that has no row."""


def types_named(names: Iterable[str]) -> tuple[PaymentMethodType, ...]:
    """The rows of these names, in their order. One that has no row is left out: nothing is charged to it."""
    return tuple(PAYMENT_METHOD_TYPES[name] for name in names if name in PAYMENT_METHOD_TYPES)


def most_retries(name: str | None) -> int:
    """How often a charge that failed is presented again; None if Stripe did not say what was charged."""
    if name is None:
        return MOST_TRIES - 1
    row = PAYMENT_METHOD_TYPES.get(name)
    return row.most_retries if row else _MOST_RETRIES_OF_ANOTHER_TYPE
