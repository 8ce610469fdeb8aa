from typing import Any

import pytest
import stripe
from unit.stripe_sandbox.shop import Shop


@pytest.fixture
def intents(shop: Shop) -> list[str]:
    """Seven intents of one customer, ten seconds apart, oldest first; another customer's in between."""
    customer, method = shop.saved_card()
    made = []
    for _ in range(7):
        made.append(shop.pay(customer=customer.id, payment_method=method.id, off_session=True).id)
        shop.charge()
        shop.clock.advance(10)
    return made


def ids(shop: Shop, first: str, **params: Any) -> list[str]:
    customer = shop.stripe.v1.payment_intents.retrieve(first).customer
    wanted: Any = {"customer": str(customer), **params}
    listed = shop.stripe.v1.payment_intents.list(wanted)
    return [intent.id for intent in listed.data]


def test_lists_are_newest_first(shop: Shop, intents: list[str]) -> None:
    assert ids(shop, intents[0]) == intents[::-1]


def test_every_page_is_reached_by_cursor(shop: Shop, intents: list[str]) -> None:
    customer = str(shop.stripe.v1.payment_intents.retrieve(intents[0]).customer)

    pages = shop.stripe.v1.payment_intents.list({"customer": customer, "limit": 3})

    assert pages.has_more
    assert [intent.id for intent in pages.auto_paging_iter()] == intents[::-1]


def test_a_list_can_be_read_backwards(shop: Shop, intents: list[str]) -> None:
    assert ids(shop, intents[0], ending_before=intents[2], limit=2) == [intents[4], intents[3]]


def test_lists_can_be_bounded_by_time(shop: Shop, intents: list[str]) -> None:
    at = [shop.stripe.v1.payment_intents.retrieve(intent).created for intent in intents]

    assert ids(shop, intents[0], created={"gte": at[2], "lt": at[4]}) == [intents[3], intents[2]]
    assert ids(shop, intents[0], created={"gt": at[5]}) == [intents[6]]
    assert ids(shop, intents[0], created={"lte": at[0]}) == [intents[0]]
    assert ids(shop, intents[0], created=at[1]) == [intents[1]]


def test_all_intents_of_the_account_are_listed_without_a_customer(shop: Shop, intents: list[str]) -> None:
    listed = shop.stripe.v1.payment_intents.list({"limit": 100})

    assert (len(listed.data), listed.has_more, set(intents) < {intent.id for intent in listed.data}) == (
        14,
        False,
        True,
    )


@pytest.mark.parametrize("limit", [0, 101])
def test_a_page_has_1_to_100_objects(shop: Shop, limit: int) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        shop.stripe.v1.payment_intents.list({"limit": limit})

    assert caught.value.param == "limit"


def test_an_unknown_cursor_is_refused(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="No such payment_intent"):
        shop.stripe.v1.payment_intents.list({"starting_after": "pi_none"})


def test_objects_in_a_list_can_be_expanded(shop: Shop, intents: list[str]) -> None:
    listed = shop.stripe.v1.payment_intents.list({"limit": 1, "expand": ["data.latest_charge"]})

    assert isinstance(listed.data[0].latest_charge, stripe.Charge)
