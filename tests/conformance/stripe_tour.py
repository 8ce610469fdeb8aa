"""What no other test does with the Stripe sandbox, so that each endpoint has answered, and has refused."""

import json
from typing import Any

from sandbox.stripe.endpoints import ENDPOINTS, Endpoint
from sandbox.stripe.wire import Request, Response
from unit.stripe_sandbox.shop import SECRET_KEY, Shop

BACK = "https://shop.example"


def endpoints_that_other_tests_leave_out(shop: Shop) -> None:
    """Requests that succeed."""
    stripe = shop.stripe.v1
    _, method = shop.saved_card()
    stripe.payment_methods.update(method.id, {"metadata": {"kept": "yes"}})
    _set_up(shop)
    open_intent = stripe.payment_intents.create({"amount": 1000, "currency": "usd"})
    stripe.payment_intents.update(open_intent.id, {"description": "Tea", "metadata": {"kept": "yes"}})
    session = stripe.checkout.sessions.create(
        {"mode": "setup", "success_url": BACK, "allowed_payment_method_types": ["card"]}
    )
    stripe.checkout.sessions.update(session.id, {"metadata": {"kept": "yes"}})
    paid = shop.charge()
    stripe.charges.list({"payment_intent": paid.id})
    refund = stripe.refunds.create({"payment_intent": paid.id})
    stripe.refunds.update(refund.id, {"metadata": {"kept": "yes"}})
    stripe.events.retrieve(stripe.events.list().data[0].id)


def _set_up(shop: Shop) -> None:
    setups = shop.stripe.v1.setup_intents
    wanted: Any = {"customer": shop.customer().id, "allowed_payment_method_types": ["card"]}
    setup = setups.create(wanted)
    setups.update(setup.id, {"metadata": {"kept": "yes"}})
    setups.retrieve(setup.id)
    setups.list()
    setups.cancel(setup.id)
    setups.confirm(setups.create(wanted).id, {"payment_method": "pm_card_visa"})


def events_of_every_kind(shop: Shop) -> None:
    """An endpoint for all events, and what makes Stripe send them."""
    shop.stripe.v1.webhook_endpoints.create({"url": BACK, "enabled_events": ["*"]})
    endpoints_that_other_tests_leave_out(shop)
    shop.charge("pm_card_createDispute")
    (dispute,) = shop.stripe.v1.disputes.list().data
    shop.sandbox.control.review_dispute(dispute.id)
    shop.sandbox.control.close_dispute(dispute.id, "won")
    shop.stripe.v1.refunds.create({"payment_intent": shop.charge("pm_card_refundFail").id})
    shop.stripe.v1.customers.delete(shop.saved_card()[0].id)
    shop.sandbox.control.update_card(shop.saved_card()[1].id, exp_year=2031)
    shop.declined("pm_card_visa_chargeDeclined")
    for bank_account in ("pm_usBankAccount_success", "pm_usBankAccount_insufficientFunds"):
        shop.charge(bank_account)
    asked = shop.pay(payment_method="pm_card_authenticationRequired", return_url=BACK)
    shop.sandbox.control.authenticate(asked.id, succeeds=False)
    shop.stripe.v1.payment_intents.cancel(asked.id)
    shop.clock.advance(3)
    shop.sandbox.due_deliveries()


def refusals(shop: Shop) -> None:
    """Each endpoint refuses a key that nobody has, one that may do nothing, and a parameter that does not exist."""
    powerless = shop.sandbox.control.add_key(shop.account.id, kind="rk")
    for endpoint in ENDPOINTS:
        for key, status in (("sk_test_nobodys000000000", 401), (powerless, 403), (SECRET_KEY, 400)):
            response = _sent_with(shop, endpoint, key)
            assert response.status == status, (endpoint.operation, json.loads(response.body))
    shop.sandbox.handle(Request("GET", "/v1/subscriptions", "", {"Authorization": f"Bearer {SECRET_KEY}"}))


def _sent_with(shop: Shop, endpoint: Endpoint, key: str) -> Response:
    method, shape = endpoint.operation.split()
    odd = "no_such_parameter=1"
    query, body = ("", odd) if method == "POST" else (odd, "")
    path = shape.replace("*", "some_id")
    return shop.sandbox.handle(Request(method, path, query, {"Authorization": f"Bearer {key}"}, body))
