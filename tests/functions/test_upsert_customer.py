"""upsert-customer: a customer is created or changed, and linked to Stripe when asked to."""

from typing import Any

import pytest
from builders.accounts import OTHER_ORGANIZATION
from builders.customers import CUSTOMERS_PATH, attach, make_default
from builders.durations import HOUR
from builders.read import refused_details
from builders.stripe_events import lose_events
from builders.stripe_requests import CREATE_CUSTOMER
from world.api_gateway import ORGANIZATION
from world.world import TABLES, World, load_event


def upsert(world: World, external_id: str = "acme", **fields: Any) -> dict[str, Any]:
    answer = world.api("POST", CUSTOMERS_PATH, {"customer": {"external_id": external_id, **fields}})
    assert answer.status == 200, answer.body
    customer: dict[str, Any] = answer.body["customer"]
    return customer


def billing(world: World, **configuration: Any) -> dict[str, Any]:
    """The billing configuration after an upsert with this one."""
    shown: dict[str, Any] = upsert(world, billing_configuration=configuration)["billing_configuration"]
    return shown


def refused_customer(world: World, customer: Any) -> dict[str, Any]:
    """The details of a 422; nothing may have changed."""
    return refused_details(world, "POST", CUSTOMERS_PATH, {"customer": customer})


def refused_billing(world: World, **configuration: Any) -> dict[str, Any]:
    return refused_customer(world, {"external_id": "acme", "billing_configuration": configuration})


class TestTheProfile:
    def test_a_customer_needs_an_external_id_and_nothing_else(self, world: World) -> None:
        customer = upsert(world)

        assert customer["external_id"] == "acme"
        assert customer["applicable_timezone"] == "UTC"
        assert customer["created_at"] == customer["updated_at"] == "2026-11-23T10:00:00Z"
        assert customer["billing_configuration"]["payment_provider"] is None
        assert customer["billing_configuration"]["provider_payment_methods"] == ["card"]

    def test_lists_that_lagos_clients_read_are_there(self, world: World) -> None:
        customer = upsert(world)

        for name in (
            "taxes",
            "integration_customers",
            "applicable_invoice_custom_sections",
            "error_details",
            "metadata",
        ):
            assert customer[name] == []

    def test_every_descriptive_field_comes_back_as_it_was_sent(self, world: World) -> None:
        sent: dict[str, Any] = {
            "account_type": "customer",
            "name": "Acme",
            "firstname": "Ann",
            "lastname": "Lee",
            "customer_type": "company",
            "email": "ap@acme.test",
            "url": "https://acme.test",
            "phone": "+33 1 23 45 67 89",
            "logo_url": "https://acme.test/logo.png",
            "legal_name": "Acme SAS",
            "legal_number": "123 456 789",
            "currency": "EUR",
            "tax_identification_number": "FR12345678901",
            "timezone": "Europe/Paris",
            "net_payment_term": 30,
            "external_salesforce_id": "0015g00000",
            "finalize_zero_amount_invoice": "skip",
            "address_line1": "1 rue de la Paix",
            "address_line2": "2e étage",
            "city": "Paris",
            "zipcode": "75002",
            "state": "Île-de-France",
            "country": "FR",
            "shipping_address": {
                "address_line1": "2 Quai",
                "address_line2": None,
                "city": "Lyon",
                "zipcode": "69001",
                "state": None,
                "country": "FR",
            },
            "metadata": [{"key": "tier", "value": "gold", "display_in_invoice": True}],
        }

        customer = upsert(world, **sent)

        (pair,) = customer.pop("metadata")
        (sent_pair,) = sent.pop("metadata")
        assert {name: pair[name] for name in sent_pair} == sent_pair
        assert {name: customer[name] for name in sent} == sent
        assert customer["applicable_timezone"] == "Europe/Paris"

    def test_only_what_is_sent_is_changed(self, world: World) -> None:
        first = upsert(world, name="Acme", email="ap@acme.test", city="Paris")
        world.pass_time(60)

        second = upsert(world, email="new@acme.test")

        assert second == first | {"email": "new@acme.test", "updated_at": "2026-11-23T10:01:00Z"}

    def test_null_clears_a_field(self, world: World) -> None:
        upsert(world, name="Acme", email="ap@acme.test")

        assert upsert(world, email=None)["email"] is None

    def test_unknown_fields_are_ignored_as_lago_does(self, world: World) -> None:
        assert "tags" not in upsert(world, tags=["a"], billing_configuration={"invoice_grace_period": 3})

    def test_an_external_id_may_hold_anything(self, world: World) -> None:
        external_id = "a/b#c?d=é €"
        created = upsert(world, external_id)

        assert upsert(world, external_id)["lago_id"] == created["lago_id"]
        path = f"{CUSTOMERS_PATH}/a%2Fb%23c%3Fd%3D%C3%A9%20%E2%82%AC"
        assert world.api("GET", path).body["customer"]["lago_id"] == created["lago_id"]

    def test_the_same_external_id_in_another_organization_is_another_customer(self, world: World) -> None:
        ours = upsert(world, name="Ours")
        body = {"customer": {"external_id": "acme", "name": "Theirs"}}

        theirs = world.api("POST", CUSTOMERS_PATH, body, organization_id=OTHER_ORGANIZATION).body["customer"]

        assert theirs["lago_id"] != ours["lago_id"]
        assert world.api("GET", f"{CUSTOMERS_PATH}/acme").body["customer"]["name"] == "Ours"


