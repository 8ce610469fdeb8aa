"""connect-integration: whatever breaks off half-way, calling again repairs it; whichever call is faster, all fits
together.
"""

from dataclasses import replace
from functools import partial

import pytest
from builders.accounts import INTEGRATION_PATH, ROLLED_KEY, add_key
from builders.stripe_requests import CREATE_ENDPOINT, break_stripe
from paystream import bootstrap
from world.api_gateway import ORGANIZATION
from world.aws_calls import Moment
from world.stored import secrets
from world.world import SECRET_KEY, World, load_event

STRIPE_FAULTS = [
    "429",
    "500_before_commit",
    "500_after_commit",
    "cut_before_commit",
    "cut_after_commit",
    "truncated_body",
]
READS = ["GET /v1/account", "GET /v1/webhook_endpoints"]


def status_of_connecting(world: World, key: str = SECRET_KEY) -> int:
    return world.api("PUT", INTEGRATION_PATH, {"integration": {"secret_key": key}}).status


def assert_connected(world: World, key: str = SECRET_KEY) -> None:
    """One endpoint, the right key everywhere, and events that can be verified."""
    (endpoint,) = world.stripe_client.v1.webhook_endpoints.list().data
    (item,) = world.items("integrations")
    (secret,) = secrets(world).values()
    assert item["webhook_endpoint_id"] == secret["webhook_endpoint_id"] == endpoint.id
    assert secret["secret_key"] == key
    assert item["key_last4"] == key[-4:]
    world.stripe_customer()
    assert set(world.deliver_stripe_events()) == {200}


def rename(world: World, name: str) -> None:
    """Another call's write, without its way through Stripe and Secrets Manager."""
    integrations = bootstrap.stores().integrations
    (integration,) = integrations.all(ORGANIZATION)
    integrations.save(replace(integration, name=name))


@pytest.fixture
def rolled_key(world: World) -> str:
    return add_key(world, ROLLED_KEY)


class TestStripeDoesNotAnswer:
    @pytest.mark.parametrize("kind", STRIPE_FAULTS)
    @pytest.mark.parametrize("endpoint", [*READS, CREATE_ENDPOINT])
    def test_while_connecting_it_is_503_and_calling_again_repairs_it(
        self, world: World, endpoint: str, kind: str
    ) -> None:
        break_stripe(world, endpoint, kind)

        answer = world.api("PUT", INTEGRATION_PATH, {"integration": {"secret_key": SECRET_KEY}})

        assert (answer.status, answer.body["code"]) == (503, "third_party_unavailable")
        assert world.items("integrations") == []
        assert secrets(world) == {}
        world.stripe.control.clear_faults()
        assert status_of_connecting(world) == 200
        assert_connected(world)

    def test_the_caller_learns_when_to_call_again(self, world: World) -> None:
        break_stripe(world, "GET /v1/account", "429")

        answer = world.invoke("connect-integration", load_event("connect-integration"))

        assert answer["headers"]["Retry-After"] == "2"

    @pytest.mark.parametrize("kind", ["500_before_commit", "cut_after_commit"])
    def test_while_an_endpoint_is_replaced(self, world: World, kind: str) -> None:
        endpoint_id = world.connect()["webhook_endpoint_id"]
        world.stripe_client.v1.webhook_endpoints.update(endpoint_id, {"disabled": True})
        break_stripe(world, CREATE_ENDPOINT, kind)
        assert status_of_connecting(world) == 503

        world.stripe.control.clear_faults()
        assert status_of_connecting(world) == 200

        assert_connected(world)

    @pytest.mark.parametrize("kind", ["500_before_commit", "cut_before_commit", "cut_after_commit"])
    @pytest.mark.parametrize("endpoint", ["GET /v1/webhook_endpoints", "DELETE /v1/webhook_endpoints/*"])
    def test_while_disconnecting(self, world: World, endpoint: str, kind: str) -> None:
        world.connect()
        break_stripe(world, endpoint, kind)
        assert world.api("DELETE", INTEGRATION_PATH).status == 503
        assert len(world.items("integrations")) == 1

        world.stripe.control.clear_faults()

        assert world.api("DELETE", INTEGRATION_PATH).status == 200
        assert world.stripe_client.v1.webhook_endpoints.list().data == []
        assert secrets(world) == {}

    def test_a_removal_whose_answer_was_lost_is_done(self, world: World) -> None:
        world.connect()
        world.stripe.control.add_fault("cut_after_commit", method="DELETE")

        assert world.api("DELETE", INTEGRATION_PATH).status == 200

        assert world.stripe_calls("DELETE /v1/webhook_endpoints/*") == 2
        assert world.items("integrations") == []


