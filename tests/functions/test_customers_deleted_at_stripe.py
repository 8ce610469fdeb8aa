"""A customer that is deleted at Stripe: heard, notified, made again where the account does that, charged once."""

from typing import Any

import pytest
from builders.accounts import endpoints_at_stripe
from builders.customers import CUSTOMERS_PATH, make_default, provider_customer_id
from builders.debits import bank_debit
from builders.due import hours_go_by, look_a_minute_later
from builders.durations import DAY, HOUR, MINUTE
from builders.invoices import hand_over
from builders.read import intents, notified_of
from builders.stripe_events import events_due, lose_events
from builders.stripe_requests import CREATE_CUSTOMER, CREATE_INTENT, break_stripe
from world.aws_calls import Moment
from world.world import TABLES, World

CUSTOMER_ERROR = "customer.payment_provider_error"


def created_customer(world: World) -> str:
    """Its `cus_…` id: the account makes customers, and this one has a card."""
    world.connect(create_customers=True)
    answer = world.api("POST", CUSTOMERS_PATH, {"customer": {"external_id": "acme", "name": "Acme"}})
    assert answer.status == 200
    save_card(world)
    return provider_customer_id(world)


def save_card(world: World) -> None:
    customer = provider_customer_id(world)
    method = world.stripe_client.v1.payment_methods.attach("pm_card_visa", {"customer": customer}).id
    make_default(world, customer, method)
    world.run()


def delete_at_stripe(world: World, customer: str) -> None:
    world.stripe_client.v1.customers.delete(customer)


def link_of(world: World) -> Any:
    (item,) = world.items("customers")
    return item.get("provider_customer_id")


def after_some_minutes(world: World) -> None:
    """What was queued for a minute later is done."""
    world.run()
    world.pass_time(2 * MINUTE)
    world.run()


class TestItsLink:
    def test_is_removed_and_notified_once_with_its_id(self, world: World) -> None:
        world.connect()
        customer = world.customer()
        delete_at_stripe(world, customer)

        after_some_minutes(world)
        after_some_minutes(world)

        assert link_of(world) is None
        error = world.notification(CUSTOMER_ERROR)["payment_provider_customer_error"]
        assert error["external_customer_id"] == "acme"
        assert error["provider_error"]["error_code"] == "customer_deleted"
        assert customer in error["provider_error"]["message"]

    def test_goes_to_a_new_one_where_the_account_makes_customers(self, world: World) -> None:
        dead = created_customer(world)
        delete_at_stripe(world, dead)

        after_some_minutes(world)

        (alive,) = world.stripe_client.v1.customers.list().data
        assert link_of(world) == alive.id != dead
        assert alive.name == "Acme"
        assert world.notified().count("customer.payment_provider_created") == 2

    def test_is_not_replaced_for_a_customer_who_is_not_to_be_created(self, world: World) -> None:
        world.connect(create_customers=True)
        customer = world.customer()
        body = {"external_id": "acme", "billing_configuration": {"sync_with_provider": False}}
        assert world.api("POST", CUSTOMERS_PATH, {"customer": body}).status == 200
        delete_at_stripe(world, customer)

        after_some_minutes(world)

        assert link_of(world) is None
        assert world.stripe_client.v1.customers.list().data == []

    def test_of_another_stripe_customer_stays(self, world: World) -> None:
        world.connect()
        delete_at_stripe(world, world.stripe_customer())
        customer = world.customer()

        after_some_minutes(world)

        assert link_of(world) == customer
        assert CUSTOMER_ERROR not in world.notified()

    def test_is_removed_by_the_daily_look_where_the_event_is_lost(self, world: World) -> None:
        world.connect()
        customer = world.customer()
        delete_at_stripe(world, customer)
        lose_events(world)
        world.pass_time(DAY)

        world.check_accounts()

        assert link_of(world) is None
        assert world.notified().count(CUSTOMER_ERROR) == 1

    def test_is_removed_when_its_invoice_asks_for_a_method_and_no_event_has_come(self, world: World) -> None:
        world.connect()
        customer = world.customer(payment_method=None)
        world.create_invoice()
        world.run()
        delete_at_stripe(world, customer)
        lose_events(world)

        for _ in range(2):
            world.pass_time(DAY)
            world.look_again()

        assert link_of(world) is None
        assert world.notified().count(CUSTOMER_ERROR) == 1

    @pytest.mark.parametrize("moment", Moment)
    @pytest.mark.parametrize("operation", ["SendMessage", "TransactWriteItems"])
    def test_is_replaced_whatever_crashes(self, world: World, operation: str, moment: Moment) -> None:
        dead = created_customer(world)
        delete_at_stripe(world, dead)
        world.aws.crash(operation, moment)

        for _ in range(3):
            after_some_minutes(world)
            world.pass_time(HOUR)

        (alive,) = world.stripe_client.v1.customers.list().data
        assert link_of(world) == alive.id
        assert world.notified().count(CUSTOMER_ERROR) == 1

    def test_is_removed_where_another_event_changes_the_customer_at_the_same_moment(self, world: World) -> None:
        world.connect()
        customer = world.customer()
        delete_at_stripe(world, customer)
        detached, deleted = events_due(world, "payment_method.detached", "customer.deleted")
        world.aws.meanwhile("TransactWriteItems", lambda: world.deliver(detached))

        assert world.deliver(deleted) == 200

        assert link_of(world) is None
        assert world.notified().count(CUSTOMER_ERROR) == 1


