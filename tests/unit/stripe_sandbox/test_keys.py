import pytest
import stripe
from unit.stripe_sandbox.shop import SECRET_KEY, Shop


def test_an_unknown_key_is_masked_in_the_message(shop: Shop) -> None:
    with pytest.raises(stripe.AuthenticationError, match=r"Invalid API Key provided: sk_test_\*+wxyz$") as caught:
        shop.client("sk_test_0123456789wxyz").v1.accounts.retrieve_current()

    assert caught.value.http_status == 401


def test_an_expired_key_says_so(shop: Shop) -> None:
    shop.sandbox.control.expire_key(SECRET_KEY, expires_in=60)
    shop.customer()
    shop.clock.advance(60)

    with pytest.raises(stripe.AuthenticationError, match="Expired API Key provided") as caught:
        shop.customer()

    assert caught.value.error is not None
    assert caught.value.error.code == "api_key_expired"


def test_a_publishable_key_is_not_a_secret_key(shop: Shop) -> None:
    key = shop.sandbox.control.add_key(shop.account.id, kind="pk")

    with pytest.raises(stripe.PermissionError, match="cannot be made with a publishable API key"):
        shop.client(key).v1.accounts.retrieve_current()


def test_a_restricted_key_may_do_what_it_is_permitted(shop: Shop) -> None:
    key = shop.sandbox.control.add_key(shop.account.id, kind="rk", permissions=["rak_customer_write"])
    restricted = shop.client(key)

    created = restricted.v1.customers.create({})
    assert restricted.v1.customers.retrieve(created.id).id == created.id
    with pytest.raises(stripe.PermissionError, match="Having the 'rak_payment_intent_write' permission") as caught:
        restricted.v1.payment_intents.create({"amount": 1000, "currency": "usd"})
    assert caught.value.http_status == 403


def test_accounts_do_not_see_each_others_objects(shop: Shop) -> None:
    customer = shop.customer()
    other = shop.client(shop.sandbox.control.add_account(name="Other")["secret_key"])

    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        other.v1.customers.retrieve(customer.id)
    assert other.v1.accounts.retrieve_current().id != shop.account.id


def test_every_response_has_a_request_id_and_errors_a_link_to_the_log(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        shop.stripe.v1.customers.retrieve("cus_none")

    assert caught.value.request_id is not None
    assert caught.value.error is not None
    assert str(caught.value.error.request_log_url).endswith(caught.value.request_id)
    response = shop.customer().last_response
    assert response is not None
    assert str(response.request_id).startswith("req_")


def test_a_reset_forgets_objects_and_keeps_keys(shop: Shop) -> None:
    shop.charge()

    shop.sandbox.control.reset()

    assert shop.stripe.v1.payment_intents.list().data == []
    assert shop.stripe.v1.events.list().data == []
