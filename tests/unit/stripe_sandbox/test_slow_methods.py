from typing import Any

import pytest
import stripe
from sandbox.stripe.errors import ApiError
from unit.stripe_sandbox.shop import Shop

TRANSFER = {"type": "eu_bank_transfer", "eu_bank_transfer": {"country": "DE"}}


def by_transfer(shop: Shop, customer: str, *, amount: int = 1000, **transfer: Any) -> stripe.PaymentIntent:
    funding = {"funding_type": "bank_transfer", "bank_transfer": transfer or TRANSFER}
    return shop.pay(
        amount=amount,
        currency="eur",
        customer=customer,
        allowed_payment_method_types=["customer_balance"],
        payment_method_data={"type": "customer_balance"},
        payment_method_options={"customer_balance": funding},
    )


def fetched(shop: Shop, intent: stripe.PaymentIntent) -> stripe.PaymentIntent:
    return shop.stripe.v1.payment_intents.retrieve(intent.id)


def remaining(intent: stripe.PaymentIntent) -> int | None:
    shown = intent.next_action and intent.next_action.display_bank_transfer_instructions
    return shown.amount_remaining if shown else None


def test_a_transfer_is_awaited_funded_in_part_and_paid(shop: Shop) -> None:
    customer = shop.customer().id
    intent = by_transfer(shop, customer)
    assert (intent.status, remaining(intent)) == ("requires_action", 1000)

    shop.sandbox.control.fund_customer_balance(customer, 300, "eur")
    assert (fetched(shop, intent).status, remaining(fetched(shop, intent))) == ("requires_action", 700)

    shop.sandbox.control.fund_customer_balance(customer, 900, "eur")
    assert (fetched(shop, intent).status, fetched(shop, intent).amount_received) == ("succeeded", 1000)
    assert by_transfer(shop, customer, amount=200).status == "succeeded"
    assert {"payment_intent.requires_action", "payment_intent.partially_funded"} <= {*shop.event_types()}


def test_a_transfer_pays_the_intent_of_its_amount_before_an_older_one(shop: Shop) -> None:
    customer = shop.customer().id
    older, exact = by_transfer(shop, customer, amount=2000), by_transfer(shop, customer, amount=500)

    shop.sandbox.control.fund_customer_balance(customer, 500, "eur")

    assert (fetched(shop, older).status, fetched(shop, exact).status) == ("requires_action", "succeeded")


def test_what_a_canceled_intent_was_funded_with_is_the_customers_again(shop: Shop) -> None:
    customer = shop.customer().id
    intent = by_transfer(shop, customer)
    shop.sandbox.control.fund_customer_balance(customer, 300, "eur")

    shop.stripe.v1.payment_intents.cancel(intent.id)

    assert remaining(by_transfer(shop, customer)) == 700


def test_a_transfer_is_refunded_to_the_customers_balance(shop: Shop) -> None:
    customer = shop.customer().id
    shop.sandbox.control.fund_customer_balance(customer, 1000, "eur")
    intent = by_transfer(shop, customer)

    refund = shop.stripe.v1.refunds.create({"payment_intent": intent.id})

    assert refund.destination_details
    assert (refund.status, refund.destination_details.type) == ("succeeded", "customer_cash_balance")


@pytest.mark.parametrize("country", ["AT", "US"])
def test_a_transfer_in_eur_needs_a_country_with_accounts(shop: Shop, country: str) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        by_transfer(shop, shop.customer().id, type="eu_bank_transfer", eu_bank_transfer={"country": country})


@pytest.mark.parametrize(
    ("currency", "kind"),
    [
        ("usd", "us_bank_transfer"),
        ("gbp", "gb_bank_transfer"),
        ("jpy", "jp_bank_transfer"),
        ("mxn", "mx_bank_transfer"),
    ],
)
def test_each_currency_has_its_transfer(shop: Shop, currency: str, kind: str) -> None:
    intent = shop.pay(
        currency=currency,
        customer=shop.customer().id,
        allowed_payment_method_types=["customer_balance"],
        payment_method_data={"type": "customer_balance"},
        payment_method_options={"customer_balance": {"funding_type": "bank_transfer", "bank_transfer": {"type": kind}}},
    )

    shown = intent.next_action and intent.next_action.display_bank_transfer_instructions
    assert shown is not None
    assert shown.type == kind


def test_a_balance_is_not_charged_without_saying_how_it_is_filled(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        shop.pay(
            customer=shop.customer().id,
            allowed_payment_method_types=["customer_balance"],
            payment_method_data={"type": "customer_balance"},
        )


@pytest.mark.parametrize(
    ("token", "status"), [("pm_boleto_success", "succeeded"), ("pm_boleto_expires", "requires_payment_method")]
)
def test_a_boleto_is_a_voucher_until_it_is_paid_or_expires(shop: Shop, token: str, status: str) -> None:
    intent = shop.charge(token, currency="brl", allowed_payment_method_types=["boleto"])
    assert intent.next_action is not None
    assert (intent.status, intent.next_action.type) == ("requires_action", "boleto_display_details")

    shop.sandbox.control.advance(10)

    assert fetched(shop, intent).status == status


def test_a_boleto_is_made_from_a_tax_id_and_its_email_says_how_it_ends(shop: Shop) -> None:
    wanted: Any = {
        "type": "boleto",
        "boleto": {"tax_id": "000.000.000-00"},
        "billing_details": {"name": "Ana", "email": "expire_immediately@example.com"},
    }
    method = shop.stripe.v1.payment_methods.create(wanted)
    intent = shop.pay(
        payment_method=method.id, currency="brl", allowed_payment_method_types=["boleto"], return_url="https://a.test"
    )

    shop.sandbox.control.advance(10)

    assert fetched(shop, intent).status == "requires_payment_method"


def test_what_must_not_require_action_fails_where_it_does(shop: Shop) -> None:
    with pytest.raises(stripe.CardError):
        shop.charge(
            "pm_boleto_success",
            currency="brl",
            allowed_payment_method_types=["boleto"],
            error_on_requires_action=True,
        )


def test_a_voucher_is_nothing_to_authenticate(shop: Shop) -> None:
    intent = shop.charge("pm_boleto_success", currency="brl", allowed_payment_method_types=["boleto"])

    with pytest.raises(ApiError):
        shop.sandbox.control.authenticate(intent.id)


def test_bacs_debits_settle_later_from_a_sort_code_and_an_account(shop: Shop) -> None:
    wanted: Any = {
        "type": "bacs_debit",
        "bacs_debit": {"sort_code": "108800", "account_number": "22222227"},
        "billing_details": {"name": "Ada", "email": "ada@example.com"},
    }
    method = shop.stripe.v1.payment_methods.create(wanted)
    intent = shop.pay(
        payment_method=method.id,
        currency="gbp",
        allowed_payment_method_types=["bacs_debit"],
        return_url="https://a.test",
    )
    assert intent.status == "processing"

    shop.sandbox.control.advance(10)

    error = fetched(shop, intent).last_payment_error
    assert error is not None
    assert error.code == "insufficient_funds"


@pytest.mark.parametrize("kind", ["crypto", "customer_balance", "boleto"])
def test_what_cannot_be_saved_on_a_page_is_left_out_there(shop: Shop, kind: str) -> None:
    wanted: Any = {
        "mode": "setup",
        "customer": shop.customer().id,
        "success_url": "https://shop.example",
        "allowed_payment_method_types": ["card", kind],
    }

    assert shop.stripe.v1.checkout.sessions.create(wanted).payment_method_types == ["card"]
