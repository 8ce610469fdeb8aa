"""connect-integration: what is refused changes nothing, and nothing that is said holds a secret."""

import json
from io import StringIO
from typing import Any

import pytest
from builders.accounts import INTEGRATION_PATH, ROLLED_KEY, add_key, endpoints_at_stripe
from builders.read import refused_details
from paystream import bootstrap
from paystream.entry.integration_input import connection_request
from world.api_gateway import ORGANIZATION
from world.aws_calls import Moment
from world.world import SECRET_KEY, World, load_event


def refused_integration(world: World, integration: Any, *, path: str = INTEGRATION_PATH) -> dict[str, Any]:
    """The details of a 422; nothing may have changed."""
    return refused_details(world, "PUT", path, {"integration": integration})


class TestRefusals:
    def test_a_publishable_key_is_refused_before_stripe_is_asked(self, world: World) -> None:
        answer = world.call("connect-integration", load_event("connect-integration-publishable-key"))

        assert answer.status == 422
        assert answer.body == {
            "status": 422,
            "error": answer.body["error"],
            "code": "validation_errors",
            "error_details": {"secret_key": ["publishable_key"]},
        }
        assert world.stripe_calls("GET /v1/account") == 0

    @pytest.mark.parametrize(
        "key",
        ["", "sk_test_", "sk_prod_000000000000", "whsec_0000000000000", "sk_test_white space", "sk_test_ключ0000"],
    )
    def test_what_is_no_key_is_refused(self, world: World, key: str) -> None:
        assert refused_integration(world, {"secret_key": key}) == {"secret_key": ["value_is_invalid"]}

    @pytest.mark.parametrize("key", [42, ["sk_test_000000000000"], {"key": "sk_test_000000000000"}, True])
    def test_a_key_of_another_type_is_refused(self, world: World, key: Any) -> None:
        assert refused_integration(world, {"secret_key": key}) == {"secret_key": ["value_is_invalid"]}

    def test_without_a_key_there_is_nothing_to_connect(self, world: World) -> None:
        assert refused_integration(world, {"name": "Acme"}) == {"secret_key": ["value_is_mandatory"]}

    def test_every_wrong_field_is_named(self, world: World) -> None:
        details = refused_integration(
            world,
            {
                "secret_key": SECRET_KEY,
                "name": "",
                "create_customers": "yes",
                "success_redirect_url": "javascript:alert(1)",
                "default": 1,
            },
        )

        assert details == {
            "name": ["value_is_invalid"],
            "create_customers": ["value_is_invalid"],
            "success_redirect_url": ["url_invalid"],
            "default": ["value_is_invalid"],
        }

    @pytest.mark.parametrize("url", ["acme.test", "https://", "https:// acme.test", "ftp://acme.test", "https://a b"])
    def test_a_success_url_must_be_http(self, world: World, url: str) -> None:
        details = refused_integration(world, {"secret_key": SECRET_KEY, "success_redirect_url": url})

        assert details == {"success_redirect_url": ["url_invalid"]}

    def test_a_success_url_may_not_be_longer_than_lago_takes(self, world: World) -> None:
        url = "https://acme.test/".ljust(1025, "x")

        assert "success_redirect_url" in refused_integration(
            world, {"secret_key": SECRET_KEY, "success_redirect_url": url}
        )

    @pytest.mark.parametrize("code", ["a%2Fb", "a.b", "-a", "a" * 65, "%F0%9F%92%B3", "a%20b"])
    def test_a_code_that_cannot_stand_in_a_url_is_refused(self, world: World, code: str) -> None:
        path = f"/api/v1/integrations/stripe/{code}"

        assert refused_integration(world, {"secret_key": SECRET_KEY}, path=path) == {"code": ["value_is_invalid"]}
        assert world.api("DELETE", path).status == 422

    @pytest.mark.parametrize("key", ["sk_test_nobodys00000000", "rk_live_nobodys00000000"])
    def test_a_key_that_stripe_does_not_know_is_refused(self, world: World, key: str) -> None:
        assert refused_integration(world, {"secret_key": key}) == {"secret_key": ["refused_by_stripe"]}

    def test_a_revoked_key_is_refused_with_stripes_code(self, world: World) -> None:
        revoked = add_key(world, "sk_test_revoked00000000")
        world.stripe.control.expire_key(revoked)

        assert refused_integration(world, {"secret_key": revoked}) == {"secret_key": ["api_key_expired"]}

    def test_a_restricted_key_is_refused_with_each_permission_that_collecting_needs(self, world: World) -> None:
        restricted = add_key(world, "rk_test_little000000000", "rak_accounts_kyc_basic_read", "rak_webhook_read")

        assert refused_integration(world, {"secret_key": restricted}) == {
            "secret_key": [
                "permission_missing: rak_payment_intent_write (PaymentIntents: Write)",
                "permission_missing: rak_customer_read (Customers: Read)",
                "permission_missing: rak_payment_method_read (PaymentMethods: Read)",
                "permission_missing: rak_webhook_write (Webhook Endpoints: Write)",
            ]
        }
        assert endpoints_at_stripe(world) == []

    def test_the_key_of_another_account_is_refused(self, world: World) -> None:
        world.connect()
        other = world.stripe.control.add_account()["secret_key"]

        assert refused_integration(world, {"secret_key": other}) == {"secret_key": ["belongs_to_another_account"]}

    def test_the_live_key_of_an_account_connected_in_test_mode_is_refused(self, world: World) -> None:
        """Customers and payments of test mode do not exist in live mode."""
        world.connect()

        assert refused_integration(world, {"secret_key": add_key(world, "sk_live_same_account00")}) == {
            "secret_key": ["belongs_to_another_mode"]
        }

    def test_a_revoked_key_is_noticed_when_something_else_is_changed(self, world: World) -> None:
        world.connect()
        world.stripe.control.expire_key(SECRET_KEY)

        answer = world.api("PUT", INTEGRATION_PATH, {"integration": {"name": "Renamed"}})

        assert answer.status == 422
        assert answer.body["error_details"] == {"secret_key": ["api_key_expired"]}
        (item,) = world.items("integrations")
        assert item["name"] == "Acme Billing"

    def test_an_account_with_sixteen_endpoints_takes_no_more(self, world: World) -> None:
        for number in range(16):
            world.stripe_client.v1.webhook_endpoints.create(
                {"url": f"https://other.test/{number}", "enabled_events": ["charge.succeeded"]}
            )

        details = refused_integration(world, {"secret_key": SECRET_KEY})

        assert details == {"base": ["You have reached the maximum of 16 test webhook endpoints."]}

    @pytest.mark.parametrize("body", [None, [], {}, {"integration": None}, {"integration": []}, {"integration": {}}])
    def test_a_body_without_its_root_is_400(self, world: World, body: Any) -> None:
        answer = world.api("PUT", INTEGRATION_PATH, body)

        assert answer.status == 400
        assert answer.body == {
            "status": 400,
            "error": "BadRequest: param is missing or the value is empty: integration",
        }


