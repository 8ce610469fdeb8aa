"""What a key may do and how its account stands is checked when it is connected and once a day, and shown."""

import json
from dataclasses import replace
from typing import Any

import pytest
from builders.accounts import (
    ALL_PERMISSIONS,
    INTEGRATION_PATH,
    OTHER_KEY,
    add_key,
    connect_restricted,
    endpoints_at_stripe,
)
from builders.canned_answers import CannedAnswers
from builders.customers import becomes_default
from builders.debits import bank_debit
from builders.durations import DAY, HOUR
from builders.payments import paid_once
from builders.read import refused_details
from builders.stripe_requests import break_stripe
from world.aws_calls import Moment
from world.world import SECRET_KEY, TABLES, World

NO_ACCOUNT = ("rak_accounts_kyc_basic_read",)
READ_ACCOUNT = "GET /v1/account"


def shown_health(world: World) -> dict[str, Any]:
    health: dict[str, Any] = world.api("GET", INTEGRATION_PATH).body["integration"]["health"]
    return health


def look_after_a_day(world: World) -> None:
    world.pass_time(DAY)
    world.check_accounts()
    world.run()


def notified_codes(world: World) -> list[str]:
    bodies = [json.loads(str(item["body"])) for item in world.items("notifications")]
    errors = [body["payment_provider_error"] for body in bodies if body["object_type"] == "payment_provider_error"]
    return [error["provider_error"]["code"] for error in errors]


def unnamed_account(content: dict[str, Any]) -> None:
    if "error" in content:
        content["error"]["message"] = "The provided key 'rk_test_***' does not have the required permissions."


class TestConnecting:
    def test_a_secret_key_is_asked_for_nothing_but_its_account(self, world: World) -> None:
        world.connect()

        calls = [call for call in world.stripe.control.call_counts() if "webhook" not in call]
        assert calls == [READ_ACCOUNT]
        health = shown_health(world)
        assert (health["charges_enabled"], health["missing_permissions"], health["problems"]) == (True, [], [])

    def test_what_can_be_done_without_is_shown_in_the_dashboards_words(self, world: World) -> None:
        connect_restricted(world, lacking=("rak_charge_write", "rak_event_read"))

        health = shown_health(world)

        assert health["missing_permissions"] == [
            {"id": "rak_charge_write", "name": "Charges and Refunds: Write", "needed": False},
            {"id": "rak_event_read", "name": "Events: Read", "needed": False},
        ]
        (problem,) = health["problems"]
        assert problem["code"] == "permission_missing"
        assert "rak_charge_write (Charges and Refunds: Write)" in problem["message"]
        assert world.api("GET", INTEGRATION_PATH).body["integration"]["needs_attention_since"] is None

    def test_nothing_is_made_or_changed_at_stripe_by_asking(self, world: World) -> None:
        paid_once(world)
        before = list(world.account.events)

        connect_restricted(world)

        assert list(world.account.events) == before
        assert len(endpoints_at_stripe(world)) == 1

    def test_an_account_that_cannot_charge_connects_and_says_so(self, world: World) -> None:
        world.stripe.control.set_charges_enabled(world.account.id, enabled=False)

        health = world.connect()["health"]

        assert health["charges_enabled"] is False
        assert [one["code"] for one in health["problems"]] == ["charges_disabled"]

    def test_a_permission_of_which_stripe_does_not_tell_is_shown_and_asked_for_again(self, world: World) -> None:
        break_stripe(world, "POST /v1/refunds/*", "500_before_commit", times=9)
        connect_restricted(world)
        world.stripe.control.clear_faults()
        unchecked = shown_health(world)["unchecked_permissions"]

        world.check_accounts()

        assert [one["id"] for one in unchecked] == ["rak_charge_write"]
        assert shown_health(world)["unchecked_permissions"] == []

    def test_an_account_without_a_currency_connects(self, world: World, canned: CannedAnswers) -> None:
        canned.change(READ_ACCOUNT, lambda account: account.pop("default_currency"))

        assert world.connect()["health"]["charges_enabled"] is True


