"""payment-result: every order of an intent's events, each repeated, and every two of them at once, end in one state."""

from collections import Counter
from itertools import permutations, product
from typing import Any

import pytest
from builders.customers import provider_customer_id
from builders.stripe_events import event, events_due, intent, post, signing_secrets
from world.world import World

EVENT_TYPES = {
    "requires_action": "payment_intent.requires_action",
    "processing": "payment_intent.processing",
    "requires_payment_method": "payment_intent.payment_failed",
    "canceled": "payment_intent.canceled",
    "succeeded": "payment_intent.succeeded",
}
PAID = ("requires_action", "processing", "requires_payment_method", "succeeded")
NOT_PAID = ("requires_action", "processing", "requires_payment_method", "canceled")
CALLS: tuple[tuple[str, dict[str, str]], ...] = (
    ("GetItem", {"TableName": "IntegrationsTable"}),
    ("GetItem", {"TableName": "InvoicesTable"}),
    ("GetItem", {"TableName": "PaymentsTable"}),
    ("GetItem", {"TableName": "CustomersTable"}),
    ("TransactWriteItems", {}),
)
"""What payment-result asks of DynamoDB for a payment intent, in this order."""


def customer_without_a_card(world: World) -> None:
    world.connect()
    world.customer(payment_method=None)
    events_due(world)


def post_status(world: World, invoice_id: str, status: str) -> int:
    about = intent(invoice_id, status, id=f"pi_{invoice_id}")
    return post(world, event(world, EVENT_TYPES[status], about)).status


def notified_about(world: World, invoice_id: str) -> Counter[str]:
    """How often each kind of notification names the invoice."""
    naming = [item for item in world.items("notifications") if invoice_id in str(item["body"])]
    return Counter(str(item["webhook_type"]) for item in naming)


def end_of(world: World, invoice_id: str) -> tuple[Any, ...]:
    invoice = world.invoice(invoice_id)
    (payment,) = world.payments(invoice_id)
    return invoice["payment_status"], invoice["total_paid_amount_cents"], payment["payment_status"]


def orders(life: tuple[str, ...], first: str) -> list[tuple[str, ...]]:
    """All orders that begin with this one."""
    return [order for order in permutations(life) if order[0] == first]


def there_and_back(world: World, invoice_id: str, order: tuple[str, ...]) -> set[int]:
    """Each event once, then each again, the last one first; returns the statuses that were answered."""
    return {post_status(world, invoice_id, status) for status in (*order, *reversed(order))}


@pytest.mark.parametrize("first", PAID)
def test_an_intent_that_succeeds_has_paid_its_invoice_whatever_the_order(world: World, first: str) -> None:
    customer_without_a_card(world)

    for order in orders(PAID, first):
        invoice_id = world.create_invoice()
        assert there_and_back(world, invoice_id, order) == {200}

        assert end_of(world, invoice_id) == ("succeeded", 4200, "succeeded"), order
        heard = notified_about(world, invoice_id)
        failed_first = order.index("requires_payment_method") < order.index("succeeded")
        assert heard["payment.succeeded"] == 1, order
        assert heard["invoice.payment_failure"] == failed_first, order
        assert heard["invoice.payment_status_updated"] == 1 + failed_first, order
        assert heard["payment.requires_action"] <= 1, order


@pytest.mark.parametrize("first", NOT_PAID)
def test_an_intent_that_fails_is_notified_once_whatever_the_order(world: World, first: str) -> None:
    customer_without_a_card(world)

    for order in orders(NOT_PAID, first):
        invoice_id = world.create_invoice()
        assert there_and_back(world, invoice_id, order) == {200}

        assert end_of(world, invoice_id) == ("failed", 0, "failed"), order
        heard = notified_about(world, invoice_id)
        assert heard["invoice.payment_failure"] == heard["invoice.payment_status_updated"] == 1, order
        assert heard["payment.requires_action"] <= 1, order


