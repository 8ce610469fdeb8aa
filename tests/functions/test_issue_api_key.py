"""issue-api-key: an operator gets a key that is shown once."""

import json
import re
from hashlib import sha256
from io import StringIO
from typing import Any

import pytest
from world.api_gateway import ORGANIZATION
from world.aws_calls import Moment, SimulatedCrashError
from world.world import World, load_event


def is_accepted(world: World, key: str) -> bool:
    event = load_event("authorize-request") | {"authorizationToken": f"Bearer {key}"}
    return bool(world.invoke("authorize-request", event)["principalId"])


def test_a_key_names_its_organization_and_is_accepted(world: World) -> None:
    answer = world.invoke("issue-api-key", load_event("issue-api-key"))

    assert answer["organization_id"] == ORGANIZATION
    assert answer["name"] == "billing"
    assert re.fullmatch(r"paystream_0a1b2c3d000040008000000000000001_[0-9a-f]{64}", answer["api_key"])
    assert is_accepted(world, answer["api_key"])


def test_only_the_hash_of_a_key_is_stored(world: World) -> None:
    key = world.invoke("issue-api-key", load_event("issue-api-key"))["api_key"]

    (item,) = world.items("api_keys")
    assert item["key_hash"] == sha256(key.encode()).hexdigest()
    assert item["last4"] == key[-4:]
    assert key.rpartition("_")[2] not in json.dumps(item, default=str)


def test_without_an_organization_a_new_one_begins(world: World) -> None:
    first = world.invoke("issue-api-key", load_event("issue-api-key-new-organization"))
    second = world.invoke("issue-api-key", load_event("issue-api-key-new-organization"))

    assert first["organization_id"] != second["organization_id"]
    assert is_accepted(world, first["api_key"])


def test_a_second_key_of_an_organization_leaves_the_first_valid(world: World) -> None:
    first = world.invoke("issue-api-key", load_event("issue-api-key"))["api_key"]
    second = world.invoke("issue-api-key", load_event("issue-api-key"))["api_key"]

    assert first != second
    assert is_accepted(world, first)
    assert is_accepted(world, second)


def test_an_organization_is_the_same_however_its_id_is_written(world: World) -> None:
    answer = world.invoke("issue-api-key", {"organization_id": ORGANIZATION.upper()})

    assert answer["organization_id"] == ORGANIZATION
    assert answer["name"] == "unnamed"


@pytest.mark.parametrize("organization_id", ["acme", 42, ["0a1b"], {"id": 1}, ORGANIZATION + "0"])
def test_an_organization_id_that_is_no_uuid_is_refused_and_nothing_is_stored(
    world: World, organization_id: Any
) -> None:
    with pytest.raises(ValueError, match="UUID"):
        world.invoke("issue-api-key", {"organization_id": organization_id})

    assert world.items("api_keys") == []


@pytest.mark.parametrize("moment", Moment)
def test_a_crash_shows_no_key_and_the_next_call_gives_one(world: World, moment: Moment) -> None:
    world.aws.crash("PutItem", moment, TableName="ApiKeysTable")

    with pytest.raises(SimulatedCrashError):
        world.invoke("issue-api-key", load_event("issue-api-key"))

    assert is_accepted(world, world.invoke("issue-api-key", load_event("issue-api-key"))["api_key"])


def test_the_key_is_not_logged(world: World, logs: StringIO) -> None:
    key = world.invoke("issue-api-key", load_event("issue-api-key"))["api_key"]

    assert ORGANIZATION in logs.getvalue()
    assert key.rpartition("_")[2] not in logs.getvalue()
