"""payment-result: the default payment method follows Stripe, and what waited for one is collected."""

import json

import pytest
from builders.customers import attach, default_at_stripe, make_default, set_up_card
from builders.debits import create_sepa_debit
from builders.read import kept
from builders.stripe_events import event, events_due, post, request, signed
from paystream import bootstrap
from world.api_gateway import ORGANIZATION
from world.aws_calls import Moment
from world.world import SECRET_KEY, World, load_event


def default_of_ours(world: World, external_id: str = "acme") -> str | None:
    answer = world.api("GET", f"/api/v1/customers/{external_id}")
    method: str | None = answer.body["customer"]["billing_configuration"]["payment_method_id"]
    return method


@pytest.fixture
def customer_without_method(world: World) -> str:
    """A customer of ours without a payment method; `cus_…`."""
    world.connect()
    return world.customer(payment_method=None)


class TestTheFirstMethod:
    def test_a_saved_card_becomes_the_default_at_stripe_and_what_waited_is_collected(
        self, world: World, customer_without_method: str
    ) -> None:
        invoices = [world.create_invoice(), world.create_invoice()]
        world.run()
        assert {world.invoice(invoice)["payment_status"] for invoice in invoices} == {"pending"}
        method = set_up_card(world, customer_without_method)

        world.run()

        assert default_at_stripe(world, customer_without_method) == method
        assert default_of_ours(world) == method
        assert {world.invoice(invoice)["payment_status"] for invoice in invoices} == {"succeeded"}
        assert world.stripe_calls() == 2

    def test_a_method_that_is_only_attached_becomes_the_default_and_is_charged_too(
        self, world: World, customer_without_method: str
    ) -> None:
        invoice_id = world.create_invoice()
        world.run()
        method = attach(world, customer_without_method)

        world.run()

        assert default_of_ours(world) == method == default_at_stripe(world, customer_without_method)
        assert world.invoice(invoice_id)["payment_status"] == "succeeded"

    def test_one_that_is_attached_does_not_take_the_place_of_the_default_that_was_chosen_meanwhile(
        self, world: World, customer_without_method: str
    ) -> None:
        attach(world, customer_without_method)
        (attached,) = events_due(world, "payment_method.attached")
        chosen = attach(world, customer_without_method, "pm_card_mastercard")
        make_default(world, customer_without_method, chosen)

        assert world.deliver(attached) == 200

        assert default_of_ours(world) == chosen == default_at_stripe(world, customer_without_method)

    def test_one_that_is_attached_and_gone_already_is_no_default(
        self, world: World, customer_without_method: str
    ) -> None:
        method = attach(world, customer_without_method)
        (attached,) = events_due(world, "payment_method.attached")
        world.stripe_client.v1.payment_methods.detach(method)

        assert world.deliver(attached) == 200

        assert default_of_ours(world) is None

    def test_one_that_is_attached_but_not_among_the_customers_types_is_not(
        self, world: World, customer_without_method: str
    ) -> None:
        attach(world, customer_without_method, create_sepa_debit(world))
        world.run()
        assert default_of_ours(world) is None

    def test_a_card_saved_in_the_second_of_the_linking_counts(self, world: World) -> None:
        world.connect()
        world.pass_time(0.5)
        customer = world.customer(payment_method=None)
        method = set_up_card(world, customer)
        world.run()
        assert default_of_ours(world) == method

    def test_all_customers_that_share_one_in_stripe_follow(self, world: World, customer_without_method: str) -> None:
        billing = {"payment_provider": "stripe", "provider_customer_id": customer_without_method}
        world.api("POST", "/api/v1/customers", {"customer": {"external_id": "twin", "billing_configuration": billing}})
        invoices = [world.create_invoice(), world.create_invoice("twin")]
        world.run()
        method = set_up_card(world, customer_without_method)

        world.run()

        assert (default_of_ours(world), default_of_ours(world, "twin")) == (method, method)
        assert {world.invoice(invoice)["payment_status"] for invoice in invoices} == {"succeeded"}


