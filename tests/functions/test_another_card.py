"""A customer whose payments failed saves another card: what is owed is collected, once, the oldest first."""

from collections.abc import Callable

import pytest
from builders.customers import (
    BLOCKED,
    DECLINED,
    UNAUTHENTICATED,
    attach,
    becomes_default,
    provider_customer_id,
    set_up_card,
)
from builders.debits import IBAN_THAT_FAILS, sepa_invoice
from builders.due import due_records
from builders.durations import DAY, MINUTE
from builders.read import invoice_statuses
from paystream.model.identifiers import saved_method_id
from world.api_gateway import ORGANIZATION
from world.aws_calls import Moment
from world.world import SECRET_KEY, TABLES, World


def failed_invoices(world: World, card: str = DECLINED, *, invoices: int = 1) -> list[str]:
    """Invoices whose first attempts were declined, the oldest first."""
    world.connect()
    world.customer(payment_method=card)
    made = []
    for number in range(invoices):
        made.append(world.create_invoice(amount=1000 + number))
        world.pass_time(1)
        world.run()
    assert invoice_statuses(world, made) == ["failed"] * invoices
    return made


def is_set_up(world: World) -> None:
    """The customer saves a card on a page of Stripe's."""
    set_up_card(world, provider_customer_id(world), "pm_card_visa")


def is_chosen(world: World) -> None:
    """The application makes another of the customer's cards the default."""
    lago_id = saved_method_id(ORGANIZATION, attach(world, provider_customer_id(world)))
    chosen = world.api("PUT", f"/api/v1/customers/acme/payment_methods/{lago_id}/set_as_default")
    assert chosen.status == 200


@pytest.mark.parametrize("comes", [becomes_default, is_set_up, is_chosen], ids=lambda comes: comes.__name__)
@pytest.mark.parametrize("card", [DECLINED, BLOCKED, UNAUTHENTICATED])
def test_another_card_collects_what_failed_whatever_the_reason(
    world: World, card: str, comes: Callable[[World], None]
) -> None:
    invoices = failed_invoices(world, card)

    comes(world)
    world.run()

    assert invoice_statuses(world, invoices) == ["succeeded"]
    assert world.charged() == [1000]


def test_what_is_owed_is_collected_oldest_first_and_each_once(world: World) -> None:
    invoices = failed_invoices(world, invoices=5)

    becomes_default(world)
    world.run()

    assert invoice_statuses(world, invoices) == ["succeeded"] * 5
    intents = world.stripe_client.v1.payment_intents.list({"limit": 100}).data
    paid = [intent.amount for intent in reversed(intents) if intent.status == "succeeded"]
    assert paid == [1000, 1001, 1002, 1003, 1004]
    assert world.stripe_calls() == 10


def test_each_is_notified_as_pending_and_as_paid(world: World) -> None:
    failed_invoices(world)

    becomes_default(world)
    world.run()

    assert world.notified().count("invoice.payment_status_updated") == 3
    assert world.notified().count("payment.succeeded") == 1


def test_the_same_card_is_not_tried_again_however_often_it_is_reported(world: World) -> None:
    invoices = failed_invoices(world)
    customer = provider_customer_id(world)
    default = world.stripe_client.v1.customers.retrieve(customer).invoice_settings
    assert default

    for name in ("Acme", "Acme Inc."):
        world.stripe_client.v1.customers.update(customer, {"name": name})
        world.api("POST", "/api/v1/customers", {"customer": {"external_id": "acme", "name": name}})
        world.run()
    method = saved_method_id(ORGANIZATION, str(default.default_payment_method))
    world.api("PUT", f"/api/v1/customers/acme/payment_methods/{method}/set_as_default")
    world.run()

    assert invoice_statuses(world, invoices) == ["failed"]
    assert world.stripe_calls() == 1


def test_a_card_that_fails_too_begins_the_schedule_again(world: World) -> None:
    (invoice_id,) = failed_invoices(world)
    world.pass_time(DAY)
    world.look_again()

    becomes_default(world, DECLINED)
    world.run()

    assert len(world.payments(invoice_id)) == 3
    assert world.invoice(invoice_id)["next_retry_at"] == "2026-11-25T10:00:01Z"


