"""For each type of payment method: what it is paid with at the sandbox of Stripe, and where."""

from dataclasses import dataclass

from paystream.model.payment_method_types import PaymentMethodType
from world.world import World

from builders.customers import DECLINED, customer_who_pays_with, provider_customer_id
from builders.debits import BANK
from builders.durations import DAY
from builders.invoices import collected

COUNTRY = "DE"
"""Of the customer: Stripe has accounts there for transfers in EUR."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A method that pays, one whose charge fails for a reason that passes, and a currency that the type takes."""

    currency: str
    pays: str
    fails: str | None = None


SAMPLES = {
    "card": Sample("EUR", "pm_card_visa", DECLINED),
    "sepa_debit": Sample("EUR", "pm_sepaDebit_success", "pm_sepaDebit_failed"),
    "us_bank_account": Sample("USD", BANK, "pm_usBankAccount_insufficientFunds"),
    "bacs_debit": Sample("GBP", "pm_bacsDebit_success", "pm_bacsDebit_insufficientFunds"),
    "link": Sample("EUR", "pm_link"),
    "boleto": Sample("BRL", "pm_boleto_success"),
    "crypto": Sample("USD", "pm_crypto"),
    "customer_balance": Sample("EUR", "pm_customerBalance"),
}


def types_with(row: PaymentMethodType) -> list[str]:
    """The type, and the one without which it is not accepted."""
    return [*([row.goes_with] if row.goes_with else []), row.name]


def customer_with(world: World, row: PaymentMethodType, *, fails: bool = False) -> str:
    """`acme` pays with this type, with a method of it where one can be saved; returns the `cus_…` id."""
    sample = SAMPLES[row.name]
    method = (sample.fails if fails else sample.pays) if row.can_be_saved else None
    return customer_who_pays_with(world, *types_with(row), payment_method=method, country=COUNTRY)


def charged_with(world: World, row: PaymentMethodType, *, fails: bool = False) -> str:
    """An invoice of `acme` that is collected with this type as far as that goes at once; returns its id."""
    customer_with(world, row, fails=fails)
    return collected(world, currency=SAMPLES[row.name].currency)


def wait_for_the_end(world: World, row: PaymentMethodType) -> None:
    """The bank answers, or the customer pays the voucher or transfers the money; Stripe reports it."""
    if row.is_transfer:
        currency = SAMPLES[row.name].currency.lower()
        world.stripe.control.fund_customer_balance(provider_customer_id(world), 4200, currency)
    world.pass_time(4 * DAY)
    world.run()
