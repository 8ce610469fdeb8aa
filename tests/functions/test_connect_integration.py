"""connect-integration: a Stripe account is checked, its webhook endpoint registered, its secrets kept."""

import json

import pytest
from builders.accounts import (
    ALL_PERMISSIONS,
    INTEGRATION_PATH,
    OTHER_ORGANIZATION,
    ROLLED_KEY,
    add_key,
    endpoints_at_stripe,
)
from builders.stripe_events import event, request, signed, signing_secrets
from builders.stripe_requests import CREATE_ENDPOINT
from world.api_gateway import ORGANIZATION
from world.stored import everything, secrets
from world.world import SECRET_KEY, World, load_event

WEBHOOK_URL = f"https://paystream.test/api/v1/webhooks/stripe/{ORGANIZATION}?code=stripe"


def signing_secret_of(world: World, endpoint_id: str) -> str:
    return world.account.webhook_secrets[endpoint_id][0].value


def answers_to_events(world: World) -> set[int]:
    """What Stripe is answered when it reports a new payment method."""
    world.stripe_customer()
    return set(world.deliver_stripe_events())


class TestConnecting:
    def test_the_account_is_shown_with_no_more_of_the_key_than_its_last_four_characters(self, world: World) -> None:
        answer = world.call("connect-integration", load_event("connect-integration"))

        assert answer.status == 200
        (endpoint,) = endpoints_at_stripe(world)
        shown = answer.body["integration"]
        assert shown.pop("lago_id")
        assert shown == {
            "type": "stripe",
            "code": "stripe",
            "name": "Acme Billing",
            "account_id": world.account.id,
            "account_name": world.account.details["settings"]["dashboard"]["display_name"],
            "livemode": False,
            "secret_key_last4": "0000",
            "create_customers": False,
            "success_redirect_url": "https://acme.test/thanks",
            "endpoint_rate_limit_per_second": 25,
            "global_rate_limit_per_second": 25,
            "retry_schedule_days": [1, 3, 5, 7],
            "refund_second_payments": False,
            "authentication_links": True,
            "fallback_payment_methods": False,
            "webhook_url": WEBHOOK_URL,
            "webhook_endpoint_id": endpoint.id,
            "is_default": True,
            "needs_attention_since": None,
            "needs_attention_reason": None,
            "health": {
                "checked_at": "2026-11-23T10:00:00Z",
                "charges_enabled": True,
                "missing_permissions": [],
                "unchecked_permissions": [],
                "webhook_endpoint": {"id": endpoint.id, "url": WEBHOOK_URL, "status": "enabled", "since": None},
                "last_event": None,
                "paused_since": None,
                "paused_reason": None,
                "problems": [],
            },
            "disconnecting_since": None,
            "created_at": "2026-11-23T10:00:00Z",
            "updated_at": "2026-11-23T10:00:00Z",
        }

    def test_one_endpoint_is_registered_in_the_pinned_version_for_what_is_handled(self, world: World) -> None:
        world.connect()

        (endpoint,) = endpoints_at_stripe(world)
        assert endpoint.url == WEBHOOK_URL
        assert endpoint.api_version == "2026-10-28.endive"
        assert "payment_intent.succeeded" in endpoint.enabled_events
        assert "*" not in endpoint.enabled_events

    def test_key_and_signing_secret_are_kept_in_one_secret_and_in_no_table(self, world: World) -> None:
        world.connect()

        (endpoint,) = endpoints_at_stripe(world)
        ((name, secret),) = secrets(world).items()
        assert name.startswith(f"paystream/{ORGANIZATION}/")
        signing_secret = signing_secret_of(world, endpoint.id)
        assert secret == {
            "secret_key": SECRET_KEY,
            "signing_secrets": [signing_secret],
            "webhook_endpoint_id": endpoint.id,
        }
        stored = json.dumps(everything(world)["tables"], default=str)
        assert SECRET_KEY not in stored
        assert signing_secret not in stored

    def test_events_can_be_verified_from_then_on(self, world: World) -> None:
        world.connect()

        assert answers_to_events(world) == {200}

    def test_without_settings_the_code_is_the_name_and_customers_are_not_created(self, world: World) -> None:
        answer = world.api("PUT", INTEGRATION_PATH, {"integration": {"secret_key": SECRET_KEY}})

        shown = answer.body["integration"]
        assert (shown["name"], shown["create_customers"], shown["success_redirect_url"]) == ("stripe", False, None)

    def test_without_a_public_base_url_stripe_is_sent_to_api_gateway(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PUBLIC_BASE_URL", "")

        shown = world.call("connect-integration", load_event("connect-integration")).body["integration"]

        host = "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com"
        assert shown["webhook_url"] == f"https://{host}/live/api/v1/webhooks/stripe/{ORGANIZATION}?code=stripe"

    def test_a_restricted_key_will_do_if_it_may_do_what_is_needed(self, world: World) -> None:
        key = add_key(world, "rk_test_enough00000000", *ALL_PERMISSIONS)

        assert world.connect(secret_key=key)["secret_key_last4"] == "0000"

    def test_a_live_key_makes_a_live_integration(self, world: World) -> None:
        assert world.connect(secret_key=add_key(world, "sk_live_one_test_0000"))["livemode"] is True

    def test_an_endpoint_of_another_system_is_left_alone(self, world: World) -> None:
        theirs = world.stripe_client.v1.webhook_endpoints.create(
            {"url": "https://other.test/hook", "enabled_events": ["charge.succeeded"]}
        )

        world.connect()

        assert theirs.id in [endpoint.id for endpoint in endpoints_at_stripe(world)]

    def test_an_endpoint_that_led_here_already_is_replaced_because_its_secret_is_not_known(self, world: World) -> None:
        world.stripe_client.v1.webhook_endpoints.create({"url": WEBHOOK_URL, "enabled_events": ["charge.succeeded"]})

        world.connect()

        assert len(endpoints_at_stripe(world)) == 1
        assert answers_to_events(world) == {200}

    def test_each_organization_has_its_own(self, world: World) -> None:
        world.connect()

        answer = world.api("GET", INTEGRATION_PATH, organization_id=OTHER_ORGANIZATION)

        assert answer.status == 404
        assert answer.body == {"status": 404, "error": "Not Found", "code": "payment_provider_not_found"}


class TestChanging:
    def test_the_same_call_again_makes_no_second_endpoint(self, world: World) -> None:
        first = world.connect()

        second = world.connect()

        assert second == first
        assert len(endpoints_at_stripe(world)) == 1
        assert world.stripe_calls(CREATE_ENDPOINT) == 1

    def test_a_new_key_takes_the_place_of_the_old_one_and_the_endpoint_stays(self, world: World) -> None:
        first = world.connect(name="Acme EU", create_customers=True)
        add_key(world, ROLLED_KEY)
        world.pass_time(60)

        second = world.call("connect-integration", load_event("connect-integration-rotate")).body["integration"]

        health = first["health"] | {"checked_at": "2026-11-23T10:01:00Z"}
        updated = {"secret_key_last4": "1111", "health": health, "updated_at": "2026-11-23T10:01:00Z"}
        assert second == first | updated
        (secret,) = secrets(world).values()
        assert secret["secret_key"] == ROLLED_KEY
        assert answers_to_events(world) == {200}

    def test_after_a_rotation_the_old_key_is_used_no_more(self, world: World) -> None:
        world.connect()
        world.customer()
        world.connect(secret_key=add_key(world, ROLLED_KEY))
        world.stripe.control.expire_key(SECRET_KEY)

        invoice_id = world.create_invoice()

        assert world.collect_new_invoices() == []
        assert world.invoice(invoice_id)["payment_status"] == "succeeded"

    def test_what_is_not_sent_stays_as_it_was(self, world: World) -> None:
        first = world.connect(success_redirect_url="https://acme.test/thanks", create_customers=True)

        answer = world.api("PUT", INTEGRATION_PATH, {"integration": {"name": "Renamed"}})

        assert answer.body["integration"] == first | {"name": "Renamed"}

    def test_an_option_can_be_turned_off_again(self, world: World) -> None:
        world.connect(create_customers=True)

        assert world.connect(create_customers=False)["create_customers"] is False

    @pytest.mark.parametrize("how", ["disabled", "deleted", "of an older version", "for fewer events"])
    def test_an_endpoint_that_is_of_no_use_any_more_is_replaced(self, world: World, how: str) -> None:
        endpoint_id = world.connect()["webhook_endpoint_id"]
        client = world.stripe_client.v1.webhook_endpoints
        match how:
            case "disabled":
                client.update(endpoint_id, {"disabled": True})
            case "deleted":
                client.delete(endpoint_id)
            case "of an older version":
                world.account.webhook_endpoints.change(endpoint_id, api_version="2025-04-30.basil")
            case _:
                client.update(endpoint_id, {"enabled_events": ["payment_intent.succeeded"]})

        shown = world.connect()

        assert shown["webhook_endpoint_id"] != endpoint_id
        assert [endpoint.id for endpoint in endpoints_at_stripe(world)] == [shown["webhook_endpoint_id"]]
        assert answers_to_events(world) == {200}

    def test_an_event_that_the_replaced_endpoint_has_sent_is_still_taken(self, world: World) -> None:
        world.connect()
        (old_secret,) = signing_secrets()
        (endpoint,) = endpoints_at_stripe(world)
        world.stripe_client.v1.webhook_endpoints.update(endpoint.id, {"disabled": True})
        world.connect()
        body = json.dumps(event(world, "customer.updated", {"id": "cus_1"}))

        sent_before = request(body, [signed(world, body.encode(), secrets=[old_secret])])

        assert world.call("payment-result", sent_before).status == 200
        assert len(signing_secrets()) == 2

    def test_a_changed_public_url_moves_the_endpoint(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        world.connect()
        monkeypatch.setenv("PUBLIC_BASE_URL", "https://billing.acme.test")

        world.connect()

        (endpoint,) = endpoints_at_stripe(world)
        assert endpoint.url.startswith("https://billing.acme.test/api/v1/webhooks/stripe/")
        assert answers_to_events(world) == {200}


class TestSeveralAccounts:
    def test_they_are_notified_apart_by_their_code(self, world: World) -> None:
        second = world.stripe.control.add_account()
        world.connect("stripe_eu")
        world.connect("stripe_us", secret_key=second["secret_key"])

        shown = world.api("GET", "/api/v1/integrations").body["integrations"]

        assert [(one["code"], one["account_id"]) for one in shown] == [
            ("stripe_eu", world.account.id),
            ("stripe_us", second["account"]),
        ]
        assert len({one["lago_id"] for one in shown}) == 2
        assert len(secrets(world)) == 2

    def test_the_first_is_the_default_until_another_one_is_made_it(self, world: World) -> None:
        world.connect("first")
        world.pass_time(60)
        assert world.connect("second")["is_default"] is False
        world.pass_time(60)

        assert world.connect("second", default=True)["is_default"] is True

        assert world.api("GET", "/api/v1/integrations/stripe/first").body["integration"]["is_default"] is False

    def test_when_the_default_is_disconnected_the_oldest_is_it(self, world: World) -> None:
        for code, default in (("first", False), ("second", False), ("third", True)):
            world.connect(code, default=default)
            world.pass_time(60)

        world.api("DELETE", "/api/v1/integrations/stripe/third")

        shown = world.api("GET", "/api/v1/integrations").body["integrations"]
        assert {one["code"]: one["is_default"] for one in shown} == {"first": True, "second": False}

    def test_none_is_an_empty_list(self, world: World) -> None:
        answer = world.call("connect-integration", load_event("connect-integration-find-all"))

        assert (answer.status, answer.body) == (200, {"integrations": []})


class TestFinding:
    def test_one_is_found_by_its_code(self, world: World) -> None:
        connected = world.connect()

        found = world.call("connect-integration", load_event("connect-integration-find"))

        assert found.body == {"integration": connected}

    @pytest.mark.parametrize("code", ["other", "Stripe", "a%2Fb", "%F0%9F%92%B3"])
    def test_an_unknown_code_is_404(self, world: World, code: str) -> None:
        world.connect()

        assert world.api("GET", f"/api/v1/integrations/stripe/{code}").status == 404


class TestDisconnecting:
    def test_endpoint_secret_and_record_are_gone(self, world: World) -> None:
        connected = world.connect()

        answer = world.call("connect-integration", load_event("connect-integration-disconnect"))

        assert answer.body == {"integration": connected | {"is_default": False}}
        assert endpoints_at_stripe(world) == []
        assert secrets(world) == {}
        assert world.items("integrations") == []

    def test_other_accounts_stay_connected(self, world: World) -> None:
        world.connect("other")
        world.connect()

        world.api("DELETE", INTEGRATION_PATH)

        (left,) = world.items("integrations")
        assert left["code"] == "other"
        assert len(endpoints_at_stripe(world)) == len(secrets(world)) == 1

    def test_what_is_not_connected_is_404(self, world: World) -> None:
        answer = world.call("connect-integration", load_event("connect-integration-disconnect"))

        assert answer.status == 404
        assert answer.body["code"] == "payment_provider_not_found"

    def test_a_revoked_key_cannot_remove_the_endpoint_and_does_not_keep_the_integration(self, world: World) -> None:
        world.connect()
        world.stripe.control.expire_key(SECRET_KEY)

        assert world.api("DELETE", INTEGRATION_PATH).status == 200

        assert world.items("integrations") == []
        assert secrets(world) == {}

    def test_it_can_be_connected_again_with_another_key_and_keeps_that_one(self, world: World) -> None:
        world.connect()
        world.api(
            "PUT", INTEGRATION_PATH, {"integration": {"name": "Read once, so that its credentials are remembered"}}
        )
        world.api("DELETE", INTEGRATION_PATH)
        world.pass_time(1)
        world.connect(secret_key=add_key(world, ROLLED_KEY))

        world.api("PUT", INTEGRATION_PATH, {"integration": {"name": "Renamed"}})

        (secret,) = secrets(world).values()
        assert secret["secret_key"] == ROLLED_KEY
        assert answers_to_events(world) == {200}
