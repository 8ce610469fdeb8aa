"""An account that Stripe refuses what it charges, whatever the method."""

import pytest
import stripe
from unit.stripe_sandbox.shop import Shop


def test_a_restricted_account_is_refused_each_charge_before_any_intent_and_takes_them_again(shop: Shop) -> None:
    shop.sandbox.control.refuse_charges(shop.account.id, "testmode_charges_only")
    with pytest.raises(stripe.InvalidRequestError, match="cannot currently make live charges") as refused:
        shop.charge()
    assert refused.value.error
    assert refused.value.error.code == "testmode_charges_only"
    assert list(shop.account.payment_intents) == []

    shop.sandbox.control.take_charges(shop.account.id)

    assert shop.charge().status == "succeeded"


def test_the_refusal_is_kept_under_its_idempotency_key(shop: Shop) -> None:
    customer, method = shop.saved_card()
    terms = {"customer": customer.id, "payment_method": method.id, "off_session": True}
    shop.sandbox.control.refuse_charges(shop.account.id, "testmode_charges_only")
    with pytest.raises(stripe.InvalidRequestError):
        shop.pay("key-1", **terms)
    shop.sandbox.control.take_charges(shop.account.id)

    with pytest.raises(stripe.InvalidRequestError) as replayed:
        shop.pay("key-1", **terms)

    assert replayed.value.headers
    assert replayed.value.headers["Idempotent-Replayed"] == "true"
    assert shop.pay("key-2", **terms).status == "succeeded"


def test_a_type_that_is_not_activated_refuses_only_that(shop: Shop) -> None:
    shop.sandbox.control.refuse_charges(shop.account.id, "payment_method_unactivated", method_type="us_bank_account")

    assert shop.charge().status == "succeeded"