class TestLaterMethods:
    def test_a_new_default_at_stripe_is_the_new_default_here(self, world: World) -> None:
        world.connect()
        customer = world.customer()
        method = attach(world, customer, "pm_card_mastercard")
        world.run()
        assert default_of_ours(world) != method

        make_default(world, customer, method)
        world.run()

        assert default_of_ours(world) == method

    def test_a_default_that_is_taken_away_leaves_none(self, world: World) -> None:
        world.connect()
        customer = world.customer()
        stripes = {"id": customer, "invoice_settings": {"default_payment_method": None}, "default_source": None}
        previous = {"invoice_settings": {"default_payment_method": default_of_ours(world)}}

        post(world, event(world, "customer.updated", stripes, previous_attributes=previous))

        assert default_of_ours(world) is None

    def test_a_change_of_anything_else_says_nothing_of_the_default(
        self, world: World, customer_without_method: str
    ) -> None:
        method = attach(world, customer_without_method)
        world.run()
        world.stripe_client.v1.customers.update(
            customer_without_method, {"name": "Acme & Sons", "invoice_settings": {"footer": "Thanks"}}
        )

        world.run()

        assert default_of_ours(world) == method

    def test_the_old_kind_of_default_counts_where_there_is_no_new_one(
        self, world: World, customer_without_method: str
    ) -> None:
        stripes = {
            "id": customer_without_method,
            "invoice_settings": {"default_payment_method": None},
            "default_source": "card_1",
        }
        post(world, event(world, "customer.updated", stripes, previous_attributes={"default_source": None}))
        assert default_of_ours(world) == "card_1"

    def test_the_default_that_is_detached_is_no_default_any_more(self, world: World) -> None:
        world.connect()
        world.customer()
        method = str(default_of_ours(world))
        world.stripe_client.v1.payment_methods.detach(method)
        world.run()
        assert default_of_ours(world) is None

    def test_another_method_that_is_detached_changes_nothing(self, world: World) -> None:
        world.connect()
        customer = world.customer()
        method = default_of_ours(world)
        world.stripe_client.v1.payment_methods.detach(attach(world, customer, "pm_card_mastercard"))
        world.run()
        assert default_of_ours(world) == method

    def test_a_method_that_was_nobodys_is_ignored(self, world: World, customer_without_method: str) -> None:
        before = kept(world)
        assert post(world, event(world, "payment_method.detached", {"id": "pm_1", "type": "card"})).status == 200
        assert (
            post(world, event(world, "setup_intent.succeeded", {"customer": None, "payment_method": "pm_1"})).status
            == 200
        )
        assert post(world, event(world, "setup_intent.succeeded", {"customer": customer_without_method})).status == 200
        assert kept(world) == before


class TestOldNews:
    def test_news_that_is_older_than_what_is_known_is_ignored(self, world: World, customer_without_method: str) -> None:
        first = set_up_card(world, customer_without_method)
        (old,) = events_due(world, "setup_intent.succeeded")
        world.pass_time(60)
        second = set_up_card(world, customer_without_method)
        world.run()
        assert default_of_ours(world) == second

        assert world.deliver(old) == 200

        assert default_of_ours(world) == second
        assert default_at_stripe(world, customer_without_method) == second != first

    def test_a_repeated_event_does_not_undo_a_later_choice(self, world: World, customer_without_method: str) -> None:
        first = set_up_card(world, customer_without_method)
        due = events_due(world)
        for delivery in due:
            world.deliver(delivery)
        world.pass_time(60)
        second = attach(world, customer_without_method)
        make_default(world, customer_without_method, second)
        world.run()

        for delivery in due:
            assert world.deliver(delivery) == 200

        assert default_at_stripe(world, customer_without_method) == second != first
        assert default_of_ours(world) == second

    def test_news_that_confirms_the_default_makes_older_news_old(self, world: World) -> None:
        world.connect()
        customer = world.customer()
        method = default_of_ours(world)
        stripes = {"id": customer, "invoice_settings": {"default_payment_method": method}}
        another = {"id": customer, "invoice_settings": {"default_payment_method": "pm_other"}}
        previous = {"invoice_settings": {"default_payment_method": "pm_before"}}
        now = int(world.clock.now())
        events_due(world)

        post(world, event(world, "customer.updated", stripes, previous_attributes=previous, created=now + 20))
        post(world, event(world, "customer.updated", another, previous_attributes=previous, created=now + 10))

        assert default_of_ours(world) == method

    def test_an_attached_method_does_not_make_news_of_the_default_old(
        self, world: World, customer_without_method: str
    ) -> None:
        now = int(world.clock.now())
        method = {"id": "pm_attached", "type": "card", "customer": customer_without_method}
        stripes = {"id": customer_without_method, "invoice_settings": {"default_payment_method": "pm_default"}}
        previous = {"invoice_settings": {"default_payment_method": None}}

        post(world, event(world, "payment_method.attached", method, created=now + 20))
        post(world, event(world, "customer.updated", stripes, previous_attributes=previous, created=now + 10))

        assert default_of_ours(world) == "pm_default"