class TestAKeyThatMayNotReadItsAccount:
    def test_connects_and_collects(self, world: World) -> None:
        connect_restricted(world, lacking=NO_ACCOUNT)
        world.customer()
        invoice_id = world.create_invoice()

        world.run()

        integration = world.api("GET", INTEGRATION_PATH).body["integration"]
        assert integration["account_id"] == world.account.id
        assert integration["account_name"] is None
        assert integration["health"]["charges_enabled"] is None
        assert [one["name"] for one in integration["health"]["missing_permissions"]] == ["Accounts: Read"]
        assert world.invoice(invoice_id)["payment_status"] == "succeeded"

    def test_is_refused_where_it_is_of_another_account(self, world: World) -> None:
        world.connect()
        other = world.stripe.control.add_account(secret_key=OTHER_KEY, permissions=ALL_PERMISSIONS[1:])

        details = refused_details(
            world, "PUT", INTEGRATION_PATH, {"integration": {"secret_key": other["restricted_key"]}}
        )

        assert details == {"secret_key": ["belongs_to_another_account"]}

    def test_is_refused_the_first_time_where_stripe_does_not_name_the_account(
        self, world: World, canned: CannedAnswers
    ) -> None:
        canned.change(READ_ACCOUNT, unnamed_account)
        key = add_key(world, "rk_test_nobodys000000", *ALL_PERMISSIONS[1:])

        details = refused_details(world, "PUT", INTEGRATION_PATH, {"integration": {"secret_key": key}})

        assert details == {"secret_key": ["account_unknown: allow rak_accounts_kyc_basic_read (Accounts: Read)"]}

    def test_rotates_where_our_webhook_endpoint_proves_its_account(self, world: World, canned: CannedAnswers) -> None:
        before = world.connect()
        canned.change(READ_ACCOUNT, unnamed_account)

        connect_restricted(world, lacking=NO_ACCOUNT)

        integration = world.api("GET", INTEGRATION_PATH).body["integration"]
        assert integration["account_id"] == before["account_id"]
        assert integration["account_name"] == before["account_name"] is not None
        assert integration["secret_key_last4"] == "0000"

    def test_does_not_rotate_where_nothing_proves_its_account(self, world: World, canned: CannedAnswers) -> None:
        world.connect()
        other = world.stripe.control.add_account(secret_key=OTHER_KEY, permissions=ALL_PERMISSIONS[1:])
        canned.change(READ_ACCOUNT, unnamed_account)

        body = {"integration": {"secret_key": other["restricted_key"]}}
        details = refused_details(world, "PUT", INTEGRATION_PATH, body)

        assert details == {"secret_key": ["account_unknown: allow rak_accounts_kyc_basic_read (Accounts: Read)"]}

    def test_keeps_its_account_while_a_payment_is_on_its_way(self, world: World) -> None:
        """Stripe takes the key: what is on its way can be followed."""
        bank_debit(world)
        connect_restricted(world, lacking=NO_ACCOUNT)

        answer = world.api("DELETE", INTEGRATION_PATH).body["integration"]

        assert answer["disconnecting_since"] is not None


class TestTheDailyLook:
    def test_notifies_once_of_each_permission_that_was_taken_from_the_key(self, world: World) -> None:
        key = connect_restricted(world, "rak_charge_write")
        look_after_a_day(world)
        look_after_a_day(world)
        assert notified_codes(world) == ["permission_missing"]
        left = [one for one in ALL_PERMISSIONS if one not in ("rak_charge_write", "rak_checkout_session_write")]
        world.stripe.control.set_permissions(key, left)

        look_after_a_day(world)
        look_after_a_day(world)

        assert notified_codes(world) == ["permission_missing"] * 2
        missing = [one["id"] for one in shown_health(world)["missing_permissions"]]
        assert missing == ["rak_charge_write", "rak_checkout_session_write"]

    def test_does_not_notify_again_of_a_permission_whose_lack_has_paused_something(self, world: World) -> None:
        key = connect_restricted(world)
        world.customer()
        world.stripe.control.set_permissions(key, [one for one in ALL_PERMISSIONS if "payment_intent" not in one])
        world.create_invoice()
        world.run()
        assert len(notified_codes(world)) == 1

        look_after_a_day(world)
        look_after_a_day(world)

        assert len(notified_codes(world)) == 1
        assert [one["id"] for one in shown_health(world)["missing_permissions"]] == ["rak_payment_intent_write"]
        assert [one["code"] for one in shown_health(world)["problems"]] == ["permission_missing"]

    def test_has_notified_of_a_permission_before_its_lack_pauses_something(self, world: World) -> None:
        key = connect_restricted(world)
        world.customer()
        world.stripe.control.set_permissions(key, [one for one in ALL_PERMISSIONS if "payment_intent" not in one])
        look_after_a_day(world)
        assert notified_codes(world) == ["permission_missing"]

        world.create_invoice()
        world.run()

        assert notified_codes(world) == ["permission_missing"]
        assert [item["waiting_for"] for item in world.items("invoices")] == ["secret_key"]

    def test_notifies_again_of_a_permission_that_was_given_and_taken(self, world: World) -> None:
        key = connect_restricted(world)
        world.customer()
        without = [one for one in ALL_PERMISSIONS if "payment_intent" not in one]
        world.stripe.control.set_permissions(key, without)
        world.create_invoice()
        world.run()
        world.stripe.control.set_permissions(key, ALL_PERMISSIONS)
        for _ in range(2):
            look_after_a_day(world)
            world.look_again()
            world.run()
        before = len(notified_codes(world))

        world.stripe.control.set_permissions(key, without)
        look_after_a_day(world)

        assert (before, len(notified_codes(world))) == (1, 2)

    def test_shows_that_a_permission_is_there_again(self, world: World) -> None:
        key = connect_restricted(world, lacking=("rak_charge_write",))
        world.stripe.control.set_permissions(key, ALL_PERMISSIONS)

        look_after_a_day(world)

        assert (shown_health(world)["missing_permissions"], shown_health(world)["problems"]) == ([], [])
        assert world.notified() == []

    def test_notifies_once_that_the_account_cannot_charge_any_more(self, world: World) -> None:
        world.connect()
        world.stripe.control.set_charges_enabled(world.account.id, enabled=False)

        look_after_a_day(world)
        look_after_a_day(world)

        assert notified_codes(world) == ["charges_disabled"]
        assert shown_health(world)["charges_enabled"] is False

    def test_notifies_of_what_lacks_of_the_key_and_of_the_account(self, world: World) -> None:
        connect_restricted(world, "rak_charge_write")
        world.stripe.control.set_charges_enabled(world.account.id, enabled=False)

        look_after_a_day(world)
        look_after_a_day(world)

        assert sorted(notified_codes(world)) == ["charges_disabled", "permission_missing"]

    @pytest.mark.parametrize(
        ("may_read", "is_deleted", "status"),
        [(False, True, "unknown"), (True, True, "missing"), (True, False, "disabled")],
    )
    def test_shows_since_when_the_endpoint_does_not_send(
        self, world: World, may_read: bool, is_deleted: bool, status: str
    ) -> None:
        key = connect_restricted(world)
        (endpoint,) = endpoints_at_stripe(world)
        there = world.stripe_client.v1.webhook_endpoints
        there.delete(endpoint.id) if is_deleted else there.update(endpoint.id, {"disabled": True})
        left = {*ALL_PERMISSIONS, "rak_webhook_read"} - {"rak_webhook_write"}
        world.stripe.control.set_permissions(key, sorted(left if may_read else left - {"rak_webhook_read"}))
        look_after_a_day(world)
        since = world.now()
        look_after_a_day(world)

        found = shown_health(world)["webhook_endpoint"]

        assert (found["id"], found["status"]) == (endpoint.id, status)
        assert found["since"] == since.strftime("%Y-%m-%dT%H:%M:%SZ")
        assert [one["code"] for one in shown_health(world)["problems"]] == ["webhook_endpoint_refused"]

    def test_shows_an_endpoint_that_was_made_again_as_enabled(self, world: World) -> None:
        world.connect()
        world.stripe_client.v1.webhook_endpoints.delete(endpoints_at_stripe(world)[0].id)

        look_after_a_day(world)

        found = shown_health(world)["webhook_endpoint"]
        assert (found["status"], found["since"]) == ("enabled", None)
        assert found["id"] == endpoints_at_stripe(world)[0].id

    def test_shows_an_account_that_is_paused_and_why(self, world: World) -> None:
        world.connect()
        world.stripe.control.expire_key(SECRET_KEY)

        look_after_a_day(world)

        health = shown_health(world)
        assert health["paused_since"] is not None
        assert health["paused_reason"]["code"] == "api_key_expired"


