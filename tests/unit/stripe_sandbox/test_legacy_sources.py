"""Cards of the API before payment methods."""

import pytest
import stripe
from unit.stripe_sandbox.shop import Shop


def old_customer(shop: Shop, source: str = "tok_visa") -> stripe.Customer:
    return shop.customer(source=source)


def test_a_card_of_the_api_of_before_is_the_default_source(shop: Shop) -> None:
    customer = old_customer(shop)

    assert customer.default_source is not None
    assert str(customer.default_source).startswith("card_")
    assert customer.invoice_settings is not None
    assert customer.invoice_settings.default_payment_method is None


def test_it_is_charged_and_listed_as_a_payment_method_is(shop: Shop) -> None:
    customer = old_customer(shop)
    intent = shop.pay(customer=customer.id, payment_method=str(customer.default_source), off_session=True)

    assert intent.status == "succeeded"
    (listed,) = shop.stripe.v1.customers.payment_methods.list(customer.id).data
    assert listed.id == customer.default_source


def test_another_source_takes_its_place_and_the_former_can_come_back(shop: Shop) -> None:
    customer = old_customer(shop)
    former = str(customer.default_source)
    changed = shop.stripe.v1.customers.update(customer.id, {"source": "tok_mastercard"})
    assert changed.default_source != former

    assert shop.stripe.v1.customers.update(customer.id, {"default_source": former}).default_source == former


def test_the_default_source_has_to_be_the_customers(shop: Shop) -> None:
    other = old_customer(shop)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.stripe.v1.customers.update(shop.customer().id, {"default_source": str(other.default_source)})
    assert (refused.value.code, refused.value.param) == ("resource_missing", "default_source")


def test_a_token_of_nothing_is_refused(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        old_customer(shop, "tok_none")
    assert (refused.value.code, refused.value.param) == ("resource_missing", "source")


def test_a_source_that_is_detached_is_no_default_any_more(shop: Shop) -> None:
    customer = old_customer(shop)
    shop.stripe.v1.payment_methods.detach(str(customer.default_source))

    assert shop.stripe.v1.customers.retrieve(customer.id).default_source is None