class TestWhatGoesWrong:
    @pytest.mark.parametrize("moment", list(Moment))
    @pytest.mark.parametrize("operation", ["PutItem", "SendMessage"])
    def test_a_crash_is_repaired_when_stripe_sends_it_again(
        self, world: World, customer_without_method: str, operation: str, moment: Moment
    ) -> None:
        invoice_id = world.create_invoice()
        world.run()
        method = set_up_card(world, customer_without_method)
        (saved,) = events_due(world, "setup_intent.succeeded")
        world.aws.crash(operation, moment)

        assert [world.deliver(saved), world.deliver(saved)] == [500, 200]
        world.run()

        assert default_of_ours(world) == method
        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert world.stripe_calls() == 1

    @pytest.mark.parametrize("fault", ["500_before_commit", "cut_after_commit", "429"])
    def test_an_unknown_outcome_at_stripe_has_the_event_sent_again(
        self, world: World, customer_without_method: str, fault: str
    ) -> None:
        method = set_up_card(world, customer_without_method)
        (saved,) = events_due(world, "setup_intent.succeeded")
        world.stripe.control.add_fault(fault, method="POST", path="/v1/customers/*", times=9)
        before = kept(world)

        assert world.deliver(saved) == 503
        assert kept(world) == before

        world.stripe.control.clear_faults()
        assert world.deliver(saved) == 200
        assert default_at_stripe(world, customer_without_method) == method == default_of_ours(world)

    def test_a_method_that_is_gone_already_is_no_default(self, world: World, customer_without_method: str) -> None:
        method = set_up_card(world, customer_without_method)
        (saved,) = events_due(world, "setup_intent.succeeded")
        world.stripe_client.v1.payment_methods.detach(method)
        before = kept(world)

        assert world.deliver(saved) == 200

        assert kept(world) == before

    def test_a_key_that_stripe_refuses_is_notified_once_and_the_event_sent_again(
        self, world: World, customer_without_method: str
    ) -> None:
        method = set_up_card(world, customer_without_method)
        (saved,) = events_due(world, "setup_intent.succeeded")
        world.stripe.control.expire_key(SECRET_KEY)

        assert [world.deliver(saved), world.deliver(saved)] == [422, 422]

        assert world.notified() == ["payment_provider.error"]
        error = world.notification("payment_provider.error")["payment_provider_error"]
        assert error["action"] == "customer.update"
        assert default_of_ours(world) is None
        world.connect(secret_key=world.stripe.control.add_key(world.account.id))
        assert world.deliver(saved) == 200
        assert default_of_ours(world) == method

    def test_who_changes_the_customer_meanwhile_loses_nothing(self, world: World, customer_without_method: str) -> None:
        renamed = {"customer": {"external_id": "acme", "name": "Acme & Sons"}}
        method = attach(world, customer_without_method)
        world.aws.meanwhile("PutItem", lambda: world.api("POST", "/api/v1/customers", renamed))

        world.run()

        assert default_of_ours(world) == method
        assert world.api("GET", "/api/v1/customers/acme").body["customer"]["name"] == "Acme & Sons"

    def test_two_deliveries_at_the_same_time_end_in_one_write(self, world: World, customer_without_method: str) -> None:
        method = attach(world, customer_without_method)
        (attached,) = events_due(world, "payment_method.attached")
        world.aws.meanwhile("PutItem", lambda: world.deliver(attached))

        assert world.deliver(attached) == 200

        assert default_of_ours(world) == method
        assert world.items("customers")[0]["version"] == 2

    def test_a_customer_that_is_removed_meanwhile_has_the_event_sent_again(
        self, world: World, customer_without_method: str
    ) -> None:
        attach(world, customer_without_method)
        (attached,) = events_due(world, "payment_method.attached")
        key = {"organization_id": {"S": ORGANIZATION}, "external_id": {"S": "acme"}}
        world.aws.meanwhile("PutItem", lambda: world.dynamodb.delete_item(TableName="CustomersTable", Key=key))

        assert world.deliver(attached) == 409
        assert world.deliver(attached) == 200


