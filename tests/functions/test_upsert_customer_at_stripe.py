"""upsert-customer: a customer is created at Stripe once, whatever breaks off, and kept up to date there."""

import json
from io import StringIO
from typing import Any

import pytest
from builders.accounts import connect_restricted
from builders.customers import CUSTOMERS_PATH
from builders.durations import HOUR
from builders.stripe_requests import CREATE_CUSTOMER, UPDATE_CUSTOMER, break_stripe
from world.api_gateway import ORGANIZATION, Answer
from world.aws_calls import Moment
from world.stored import everything
from world.world import SECRET_KEY, World, load_event

UNKNOWN = ["429", "500_after_commit", "cut_before_commit", "cut_after_commit", "truncated_body"]
"""Ways in which a request may or may not have taken effect; a saved 500 is a case of its own."""


def answer_to_upsert(world: World, **fields: Any) -> Answer:
    return world.api("POST", CUSTOMERS_PATH, {"customer": {"external_id": "acme", **fields}})


def upsert_of_events(world: World) -> Answer:
    return world.call("upsert-customer", load_event("upsert-customer"))


def provider_id(answer: Answer) -> Any:
    return answer.body["customer"]["billing_configuration"]["provider_customer_id"]


def stored_id(world: World) -> Any:
    """The Stripe customer's id as the API shows it."""
    return provider_id(world.api("GET", f"{CUSTOMERS_PATH}/acme"))


def customers_at_stripe(world: World, secret_key: str = SECRET_KEY) -> list[Any]:
    return world.stripe_as(secret_key).v1.customers.list().data


