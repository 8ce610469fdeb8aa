"""authorize-request: a bearer API key leads to its organization, and to nothing else."""

from io import StringIO
from typing import Any

import pytest
from authorize_request import UnauthorizedError
from paystream import bootstrap
from world.api_gateway import ORGANIZATION
from world.world import World, load_event

SECRET_OF_THE_KEY = "5ec2e7" * 10 + "5ec2"
"""The random part of the key in events/authorize-request.json."""


@pytest.fixture
def key(world: World, monkeypatch: pytest.MonkeyPatch) -> str:
    """The organization's key."""
    monkeypatch.setattr(bootstrap, "new_key_secret", lambda: SECRET_OF_THE_KEY)
    issued: str = world.invoke("issue-api-key", load_event("issue-api-key"))["api_key"]
    return issued


def presented(token: str) -> dict[str, Any]:
    return load_event("authorize-request") | {"authorizationToken": token}


def test_a_key_leads_to_its_organization(world: World, key: str) -> None:
    answer = world.invoke("authorize-request", load_event("authorize-request"))

    assert answer["principalId"] == ORGANIZATION
    assert answer["context"] == {"organization_id": ORGANIZATION}


def test_the_policy_holds_for_every_route_of_the_stage_because_it_is_cached_per_key(world: World, key: str) -> None:
    (statement,) = world.invoke("authorize-request", load_event("authorize-request"))["policyDocument"]["Statement"]

    assert statement == {
        "Action": "execute-api:Invoke",
        "Effect": "Allow",
        "Resource": "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/live/*",
    }


@pytest.mark.parametrize("scheme", ["bearer", "BEARER"])
def test_the_scheme_is_read_in_any_case(world: World, key: str, scheme: str) -> None:
    assert world.invoke("authorize-request", presented(f"{scheme} {key}"))["principalId"] == ORGANIZATION


def test_a_key_that_was_never_issued_is_refused_with_the_text_that_api_gateway_answers_401_to(
    world: World, key: str
) -> None:
    with pytest.raises(UnauthorizedError, match=r"^Unauthorized$"):
        world.invoke("authorize-request", load_event("authorize-request-unknown-key"))


@pytest.mark.parametrize(
    "token",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        f"Basic paystream_0a1b2c3d000040008000000000000001_{SECRET_OF_THE_KEY}",
        f"paystream_0a1b2c3d000040008000000000000001_{SECRET_OF_THE_KEY}",
        f"Bearer paystream_0a1b2c3d000040008000000000000001_{SECRET_OF_THE_KEY}0",
        f"Bearer paystream_0a1b2c3d000040008000000000000001_{SECRET_OF_THE_KEY.upper()}",
        f"Bearer paystream_0a1b2c3d000040008000000000000002_{SECRET_OF_THE_KEY}",
        f"Bearer paystream_0a1b2c3d000040008000000000000001_{SECRET_OF_THE_KEY}\u0661",
        f"Bearer paystream_0a1b2c3d000040008000000000000001_{SECRET_OF_THE_KEY} {SECRET_OF_THE_KEY}",
    ],
)
def test_whatever_is_not_exactly_the_key_is_refused(world: World, key: str, token: str) -> None:
    with pytest.raises(UnauthorizedError):
        world.invoke("authorize-request", presented(token))


def test_a_request_without_the_header_is_refused(world: World) -> None:
    event = load_event("authorize-request")
    del event["authorizationToken"]

    with pytest.raises(UnauthorizedError):
        world.invoke("authorize-request", event)


def test_neither_a_good_nor_a_bad_key_is_logged(world: World, key: str, logs: StringIO) -> None:
    world.invoke("authorize-request", load_event("authorize-request"))
    with pytest.raises(UnauthorizedError):
        world.invoke("authorize-request", load_event("authorize-request-unknown-key"))

    assert "unknown API key" in logs.getvalue()
    assert "paystream_0a1b" not in logs.getvalue()