class TestEventsAsAwsSendsThem:
    """The files in events/, about the customer at hand and signed again."""

    @pytest.mark.parametrize(
        "name",
        [
            "payment-result-setup-intent-succeeded",
            "payment-result-customer-updated",
            "payment-result-payment-method-attached",
        ],
    )
    def test_a_payment_method_arrives(self, world: World, customer_without_method: str, name: str) -> None:
        method = attach(world, customer_without_method)
        events_due(world)

        assert self.post_example(world, name, customer_without_method, method) == 200

        assert default_of_ours(world) == method

    def test_a_card_is_renewed(self, world: World) -> None:
        world.connect()
        customer = world.customer()
        method = str(default_of_ours(world))

        assert self.post_example(world, "payment-result-payment-method-renewed", customer, method) == 200

        (kept_here,) = world.items("customers")
        assert kept_here["renewal"]["payment_method_id"] == method

    def test_a_payment_method_goes(self, world: World) -> None:
        world.connect()
        customer = world.customer()
        method = str(default_of_ours(world))

        assert self.post_example(world, "payment-result-payment-method-detached", customer, method) == 200

        assert default_of_ours(world) is None

    def test_a_customer_goes(self, world: World) -> None:
        world.connect()
        customer = world.customer()
        method = str(default_of_ours(world))

        assert self.post_example(world, "payment-result-customer-deleted", customer, method) == 200

        (item,) = world.items("customers")
        assert "provider_customer_id" not in item

    def post_example(self, world: World, name: str, customer: str, method: str) -> int:
        sent = load_event(name)
        content = json.loads(sent["body"])
        about = content["data"]["object"]
        known = {"setup_intent": "payment_method", "payment_method": "id"}
        if about["object"] == "customer":
            about |= {
                "id": customer,
                "invoice_settings": about["invoice_settings"] | {"default_payment_method": method},
            }
        else:
            about |= {known[about["object"]]: method}
            about |= {"customer": customer} if about["customer"] else {}
        if "customer" in content["data"].get("previous_attributes", {}):
            content["data"]["previous_attributes"]["customer"] = customer
        body = json.dumps(content)
        again = request(body, [signed(world, body.encode())])
        sent |= {"body": body, "multiValueHeaders": again["multiValueHeaders"]}
        return world.call("payment-result", sent).status


def test_a_customer_without_an_account_of_its_own_is_not_ours(world: World, customer_without_method: str) -> None:
    stores = bootstrap.stores()
    found = stores.customers.get(ORGANIZATION, "acme")
    assert found
    world.connect("second")
    billing = {"payment_provider_code": "second", "provider_customer_id": customer_without_method}
    world.api("POST", "/api/v1/customers", {"customer": {"external_id": "acme", "billing_configuration": billing}})
    method = {"id": "pm_1", "type": "card", "customer": customer_without_method}

    assert post(world, event(world, "payment_method.attached", method), code="stripe").status == 200

    assert default_of_ours(world) is None
