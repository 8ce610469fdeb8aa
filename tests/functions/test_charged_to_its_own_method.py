"""`payment_method` of an invoice: that method of the customer's is charged, and no other one."""

from typing import Any

import pytest
from builders.customers import DECLINED, becomes_default, saved_method
from builders.durations import DAY, MINUTE
from builders.invoices import MINIMAL_INVOICE, replace_item
from builders.payments import retry
from builders.read import notification_bodies
from builders.stripe_requests import CREATE_INTENT, LIST_METHODS, break_stripe
from world.aws_calls import Moment
from world.world import World

NOBODYS_METHOD = "9f0e7c1e-5b0a-5c59-8a53-7a1f7e2d0c11"


def naming(lago_id: str) -> dict[str, Any]:
    return {"payment_method": {"payment_method_type": "provider", "payment_method_id": lago_id}}


def asked_for(world: World, lago_id: str) -> str:
    """An invoice over 42.00 that names the method, put into the queue of what is new."""
    answer = world.api("POST", "/api/v1/invoices", {"invoice": MINIMAL_INVOICE | naming(lago_id)})
    assert answer.status == 200, answer.body
    return str(answer.body["invoice"]["lago_id"])


def charged_brands(world: World) -> list[str]:
    """The brands of the cards that were charged with success, the latest first."""
    found: list[Any] = world.stripe_client.v1.payment_intents.list({"expand": ["data.payment_method"]}).data
    return [one.payment_method.card.brand for one in found if one.status == "succeeded"]


def codes_of_failures(world: World) -> list[str]:
    failures = [body.get("payment_provider_invoice_payment_error") for body in notification_bodies(world)]
    return [one["error_details"]["code"] for one in failures if one]


def let_days_go_by(world: World, days: int = 3) -> None:
    for _ in range(days):
        world.pass_time(DAY)
        world.look_again()
        world.run()


@pytest.fixture
def chosen(world: World) -> str:
    """A Mastercard of `acme`, whose default is a Visa."""
    world.connect(retry_schedule_days=[1])
    return saved_method(world, world.customer())


@pytest.fixture
def declined_method(world: World) -> str:
    """A card of `acme` that is declined; the default is a Visa."""
    world.connect(retry_schedule_days=[1])
    return saved_method(world, world.customer(), DECLINED)


def test_the_named_method_is_charged_instead_of_the_default(world: World, chosen: str) -> None:
    invoice_id = asked_for(world, chosen)
    world.run()

    assert (world.invoice(invoice_id)["payment_status"], charged_brands(world)) == ("succeeded", ["mastercard"])


def test_an_item_of_the_table_names_it_as_well(world: World, chosen: str) -> None:
    invoice_id = world.put_invoice_item(**naming(chosen))
    assert world.collect_new_invoices() == []

    assert (world.invoice(invoice_id)["payment_status"], charged_brands(world)) == ("succeeded", ["mastercard"])


def test_a_customer_without_a_default_is_charged_with_it(world: World) -> None:
    world.connect()
    chosen = saved_method(world, world.customer(payment_method=None))

    asked_for(world, chosen)
    world.run()

    assert charged_brands(world) == ["mastercard"]
    assert "customer.payment_method_missing" not in world.notified()


def test_provider_without_an_id_is_the_default(world: World, chosen: str) -> None:
    body = {"invoice": MINIMAL_INVOICE | {"payment_method": {"payment_method_type": "provider"}}}
    world.api("POST", "/api/v1/invoices", body)
    world.run()

    assert charged_brands(world) == ["visa"]


def test_what_names_an_unknown_method_waits_for_it_and_that_is_notified_once(world: World, chosen: str) -> None:
    invoice_id = asked_for(world, NOBODYS_METHOD)
    world.run()
    let_days_go_by(world)

    assert (world.invoice(invoice_id)["payment_status"], world.charged()) == ("pending", [])
    assert codes_of_failures(world) == ["payment_method_not_found"]


def test_what_waits_for_its_method_is_charged_with_another_by_a_request_only(world: World, chosen: str) -> None:
    invoice_id = asked_for(world, NOBODYS_METHOD)
    world.run()
    becomes_default(world, "pm_card_amex")
    world.run()
    assert world.charged() == []

    assert retry(world, invoice_id, naming(chosen)) == (200, None)
    world.collect_due()

    assert charged_brands(world) == ["mastercard"]


def test_what_waits_for_its_method_is_charged_with_the_default_where_a_request_says_so(
    world: World, chosen: str
) -> None:
    invoice_id = asked_for(world, NOBODYS_METHOD)
    world.run()

    assert retry(world, invoice_id, {"payment_method": {"payment_method_type": "provider"}}) == (200, None)
    world.collect_due()

    assert charged_brands(world) == ["visa"]


def test_what_waits_for_its_method_goes_on_waiting_after_a_request_that_names_none(world: World, chosen: str) -> None:
    invoice_id = asked_for(world, NOBODYS_METHOD)
    world.run()

    assert retry(world, invoice_id) == (200, None)
    world.collect_due()

    assert (world.invoice(invoice_id)["payment_status"], world.charged()) == ("pending", [])


def test_a_decline_is_tried_again_with_the_same_method_and_no_other(world: World, declined_method: str) -> None:
    invoice_id = asked_for(world, declined_method)
    world.run()
    assert world.invoice(invoice_id)["next_retry_at"] is not None
    becomes_default(world, "pm_card_mastercard")
    world.run()
    let_days_go_by(world, 5)

    assert (world.invoice(invoice_id)["payment_status"], world.charged()) == ("failed", [])
    assert len(world.payments(invoice_id)) == 2


