"""The method that is remembered is gone at Stripe, and no event has said so: the default of now is charged."""

import pytest
from builders.accounts import connect_with_customer
from builders.customers import DECLINED, attach, default_at_stripe, make_default, provider_customer_id
from builders.durations import DAY, MINUTE
from builders.invoices import collected
from builders.operators_faults import minutes_go_by, refuse_charges, take_charges
from builders.read import notified_attempts, payment_statuses
from builders.stripe_events import lose_events
from world.aws_calls import Moment
from world.world import TABLES, World


def default_is_replaced(world: World, card: str | None = "pm_card_mastercard") -> str:
    """Stripe's default is detached, and this card takes its place; no event says so. Returns the `cus_…` id."""
    customer = provider_customer_id(world)
    former = str(default_at_stripe(world, customer))
    if card:
        make_default(world, customer, attach(world, customer, card))
    world.stripe_client.v1.payment_methods.detach(former)
    lose_events(world)
    return customer


def remembered(world: World) -> str | None:
    """What is charged by default, as it is known here."""
    (item,) = world.items("customers")
    return item.get("payment_method_id")


@pytest.fixture(autouse=True)
def linked(world: World) -> None:
    """A customer whose card can be charged."""
    connect_with_customer(world)
    world.run()


def test_the_default_of_now_is_charged_and_no_failure_is_notified(world: World) -> None:
    customer = default_is_replaced(world)

    invoice_id = collected(world)

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert payment_statuses(world, invoice_id) == ["succeeded", "failed"]
    assert notified_attempts(world, "invoice.payment_failure") == []
    assert (world.charged(), remembered(world)) == ([4200], default_at_stripe(world, customer))


def test_the_next_invoice_is_charged_to_it_with_one_request(world: World) -> None:
    default_is_replaced(world)
    collected(world)
    before = world.stripe_calls()

    collected(world, amount=1000)

    assert (world.charged(), world.stripe_calls() - before) == ([1000, 4200], 1)


def test_where_nothing_else_is_there_it_has_failed_and_the_next_invoice_waits_for_a_method(world: World) -> None:
    default_is_replaced(world, None)

    first = collected(world)
    second = collected(world)

    assert [world.invoice(one)["payment_status"] for one in (first, second)] == ["failed", "pending"]
    assert remembered(world) is None
    assert world.stripe_calls() == 1
    assert world.notified().count("customer.payment_method_missing") == 1


def test_what_is_charged_instead_and_is_declined_has_failed_as_any_other(world: World) -> None:
    default_is_replaced(world, DECLINED)

    invoice_id = collected(world)

    (failure,) = notified_attempts(world, "invoice.payment_failure")
    assert (failure["attempt"], failure["error_details"]["decline_code"]) == (2, "generic_decline")
    assert world.invoice(invoice_id)["next_retry_at"] == "2026-11-24T10:00:00Z"


def test_a_retry_by_plan_charges_the_default_of_now(world: World) -> None:
    customer = provider_customer_id(world)
    world.stripe.control.set_outcome(str(default_at_stripe(world, customer)), "insufficient_funds")
    invoice_id = collected(world)
    default_is_replaced(world)

    world.pass_time(DAY)
    world.look_again()

    assert payment_statuses(world, invoice_id) == ["succeeded", "failed"]
    assert world.charged() == [4200]


@pytest.mark.parametrize("table", ["invoices", "customers"])
@pytest.mark.parametrize("moment", list(Moment))
def test_a_crash_at_each_write_charges_once(world: World, table: str, moment: Moment) -> None:
    default_is_replaced(world)
    operation = "TransactWriteItems" if table == "invoices" else "PutItem"
    invoice_id = world.create_invoice()
    record = world.stream_event(world.new_images("invoices"))
    world.aws.crash(operation, moment, **({"TableName": TABLES[table]} if table == "customers" else {}))

    for _ in range(3):
        world.invoke("invoice-created", record)
    world.run()
    world.pass_time(20 * MINUTE)
    world.look_again()

    assert world.charged() == [4200]
    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert not world.aws.are_still_to_come


def test_stripe_that_does_not_say_what_the_default_is_leaves_it_pending(world: World) -> None:
    default_is_replaced(world)
    world.stripe.control.add_fault("500_before_commit", method="GET", path="/v1/customers/*", times=9)

    invoice_id = world.create_invoice()
    world.collect_new_invoices()
    assert world.invoice(invoice_id)["payment_status"] == "pending"
    world.stripe.control.clear_faults()
    world.pass_time(20 * MINUTE)
    world.look_again()

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert notified_attempts(world, "invoice.payment_failure") == []


def test_an_account_that_takes_no_charges_fails_nothing_and_collects_once_when_it_is_put_right(world: World) -> None:
    default_is_replaced(world)
    refuse_charges(world)
    invoice_id = collected(world)
    assert world.invoice(invoice_id)["payment_status"] == "pending"
    minutes_go_by(world, 30)

    take_charges(world)
    minutes_go_by(world, 60)

    assert (world.invoice(invoice_id)["payment_status"], world.charged()) == ("succeeded", [4200])
    assert notified_attempts(world, "invoice.payment_failure") == []