class TestLinking:
    @pytest.fixture(autouse=True)
    def _connected(self, world: World) -> None:
        world.connect()

    def test_an_existing_stripe_customer_is_linked_and_its_default_payment_method_remembered(
        self, world: World
    ) -> None:
        customer_id = world.stripe_customer("pm_card_visa")
        (default,) = world.stripe_client.v1.customers.payment_methods.list(customer_id).data
        event = load_event("upsert-customer-link")
        event["body"] = event["body"].replace("cus_placeholder", customer_id)

        answer = world.call("upsert-customer", event)

        assert answer.body["customer"]["billing_configuration"] == {
            "invoice_grace_period": None,
            "payment_provider": "stripe",
            "payment_provider_code": "stripe",
            "document_locale": None,
            "subscription_invoice_issuing_date_anchor": None,
            "subscription_invoice_issuing_date_adjustment": None,
            "provider_customer_id": customer_id,
            "provider_payment_methods": ["card"],
            "sync_with_provider": None,
            "payment_method_id": default.id,
        }

    def test_linking_changes_nothing_at_stripe(self, world: World) -> None:
        customer_id = world.stripe_customer()
        before = world.stripe_client.v1.customers.retrieve(customer_id).to_dict()

        upsert(world, name="Another name", billing_configuration={"provider_customer_id": customer_id})

        assert world.stripe_client.v1.customers.retrieve(customer_id).to_dict() == before
        assert world.stripe_calls(CREATE_CUSTOMER) == 1

    def test_without_a_default_nothing_that_is_on_file_is_taken(self, world: World) -> None:
        customer_id = world.stripe_customer(None)
        attach(world, customer_id)
        lose_events(world)

        assert billing(world, provider_customer_id=customer_id)["payment_method_id"] is None

    def test_a_default_that_changes_while_it_is_being_linked_counts(self, world: World) -> None:
        customer_id = world.stripe_customer()
        other = attach(world, customer_id, "pm_card_mastercard")
        world.run()

        def meanwhile() -> None:
            """The event about it finds nobody who is linked to that customer yet."""
            make_default(world, customer_id, other)
            world.run()

        world.aws.meanwhile("PutItem", meanwhile, TableName=TABLES["customers"])

        assert billing(world, provider_customer_id=customer_id)["payment_method_id"] == other

    def test_without_any_payment_method_it_is_linked_all_the_same(self, world: World) -> None:
        shown = billing(world, provider_customer_id=world.stripe_customer(None))

        assert shown["provider_customer_id"]
        assert shown["payment_method_id"] is None

    def test_sending_it_again_reads_its_default_again_although_no_event_came(self, world: World) -> None:
        customer_id = world.stripe_customer()
        first = billing(world, provider_customer_id=customer_id)["payment_method_id"]
        world.pass_time(HOUR)
        other = attach(world, customer_id, "pm_card_mastercard")
        make_default(world, customer_id, other)
        lose_events(world)

        assert billing(world, provider_customer_id=customer_id)["payment_method_id"] == other
        assert first != other

    def test_one_that_is_gone_at_stripe_is_refused_when_it_is_sent_again(self, world: World) -> None:
        customer_id = world.stripe_customer()
        billing(world, provider_customer_id=customer_id)
        world.stripe_client.v1.customers.delete(customer_id)
        lose_events(world)

        details = refused_billing(world, provider_customer_id=customer_id)

        assert details == {"provider_customer_id": ["provider_customer_not_found"]}

    def test_another_one_is_created_where_it_is_gone_at_stripe_and_is_to_be_created(self, world: World) -> None:
        customer_id = world.stripe_customer()
        billing(world, provider_customer_id=customer_id)
        world.stripe_client.v1.customers.delete(customer_id)
        lose_events(world)

        found = billing(world, sync_with_provider=True)

        assert found["provider_customer_id"] not in (None, customer_id)
        assert found["payment_method_id"] is None
        assert [one.id for one in world.stripe_client.v1.customers.list().data] == [found["provider_customer_id"]]

    def test_another_stripe_customer_brings_its_own_payment_method(self, world: World) -> None:
        first = billing(world, provider_customer_id=world.stripe_customer())
        other = world.stripe_customer("pm_card_mastercard")

        second = billing(world, provider_customer_id=other)

        assert second["provider_customer_id"] == other
        assert second["payment_method_id"] not in (None, first["payment_method_id"])

    def test_several_customers_may_share_a_stripe_customer(self, world: World) -> None:
        customer_id = world.stripe_customer()

        for external_id in ("acme", "acme-branch"):
            upsert(world, external_id, billing_configuration={"provider_customer_id": customer_id})

        assert {item["provider_customer_id"] for item in world.items("customers")} == {customer_id}

    def test_naming_the_provider_ties_the_customer_to_the_default_account(self, world: World) -> None:
        assert billing(world, payment_provider="stripe")["payment_provider_code"] == "stripe"

    def test_sync_with_provider_false_ties_it_to_nothing(self, world: World) -> None:
        shown = billing(world, sync_with_provider=False)

        assert (shown["payment_provider"], shown["sync_with_provider"]) == (None, False)

    def test_a_customer_that_asks_for_nothing_is_tied_to_nothing(self, world: World) -> None:
        assert billing(world, sync=True)["payment_provider"] is None

    def test_what_waited_for_the_link_is_collected(self, world: World) -> None:
        upsert(world)
        invoice_id = world.create_invoice()
        world.collect_new_invoices()
        assert world.invoice(invoice_id)["payment_status"] == "pending"

        billing(world, provider_customer_id=world.stripe_customer())
        world.run()

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"

    def test_what_waits_for_a_payment_method_after_the_link_is_notified(self, world: World) -> None:
        upsert(world)
        world.create_invoice()
        world.collect_new_invoices()

        billing(world, provider_customer_id=world.stripe_customer(None))
        world.run()

        assert world.notified() == ["customer.payment_method_missing"]

    def test_an_invoice_that_was_there_before_its_customer_is_collected_when_the_customer_comes(
        self, world: World
    ) -> None:
        invoice_id = world.put_invoice_item()
        world.collect_new_invoices()

        billing(world, provider_customer_id=world.stripe_customer())
        world.run()

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"

    def test_null_takes_the_customer_off_the_provider(self, world: World) -> None:
        world.customer()

        shown = world.call("upsert-customer", load_event("upsert-customer-unlink")).body["customer"]

        configuration = shown["billing_configuration"]
        for name in ("payment_provider", "payment_provider_code", "provider_customer_id", "payment_method_id"):
            assert configuration[name] is None

    def test_a_customer_taken_off_the_provider_stays_off_it(self, world: World) -> None:
        world.connect(create_customers=True)
        upsert(world)

        world.call("upsert-customer", load_event("upsert-customer-unlink"))

        assert upsert(world, name="Renamed")["billing_configuration"]["payment_provider"] is None
        assert world.stripe_calls(CREATE_CUSTOMER) == 1

    def test_null_for_its_id_unlinks_the_stripe_customer_and_creates_no_other(self, world: World) -> None:
        world.connect(create_customers=True)
        upsert(world)

        shown = billing(world, provider_customer_id=None)

        assert (shown["payment_provider"], shown["provider_customer_id"]) == ("stripe", None)
        assert upsert(world)["billing_configuration"]["provider_customer_id"] is None
        assert world.stripe_calls(CREATE_CUSTOMER) == 1

    def test_null_elsewhere_is_as_if_nothing_had_been_sent(self, world: World) -> None:
        before = billing(world, provider_customer_id=world.stripe_customer(), provider_payment_methods=["sepa_debit"])

        nulls = {"payment_provider_code": None, "sync": None, "sync_with_provider": None}

        assert billing(world, **nulls, provider_payment_methods=None) == before