class TestItsInvoices:
    def test_are_charged_to_the_new_one_once_that_has_a_card(self, world: World) -> None:
        dead = created_customer(world)
        delete_at_stripe(world, dead)
        after_some_minutes(world)
        invoice_id = world.create_invoice()
        world.run()
        assert world.charged() == []

        save_card(world)

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert [(one.customer, one.amount) for one in intents(world)] == [(link_of(world), 4200)]

    @pytest.mark.parametrize("lists_the_dead", [True, False])
    def test_that_were_charged_without_an_answer_are_found_and_not_charged_again(
        self, world: World, lists_the_dead: bool
    ) -> None:
        """The intent exists, nothing is on record, and then the customer is deleted. Whether Stripe lists what a
        deleted customer has paid is not known.
        """
        dead = created_customer(world)
        invoice_id = world.create_invoice()
        record = world.stream_event(world.new_images("invoices"))
        world.aws.crash("TransactWriteItems", Moment.BEFORE)
        assert hand_over(world, record) == 1
        assert world.charged() == [4200]
        world.stripe.world.settings.lists_what_deleted_customers_have = lists_the_dead
        world.stripe.due_deliveries()
        delete_at_stripe(world, dead)
        after_some_minutes(world)
        save_card(world)

        for _ in range(3):
            world.pass_time(13 * HOUR)
            world.look_again()
            world.run()

        assert world.charged() == [4200]
        assert world.invoice(invoice_id)["payment_status"] == "succeeded"

    @pytest.mark.parametrize("is_made_again", [True, False])
    def test_that_are_new_wait_though_no_event_has_come(self, world: World, is_made_again: bool) -> None:
        """The card that is remembered was the dead one's."""
        if is_made_again:
            dead = created_customer(world)
        else:
            world.connect()
            dead = world.customer()
        world.run()
        delete_at_stripe(world, dead)
        lose_events(world)
        invoice_id = world.create_invoice()
        world.run()
        hours_go_by(world, 2)

        assert world.invoice(invoice_id)["payment_status"] == "pending"
        assert notified_of(world, "failure") == []
        assert world.notified().count(CUSTOMER_ERROR) == 1
        if is_made_again:
            save_card(world)
            assert (world.charged(), world.invoice(invoice_id)["payment_status"]) == ([4200], "succeeded")

    def test_that_were_sent_without_an_answer_begin_again_with_the_new_one(self, world: World) -> None:
        dead = created_customer(world)
        invoice_id = world.create_invoice()
        break_stripe(world, CREATE_INTENT, "cut_before_commit")
        world.collect_new_invoices()
        delete_at_stripe(world, dead)
        lose_events(world)
        hours_go_by(world, 2)
        assert notified_of(world, "failure") == []

        save_card(world)
        hours_go_by(world, 2)

        assert (world.charged(), world.invoice(invoice_id)["payment_status"]) == ([4200], "succeeded")
        assert [one.customer for one in intents(world)] == [link_of(world)]

    def test_that_are_on_their_way_come_to_their_end(self, world: World) -> None:
        invoice_id = bank_debit(world)
        delete_at_stripe(world, provider_customer_id(world))
        after_some_minutes(world)

        world.pass_time(15 * DAY)
        world.run()
        look_a_minute_later(world)

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert world.charged() == [4200]