def test_a_planned_try_does_not_follow_what_was_paid_with_another_card(world: World) -> None:
    invoices = failed_invoices(world)
    becomes_default(world)
    world.run()

    world.pass_time(30 * DAY)
    world.look_again()

    assert world.stripe_calls() == 2
    assert [world.invoice(invoice_id)["next_retry_at"] for invoice_id in invoices] == [None]


@pytest.mark.parametrize("action", ["void", "update"])
def test_what_is_owed_no_more_is_not_collected(world: World, action: str) -> None:
    (invoice_id,) = failed_invoices(world)
    if action == "void":
        world.api("POST", f"/api/v1/invoices/{invoice_id}/void")
    else:
        world.api("PUT", f"/api/v1/invoices/{invoice_id}", {"invoice": {"payment_status": "succeeded"}})

    becomes_default(world)
    world.run()

    assert world.charged() == []


def test_an_invoice_that_a_person_gave_up_before_it_was_charged_stays_given_up(world: World) -> None:
    world.connect()
    world.customer(payment_method=None)
    invoice_id = world.create_invoice()
    world.run()
    world.api("PUT", f"/api/v1/invoices/{invoice_id}", {"invoice": {"payment_status": "failed"}})

    becomes_default(world)
    world.run()
    world.pass_time(600)
    assert world.look_again() == 0
    world.run()

    assert [item["otherwise_due_at"] for item in world.items("invoices") if "otherwise_due_at" in item] == []
    assert world.hand_out_due()["handed_out"] == 0
    assert invoice_statuses(world, [invoice_id]) == ["failed"]
    assert world.charged() == []


def test_a_message_that_comes_twice_charges_once(world: World) -> None:
    failed_invoices(world)
    becomes_default(world)
    world.deliver_stripe_events()
    messages = world.take(world.queue_url)
    records = [{"messageId": str(n), "body": body} for n, body in enumerate(messages * 2)]

    world.invoke("collect-waiting", {"Records": records})
    world.run()

    assert world.charged() == [1000]
    assert world.stripe_calls() == 2


def test_nothing_is_charged_while_a_link_is_open_and_the_other_card_is_charged_after_it(world: World) -> None:
    invoices = failed_invoices(world)
    assert world.api("POST", f"/api/v1/invoices/{invoices[0]}/payment_url").status == 200
    becomes_default(world)
    world.run()
    assert world.charged() == []

    world.pass_time(DAY)
    for _ in range(3):
        world.pass_time(5 * MINUTE)
        world.run()
        world.look_again()

    assert invoice_statuses(world, invoices) == ["succeeded"]
    assert world.charged() == [1000]


def test_a_link_of_an_invoice_that_waited_for_a_card_lets_it_wait_again(world: World) -> None:
    world.connect()
    world.customer(payment_method=None)
    invoice_id = world.create_invoice()
    world.run()
    world.api("POST", f"/api/v1/invoices/{invoice_id}/payment_url")
    world.pass_time(DAY)
    for _ in range(3):
        world.pass_time(5 * MINUTE)
        world.run()
        world.look_again()
    assert invoice_statuses(world, [invoice_id]) == ["failed"]

    becomes_default(world)
    world.run()

    assert invoice_statuses(world, [invoice_id]) == ["succeeded"]


def test_a_crash_after_it_was_claimed_leaves_it_to_the_schedule(world: World) -> None:
    invoices = failed_invoices(world)
    becomes_default(world)
    world.deliver_stripe_events()
    messages = world.take(world.queue_url)
    world.aws.crash("UpdateItem", Moment.AFTER, TableName=TABLES["invoices"])
    world.invoke("collect-waiting", {"Records": [{"messageId": "1", "body": messages[0]}]})
    assert world.charged() == []

    world.pass_time(10 * MINUTE)
    world.look_again()

    assert invoice_statuses(world, invoices) == ["succeeded"]