class TestTheFunctionEndsHalfWay:
    @pytest.mark.parametrize("moment", Moment)
    @pytest.mark.parametrize("operation", ["GetItem", "CreateSecret", "PutItem"])
    def test_while_connecting(self, world: World, operation: str, moment: Moment) -> None:
        world.aws.crash(operation, moment)
        assert status_of_connecting(world) == 500
        assert not world.aws.are_still_to_come

        assert status_of_connecting(world) == 200

        assert_connected(world)

    @pytest.mark.parametrize("moment", Moment)
    @pytest.mark.parametrize("operation", ["PutSecretValue", "PutItem"])
    def test_while_rotating(self, world: World, rolled_key: str, operation: str, moment: Moment) -> None:
        world.connect()
        world.aws.crash(operation, moment)
        assert status_of_connecting(world, rolled_key) == 500

        assert status_of_connecting(world, rolled_key) == 200

        assert_connected(world, rolled_key)

    @pytest.mark.parametrize("moment", Moment)
    @pytest.mark.parametrize("operation", ["PutSecretValue", "PutItem"])
    def test_while_an_endpoint_is_replaced(self, world: World, operation: str, moment: Moment) -> None:
        endpoint_id = world.connect()["webhook_endpoint_id"]
        world.stripe_client.v1.webhook_endpoints.delete(endpoint_id)
        world.aws.crash(operation, moment)
        assert status_of_connecting(world) == 500

        assert status_of_connecting(world) == 200

        assert_connected(world)

    @pytest.mark.parametrize("moment", Moment)
    @pytest.mark.parametrize("operation", ["GetSecretValue", "DeleteSecret", "DeleteItem"])
    def test_while_disconnecting(self, world: World, operation: str, moment: Moment) -> None:
        world.connect()
        world.aws.crash(operation, moment)
        assert world.api("DELETE", INTEGRATION_PATH).status == 500

        assert world.api("DELETE", INTEGRATION_PATH).status == (
            404 if (operation, moment) == ("DeleteItem", Moment.AFTER) else 200
        )

        assert world.items("integrations") == []
        assert secrets(world) == {}
        assert world.stripe_client.v1.webhook_endpoints.list().data == []

    def test_a_secret_that_was_lost_is_made_again_from_the_key(self, world: World) -> None:
        world.connect()
        (integration,) = world.items("integrations")
        bootstrap.secrets().remove(ORGANIZATION, integration["lago_id"])
        assert world.api("PUT", INTEGRATION_PATH, {"integration": {"name": "Renamed"}}).body["error_details"] == {
            "secret_key": ["value_is_mandatory"]
        }

        assert status_of_connecting(world) == 200

        assert_connected(world)

    def test_an_endpoint_left_over_from_a_broken_replacement_goes_when_disconnecting(self, world: World) -> None:
        endpoint_id = world.connect()["webhook_endpoint_id"]
        world.stripe_client.v1.webhook_endpoints.delete(endpoint_id)
        world.aws.crash("PutSecretValue", Moment.BEFORE)
        assert status_of_connecting(world) == 500

        assert world.api("DELETE", INTEGRATION_PATH).status == 200

        assert world.stripe_client.v1.webhook_endpoints.list().data == []


class TestTwoAtTheSameTime:
    @pytest.mark.parametrize("operation", ["GetItem", "PutSecretValue", "CreateSecret", "PutItem"])
    def test_two_who_connect_both_succeed_and_one_endpoint_with_a_known_secret_is_left(
        self, world: World, operation: str
    ) -> None:
        world.aws.meanwhile(operation, lambda: status_of_connecting(world))

        assert status_of_connecting(world) == 200

        assert_connected(world)

    @pytest.mark.parametrize("operation", ["GetItem", "PutSecretValue", "PutItem"])
    def test_of_two_who_rotate_the_later_one_wins(self, world: World, rolled_key: str, operation: str) -> None:
        world.connect()
        third_key = world.stripe.control.add_key(world.account.id, value="sk_test_third3333333333333")
        world.aws.meanwhile(operation, lambda: status_of_connecting(world, third_key))

        assert status_of_connecting(world, rolled_key) == 200

        assert_connected(world, rolled_key)

    def test_an_integration_that_never_stops_changing_is_409(self, world: World) -> None:
        world.connect()
        for number in range(3):
            world.aws.meanwhile("PutSecretValue", partial(rename, world, f"name {number}"))

        answer = world.api("PUT", INTEGRATION_PATH, {"integration": {"secret_key": SECRET_KEY}})

        assert (answer.status, answer.body["code"]) == (409, "integration_changed")
        assert list(answer.body["error_details"]) == ["base"]

    def test_one_who_disconnects_while_another_rotates_is_asked_to_call_again(
        self, world: World, rolled_key: str
    ) -> None:
        world.connect()
        world.aws.meanwhile("PutItem", lambda: status_of_connecting(world, rolled_key), TableName="IntegrationsTable")

        answer = world.api("DELETE", INTEGRATION_PATH)

        assert (answer.status, answer.body["code"]) == (409, "changed_meanwhile")
        assert_connected(world, rolled_key)
        assert world.api("DELETE", INTEGRATION_PATH).status == 200
        assert secrets(world) == {}

    @pytest.mark.parametrize("operation", ["DeleteSecret", "DeleteItem"])
    def test_one_who_connects_while_another_removes_is_asked_to_call_again(
        self, world: World, rolled_key: str, operation: str
    ) -> None:
        world.connect()
        answers: list[int] = []
        world.aws.meanwhile(operation, lambda: answers.append(status_of_connecting(world, rolled_key)))

        assert world.api("DELETE", INTEGRATION_PATH).status == 200

        assert answers == [409]
        assert (world.items("integrations"), secrets(world)) == ([], {})
        assert status_of_connecting(world, rolled_key) == 200
        assert_connected(world, rolled_key)

    def test_one_who_rotates_what_is_just_disconnected_connects_it_again(self, world: World, rolled_key: str) -> None:
        world.connect()
        world.aws.meanwhile("PutItem", lambda: world.api("DELETE", INTEGRATION_PATH), TableName="IntegrationsTable")

        assert status_of_connecting(world, rolled_key) == 200

        assert_connected(world, rolled_key)

    def test_two_who_disconnect_leave_nothing(self, world: World) -> None:
        world.connect()
        world.aws.meanwhile("DeleteSecret", lambda: world.api("DELETE", INTEGRATION_PATH))

        assert world.api("DELETE", INTEGRATION_PATH).status == 409

        assert world.items("integrations") == []
        assert secrets(world) == {}
        assert world.api("DELETE", INTEGRATION_PATH).status == 404
