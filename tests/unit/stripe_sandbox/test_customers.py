import pytest
import stripe
from unit.stripe_sandbox.shop import Shop


def test_an_update_event_says_what_was_before(shop: Shop) -> None:
    customer = shop.customer(metadata={"plan": "free", "seat": "1"})

    shop.stripe.v1.customers.update(customer.id, {"email": "eve@example.com", "metadata": {"plan": "pro", "seat": ""}})

    event = shop.stripe.v1.events.list({"type": "customer.updated"}).data[0]
    data = event.data.to_dict()
    assert data["object"]["metadata"] == {"plan": "pro"}
    assert data["previous_attributes"] == {
        "email": "ada@example.com",
        "metadata": {"plan": "free", "seat": "1"},
    }


def test_customers_are_found_by_email(shop: Shop) -> None:
    shop.customer()
    eve = shop.customer(email="eve@example.com")

    assert [found.id for found in shop.stripe.v1.customers.list({"email": "eve@example.com"}).data] == [eve.id]


def test_a_deleted_customer_is_a_stub_and_its_cards_are_detached(shop: Shop) -> None:
    customer, method = shop.saved_card()

    shop.stripe.v1.customers.delete(customer.id)

    assert shop.stripe.v1.customers.retrieve(customer.id).deleted
    assert shop.stripe.v1.payment_methods.retrieve(method.id).customer is None
    assert shop.stripe.v1.customers.list().data == []
    assert shop.event_types()[-2:] == ["payment_method.detached", "customer.deleted"]


def test_detaching_the_default_card_unsets_it(shop: Shop) -> None:
    customer, method = shop.saved_card()
    settings: stripe.params.CustomerUpdateParams = {"invoice_settings": {"default_payment_method": method.id}}
    shop.stripe.v1.customers.update(customer.id, settings)

    shop.stripe.v1.payment_methods.detach(method.id)

    detached = shop.stripe.v1.events.list({"type": "payment_method.detached"}).data[0]
    settings_now = shop.stripe.v1.customers.retrieve(customer.id).invoice_settings
    assert detached.data.to_dict()["previous_attributes"] == {"customer": customer.id}
    assert settings_now is not None
    assert settings_now.default_payment_method is None
    assert shop.event_types()[-1] == "customer.updated"


def test_only_an_attached_card_can_be_the_default(shop: Shop) -> None:
    customer, _ = shop.saved_card()
    _, other = shop.saved_card()

    with pytest.raises(stripe.InvalidRequestError, match="must be attached"):
        shop.stripe.v1.customers.update(customer.id, {"invoice_settings": {"default_payment_method": other.id}})


def test_each_use_of_a_token_makes_a_payment_method_of_its_own(shop: Shop) -> None:
    first, second = shop.saved_card()[1], shop.saved_card()[1]

    assert first.card is not None
    assert (first.id != second.id, first.card.last4, first.card.brand) == (True, "4242", "visa")


def test_a_customers_payment_methods_are_listed_newest_first(shop: Shop) -> None:
    customer, older = shop.saved_card()
    newer = shop.stripe.v1.payment_methods.attach("pm_card_mastercard", {"customer": customer.id})

    listed = shop.stripe.v1.customers.payment_methods.list(customer.id, {"type": "card"})

    assert [method.id for method in listed.data] == [newer.id, older.id]
    assert shop.stripe.v1.customers.payment_methods.retrieve(customer.id, older.id).id == older.id
    assert len(shop.stripe.v1.payment_methods.list({"customer": customer.id, "type": "card"}).data) == 2


def test_a_payment_method_of_another_customer_is_not_found(shop: Shop) -> None:
    _, method = shop.saved_card()

    with pytest.raises(stripe.InvalidRequestError):
        shop.stripe.v1.customers.payment_methods.retrieve(shop.customer().id, method.id)


def test_a_setup_intent_saves_its_card(shop: Shop) -> None:
    customer = shop.customer()
    setup = shop.stripe.v1.setup_intents.create({"customer": customer.id, "allowed_payment_method_types": ["card"]})

    confirmed = shop.stripe.v1.setup_intents.confirm(setup.id, {"payment_method": "pm_card_visa"})

    assert (setup.status, confirmed.status) == ("requires_payment_method", "succeeded")
    assert shop.stripe.v1.payment_methods.retrieve(str(confirmed.payment_method)).customer == customer.id
    assert shop.event_types()[-3:] == ["setup_intent.created", "payment_method.attached", "setup_intent.succeeded"]


def test_a_setup_intent_with_a_declining_card_fails(shop: Shop) -> None:
    with pytest.raises(stripe.CardError) as caught:
        shop.stripe.v1.setup_intents.create(
            {"confirm": True, "payment_method": "pm_card_visa_chargeDeclined", "allowed_payment_method_types": ["card"]}
        )

    assert caught.value.error is not None
    assert caught.value.error.setup_intent is not None
    assert caught.value.error.setup_intent.status == "requires_payment_method"
    assert shop.event_types()[-1] == "setup_intent.setup_failed"