def test_while_the_integration_is_paused_it_waits_and_is_collected_after_that(world: World) -> None:
    invoices = failed_invoices(world)
    becomes_default(world)
    world.stripe.control.expire_key(SECRET_KEY)
    world.run()
    assert invoice_statuses(world, invoices) == ["failed"]

    world.connect(secret_key=world.stripe.control.add_key(world.account.id))
    world.pass_time(DAY)
    world.look_again()

    assert invoice_statuses(world, invoices) == ["succeeded"]


def test_a_method_that_nobody_knows_is_no_other_method(world: World) -> None:
    invoices = failed_invoices(world, UNAUTHENTICATED)
    (item,) = world.items("invoices")
    world.put_item("invoices", item | {"declined_payment_method_ids": [""]})

    becomes_default(world)
    world.run()

    assert invoice_statuses(world, invoices) == ["failed"]
    assert world.stripe_calls() == 1


def lets_collect_due_lose_the_race(world: World, meanwhile: Callable[[], object]) -> None:
    """A look at what is due, of which other work comes in between."""
    world.pass_time(DAY)
    records = due_records(world)
    world.aws.meanwhile("TransactWriteItems", meanwhile)
    world.invoke("collect-due", {"Records": records})


def test_an_attempt_that_another_function_has_begun_is_closed_before_the_next_one(world: World) -> None:
    (invoice_id,) = failed_invoices(world, UNAUTHENTICATED)
    becomes_default(world, DECLINED)
    world.deliver_stripe_events()

    def another_is_faster() -> None:
        world.collect_waiting()
        becomes_default(world)
        world.stripe.due_deliveries()

    lets_collect_due_lose_the_race(world, another_is_faster)

    assert invoice_statuses(world, [invoice_id]) == ["succeeded"]
    second = next(one for one in world.payments(invoice_id) if one["attempt"] == 2)
    assert (second["status"], world.charged()) == ("canceled", [1000])


def test_a_card_that_is_no_default_at_stripe_does_not_take_the_place_of_what_is_known(world: World) -> None:
    """It was attached, and nobody has said that it is to be charged."""
    world.connect(authentication_links=False)
    customer = world.customer(payment_method=None)
    first = world.stripe_client.v1.payment_methods.attach(UNAUTHENTICATED, {"customer": customer}).id
    world.run()
    world.pass_time(MINUTE)
    world.stripe_client.v1.payment_methods.attach("pm_card_visa", {"customer": customer})
    invoice_id = world.create_invoice()
    world.run()

    world.pass_time(DAY)
    world.look_again()

    assert invoice_statuses(world, [invoice_id]) == ["failed"]
    (known,) = [item["payment_method_id"] for item in world.items("customers")]
    assert known == first


def test_a_card_saved_while_a_debit_is_on_its_way_is_charged_when_that_bounces(world: World) -> None:
    invoice_id = sepa_invoice(world, IBAN_THAT_FAILS)
    becomes_default(world)
    world.run()
    assert invoice_statuses(world, [invoice_id]) == ["pending"]

    world.pass_time(10 * DAY)
    world.run()
    world.pass_time(MINUTE)
    world.look_again()

    assert invoice_statuses(world, [invoice_id]) == ["succeeded"]
    failure = world.notification("invoice.payment_failure")["payment_provider_invoice_payment_error"]
    assert failure["will_retry"] is True


def test_what_was_charged_counts_and_not_what_the_customer_has_now(world: World) -> None:
    """The process died after the charge; when the failure is found the customer has another card already."""
    world.connect()
    world.customer(payment_method=DECLINED)
    invoice_id = world.create_invoice()
    world.stripe.control.disrupt_webhooks("drop", count=None, types=["payment_intent.payment_failed"])
    records = world.stream_event(world.new_images("invoices"))
    world.aws.crash("TransactWriteItems", Moment.BEFORE)
    world.invoke("invoice-created", records)
    becomes_default(world)
    world.deliver_stripe_events()
    world.lose_messages()

    world.invoke("invoice-created", records)
    world.look_again()

    assert invoice_statuses(world, [invoice_id]) == ["succeeded"]
    assert world.charged() == [4200]
