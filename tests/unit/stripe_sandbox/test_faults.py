import pytest
import stripe
from unit.stripe_sandbox.shop import Shop


@pytest.mark.parametrize(
    ("kind", "payments"),
    [("cut_before_commit", 0), ("cut_after_commit", 1), ("hold", 0), ("hang", 1)],
)
def test_a_lost_response_says_nothing_about_the_payment(shop: Shop, kind: str, payments: int) -> None:
    customer, method = shop.saved_card()
    shop.sandbox.control.add_fault(kind, path="/v1/payment_intents")

    with pytest.raises(stripe.APIConnectionError):
        shop.pay(customer=customer.id, payment_method=method.id, off_session=True)

    assert len(shop.account.charges) == payments


def test_a_truncated_body_is_an_api_error_though_the_payment_was_made(shop: Shop) -> None:
    customer, method = shop.saved_card()
    shop.sandbox.control.add_fault("truncated_body", path="/v1/payment_intents")

    with pytest.raises(stripe.APIError, match="Invalid response body"):
        shop.pay(customer=customer.id, payment_method=method.id, off_session=True)

    assert len(shop.account.charges) == 1


def test_a_response_slower_than_the_timeout_is_a_connection_error(shop: Shop) -> None:
    shop.sandbox.control.add_fault("latency", seconds=81)

    with pytest.raises(stripe.APIConnectionError, match="timed out"):
        shop.customer()

    assert len(shop.account.customers) == 1


def test_a_lost_response_is_replayed_under_its_key(shop: Shop) -> None:
    customer, method = shop.saved_card()
    shop.sandbox.control.add_fault("cut_after_commit", path="/v1/payment_intents")
    with pytest.raises(stripe.APIConnectionError):
        shop.pay("key-1", customer=customer.id, payment_method=method.id, off_session=True)

    intent = shop.pay("key-1", customer=customer.id, payment_method=method.id, off_session=True)

    assert intent.status == "succeeded"
    assert len(shop.account.charges) == 1


def test_a_held_request_takes_effect_when_it_is_released(shop: Shop) -> None:
    shop.sandbox.control.add_fault("hold")
    with pytest.raises(stripe.APIConnectionError):
        shop.customer()

    shop.sandbox.control.release(shop.sandbox.control.holds()[0])

    assert len(shop.account.customers) == 1


def test_a_fault_can_be_aimed_at_metadata_and_at_a_number_of_requests(shop: Shop) -> None:
    shop.sandbox.control.add_fault("500_before_commit", path="/v1/cust*", metadata={"id": "7"}, times=2)

    outcomes = []
    for number in ("6", "7", "7", "7"):
        try:
            outcomes.append(bool(shop.customer(metadata={"id": number})))
        except stripe.APIError:
            outcomes.append(False)

    assert outcomes == [True, False, False, True]


def test_lock_timeouts_are_the_429_that_the_sdk_retries(shop: Shop) -> None:
    shop.sandbox.control.add_fault("429", reason="lock_timeout")

    customer = shop.stripe.v1.customers.create({}, {"max_network_retries": 1})

    assert customer.id.startswith("cus_")
    assert shop.count("POST /v1/customers") == 2


def test_the_rate_limiter_allows_so_many_requests_a_second(shop: Shop) -> None:
    shop.sandbox.control.set_rate_limits(endpoint=2)
    shop.customer()
    shop.customer()

    with pytest.raises(stripe.RateLimitError) as caught:
        shop.customer()
    shop.stripe.v1.customers.list()
    shop.clock.advance(1)
    shop.customer()

    assert caught.value.headers is not None
    assert caught.value.headers["Stripe-Rate-Limited-Reason"] == "endpoint-rate"


def test_the_global_limit_counts_all_endpoints(shop: Shop) -> None:
    shop.sandbox.control.set_rate_limits(total=2)
    shop.customer()
    shop.stripe.v1.customers.list()

    with pytest.raises(stripe.RateLimitError):
        shop.stripe.v1.events.list()


def test_calls_are_counted_per_endpoint(shop: Shop) -> None:
    shop.charge()

    assert (shop.count("POST /v1/payment_intents"), shop.count("POST /v1/payment_methods/*/attach")) == (1, 1)
    assert [call.path for call in shop.sandbox.control.calls()][-1] == "/v1/payment_intents"