class TestSeveralAccounts:
    def test_the_code_says_which_account(self, world: World) -> None:
        second = world.stripe.control.add_account()
        world.connect("first")
        world.connect("second", secret_key=second["secret_key"])
        theirs = world.stripe_as(second["secret_key"]).v1.customers.create({"name": "Acme"}).id

        shown = billing(world, payment_provider_code="second", provider_customer_id=theirs)

        assert (shown["payment_provider_code"], shown["provider_customer_id"]) == ("second", theirs)

    def test_a_stripe_customer_of_another_account_is_refused(self, world: World) -> None:
        second = world.stripe.control.add_account()
        world.connect("first")
        world.connect("second", secret_key=second["secret_key"])
        theirs = world.stripe_as(second["secret_key"]).v1.customers.create({"name": "Acme"}).id

        details = refused_billing(world, payment_provider_code="first", provider_customer_id=theirs)

        assert details == {"provider_customer_id": ["provider_customer_not_found"]}

    def test_without_a_code_it_is_the_default_account(self, world: World) -> None:
        world.connect("first")
        world.connect("second", default=True)

        assert billing(world, payment_provider="stripe")["payment_provider_code"] == "second"

    def test_a_customer_stays_with_its_account_when_the_default_changes(self, world: World) -> None:
        world.connect("first")
        customer_id = world.stripe_customer()
        billing(world, provider_customer_id=customer_id)
        world.connect("second", default=True)

        assert billing(world, payment_provider="stripe")["payment_provider_code"] == "first"

    def test_moving_to_another_account_forgets_the_stripe_customer_of_the_old_one(self, world: World) -> None:
        second = world.stripe.control.add_account()
        world.connect("first")
        world.connect("second", secret_key=second["secret_key"])
        world.customer(code="first")

        shown = billing(world, payment_provider_code="second")

        assert shown["payment_provider_code"] == "second"
        assert shown["provider_customer_id"] is None
        assert shown["payment_method_id"] is None

    def test_moving_to_an_account_that_creates_customers_creates_one_there(self, world: World) -> None:
        second = world.stripe.control.add_account()
        world.connect("first")
        world.connect("second", secret_key=second["secret_key"], create_customers=True)
        old = world.customer(code="first")

        shown = billing(world, payment_provider_code="second")

        (created,) = world.stripe_as(second["secret_key"]).v1.customers.list().data
        assert shown["provider_customer_id"] == created.id != old

    def test_moving_with_a_stripe_customer_of_the_new_account_links_that_one(self, world: World) -> None:
        second = world.stripe.control.add_account()
        world.connect("first")
        world.connect("second", secret_key=second["secret_key"])
        old = world.customer(code="first")
        theirs = world.stripe_as(second["secret_key"]).v1.customers.create({"name": "Acme"}).id

        assert refused_billing(world, payment_provider_code="second", provider_customer_id=old)
        assert billing(world, payment_provider_code="second", provider_customer_id=theirs)["payment_method_id"] is None

    def test_a_customer_whose_account_was_disconnected_can_still_be_renamed(self, world: World) -> None:
        world.connect()
        world.customer()
        world.api("DELETE", "/api/v1/integrations/stripe/stripe")

        assert upsert(world, name="Renamed")["name"] == "Renamed"
        assert refused_billing(world, payment_provider="stripe") == {"base": ["payment_provider_not_found"]}


