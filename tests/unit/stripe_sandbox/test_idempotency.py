from typing import Any

import pytest
import stripe
from sandbox.stripe.wire import Request, Response, Transport
from unit.stripe_sandbox.shop import SECRET_KEY, Shop

CREATE = "POST /v1/payment_intents"
DAY = 24 * 3600


def post(shop: Shop, form: str, key: str = "key-1", path: str = "/v1/payment_intents") -> Response:
    headers = {"Authorization": f"Bearer {SECRET_KEY}", "Idempotency-Key": key}
    return shop.sandbox.handle(Request("POST", path, "", headers, form))


def test_the_same_key_replays_the_same_response(shop: Shop) -> None:
    first = post(shop, "amount=1000&currency=usd")
    second = post(shop, "amount=1000&currency=usd")

    assert first.body == second.body
    assert second.headers["Idempotent-Replayed"] == "true"
    assert second.headers["Original-Request"] == first.headers["Request-Id"] != second.headers["Request-Id"]
    assert len(shop.account.payment_intents) == 1


def test_a_decline_is_replayed_too(shop: Shop) -> None:
    customer, method = shop.saved_card("pm_card_chargeCustomerFail")
    form = f"amount=1000&currency=usd&confirm=true&off_session=true&customer={customer.id}&payment_method={method.id}"

    assert [post(shop, form).status, post(shop, form).status] == [402, 402]
    assert len(shop.account.charges) == 1


def test_a_key_is_good_for_one_set_of_parameters(shop: Shop) -> None:
    post(shop, "amount=1000&currency=usd")

    with pytest.raises(stripe.IdempotencyError, match="same parameters"):
        shop.stripe.v1.payment_intents.create({"amount": 2000, "currency": "usd"}, {"idempotency_key": "key-1"})


def test_a_key_is_good_for_one_endpoint(shop: Shop) -> None:
    post(shop, "amount=1000&currency=usd")

    with pytest.raises(stripe.IdempotencyError, match="same endpoint"):
        shop.stripe.v1.customers.create({}, {"idempotency_key": "key-1"})


def test_after_a_day_the_key_is_forgotten_and_the_request_executes_again(shop: Shop) -> None:
    post(shop, "amount=1000&currency=usd")
    shop.clock.advance(DAY - 1)
    assert "Idempotent-Replayed" in post(shop, "amount=1000&currency=usd").headers
    shop.clock.advance(1)

    assert "Idempotent-Replayed" not in post(shop, "amount=1000&currency=usd").headers
    assert len(shop.account.payment_intents) == 2


def test_while_the_first_request_is_in_progress_its_key_is_in_use(shop: Shop) -> None:
    shop.sandbox.control.add_fault("hold", path="/v1/payment_intents")
    held = post(shop, "amount=1000&currency=usd")
    assert held.transport is Transport.HELD
    assert held.hold is not None

    meanwhile = post(shop, "amount=1000&currency=usd")
    released = shop.sandbox.release(held.hold)
    afterwards = post(shop, "amount=1000&currency=usd")

    assert (meanwhile.status, b"idempotency_key_in_use" in meanwhile.body) == (409, True)
    assert released.status == 200
    assert afterwards.body == released.body
    assert len(shop.account.payment_intents) == 1


def test_invalid_parameters_are_not_saved(shop: Shop) -> None:
    assert post(shop, "amount=1000").status == 400

    assert post(shop, "amount=1000&currency=usd").status == 200


def test_what_fails_once_execution_began_is_saved(shop: Shop) -> None:
    assert post(shop, "amount=1&currency=usd").status == 400

    assert post(shop, "amount=1&currency=usd").headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("kind", ["500_before_commit", "500_after_commit"])
def test_a_500_is_saved_and_replayed(shop: Shop, kind: str) -> None:
    shop.sandbox.control.add_fault(kind)

    statuses = [post(shop, "amount=1000&currency=usd").status for _ in range(3)]

    assert statuses == [500, 500, 500]
    assert len(shop.account.payment_intents) == (1 if kind == "500_after_commit" else 0)


def test_a_rate_limit_is_not_saved(shop: Shop) -> None:
    shop.sandbox.control.add_fault("429")

    assert [post(shop, "amount=1000&currency=usd").status for _ in range(2)] == [429, 200]


def test_keys_of_different_accounts_do_not_meet(shop: Shop) -> None:
    other = shop.client(shop.sandbox.control.add_account()["secret_key"])
    params: Any = {"amount": 1000, "currency": "usd"}

    first = shop.stripe.v1.payment_intents.create(params, {"idempotency_key": "key-1"})
    second = other.v1.payment_intents.create(params, {"idempotency_key": "key-1"})

    assert first.id != second.id


def test_a_key_of_more_than_255_characters_is_refused(shop: Shop) -> None:
    assert [post(shop, "", "k" * 255, "/v1/customers").status, post(shop, "", "k" * 256, "/v1/customers").status] == [
        200,
        400,
    ]


def test_reads_ignore_keys(shop: Shop) -> None:
    customer = shop.customer()
    headers = {"Authorization": f"Bearer {SECRET_KEY}", "Idempotency-Key": "key-1"}

    responses = [shop.sandbox.handle(Request("GET", f"/v1/customers/{customer.id}", "", headers)) for _ in range(2)]

    assert not any("Idempotent-Replayed" in response.headers for response in responses)
