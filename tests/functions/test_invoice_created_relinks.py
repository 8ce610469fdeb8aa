"""invoice-created: what a crash left unwritten is found, though the customer or the item is another one by then."""

import pytest
from builders.customers import link_to_account, provider_customer_id
from builders.durations import HOUR
from builders.invoices import charged_and_not_written_down
from builders.stripe_events import events_due
from builders.stripe_requests import LIST_INTENTS
from paystream.steps.attempts import send_attempt
from paystream.steps.customers import links
from world.aws_calls import Moment
from world.world import SECRET_KEY, World


@pytest.mark.parametrize("hours", [0, 1, 23.5, 25, 24 * 40])
def test_a_customer_linked_to_another_one_in_stripe_is_not_charged_again(world: World, hours: float) -> None:
    invoice_id, event = charged_and_not_written_down(world)
    link_to_account(world, world.stripe_customer(), "stripe")
    world.pass_time(hours * HOUR)

    assert world.invoke("invoice-created", event) == {"batchItemFailures": []}

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert world.charged() == [4200]


@pytest.mark.parametrize("hours", [0, 25])
def test_a_customer_moved_to_another_integration_is_not_charged_there_again(world: World, hours: float) -> None:
    invoice_id, event = charged_and_not_written_down(world)
    world.connect("other", secret_key=SECRET_KEY)
    link_to_account(world, world.stripe_customer(), "other")
    world.pass_time(hours * HOUR)

    world.invoke("invoice-created", event)

    (payment,) = world.payments(invoice_id)
    assert payment["payment_provider_code"] == "stripe"
    assert payment["payment_status"] == "succeeded"
    assert world.charged() == [4200]


def test_an_invoice_made_after_the_customer_was_relinked_is_not_looked_up(world: World) -> None:
    world.connect()
    world.customer()
    link_to_account(world, world.stripe_customer(), "stripe")
    world.pass_time(HOUR)
    invoice_id = world.create_invoice()

    world.collect_new_invoices()

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert world.stripe_calls(LIST_INTENTS) == 0


@pytest.mark.parametrize("hours", [0, 25, 24 * 40])
def test_an_item_that_replaces_a_charged_invoice_is_looked_up_and_not_charged_again(world: World, hours: float) -> None:
    invoice_id, _ = charged_and_not_written_down(world)
    world.pass_time(hours * HOUR)
    world.put_invoice_item(lago_id=invoice_id)
    event = world.stream_event(world.all_images("invoices"))
    event["Records"][0]["eventName"] = "MODIFY"

    assert world.invoke("invoice-created", event) == {"batchItemFailures": []}

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert world.charged() == [4200]


def test_a_parked_item_that_is_put_right_is_collected(world: World) -> None:
    world.connect()
    world.customer()
    invoice_id = world.put_invoice_item(total_amount_cents=-1)
    world.collect_new_invoices()
    world.put_invoice_item(total_amount_cents=1900)
    event = world.stream_event(world.all_images("invoices"))
    event["Records"][0]["eventName"] = "MODIFY"

    world.invoke("invoice-created", event)

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert world.invoice(invoice_id)["error_details"] == []
    assert world.charged() == [1900]


@pytest.mark.parametrize("hours", [1, 25])
@pytest.mark.parametrize("relinked", [True, False])
def test_a_result_is_found_though_the_invoice_waits_for_a_payment_method_by_then(
    world: World, hours: float, relinked: bool
) -> None:
    invoice_id, event = charged_and_not_written_down(world)
    if relinked:
        link_to_account(world, world.stripe_customer(None), "stripe")
    else:
        take_the_card_away(world)
    world.invoke("invoice-created", event)
    assert world.invoice(invoice_id)["payment_status"] == "pending"
    world.pass_time(hours * HOUR)

    world.look_again()

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert world.charged() == [4200]
    assert world.notified().count("payment.succeeded") == 1


def take_the_card_away(world: World) -> None:
    """The customer detaches its card; of all events of Stripe only that one arrives."""
    (method,) = world.stripe_client.v1.customers.payment_methods.list(provider_customer_id(world)).data
    world.stripe.due_deliveries()
    world.stripe_client.v1.payment_methods.detach(method.id)
    for delivery in events_due(world, "payment_method.detached"):
        world.deliver(delivery)


@pytest.mark.parametrize("hours", [1, 25])
def test_a_request_that_was_in_progress_while_the_customer_was_relinked_is_found_later(
    world: World, hours: float
) -> None:
    """Nothing could be found at the former customer yet, so the attempt was put on record at the new one."""
    world.connect()
    world.customer()
    invoice_id = world.create_invoice()
    event = world.stream_event(world.new_images("invoices"))
    world.stripe.control.add_fault("hold", path="/v1/payment_intents")
    world.aws.crash("TransactWriteItems", Moment.BEFORE)
    world.invoke("invoice-created", event)
    link_to_account(world, world.stripe_customer(), "stripe")
    world.pass_time(5)
    assert world.invoke("invoice-created", event)["batchItemFailures"]
    (held,) = world.stripe.control.holds()
    world.stripe.release(held)
    world.stripe.due_deliveries()
    world.pass_time(hours * HOUR)

    world.look_again()

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert world.charged() == [4200]


@pytest.mark.parametrize("hours", [1, 25])
def test_a_request_in_progress_in_another_account_must_come_to_its_end_before_this_one_is_asked(
    world: World, hours: float
) -> None:
    """The two accounts share no idempotency key, and what is in progress is in no list."""
    world.connect()
    world.customer()
    invoice_id = world.create_invoice()
    event = world.stream_event(world.new_images("invoices"))
    world.stripe.control.add_fault("hold", path="/v1/payment_intents")
    world.aws.crash("TransactWriteItems", Moment.BEFORE)
    world.invoke("invoice-created", event)
    other = world.stripe.control.add_account()
    world.connect("other", secret_key=str(other["secret_key"]))
    client = world.stripe_as(str(other["secret_key"])).v1
    customer = client.customers.create({"name": "Acme"}).id
    card = client.payment_methods.attach("pm_card_visa", {"customer": customer}).id
    client.customers.update(customer, {"invoice_settings": {"default_payment_method": card}})
    link_to_account(world, customer, "other")

    assert world.invoke("invoice-created", event) == {"batchItemFailures": []}

    assert world.invoice(invoice_id)["payment_status"] == "pending"
    (held,) = world.stripe.control.holds()
    world.stripe.release(held)
    world.stripe.due_deliveries()
    world.pass_time(hours * HOUR)

    world.look_again()

    assert world.invoice(invoice_id)["payment_status"] == "succeeded"
    assert world.charged() == [4200]
    assert client.payment_intents.list().data == []


def test_nothing_is_sent_when_the_link_under_which_it_may_have_been_sent_is_forgotten(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (send_attempt, links):
        monkeypatch.setattr(module, "MOST_FORMER_LINKS", 2)
    invoice_id, event = charged_and_not_written_down(world)
    for _ in range(3):
        link_to_account(world, world.stripe_customer(), "stripe")
    world.pass_time(25 * HOUR)

    assert world.invoke("invoice-created", event)["batchItemFailures"]

    assert world.invoice(invoice_id)["payment_status"] == "pending"
    assert world.charged() == [4200]
