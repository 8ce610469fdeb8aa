"""connect-integration: while the webhook endpoint is replaced, Stripe's events have somewhere to go."""

import pytest
from builders.accounts import INTEGRATION_PATH, endpoints_at_stripe
from world.world import World

MOST_ENDPOINTS = 16


def endpoint_ids(world: World) -> list[str]:
    return [endpoint.id for endpoint in endpoints_at_stripe(world)]


def connect_again(world: World) -> int:
    return world.api("PUT", INTEGRATION_PATH, {"integration": {"name": "Renamed"}}).status


def fill_up(world: World) -> set[str]:
    """Let the account have as many endpoints as Stripe allows, all others being another system's."""
    for number in range(MOST_ENDPOINTS - len(endpoint_ids(world))):
        world.stripe_client.v1.webhook_endpoints.create(
            {"url": f"https://else.test/{number}", "enabled_events": ["charge.failed"]}
        )
    return set(endpoint_ids(world))


@pytest.fixture
def unusable(world: World) -> str:
    """The id of a connected account's endpoint that was disabled in Stripe's dashboard."""
    endpoint_id: str = world.connect()["webhook_endpoint_id"]
    world.stripe_client.v1.webhook_endpoints.update(endpoint_id, {"disabled": True})
    return endpoint_id


def test_an_endpoint_stays_until_there_is_a_new_one(world: World, unusable: str) -> None:
    world.stripe.control.add_fault("500_before_commit", method="POST", path="/v1/webhook_endpoints", times=2)

    assert connect_again(world) == 503

    assert endpoint_ids(world) == [unusable]


def test_an_endpoint_stays_when_the_new_one_is_refused(
    world: World, unusable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBLIC_BASE_URL", "ftp://paystream.test")

    assert connect_again(world) == 422

    assert endpoint_ids(world) == [unusable]


def test_when_there_is_a_new_one_the_old_one_goes(world: World, unusable: str) -> None:
    assert connect_again(world) == 200

    (endpoint_id,) = endpoint_ids(world)
    assert endpoint_id != unusable


def test_in_an_account_that_takes_no_more_the_old_one_makes_room(world: World, unusable: str) -> None:
    before = fill_up(world)

    assert connect_again(world) == 200

    assert len(endpoint_ids(world)) == MOST_ENDPOINTS
    assert before - set(endpoint_ids(world)) == {unusable}


def test_what_an_interrupted_removal_leaves_goes_the_next_time(world: World, unusable: str) -> None:
    world.stripe.control.add_fault("500_before_commit", method="DELETE", times=2)
    assert connect_again(world) == 503
    assert unusable in endpoint_ids(world)
    world.stripe.control.clear_faults()

    assert connect_again(world) == 200

    (endpoint_id,) = endpoint_ids(world)
    assert world.items("integrations")[0]["webhook_endpoint_id"] == endpoint_id
