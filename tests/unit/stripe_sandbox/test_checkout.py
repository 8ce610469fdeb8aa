from decimal import Decimal
from typing import Any

import pytest
import stripe
from sandbox.stripe.errors import ApiError
from unit.stripe_sandbox.shop import Shop

HOUR = 3600


def session(shop: Shop, **params: Any) -> stripe.checkout.Session:
    wanted: Any = {"success_url": "https://shop.example/done?id={CHECKOUT_SESSION_ID}", "mode": "payment", **params}
    if wanted["mode"] == "payment":
        line = {"price_data": {"currency": "usd", "unit_amount": 500, "product_data": {"name": "Tea"}}, "quantity": 2}
        wanted["line_items"] = [line]
    return shop.stripe.v1.checkout.sessions.create(wanted)


def test_setup_saves_a_card_for_its_customer(shop: Shop) -> None:
    customer = shop.customer()
    created = session(shop, mode="setup", customer=customer.id, allowed_payment_method_types=["card"])

    shop.sandbox.control.complete_checkout(created.id, "pm_card_visa")

    completed = shop.stripe.v1.checkout.sessions.retrieve(created.id, {"expand": ["setup_intent"]})
    assert isinstance(completed.setup_intent, stripe.SetupIntent)
    assert (completed.status, completed.setup_intent.status) == ("complete", "succeeded")
    assert len(shop.stripe.v1.customers.payment_methods.list(customer.id).data) == 1
    assert shop.event_types()[-2:] == ["setup_intent.succeeded", "checkout.session.completed"]


def test_payment_charges_the_sum_of_its_lines(shop: Shop) -> None:
    created = session(shop, customer=shop.customer().id, payment_intent_data={"metadata": {"invoice_id": "inv_1"}})
    assert (created.amount_total, created.payment_intent, created.status) == (1000, None, "open")

    shop.sandbox.control.complete_checkout(created.id, "pm_card_visa")

    completed = shop.stripe.v1.checkout.sessions.retrieve(created.id, {"expand": ["payment_intent"]})
    assert isinstance(completed.payment_intent, stripe.PaymentIntent)
    assert (completed.payment_status, completed.payment_intent.amount_received) == ("paid", 1000)
    assert completed.payment_intent.metadata.to_dict() == {"invoice_id": "inv_1"}


def test_a_decline_leaves_the_session_open_for_another_card(shop: Shop) -> None:
    created = session(shop)
    with pytest.raises(ApiError, match="declined"):
        shop.sandbox.control.complete_checkout(created.id, "pm_card_visa_chargeDeclined")

    completed = shop.sandbox.control.complete_checkout(created.id, "pm_card_visa")

    assert (completed["status"], len(shop.account.payment_intents)) == ("complete", 1)


def test_a_customer_may_fail_to_authenticate(shop: Shop) -> None:
    created = session(shop)

    with pytest.raises(ApiError, match="unable to authenticate"):
        shop.sandbox.control.complete_checkout(created.id, "pm_card_authenticationRequired", authenticates=False)

    assert shop.stripe.v1.checkout.sessions.retrieve(created.id).status == "open"


def test_a_bank_debit_completes_the_session_and_is_paid_later(shop: Shop) -> None:
    created = session(shop)
    shop.sandbox.control.complete_checkout(created.id, "pm_usBankAccount_success")
    assert shop.stripe.v1.checkout.sessions.retrieve(created.id).payment_status == "unpaid"

    shop.clock.advance(3)

    assert shop.stripe.v1.checkout.sessions.retrieve(created.id).payment_status == "paid"
    assert shop.event_types()[-1] == "checkout.session.async_payment_succeeded"


def test_an_expired_session_cannot_be_paid_and_its_intent_is_canceled(shop: Shop) -> None:
    created = session(shop)
    with pytest.raises(ApiError):
        shop.sandbox.control.complete_checkout(created.id, "pm_card_visa_chargeDeclined")

    expired = shop.stripe.v1.checkout.sessions.expire(created.id)

    assert (expired.status, expired.url) == ("expired", None)
    assert shop.event_types()[-2:] == ["payment_intent.canceled", "checkout.session.expired"]
    with pytest.raises(ApiError, match="expired"):
        shop.sandbox.control.complete_checkout(created.id, "pm_card_visa")
    with pytest.raises(stripe.InvalidRequestError, match="can be expired"):
        shop.stripe.v1.checkout.sessions.expire(created.id)


def test_a_session_expires_automatically(shop: Shop) -> None:
    created = session(shop, expires_at=int(shop.clock.now()) + HOUR)

    shop.clock.advance(HOUR)

    assert shop.stripe.v1.checkout.sessions.retrieve(created.id).status == "expired"


@pytest.mark.parametrize("seconds", [29 * 60, 25 * HOUR])
def test_a_session_lives_for_half_an_hour_to_a_day(shop: Shop, seconds: int) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="expires_at"):
        session(shop, expires_at=int(shop.clock.now()) + seconds)


def test_sessions_are_found_by_their_payment_intent(shop: Shop) -> None:
    created = session(shop)
    completed = shop.sandbox.control.complete_checkout(created.id, "pm_card_visa")

    found = shop.stripe.v1.checkout.sessions.list({"payment_intent": completed["payment_intent"]})

    assert [item.id for item in found.data] == [created.id]
    (line,) = shop.stripe.v1.checkout.sessions.line_items.list(created.id).data
    assert line.price is not None
    assert (line.description, line.price.type, line.price.unit_amount_decimal) == ("Tea", "one_time", Decimal(500))