class TestTheLastEvent:
    def test_is_shown_with_the_time_at_which_it_arrived(self, world: World) -> None:
        assert world.connect()["health"]["last_event"] is None
        world.customer()
        world.create_invoice()
        world.run()

        found = shown_health(world)["last_event"]

        assert found["type"] in {"payment_method.attached", "customer.updated", "payment_intent.succeeded"}
        assert found["received_at"] == world.now().strftime("%Y-%m-%dT%H:%M:%SZ")

    def test_is_written_down_once_an_hour(self, world: World) -> None:
        paid_once(world)
        world.pass_time(HOUR)
        becomes_default(world, "pm_card_visa")
        world.deliver_stripe_events()
        first = shown_health(world)["last_event"]
        world.pass_time(HOUR / 2)
        becomes_default(world, "pm_card_mastercard")
        world.deliver_stripe_events()
        assert shown_health(world)["last_event"] == first

        world.pass_time(HOUR)
        becomes_default(world, "pm_card_visa")
        world.deliver_stripe_events()

        assert shown_health(world)["last_event"]["received_at"] > first["received_at"]

    @pytest.mark.parametrize("moment", Moment)
    def test_is_written_after_what_it_says_and_a_crash_costs_neither(self, world: World, moment: Moment) -> None:
        world.connect()
        world.customer(payment_method=None)
        invoice_id = world.create_invoice()
        world.collect_new_invoices()
        becomes_default(world, "pm_card_visa")
        world.aws.crash("UpdateItem", moment, TableName=TABLES["integrations"])

        world.run()
        world.pass_time(HOUR)
        world.run()

        assert world.invoice(invoice_id)["payment_status"] == "succeeded"
        assert world.charged() == [4200]
        assert shown_health(world)["last_event"] is not None

    def test_is_none_that_nobody_has_signed(self, world: World) -> None:
        world.connect()
        world.customer()
        (delivery, *_) = world.stripe.due_deliveries()

        assert world.deliver(replace(delivery, body=delivery.body + b" ")) == 400

        assert shown_health(world)["last_event"] is None

    def test_stays_when_the_account_is_changed(self, world: World) -> None:
        paid_once(world)
        before = shown_health(world)["last_event"]

        assert world.connect(name="Acme EU")["health"]["last_event"] == before
