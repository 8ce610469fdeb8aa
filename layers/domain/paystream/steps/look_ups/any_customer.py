"""Find an attempt in the list of an account where it is not known for which of its customers it was sent."""

from dataclasses import replace
from datetime import datetime, timedelta

from paystream.model.customer import Customer
from paystream.model.outcome import Outcome, of_several
from paystream.model.payment import Payment
from paystream.ports.stores import Stores
from paystream.ports.stripe import ListedIntent, PaymentGateway

_KEY_IS_KEPT_FOR = timedelta(days=2)
_MOST_PAGES = 50


def find_as_sent(
    payment: Payment, gateway: PaymentGateway, *, stores: Stores, now: datetime
) -> tuple[Payment, Outcome] | None:
    """The attempt, with the customer that it was sent for, and its outcome."""
    listed = _listed(payment.lago_id, gateway, now)
    if listed is None:
        return None
    sent = replace(payment, provider_customer_id=listed.provider_customer_id or "")
    customer = _customer(payment.organization_id, listed, stores)
    if customer:
        sent = replace(sent, external_customer_id=customer.external_id, lago_customer_id=customer.lago_id)
    return sent, listed.outcome


def _listed(lago_id: str, gateway: PaymentGateway, now: datetime) -> ListedIntent | None:
    """In the list of the account, the newest first, as far back as Stripe keeps the key as a rule."""
    matching: list[ListedIntent] = []
    cursor = None
    for _ in range(_MOST_PAGES):
        page = gateway.intents(since=now - _KEY_IS_KEPT_FOR, until=now, cursor=cursor)
        matching.extend(listed for listed in page.records if listed.payment_id == lago_id)
        cursor = page.next_cursor
        if cursor is None:
            break
    counts = of_several(listed.outcome for listed in matching)
    return next((listed for listed in matching if listed.outcome is counts), None)


def _customer(organization_id: str, listed: ListedIntent, stores: Stores) -> Customer | None:
    provider_id = listed.provider_customer_id
    return next(iter(stores.customers.by_provider_id(organization_id, provider_id)), None) if provider_id else None