class TestCreating:
    def test_sync_with_provider_creates_the_customer_and_its_id_comes_back(self, world: World) -> None:
        world.connect()

        answer = upsert_of_events(world)

        assert answer.status == 200
        (customer,) = customers_at_stripe(world)
        assert provider_id(answer) == stored_id(world) == customer.id

    def test_it_is_notified_once_with_the_id(self, world: World) -> None:
        world.connect()

        answer = upsert_of_events(world)
        upsert_of_events(world)

        assert world.notified() == ["customer.payment_provider_created"]
        notified = world.notification("customer.payment_provider_created")
        assert notified["object_type"] == "customer"
        assert notified["customer"]["billing_configuration"]["provider_customer_id"] == provider_id(answer)

    def test_an_account_that_creates_customers_does_so_unasked(self, world: World) -> None:
        world.connect(create_customers=True)

        assert provider_id(answer_to_upsert(world, name="Acme"))

    @pytest.mark.parametrize("sync", [True, False])
    def test_sync_makes_no_difference_because_it_is_always_created_at_once(self, world: World, sync: bool) -> None:
        world.connect()

        assert provider_id(answer_to_upsert(world, billing_configuration={"sync": sync, "sync_with_provider": True}))

    def test_sync_with_provider_false_keeps_it_from_being_created(self, world: World) -> None:
        world.connect(create_customers=True)

        assert provider_id(answer_to_upsert(world, billing_configuration={"sync_with_provider": False})) is None
        assert customers_at_stripe(world) == []

    def test_an_account_that_does_not_create_customers_creates_none(self, world: World) -> None:
        world.connect()

        answer_to_upsert(world, billing_configuration={"payment_provider": "stripe"})

        assert customers_at_stripe(world) == []

    def test_with_an_existing_stripe_customer_none_is_created(self, world: World) -> None:
        world.connect(create_customers=True)

        world.customer()

        assert len(customers_at_stripe(world)) == 1

    def test_stripe_learns_who_it_is(self, world: World) -> None:
        world.connect()
        answer = answer_to_upsert(
            world,
            firstname="Ann",
            lastname="Lee",
            email="ap@acme.test, cfo@acme.test",
            phone="+33 1",
            address_line1="1 rue de la Paix",
            city="Paris",
            zipcode="75002",
            country="FR",
            billing_configuration={"sync_with_provider": True},
        )

        (customer,) = customers_at_stripe(world)
        assert (customer.name, customer.email, customer.phone) == ("Ann Lee", "ap@acme.test", "+33 1")
        sent = {"line1": "1 rue de la Paix", "city": "Paris", "postal_code": "75002", "country": "FR"}
        assert customer.address.to_dict().items() >= sent.items()
        assert customer.metadata.to_dict() == {
            "lago_customer_id": answer.body["customer"]["lago_id"],
            "customer_id": "acme",
            "lago_organization_id": ORGANIZATION,
        }

    def test_an_existing_customer_can_be_created_at_stripe_later(self, world: World) -> None:
        world.connect()
        answer_to_upsert(world, name="Acme")

        assert provider_id(answer_to_upsert(world, billing_configuration={"sync_with_provider": True}))

    def test_story_1_an_invoice_is_collected_once_the_new_customer_has_saved_a_card(self, world: World) -> None:
        world.connect(create_customers=True)
        customer_id = provider_id(answer_to_upsert(world, name="Acme"))
        invoice_id = world.create_invoice()
        world.run()
        assert world.invoice(invoice_id)["payment_status"] == "pending"

        world.stripe_client.v1.setup_intents.create(
            {
                "customer": customer_id,
                "payment_method": "pm_card_visa",
                "confirm": True,
                "usage": "off_session",
                "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            }
        )
        world.run()

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"


class TestNoCertainOutcome:
    @pytest.mark.parametrize("kind", UNKNOWN)
    def test_the_customer_is_stored_and_completed_from_the_queue(self, world: World, kind: str) -> None:
        world.connect()
        break_stripe(world, CREATE_CUSTOMER, kind)

        answer = upsert_of_events(world)

        assert answer.status == 200
        if provider_id(answer) is None:
            world.stripe.control.clear_faults()
            world.pass_time(25 * HOUR if kind == "500_after_commit" else 60)
            assert world.collect_waiting()
        (customer,) = customers_at_stripe(world)
        assert stored_id(world) == customer.id
        assert world.notified() == ["customer.payment_provider_created"]

    @pytest.mark.parametrize("kind", UNKNOWN)
    def test_sending_it_again_completes_it_too(self, world: World, kind: str) -> None:
        world.connect()
        break_stripe(world, CREATE_CUSTOMER, kind)
        upsert_of_events(world)
        world.stripe.control.clear_faults()
        world.pass_time(25 * HOUR if kind == "500_after_commit" else 60)

        answer = upsert_of_events(world)

        (customer,) = customers_at_stripe(world)
        assert provider_id(answer) == customer.id

    def test_while_stripe_stays_silent_the_message_comes_again(self, world: World) -> None:
        world.connect()
        break_stripe(world, CREATE_CUSTOMER, "cut_before_commit", times=6)
        upsert_of_events(world)

        for _ in range(2):
            world.collect_waiting()
            assert stored_id(world) is None
        world.collect_waiting()

        assert len(customers_at_stripe(world)) == 1
        assert stored_id(world)

    def test_a_saved_500_replays_until_the_key_is_forgotten_and_the_customer_is_made_then(self, world: World) -> None:
        world.connect()
        break_stripe(world, CREATE_CUSTOMER, "500_before_commit", times=1)
        upsert_of_events(world)
        world.collect_waiting()
        assert stored_id(world) is None

        world.pass_time(25 * HOUR)
        world.collect_waiting()

        (customer,) = customers_at_stripe(world)
        assert stored_id(world) == customer.id

    @pytest.mark.parametrize("hours", [1, 22, 23.5, 25, 24 * 13])
    def test_a_customer_that_exists_at_stripe_already_is_found_however_late_it_is(
        self, world: World, hours: float
    ) -> None:
        world.connect()
        break_stripe(world, CREATE_CUSTOMER, "cut_after_commit")
        upsert_of_events(world)

        world.pass_time(hours * HOUR)
        world.stripe_customer()
        world.collect_waiting()

        ours = [one.id for one in customers_at_stripe(world) if "lago_customer_id" in one.metadata.to_dict()]
        assert [stored_id(world)] == ours

    def test_what_was_changed_meanwhile_reaches_stripe_with_the_completion(self, world: World) -> None:
        world.connect()
        break_stripe(world, CREATE_CUSTOMER, "cut_after_commit", times=4)
        upsert_of_events(world)
        answer_to_upsert(world, email="new@acme.test")

        world.collect_waiting()

        (customer,) = customers_at_stripe(world)
        assert (customer.name, customer.email) == ("Acme", "new@acme.test")
        assert stored_id(world) == customer.id

    def test_a_change_that_stripe_refuses_meanwhile_is_notified_and_the_customer_is_completed(
        self, world: World
    ) -> None:
        world.connect()
        break_stripe(world, CREATE_CUSTOMER, "cut_after_commit", times=4)
        upsert_of_events(world)
        answer_to_upsert(world, email="nonsense")

        world.collect_waiting()

        (customer,) = customers_at_stripe(world)
        assert stored_id(world) == customer.id
        assert customer.email == "ap@acme.test"
        assert world.notified() == ["customer.payment_provider_created", "customer.payment_provider_error"]

    def test_linking_an_existing_stripe_customer_ends_a_creation_that_is_under_way(self, world: World) -> None:
        world.connect()
        break_stripe(world, CREATE_CUSTOMER, "cut_before_commit")
        upsert_of_events(world)

        existing = world.customer()
        world.collect_waiting()

        assert stored_id(world) == existing
        assert [customer.id for customer in customers_at_stripe(world)] == [existing]

    def test_moving_to_another_account_ends_a_creation_that_is_under_way(self, world: World) -> None:
        second = world.stripe.control.add_account()
        world.connect()
        world.connect("second", secret_key=second["secret_key"])
        break_stripe(world, CREATE_CUSTOMER, "cut_before_commit")
        upsert_of_events(world)

        answer = answer_to_upsert(world, billing_configuration={"payment_provider_code": "second"})

        (customer,) = customers_at_stripe(world, second["secret_key"])
        assert provider_id(answer) == customer.id
        assert customers_at_stripe(world) == []

    def test_when_the_account_is_disconnected_meanwhile_the_message_stays_in_the_queue(self, world: World) -> None:
        world.connect()
        break_stripe(world, CREATE_CUSTOMER, "cut_before_commit")
        upsert_of_events(world)
        world.api("DELETE", "/api/v1/integrations/stripe/stripe")

        assert world.collect_waiting() > 0
        assert world.collect_waiting() > 0
        assert stored_id(world) is None


class TestTheFunctionEndsHalfWay:
    """Right before or right after an effect; then the same request comes again."""

    @pytest.mark.parametrize("moment", Moment)
    @pytest.mark.parametrize(
        ("operation", "parameters"),
        [
            ("GetItem", {"TableName": "CustomersTable"}),
            ("PutItem", {"TableName": "CustomersTable"}),
            ("GetSecretValue", {}),
            ("TransactWriteItems", {}),
            ("SendMessage", {}),
        ],
    )
    def test_there_is_one_customer_here_and_one_at_stripe(
        self, world: World, operation: str, parameters: dict[str, Any], moment: Moment
    ) -> None:
        world.connect()
        world.aws.crash(operation, moment, **parameters)
        assert upsert_of_events(world).status == 500
        assert not world.aws.are_still_to_come

        answer = upsert_of_events(world)

        (customer,) = customers_at_stripe(world)
        assert provider_id(answer) == stored_id(world) == customer.id
        assert len(world.items("customers")) == 1
        assert world.notified() == ["customer.payment_provider_created"]

    @pytest.mark.parametrize("hours", [1, 25])
    def test_a_crash_after_the_creation_makes_no_second_stripe_customer_a_day_later_either(
        self, world: World, hours: float
    ) -> None:
        world.connect()
        world.aws.crash("TransactWriteItems", Moment.BEFORE)
        upsert_of_events(world)
        world.pass_time(hours * HOUR)

        answer = upsert_of_events(world)

        (customer,) = customers_at_stripe(world)
        assert provider_id(answer) == customer.id

    def test_a_link_that_broke_off_before_the_message_is_collected_when_sent_again(self, world: World) -> None:
        world.connect()
        answer_to_upsert(world)
        invoice_id = world.create_invoice()
        world.collect_new_invoices()
        customer_id = world.stripe_customer()
        world.take(world.queue_url)
        world.aws.crash("SendMessage", Moment.BEFORE)
        link = {"provider_customer_id": customer_id}
        assert answer_to_upsert(world, billing_configuration=link).status == 500

        assert answer_to_upsert(world, billing_configuration=link).status == 200
        world.run()

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"


class TestTwoAtTheSameTime:
    def test_the_slower_one_is_409_and_nothing_of_it_is_kept(self, world: World) -> None:
        answer_to_upsert(world, name="Acme")
        world.aws.meanwhile("PutItem", lambda: answer_to_upsert(world, name="Faster"), TableName="CustomersTable")

        answer = answer_to_upsert(world, name="Slower")

        assert (answer.status, answer.body["code"]) == (409, "customer_changed")
        (item,) = world.items("customers")
        assert item["profile"]["name"] == "Faster"

    def test_of_two_first_requests_one_makes_the_customer(self, world: World) -> None:
        world.connect(create_customers=True)
        world.aws.meanwhile("PutItem", lambda: answer_to_upsert(world, name="Faster"), TableName="CustomersTable")

        assert answer_to_upsert(world, name="Slower").status == 409

        assert len(customers_at_stripe(world)) == len(world.items("customers")) == 1

    def test_a_change_while_the_customer_is_being_created_keeps_both(self, world: World) -> None:
        world.connect()
        world.aws.meanwhile("TransactWriteItems", lambda: answer_to_upsert(world, city="Paris"))

        assert upsert_of_events(world).status == 200
        world.run()

        (customer,) = customers_at_stripe(world)
        assert stored_id(world) == customer.id
        assert world.api("GET", f"{CUSTOMERS_PATH}/acme").body["customer"]["city"] == "Paris"


class TestStripeRefuses:
    """Stripe says no for good, here to an e-mail address it holds invalid."""

    @pytest.fixture(autouse=True)
    def _connected(self, world: World) -> None:
        world.connect()

    def test_a_refused_creation_is_notified_and_the_customer_stays_without_an_id(self, world: World) -> None:
        answer = answer_to_upsert(world, email="nonsense", billing_configuration={"sync_with_provider": True})

        assert answer.status == 200
        assert provider_id(answer) is None
        assert world.notified() == ["customer.payment_provider_error"]
        notified = world.notification("customer.payment_provider_error")
        error = notified["payment_provider_customer_error"]
        assert notified["object_type"] == "payment_provider_customer_error"
        assert error["lago_customer_id"] == answer.body["customer"]["lago_id"]
        assert error["external_customer_id"] == "acme"
        assert (error["payment_provider"], error["payment_provider_code"]) == ("stripe", "stripe")
        assert error["provider_error"]["error_code"] == "email_invalid"

    def test_a_corrected_customer_is_created(self, world: World) -> None:
        answer_to_upsert(world, email="nonsense", billing_configuration={"sync_with_provider": True})

        assert provider_id(answer_to_upsert(world, email="ap@acme.test"))

    def test_a_refused_change_is_422_changes_nothing_and_is_notified(self, world: World) -> None:
        upsert_of_events(world)
        before = everything(world)

        answer = answer_to_upsert(world, email="nonsense")

        assert answer.status == 422
        assert answer.body["code"] == "third_party_error"
        assert answer.body["error_details"]["third_party"] == "Stripe"
        assert world.notified() == ["customer.payment_provider_created", "customer.payment_provider_error"]
        after = everything(world)
        for contents in (before, after):
            del contents["tables"]["notifications"]
        assert after == before

    def test_a_customer_that_was_deleted_at_stripe_cannot_be_changed_there_and_can_be_relinked(
        self, world: World
    ) -> None:
        world.stripe_client.v1.customers.delete(provider_id(upsert_of_events(world)))
        assert answer_to_upsert(world, name="Renamed").body["code"] == "third_party_error"
        existing = world.stripe_customer()

        answer = answer_to_upsert(world, name="Renamed", billing_configuration={"provider_customer_id": existing})

        assert provider_id(answer) == existing

    def test_neither_the_log_nor_the_notification_repeats_the_address(self, world: World, logs: StringIO) -> None:
        answer_to_upsert(world, email="ann lee@acme.test", billing_configuration={"sync_with_provider": True})

        assert "lee@acme.test" not in logs.getvalue()
        assert "lee@acme.test" not in json.dumps(world.notification("customer.payment_provider_error"))


class TestTheKeyIsRefused:
    def test_a_revoked_key_keeps_a_link_from_being_made(self, world: World) -> None:
        world.connect()
        customer_id = world.stripe_customer()
        world.stripe.control.expire_key(SECRET_KEY)

        answer = answer_to_upsert(world, billing_configuration={"provider_customer_id": customer_id})

        assert answer.status == 422
        assert answer.body["code"] == "third_party_error"
        assert SECRET_KEY[-8:] not in json.dumps(answer.body)
        assert world.items("customers") == []

    def test_a_restricted_key_without_the_permission_is_422_too(self, world: World) -> None:
        connect_restricted(world, "rak_customer_write")

        answer = upsert_of_events(world)

        assert answer.status == 422
        assert answer.body["error_details"]["thirdparty_error"].startswith("the key lacks a permission")

    def test_a_creation_is_kept_and_notified_and_made_when_the_key_was_rotated(self, world: World) -> None:
        world.connect()
        world.stripe.control.expire_key(SECRET_KEY)
        assert upsert_of_events(world).status == 422
        assert upsert_of_events(world).status == 422
        assert world.notified() == ["payment_provider.error"]
        assert world.notification("payment_provider.error")["payment_provider_error"]["action"] == "customer.create"

        rolled = world.stripe.control.add_key(world.account.id)
        world.connect(secret_key=rolled)

        assert provider_id(upsert_of_events(world)) == customers_at_stripe(world, rolled)[0].id

    def test_credentials_that_are_gone_are_the_operators_matter_too(self, world: World) -> None:
        world.connect()
        world.aws_account.secrets.texts.clear()
        world.pass_time(HOUR)

        assert upsert_of_events(world).body["code"] == "third_party_error"


class TestUpdating:
    @pytest.fixture(autouse=True)
    def _created(self, world: World) -> None:
        world.connect()
        upsert_of_events(world)

    def test_stripe_learns_what_has_changed(self, world: World) -> None:
        answer_to_upsert(world, name="Acme SAS", city="Paris")

        (customer,) = customers_at_stripe(world)
        assert (customer.name, customer.email) == ("Acme SAS", "ap@acme.test")
        assert customer.address.city == "Paris"

    @pytest.mark.parametrize(
        "fields",
        [{}, {"name": "Acme"}, {"legal_name": "Acme SAS"}, {"currency": "USD"}, {"email": "ap@acme.test, b@c.d"}],
    )
    def test_stripe_is_not_called_for_what_it_does_not_know_or_knows_already(
        self, world: World, fields: dict[str, Any]
    ) -> None:
        answer_to_upsert(world, **fields)

        assert world.stripe_calls(UPDATE_CUSTOMER) == 0

    def test_what_stripe_changed_itself_is_not_undone(self, world: World) -> None:
        (customer,) = customers_at_stripe(world)
        world.stripe_client.v1.customers.update(customer.id, {"name": "Changed in the dashboard"})

        answer_to_upsert(world, email="new@acme.test")

        (customer,) = customers_at_stripe(world)
        assert (customer.name, customer.email) == ("Changed in the dashboard", "new@acme.test")

    def test_what_is_cleared_here_is_cleared_there(self, world: World) -> None:
        answer_to_upsert(world, address_line1="1 rue de la Paix", city="Paris")
        answer_to_upsert(world, email=None, address_line1=None)

        (customer,) = customers_at_stripe(world)
        assert customer.email is None
        assert customer.address.city == "Paris"
        assert not customer.address.line1

    def test_a_name_that_is_cleared_here_stays_at_stripe_which_does_not_say_how_to_clear_it(self, world: World) -> None:
        assert answer_to_upsert(world, name=None).status == 200

        assert customers_at_stripe(world)[0].name == "Acme"

    def test_an_address_that_is_gone_is_gone_there(self, world: World) -> None:
        answer_to_upsert(world, country=None)

        assert customers_at_stripe(world)[0].address is None

    @pytest.mark.parametrize("kind", UNKNOWN)
    def test_without_an_answer_it_is_503_and_sending_it_again_reaches_stripe(self, world: World, kind: str) -> None:
        break_stripe(world, UPDATE_CUSTOMER, kind, times=3)
        assert answer_to_upsert(world, name="Acme SAS").status == 503
        world.stripe.control.clear_faults()

        assert answer_to_upsert(world, name="Acme SAS").status == 200

        assert customers_at_stripe(world)[0].name == "Acme SAS"
        assert world.api("GET", f"{CUSTOMERS_PATH}/acme").body["customer"]["name"] == "Acme SAS"

    @pytest.mark.parametrize("moment", Moment)
    def test_a_crash_while_storing_is_repaired_by_sending_it_again(self, world: World, moment: Moment) -> None:
        world.aws.crash("PutItem", moment, TableName="CustomersTable")
        assert answer_to_upsert(world, name="Acme SAS").status == 500

        assert answer_to_upsert(world, name="Acme SAS").status == 200

        assert customers_at_stripe(world)[0].name == "Acme SAS"
        assert world.api("GET", f"{CUSTOMERS_PATH}/acme").body["customer"]["name"] == "Acme SAS"