def test_a_request_charges_another_method_once_and_the_next_one_its_own_again(
    world: World, declined_method: str
) -> None:
    invoice_id = asked_for(world, declined_method)
    world.run()
    retry(world, invoice_id)
    world.collect_due()
    assert world.charged() == []

    assert retry(world, invoice_id, {"payment_method": {"payment_method_type": "provider"}}) == (200, None)
    world.collect_due()

    assert charged_brands(world) == ["visa"]
    assert len(world.payments(invoice_id)) == 3


def test_made_with_skip_psp_it_is_charged_on_request_with_its_own_method(world: World, chosen: str) -> None:
    body = {"invoice": MINIMAL_INVOICE | naming(chosen) | {"skip_psp": True}}
    invoice_id = world.api("POST", "/api/v1/invoices", body).body["invoice"]["lago_id"]
    world.run()
    assert world.charged() == []

    assert retry(world, invoice_id) == (200, None)
    world.collect_due()

    assert charged_brands(world) == ["mastercard"]


def test_made_with_skip_psp_a_request_that_names_an_unknown_method_does_not_stay(world: World, chosen: str) -> None:
    body = {"invoice": MINIMAL_INVOICE | {"skip_psp": True}}
    invoice_id = world.api("POST", "/api/v1/invoices", body).body["invoice"]["lago_id"]
    world.run()

    assert retry(world, invoice_id, naming(NOBODYS_METHOD)) == (200, None)
    world.collect_due()
    let_days_go_by(world)
    assert (world.charged(), codes_of_failures(world)) == ([], ["payment_method_not_found"])

    assert retry(world, invoice_id, naming(chosen)) == (200, None)
    world.collect_due()
    assert charged_brands(world) == ["mastercard"]


@pytest.mark.parametrize("fault", ["cut_before_commit", "cut_after_commit"])
def test_without_an_answer_it_is_sent_once(world: World, chosen: str, fault: str) -> None:
    invoice_id = asked_for(world, chosen)
    break_stripe(world, CREATE_INTENT, fault)
    world.collect_new_invoices()
    world.stripe.control.clear_faults()
    for _ in range(4):
        world.pass_time(15 * MINUTE)
        world.look_again()

    assert (world.invoice(invoice_id)["payment_status"], charged_brands(world)) == ("succeeded", ["mastercard"])


@pytest.mark.parametrize("first", Moment)
@pytest.mark.parametrize("second", Moment)
def test_two_crashes_are_repaired_by_the_next_delivery(
    world: World, chosen: str, first: Moment, second: Moment
) -> None:
    invoice_id = asked_for(world, chosen)
    record = world.stream_event(world.new_images("invoices"))
    for moment in (first, second):
        world.aws.crash("TransactWriteItems", moment)
        world.invoke("invoice-created", record)

    world.invoke("invoice-created", record)

    assert (world.invoice(invoice_id)["payment_status"], charged_brands(world)) == ("succeeded", ["mastercard"])


def test_where_the_methods_cannot_be_asked_for_nothing_is_charged_and_it_is_looked_at_again(
    world: World, chosen: str
) -> None:
    invoice_id = asked_for(world, chosen)
    break_stripe(world, LIST_METHODS, "cut_before_commit")
    world.collect_new_invoices()
    assert world.charged() == []

    world.stripe.control.clear_faults()
    world.pass_time(15 * MINUTE)
    world.look_again()

    assert (world.invoice(invoice_id)["payment_status"], charged_brands(world)) == ("succeeded", ["mastercard"])


def test_a_customer_who_pays_by_bank_transfer_has_no_such_method(world: World, chosen: str) -> None:
    billing = {"billing_configuration": {"provider_payment_methods": ["customer_balance"]}}
    world.api("POST", "/api/v1/customers", {"customer": {"external_id": "acme", "country": "FR", **billing}})

    asked_for(world, chosen)
    world.run()

    assert (world.charged(), codes_of_failures(world)) == ([], ["payment_method_not_found"])


def replace_one_that_never_reached_stripe(world: World, method: str) -> str:
    """An item that names this method replaces one whose charge Stripe never saw, and an hour passes; its id."""
    world.put_invoice_item()
    break_stripe(world, CREATE_INTENT, "cut_before_commit")
    world.collect_new_invoices()
    world.stripe.control.clear_faults()
    invoice_id = replace_item(world, **naming(method))
    for _ in range(4):
        world.pass_time(15 * MINUTE)
        world.look_again()
    return invoice_id


def test_an_item_that_names_a_method_over_one_that_never_reached_stripe_is_charged_with_it(
    world: World, chosen: str
) -> None:
    invoice_id = replace_one_that_never_reached_stripe(world, chosen)

    assert (world.invoice(invoice_id)["payment_status"], charged_brands(world)) == ("succeeded", ["mastercard"])


def test_an_item_that_names_an_unknown_method_over_one_that_never_reached_stripe_waits(
    world: World, chosen: str
) -> None:
    invoice_id = replace_one_that_never_reached_stripe(world, NOBODYS_METHOD)

    assert (world.invoice(invoice_id)["payment_status"], world.charged()) == ("pending", [])
    assert codes_of_failures(world) == ["payment_method_not_found"]
