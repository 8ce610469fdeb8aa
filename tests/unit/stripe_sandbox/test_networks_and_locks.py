"""What card networks do without a request: updates and appeals. And objects that another request holds."""

from typing import Any

import pytest
import stripe
from unit.stripe_sandbox.shop import Shop


def disputed(shop: Shop) -> str:
    """A dispute; its id."""
    intent = shop.charge("pm_card_createDispute")
    (dispute,) = shop.stripe.v1.disputes.list({"payment_intent": intent.id}).data
    return dispute.id


def status_of(shop: Shop, dispute_id: str) -> str:
    return str(shop.stripe.v1.disputes.retrieve(dispute_id).status)


def test_an_updated_card_keeps_its_id_and_says_what_it_was(shop: Shop) -> None:
    _, method = shop.saved_card()
    assert method.card is not None
    shop.sandbox.control.update_card(method.id, exp_year=2031, last4="1111")

    after = shop.stripe.v1.payment_methods.retrieve(method.id)
    assert after.card is not None
    assert (after.card.exp_year, after.card.last4, after.customer) == (2031, "1111", method.customer)
    (event,) = shop.stripe.v1.events.list({"type": "payment_method.automatically_updated"}).data
    assert event.data.to_dict()["previous_attributes"] == {
        "card": {"exp_year": method.card.exp_year, "last4": method.card.last4}
    }


def test_an_updated_card_is_charged_again(shop: Shop) -> None:
    customer, method = shop.saved_card()
    shop.sandbox.control.set_outcome(method.id, "expired_card")
    shop.sandbox.control.update_card(method.id, exp_year=2031)

    assert shop.pay(customer=customer.id, payment_method=method.id, off_session=True).status == "succeeded"


@pytest.mark.parametrize(
    ("end", "last"), [("won", "charge.dispute.funds_reinstated"), ("lost", "charge.dispute.closed")]
)
def test_an_appeal_ends_a_dispute_that_the_bank_has_decided(shop: Shop, end: str, last: str) -> None:
    dispute = disputed(shop)
    shop.sandbox.control.review_dispute(dispute)
    shop.sandbox.control.offer_appeal(dispute)
    assert status_of(shop, dispute) == "appeal_needs_response"

    shop.sandbox.control.appeal_dispute(dispute)
    assert status_of(shop, dispute) == "appeal_under_review"

    shop.sandbox.control.close_dispute(dispute, end)
    assert status_of(shop, dispute) == end
    heard = [kind for kind in shop.event_types() if kind.startswith("charge.dispute")]
    assert heard.count("charge.dispute.updated") == 3
    assert heard[-1] == last


def test_an_object_that_another_request_changes_cannot_be_changed(shop: Shop) -> None:
    intent = shop.stripe.v1.payment_intents.create({"amount": 1000, "currency": "usd"})
    shop.sandbox.control.add_fault("hold", path="/v1/payment_intents/*/cancel")
    with pytest.raises(stripe.APIConnectionError):
        shop.stripe.v1.payment_intents.cancel(intent.id)

    with pytest.raises(stripe.RateLimitError) as locked:
        shop.stripe.v1.payment_intents.update(intent.id, {"description": "later"})
    assert locked.value.error is not None
    assert (locked.value.http_status, locked.value.error.code) == (429, "lock_timeout")
    assert shop.stripe.v1.payment_intents.retrieve(intent.id).status == "requires_payment_method"


def test_it_can_be_changed_once_the_other_request_has_ended(shop: Shop) -> None:
    intent = shop.stripe.v1.payment_intents.create({"amount": 1000, "currency": "usd"})
    other = shop.stripe.v1.payment_intents.create({"amount": 1000, "currency": "usd"})
    shop.sandbox.control.add_fault("hold", path=f"/v1/payment_intents/{intent.id}")
    with pytest.raises(stripe.APIConnectionError):
        shop.stripe.v1.payment_intents.update(intent.id, {"description": "first"})
    assert shop.stripe.v1.payment_intents.cancel(other.id).status == "canceled"

    for hold in shop.sandbox.control.holds():
        shop.sandbox.control.release(hold)
    second: Any = {"description": "second"}
    assert shop.stripe.v1.payment_intents.update(intent.id, second).description == "second"
