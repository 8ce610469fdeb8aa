"""How a customer who pays by bank transfer fills the balance at Stripe."""

import pytest
from builders.records import customer_record
from paystream.model.bank_transfer import BankTransfer, bank_transfer_of
from paystream.model.customer import Customer


def transferring(country: str | None = "de") -> Customer:
    return customer_record({"country": country}, provider_payment_methods=("customer_balance",))


@pytest.mark.parametrize(
    ("currency", "kind"),
    [
        ("GBP", "gb_bank_transfer"),
        ("JPY", "jp_bank_transfer"),
        ("MXN", "mx_bank_transfer"),
        ("USD", "us_bank_transfer"),
    ],
)
def test_each_currency_has_its_transfer_which_needs_no_country(currency: str, kind: str) -> None:
    transfer = bank_transfer_of(transferring(), currency)

    assert transfer == BankTransfer(type=kind)
    assert not transfer.lacks_country


@pytest.mark.parametrize("country", ["BE", "DE", "ES", "FR", "IE", "NL"])
def test_a_transfer_in_euros_goes_to_an_account_in_the_customers_country(country: str) -> None:
    transfer = bank_transfer_of(transferring(country.lower()), "EUR")

    assert transfer == BankTransfer(type="eu_bank_transfer", country=country)
    assert not transfer.lacks_country


@pytest.mark.parametrize("country", ["AT", "US", None])
def test_where_stripe_has_no_account_the_country_is_lacking(country: str | None) -> None:
    transfer = bank_transfer_of(transferring(country), "EUR")

    assert transfer == BankTransfer(type="eu_bank_transfer")
    assert transfer.lacks_country


def test_a_currency_without_transfers_has_none_and_lacks_no_country() -> None:
    transfer = bank_transfer_of(transferring(), "CHF")

    assert transfer == BankTransfer()
    assert not transfer.lacks_country


def test_any_other_customer_pays_without_one() -> None:
    assert bank_transfer_of(customer_record({"country": "DE"}), "EUR") is None
