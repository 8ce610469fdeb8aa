"""Customers who bill themselves (`account_type: partner`): what their invoices say is paid to them, never collected."""

from typing import Any

import pytest
from builders.accounts import connect_with_customer
from builders.customers import CUSTOMERS_PATH, becomes_default
from builders.durations import DAY
from builders.invoices import MINIMAL_INVOICE, replace_item
from builders.links import ask_for_link
from builders.payments import retry
from builders.stripe_requests import CREATE_INTENT
from world.world import World


def connect_with_partner(world: World) -> None:
    """`acme`, who bills itself, and has a card all the same."""
    world.connect()
    partner(world)


def partner(world: World) -> None:
    """Makes it one of the account that is connected."""
    billing = {
        "payment_provider": "stripe",
        "payment_provider_code": "stripe",
        "provider_customer_id": world.stripe_customer("pm_card_visa"),
    }
    body = {"external_id": "acme", "account_type": "partner", "billing_configuration": billing}
    assert world.api("POST", CUSTOMERS_PATH, {"customer": body}).status == 200


def nothing_is_collected(world: World, invoice_id: str) -> bool:
    """Whether nothing was, and the invoice says why, after days, a new card and whatever is due."""
    becomes_default(world, "pm_card_mastercard")
    for _ in range(3):
        world.pass_time(DAY)
        world.run()
        assert world.look_again() == 0
    invoice = world.invoice(invoice_id)
    is_untouched = (invoice["payment_status"], invoice["self_billed"]) == ("pending", True)
    return is_untouched and world.stripe_calls(CREATE_INTENT) == 0 and world.payments(invoice_id) == []


def test_an_invoice_of_the_api_is_not_collected(world: World) -> None:
    connect_with_partner(world)
    answer = world.api("POST", "/api/v1/invoices", {"invoice": MINIMAL_INVOICE})
    world.run()

    assert answer.body["invoice"]["self_billed"] is True
    assert nothing_is_collected(world, answer.body["invoice"]["lago_id"])
    assert world.notified() == ["invoice.payment_overdue"]


def test_an_item_of_the_table_is_not_collected(world: World) -> None:
    connect_with_partner(world)
    invoice_id = world.put_invoice_item()
    world.collect_new_invoices()

    assert nothing_is_collected(world, invoice_id)


def test_an_item_that_says_so_itself_is_not_collected(world: World) -> None:
    connect_with_customer(world)
    invoice_id = world.put_invoice_item(self_billed=True)
    world.collect_new_invoices()

    assert nothing_is_collected(world, invoice_id)


def test_an_item_that_says_so_over_one_that_failed_ends_its_retries(world: World) -> None:
    world.connect(retry_schedule_days=[1, 1])
    world.customer(payment_method="pm_card_chargeCustomerFail")
    world.put_invoice_item()
    world.run()

    invoice_id = replace_item(world, self_billed=True)
    becomes_default(world)
    for _ in range(4):
        world.run()
        world.pass_time(DAY)
        world.look_again()

    assert (world.charged(), len(world.payments(invoice_id))) == ([], 1)


@pytest.mark.parametrize("is_item", [False, True])
def test_it_is_collected_on_no_request_either(world: World, is_item: bool) -> None:
    connect_with_partner(world)
    invoice_id = world.put_invoice_item() if is_item else world.create_invoice()

    for _ in range(2):
        assert retry(world, invoice_id)[0] in (404, 405)
        assert ask_for_link(world, invoice_id).status in (404, 422)
        world.collect_new_invoices()

    assert retry(world, invoice_id) == (405, "invalid_status")
    assert ask_for_link(world, invoice_id).body["error_details"] == {
        "base": ["invalid_invoice_status_or_payment_status"]
    }
    assert nothing_is_collected(world, invoice_id)


@pytest.mark.parametrize(("first", "then"), [("partner", "customer"), ("partner", None), ("customer", "partner")])
def test_who_bills_itself_does_not_change(world: World, first: str, then: str | None) -> None:
    world.api("POST", CUSTOMERS_PATH, {"customer": {"external_id": "acme", "account_type": first}})

    answer = world.api("POST", CUSTOMERS_PATH, {"customer": {"external_id": "acme", "account_type": then}})

    assert (answer.status, answer.body["error_details"]) == (422, {"account_type": ["value_is_immutable"]})
    assert world.api("GET", f"{CUSTOMERS_PATH}/acme").body["customer"]["account_type"] == first


@pytest.mark.parametrize("changes", [{}, {"account_type": "partner"}, {"name": "Acme"}], ids=str)
def test_saying_the_same_again_is_no_change(world: World, changes: dict[str, Any]) -> None:
    world.api("POST", CUSTOMERS_PATH, {"customer": {"external_id": "acme", "account_type": "partner"}})

    answer = world.api("POST", CUSTOMERS_PATH, {"customer": {"external_id": "acme", **changes}})

    assert answer.body["customer"]["account_type"] == "partner"


def test_an_account_type_that_is_none_is_refused(world: World) -> None:
    answer = world.api("POST", CUSTOMERS_PATH, {"customer": {"external_id": "acme", "account_type": "reseller"}})

    assert (answer.status, answer.body["error_details"]) == (422, {"account_type": ["value_is_invalid"]})


def test_an_item_that_came_before_its_customer_is_collected_on_no_request_either(world: World) -> None:
    world.connect()
    invoice_id = world.put_invoice_item()
    world.collect_new_invoices()
    partner(world)
    world.lose_messages()

    assert retry(world, invoice_id) == (405, "invalid_status")
    assert ask_for_link(world, invoice_id).status == 422
    world.pass_time(DAY)
    world.look_again()
    assert nothing_is_collected(world, invoice_id)