@pytest.mark.parametrize("call", CALLS, ids=lambda call: "-".join([call[0], *call[1].values()]))
def test_of_two_events_at_once_both_count(world: World, call: tuple[str, dict[str, str]]) -> None:
    customer_without_a_card(world)
    operation, parameters = call

    for first, second in product(PAID, repeat=2):
        invoice_id = world.create_invoice()
        answers: list[int] = []

        def the_second_comes(invoice_id: str = invoice_id, status: str = second, to: list[int] = answers) -> None:
            to.append(post_status(world, invoice_id, status))

        world.aws.meanwhile(operation, the_second_comes, **parameters)
        answers.append(post_status(world, invoice_id, first))

        assert answers == [200, 200]
        assert not world.aws.are_still_to_come
        ends = {"succeeded": "succeeded", "requires_payment_method": "failed"}
        expected = next((ends[status] for status in ends if status in (first, second)), "processing")
        assert end_of(world, invoice_id)[2] == expected, (first, second)
        heard = notified_about(world, invoice_id)
        assert heard["payment.succeeded"] == (expected == "succeeded"), (first, second)
        assert heard["invoice.payment_failure"] <= 1, (first, second)
        assert heard["payment.requires_action"] <= 1, (first, second)


class TestACustomerThatWasDeletedAtStripe:
    def test_has_paid_what_was_on_its_way(self, world: World) -> None:
        customer_without_a_card(world)
        invoice_id = world.create_invoice()
        assert post_status(world, invoice_id, "processing") == 200
        customer = provider_customer_id(world)
        world.stripe_client.v1.customers.delete(customer)
        world.deliver_stripe_events()

        paid = intent(invoice_id, "succeeded", id=f"pi_{invoice_id}", customer=customer)
        assert post(world, event(world, EVENT_TYPES["succeeded"], paid)).status == 200

        assert end_of(world, invoice_id) == ("succeeded", 4200, "succeeded")

    def test_has_no_card_that_could_become_its_default(self, world: World) -> None:
        customer_without_a_card(world)
        customer = provider_customer_id(world)
        method = world.stripe_client.v1.payment_methods.attach("pm_card_visa", {"customer": customer}).id
        world.stripe_client.v1.customers.delete(customer)
        events_due(world)
        before = world.items("customers")
        saved = {"id": "seti_1", "object": "setup_intent", "customer": customer, "payment_method": method}

        assert post(world, event(world, "setup_intent.succeeded", saved)).status == 200

        assert world.items("customers") == before

    def test_is_not_charged_and_its_invoice_waits_for_another_one(self, world: World) -> None:
        world.connect()
        customer = world.customer()
        world.stripe_client.v1.customers.delete(customer)
        events_due(world)
        invoice_id = world.create_invoice()

        assert world.collect_new_invoices() == []

        assert end_of(world, invoice_id) == ("pending", 0, "pending")
        assert world.notified() == ["customer.payment_provider_error"]
        assert world.charged() == []


class TestASecretThatIsRolled:
    def test_at_stripe_signs_with_both_and_its_events_count(self, world: World) -> None:
        endpoint_id = world.connect()["webhook_endpoint_id"]
        world.customer()
        events_due(world)
        invoice_id = world.create_invoice()
        images = world.new_images("invoices")
        world.stripe.control.roll_webhook_secret(endpoint_id)
        world.invoke("invoice-created", world.stream_event(images))

        deliveries = world.stripe.due_deliveries()

        assert {dict(delivery.headers)["Stripe-Signature"].count("v1=") for delivery in deliveries} == {2}
        assert {world.deliver(delivery) for delivery in deliveries} == {200}
        assert world.invoice(invoice_id)["payment_status"] == "succeeded"

    def test_after_which_the_old_one_is_valid_until_the_next_but_no_longer(self, world: World) -> None:
        customer_without_a_card(world)
        first = signing_secrets()
        for _ in range(2):
            for endpoint in world.stripe_client.v1.webhook_endpoints.list().data:
                world.stripe_client.v1.webhook_endpoints.delete(endpoint.id)
            before = signing_secrets()
            world.connect()
        assert len(signing_secrets()) == 2
        assert signing_secrets()[1:] == before[:1]
        assert first[0] not in signing_secrets()

    def test_while_an_event_is_looked_at_does_not_lose_it(self, world: World) -> None:
        customer_without_a_card(world)
        invoice_id = world.create_invoice()

        def replaced() -> None:
            for endpoint in world.stripe_client.v1.webhook_endpoints.list().data:
                world.stripe_client.v1.webhook_endpoints.delete(endpoint.id)
            world.connect()

        world.aws.meanwhile("GetItem", replaced, TableName="IntegrationsTable")

        assert post_status(world, invoice_id, "succeeded") == 200
        assert end_of(world, invoice_id) == ("succeeded", 4200, "succeeded")
