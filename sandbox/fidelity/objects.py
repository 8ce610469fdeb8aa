"""Requests that read, change and give back, and the pages that Stripe hosts."""

from datetime import timedelta
from typing import Any

from paystream.errors import ProviderRefusedError
from paystream.model.account_check import EventList

from .shop import RETURN_URL, Shape, Shop


def _endpoint(shop: Shop) -> object:
    made = shop.gateway.create_webhook_endpoint(f"https://paystream.example/{shop.name()}")
    shop.gateway.webhook_endpoints()
    shop.stripe.webhook_endpoints.retrieve(made.id)
    shop.stripe.webhook_endpoints.update(made.id, {"disabled": True})
    shop.gateway.delete_webhook_endpoint(made.id)
    shop.gateway.delete_webhook_endpoint(made.id)
    return made.usable


def _customer(shop: Shop) -> object:
    customer = shop.customer(email="fidelity@paystream.example", country="DE", city="Berlin")
    shop.gateway.update_customer(customer, {"email": "", "name": "Fidelity 2"})
    shop.gateway.customer(customer)
    found = shop.gateway.find_customer(lago_customer_id="nobody", since=shop.since)
    shop.stripe.customers.delete(customer)
    return found or shop.gateway.customer(customer)


def _methods(shop: Shop) -> object:
    customer = shop.customer()
    method = shop.attach(customer)
    shop.gateway.set_default_payment_method(customer, method)
    shop.gateway.customer(customer)
    shop.gateway.payment_methods(customer)
    shop.gateway.detach_payment_method(method)
    shop.gateway.detach_payment_method(method)
    return method


def _look_up(shop: Shop) -> object:
    request = shop.saved()
    intent = str(shop.gateway.collect(request).intent_id)
    shop.gateway.payment(intent)
    customer = request.provider_customer_id
    return shop.gateway.find_payment(payment_id=request.key, provider_customer_id=customer, since=shop.since)


def _cancel(shop: Shop) -> object:
    """One that waits for its customer, then the same again, and one that has succeeded."""
    waiting = shop.gateway.collect(shop.saved("pm_card_authenticationRequired", on_session=True))
    shop.gateway.cancel_payment(str(waiting.intent_id))
    shop.gateway.cancel_payment(str(waiting.intent_id))
    return shop.gateway.cancel_payment(shop.paid())


def _refund(shop: Shop) -> object:
    """A part, over the rest, the rest, and once more."""
    intent = shop.paid()
    first = shop.refund(intent, 1000)
    made = shop.gateway.refunds.create(first)
    shop.gateway.refunds.create(first)
    for amount_cents in (4200, 3200, 1):
        shop.gateway.refunds.create(shop.refund(intent, amount_cents))
    shop.gateway.refunds.get(str(made.provider_refund_id))
    return shop.gateway.refunds.of_intent(intent)


def _refund_of_nothing(shop: Shop) -> object:
    failed = shop.gateway.collect(shop.saved("pm_card_chargeCustomerFail"))
    return shop.gateway.refunds.create(shop.refund(str(failed.intent_id), 100))


def _page(shop: Shop) -> object:
    customer = shop.customer()
    request = shop.link(customer)
    made = shop.gateway.checkout.create_link(request)
    shop.gateway.checkout.create_link(request)
    shop.gateway.checkout.find_link(payment_id=request.key, provider_customer_id=customer, since=shop.since)
    shop.gateway.checkout.expire_link(made.id)
    return shop.gateway.checkout.expire_link(made.id)


def _page_over_too_little(shop: Shop) -> object:
    return shop.gateway.checkout.create_link(shop.link(shop.customer(), amount_cents=10))


def _set_up_page(shop: Shop) -> object:
    return shop.gateway.checkout.set_up_payment_method(shop.customer(), ("card",), success_url=RETURN_URL)


def _missing(shop: Shop) -> object:
    """Ids of nothing: read, changed and closed."""
    shop.gateway.payment("pi_fidelity0none000000000000")
    shop.gateway.cancel_payment("pi_fidelity0none000000000000")
    shop.gateway.refunds.get("re_fidelity0none000000000000")
    shop.gateway.checkout.link("cs_test_fidelity0none0000000")
    return shop.gateway.customer("cus_fidelity0none000")


def _account_lists(shop: Shop) -> object:
    shop.paid()
    until = shop.since + timedelta(minutes=30)
    shop.gateway.intents(since=shop.since, until=until, cursor=None)
    events = EventList(shop.since, until, of_intents=True, of_others=False, only_undelivered=False)
    return shop.gateway.events(events, cursor=None)


def _legacy_source(shop: Shop) -> object:
    """A card of the API of before, which is the default of customers who are that old."""
    customer = shop.customer()
    shop.stripe.customers.update(customer, {"source": "tok_visa"})
    found: Any = shop.gateway.customer(customer)
    if found is None or found.payment_method_id is None:
        raise ProviderRefusedError("there is no default", code=None, param=None)
    return shop.gateway.collect(shop.request(customer, found.payment_method_id))


OBJECTS = (
    Shape("the account", lambda shop: shop.gateway.account()),
    Shape("a webhook endpoint, from birth to death", _endpoint),
    Shape("a customer, from birth to death", _customer, ("limits-of-a-customer",)),
    Shape("payment methods of a customer", _methods, ("detached-method",)),
    Shape("a legacy source as default", _legacy_source, ("legacy-sources",)),
    Shape("a payment is looked up", _look_up),
    Shape("a payment is canceled", _cancel),
    Shape("refunds", _refund, ("refunds-over-the-rest",)),
    Shape("a refund of a failed payment", _refund_of_nothing, ("refunds-over-the-rest",)),
    Shape("a page to pay on", _page, ("pages-that-are-over",)),
    Shape("a page over too little", _page_over_too_little),
    Shape("a page to save a card on", _set_up_page),
    Shape("ids of nothing", _missing),
    Shape("lists of the account", _account_lists),
)