class TestPaymentMethodTypes:
    @pytest.mark.parametrize(
        "types", [["card"], ["sepa_debit", "card"], ["card", "link"], ["customer_balance"], ["crypto", "card"]]
    )
    def test_types_that_go_together_are_kept(self, world: World, types: list[str]) -> None:
        assert billing(world, provider_payment_methods=types)["provider_payment_methods"] == types
        assert upsert(world)["billing_configuration"]["provider_payment_methods"] == types

    @pytest.mark.parametrize("types", [["link"], ["link", "sepa_debit"]])
    def test_link_needs_card(self, world: World, types: list[str]) -> None:
        details = refused_billing(world, provider_payment_methods=types)

        assert details == {"billing_configuration.provider_payment_methods": ["link_requires_card"]}

    @pytest.mark.parametrize("types", [["customer_balance", "card"], ["customer_balance", "customer_balance"]])
    def test_customer_balance_stands_alone(self, world: World, types: list[str]) -> None:
        details = refused_billing(world, provider_payment_methods=types)

        assert details == {"billing_configuration.provider_payment_methods": ["customer_balance_must_be_alone"]}

    @pytest.mark.parametrize("kind", ["card", "sepa_debit", "us_bank_account", "bacs_debit", "boleto", "crypto"])
    def test_any_other_type_of_lagos_may_stand_alone(self, world: World, kind: str) -> None:
        assert billing(world, provider_payment_methods=[kind])["provider_payment_methods"] == [kind]

    @pytest.mark.parametrize("types", [[], "card", ["cash"], [1], [None], {"card": True}])
    def test_what_is_no_list_of_types_is_refused(self, world: World, types: Any) -> None:
        details = refused_billing(world, provider_payment_methods=types)

        assert {field.rstrip(".0") for field in details} == {"billing_configuration.provider_payment_methods"}