class TestAnInvoiceThatIsChargedBeforeAnythingIsHeard:
    """The customer is deleted at Stripe, and no event says so."""

    def charged_unheard(self, world: World) -> str:
        invoice_id = world.create_invoice()
        delete_at_stripe(world, provider_customer_id(world))
        lose_events(world)
        world.collect_new_invoices()
        return invoice_id

    def test_has_not_failed_and_is_charged_to_the_new_one_once(self, world: World) -> None:
        created_customer(world)
        invoice_id = self.charged_unheard(world)
        look_a_minute_later(world, times=15)
        assert world.invoice(invoice_id)["payment_status"] == "pending"

        save_card(world)
        look_a_minute_later(world, times=15)

        assert [(one.customer, one.amount) for one in intents(world)] == [(link_of(world), 4200)]
        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert "invoice.payment_failure" not in world.notified()
        assert world.notified().count(CUSTOMER_ERROR) == 1

    def test_waits_for_the_customer_to_be_linked_again(self, world: World) -> None:
        world.connect()
        world.customer()
        invoice_id = self.charged_unheard(world)
        look_a_minute_later(world, times=15)
        assert (link_of(world), world.charged()) == (None, [])

        world.customer()
        world.run()
        look_a_minute_later(world, times=15)

        assert (world.charged(), world.invoice(invoice_id)["payment_status"]) == ([4200], "succeeded")
        assert "invoice.payment_failure" not in world.notified()

    @pytest.mark.parametrize("moment", Moment)
    @pytest.mark.parametrize("crashes", [1, 2])
    def test_is_charged_once_whatever_crashes_before_the_customer_is_linked_again(
        self, world: World, crashes: int, moment: Moment
    ) -> None:
        world.connect()
        world.customer()
        invoice_id = world.create_invoice()
        record = world.stream_event(world.new_images("invoices"))
        delete_at_stripe(world, provider_customer_id(world))
        lose_events(world)
        for _ in range(crashes):
            world.aws.crash("TransactWriteItems", moment)
        for _ in range(3):
            world.invoke("invoice-created", record)
        world.pass_time(25 * HOUR)
        world.customer()
        world.run()

        look_a_minute_later(world, times=25)

        assert (world.charged(), world.invoice(invoice_id)["payment_status"]) == ([4200], "succeeded")
        assert "invoice.payment_failure" not in world.notified()
        assert world.notified().count(CUSTOMER_ERROR) == 1


class TestACreationWithoutAnAnswer:
    def test_is_looked_up_after_three_tries(self, world: World) -> None:
        world.connect(create_customers=True)
        break_stripe(world, CREATE_CUSTOMER, "500_after_commit")
        answer = world.api("POST", CUSTOMERS_PATH, {"customer": {"external_id": "acme", "name": "Acme"}})
        assert (answer.status, link_of(world)) == (200, None)

        for _ in range(3):
            world.pass_time(MINUTE)
            world.api("POST", CUSTOMERS_PATH, {"customer": {"external_id": "acme", "name": "Acme"}})

        (made,) = world.stripe_client.v1.customers.list().data
        assert link_of(world) == made.id
        assert world.notified() == ["customer.payment_provider_created"]

    def test_that_was_never_made_is_made_under_another_key(self, world: World) -> None:
        """Stripe answers a saved 500 for a day."""
        world.connect(create_customers=True)
        break_stripe(world, CREATE_CUSTOMER, "500_before_commit")
        for _ in range(4):
            world.api("POST", CUSTOMERS_PATH, {"customer": {"external_id": "acme", "name": "Acme"}})
            world.pass_time(MINUTE)

        (made,) = world.stripe_client.v1.customers.list().data
        assert link_of(world) == made.id

    @pytest.mark.parametrize("moment", Moment)
    def test_is_made_once_whatever_crashes_before_it_is_sent_under_another_key(
        self, world: World, moment: Moment
    ) -> None:
        world.connect(create_customers=True)
        break_stripe(world, CREATE_CUSTOMER, "500_before_commit")
        for _ in range(3):
            world.api("POST", CUSTOMERS_PATH, {"customer": {"external_id": "acme", "name": "Acme"}})
        world.aws.crash("PutItem", moment, TableName=TABLES["customers"])

        for _ in range(3):
            world.api("POST", CUSTOMERS_PATH, {"customer": {"external_id": "acme", "name": "Acme"}})
            world.pass_time(MINUTE)
            world.run()

        (made,) = world.stripe_client.v1.customers.list().data
        assert link_of(world) == made.id


def test_endpoints_that_exist_get_the_new_event_at_the_next_look(world: World) -> None:
    world.connect()
    world.check_accounts()
    (endpoint,) = endpoints_at_stripe(world)
    events = [one for one in endpoint.enabled_events if one != "customer.deleted"]
    assert len(events) == len(endpoint.enabled_events) - 1
    world.stripe_client.v1.webhook_endpoints.update(endpoint.id, {"enabled_events": events})
    world.pass_time(DAY)

    world.check_accounts()

    (replaced,) = endpoints_at_stripe(world)
    assert "customer.deleted" in replaced.enabled_events