class TestSilence:
    """No answer and no log holds a key or a signing secret, whatever goes wrong."""

    KEYS = (
        SECRET_KEY,
        ROLLED_KEY,
        "sk_test_nobodys00000000",
        "rk_test_little000000000",
        "pk_test_world000000000000000",
    )

    def test_no_answer_and_no_log_holds_a_secret(
        self, world: World, logs: StringIO, capsys: pytest.CaptureFixture[str]
    ) -> None:
        add_key(world, ROLLED_KEY)
        add_key(world, "rk_test_little000000000", "rak_webhook_write")
        bodies = [world.api("PUT", INTEGRATION_PATH, {"integration": {"secret_key": key}}).body for key in self.KEYS]
        bodies += [
            world.api(
                "PUT", INTEGRATION_PATH, {"integration": {"secret_key": f" {SECRET_KEY}", "name": SECRET_KEY * 20}}
            ).body
        ]
        bodies += [world.api("PUT", INTEGRATION_PATH, '{"integration": {"secret_key": "' + SECRET_KEY).body]
        for operation in ("PutSecretValue", "PutItem", "Query"):
            world.aws.crash(operation, Moment.AFTER)
            bodies += [world.api("PUT", INTEGRATION_PATH, {"integration": {"secret_key": SECRET_KEY}}).body]
        bodies += [world.api("GET", INTEGRATION_PATH).body, world.api("GET", "/api/v1/integrations").body]
        bodies += [world.api("DELETE", INTEGRATION_PATH).body]

        said = json.dumps(bodies) + logs.getvalue() + capsys.readouterr().out
        assert "integration connected" in said
        assert "request failed" in said
        for secret in ("sk_test", "rk_test", "pk_test", "whsec_"):
            assert secret not in said

    def test_neither_credentials_nor_a_request_show_a_secret_when_printed(self, world: World) -> None:
        world.connect()
        integration = bootstrap.stores().integrations.get(ORGANIZATION, "stripe")
        assert integration

        request = connection_request({"secret_key": SECRET_KEY, "name": "Acme"})

        assert repr(bootstrap.secrets().get(integration)) == "Credentials(…)"
        assert repr(request) == "ConnectionRequest(name='Acme')"
