"""The objects that the simulation makes of Stripe's answers are those that Stripe's library makes."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe
from sandbox.stripe.client import InProcessHTTPClient
from sandbox.stripe.engine import StripeSandbox
from stripe._stripe_object import StripeObject

from simulation.stripe_library import speed_up

_KEY = "sk_test_0123456789abcdef"


def _client() -> stripe.StripeClient:
    """Of an account with a charge, a refusal, a page, a refund and their events."""
    sandbox = StripeSandbox()
    sandbox.add_account(_KEY)
    client = stripe.StripeClient(_KEY, http_client=InProcessHTTPClient(sandbox))
    customer = client.v1.customers.create({"name": "Acme", "metadata": {"lago_customer_id": "1"}}).id
    for number, token in enumerate(("pm_card_visa", "pm_card_chargeDeclined")):
        wanted: Any = {"amount": 4200, "currency": "eur", "customer": customer, "metadata": {"number": str(number)}}
        try:
            paid = client.v1.payment_intents.create(
                wanted | {"payment_method": token, "confirm": True, "off_session": True}
            )
            client.v1.refunds.create({"payment_intent": paid.id, "amount": 100})
        except stripe.CardError:
            pass
    client.v1.checkout.sessions.create(
        {"mode": "setup", "customer": customer, "currency": "eur", "success_url": "https://example.com/"}
    )
    return client


def _shown(made: Any) -> Any:
    """All that is in it, without what differs from one request to the next."""
    if isinstance(made, list):
        return [_shown(one) for one in made]
    if not isinstance(made, StripeObject):
        return type(made), made
    kept = {name: value for name, value in vars(made).items() if name not in ("_requestor", "_last_response")}
    inner = {name: _shown(value) for name, value in made._data.items()}
    kept |= {"_data": inner, "has_response": made._last_response is not None}
    return type(made), list(made._data), kept, made.to_dict(), made.to_dict(for_json=True)


@pytest.mark.parametrize(
    "read",
    [
        lambda v1: v1.payment_intents.list({"limit": 100, "expand": ["data.latest_charge"]}),
        lambda v1: v1.customers.list(),
        lambda v1: v1.customers.retrieve(v1.customers.list().data[0].id),
        lambda v1: v1.checkout.sessions.list(),
        lambda v1: v1.refunds.list(),
        lambda v1: v1.events.list({"limit": 100}),
    ],
)
def test_each_object_has_the_class_and_the_content_that_the_library_gives_it(
    read: Callable[[Any], StripeObject], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = _client()
    by_the_library = _shown(read(client.v1))

    speed_up(monkeypatch)

    assert _shown(read(client.v1)) == by_the_library


def test_an_answer_that_is_an_error_is_raised_as_the_library_raises_it(monkeypatch: pytest.MonkeyPatch) -> None:
    speed_up(monkeypatch)

    with pytest.raises(stripe.InvalidRequestError) as raised:
        _client().v1.payment_intents.retrieve("pi_unknown")

    assert raised.value.error is not None
    assert raised.value.error.code == "resource_missing"


def test_what_is_made_is_of_the_library_again_once_the_patches_are_undone() -> None:
    before = stripe._util._convert_to_stripe_object
    with pytest.MonkeyPatch.context() as patch:
        speed_up(patch)
        assert stripe._util._convert_to_stripe_object is not before

    assert stripe._util._convert_to_stripe_object is before


def test_the_log_of_the_library_says_the_same_where_it_is_read(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    speed_up(monkeypatch)

    with caplog.at_level("INFO", logger="stripe"):
        _client().v1.customers.list()

    assert "message='Request to Stripe api' method=get url=https://api.stripe.com/v1/customers" in caplog.messages