class TestRefusals:
    def test_every_wrong_field_is_named(self, world: World) -> None:
        answer = world.call("upsert-customer", load_event("upsert-customer-invalid"))

        assert answer.status == 422
        assert answer.body == {
            "status": 422,
            "error": "Unprocessable Entity",
            "code": "validation_errors",
            "error_details": {
                "external_id": ["value_is_invalid"],
                "country": ["value_is_invalid"],
                "billing_configuration.payment_provider": ["value_is_invalid"],
                "billing_configuration.provider_customer_id": ["value_is_invalid"],
            },
        }

    def test_without_an_external_id_there_is_no_customer(self, world: World) -> None:
        assert refused_customer(world, {"name": "Acme"}) == {"external_id": ["value_is_mandatory"]}

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("external_id", "x" * 256),
            ("external_id", 42),
            ("external_id", "\ud800"),
            ("name", 42),
            ("name", "x" * 257),
            ("firstname", "x" * 257),
            ("lastname", "x" * 257),
            ("phone", "0" * 21),
            ("email", f"{'x' * 503}@acme.test,a@b.c"),
            ("email", ",a@b.c"),
            ("email", " , a@b.c"),
            ("email", ","),
            ("name", "\udfff"),
            ("email", ["ap@acme.test"]),
            ("currency", "eur"),
            ("currency", "EURO"),
            ("country", "France"),
            ("customer_type", "robot"),
            ("net_payment_term", "30"),
            ("net_payment_term", 30.0),
            ("net_payment_term", True),
            ("net_payment_term", -1),
            ("net_payment_term", 10**40),
            ("external_salesforce_id", "x" * 100_000),
            ("shipping_address", "Paris"),
            ("metadata", {"tier": "gold"}),
            ("billing_configuration", []),
        ],
    )
    def test_a_value_that_is_not_acceptable_is_refused(self, world: World, field: str, value: Any) -> None:
        assert refused_customer(world, {"external_id": "acme", field: value}) == {field: ["value_is_invalid"]}

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", "x" * 256),
            ("phone", "0" * 20),
            ("email", f"{'x' * 502}@acme.test"),
            ("email", f"a@b.c,{'x' * 600}"),
            ("email", ""),
            ("email", "a@b.c,"),
        ],
    )
    def test_what_stripe_takes_is_taken(self, world: World, field: str, value: str) -> None:
        assert upsert(world, **{field: value})[field] == value

    def test_two_names_that_are_too_long_together_are_refused(self, world: World) -> None:
        upsert(world, firstname="x" * 200)

        assert refused_customer(world, {"external_id": "acme", "lastname": "y" * 56}) == {
            "lastname": ["value_is_invalid"]
        }
        assert upsert(world, lastname="y" * 55)["lastname"] == "y" * 55
        assert upsert(world, name="Acme", lastname="y" * 56)["lastname"] == "y" * 56

    @pytest.mark.parametrize(
        ("metadata", "field"),
        [
            ([{"key": "k", "value": "v"}] * 6, "metadata"),
            ([{"key": "k" * 21, "value": "v"}], "metadata.0.key"),
            ([{"key": "", "value": "v"}], "metadata.0.key"),
            ([{"key": "k", "value": 1}], "metadata.0.value"),
            ([{"key": "k", "value": "v", "display_in_invoice": "yes"}], "metadata.0.display_in_invoice"),
        ],
    )
    def test_wrong_metadata_is_refused_at_its_place(self, world: World, metadata: Any, field: str) -> None:
        assert refused_customer(world, {"external_id": "acme", "metadata": metadata}) == {field: ["value_is_invalid"]}

    @pytest.mark.parametrize(
        "configuration",
        [
            {"payment_provider": "stripe"},
            {"provider_customer_id": "cus_1"},
            {"sync_with_provider": True},
            {"payment_provider_code": "nobody"},
        ],
    )
    def test_without_a_connected_account_nothing_can_be_linked(
        self, world: World, configuration: dict[str, Any]
    ) -> None:
        assert refused_billing(world, **configuration) == {"base": ["payment_provider_not_found"]}

    @pytest.mark.parametrize("customer_id", ["cus_", "acme-42", "pm_1", "cus_1/2", "cus_ü", 42, "cus_" + "x" * 201])
    def test_what_is_no_stripe_customer_id_is_refused_before_stripe_is_asked(
        self, world: World, customer_id: Any
    ) -> None:
        world.connect()

        details = refused_billing(world, provider_customer_id=customer_id)

        assert details == {"billing_configuration.provider_customer_id": ["value_is_invalid"]}

    def test_a_stripe_customer_that_does_not_exist_is_refused(self, world: World) -> None:
        world.connect()

        details = refused_billing(world, provider_customer_id="cus_nobody")

        assert details == {"provider_customer_id": ["provider_customer_not_found"]}

    def test_a_deleted_stripe_customer_is_refused(self, world: World) -> None:
        world.connect()
        customer_id = world.stripe_customer()
        world.stripe_client.v1.customers.delete(customer_id)

        details = refused_billing(world, provider_customer_id=customer_id)

        assert details == {"provider_customer_id": ["provider_customer_not_found"]}

    def test_a_refused_link_leaves_an_existing_customer_as_it_was(self, world: World) -> None:
        world.connect()
        world.customer()
        fields = {"external_id": "acme", "name": "Renamed"}

        refused_customer(world, fields | {"billing_configuration": {"provider_customer_id": "cus_nobody"}})

    @pytest.mark.parametrize("body", [None, [], {}, {"customer": None}, {"customer": "acme"}, {"customer": {}}])
    def test_a_body_without_its_root_is_400(self, world: World, body: Any) -> None:
        answer = world.api("POST", CUSTOMERS_PATH, body)

        assert answer.status == 400
        assert answer.body["error"] == "BadRequest: param is missing or the value is empty: customer"
        assert world.items("customers") == []

    def test_broken_json_is_400(self, world: World) -> None:
        answer = world.call("upsert-customer", load_event("upsert-customer-malformed"))

        assert answer.status == 400
        assert answer.body == {"status": 400, "error": "BadRequest: the body is not valid JSON in UTF-8"}
        assert world.items("customers") == []


def test_the_organization_is_the_authorizers_and_never_the_bodys(world: World) -> None:
    upsert(world, organization_id=OTHER_ORGANIZATION)

    (item,) = world.items("customers")
    assert item["organization_id"] == ORGANIZATION
