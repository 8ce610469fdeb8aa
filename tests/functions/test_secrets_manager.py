"""adapters/secrets_manager: credentials are read once in a while, and never those of a former state."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from paystream.adapters.secrets_manager import SecretsManagerSecrets
from paystream.errors import VersionConflictError
from paystream.model.integration import Credentials, Integration
from world.api_gateway import ORGANIZATION
from world.world import World

CONNECTED = datetime(2026, 11, 23, 10, tzinfo=UTC)
FIRST = Credentials("sk_test_first00000000000", ("whsec_1",), "we_1")
SECOND = Credentials("sk_test_second0000000000", ("whsec_2", "whsec_1"), "we_2")


@dataclass
class Stopwatch:
    """The adapter's clock: seconds since whenever."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Environment:
    """An execution environment: a function that lives for a while and remembers."""

    clock: Stopwatch = field(default_factory=Stopwatch)

    def __post_init__(self) -> None:
        self.secrets = SecretsManagerSecrets(boto3.client("secretsmanager"), prefix="paystream", clock=self.clock)


def save_credentials(secrets: SecretsManagerSecrets, credentials: Credentials) -> None:
    secrets.put(ORGANIZATION, stored_integration().lago_id, credentials)


def stored_integration(**changes: Any) -> Integration:
    return replace(
        Integration(
            organization_id=ORGANIZATION,
            code="stripe",
            lago_id="e1000000-0000-4000-8000-000000000001",
            name="Stripe",
            account_id="acct_1",
            livemode=False,
            key_last4="0000",
            create_customers=False,
            webhook_endpoint_id="we_1",
            webhook_url="https://paystream.test",
            created_at=CONNECTED,
            updated_at=CONNECTED,
            version=1,
        ),
        **changes,
    )


@pytest.fixture
def here(world: World) -> Environment:
    return Environment()


@pytest.fixture
def elsewhere(world: World) -> Environment:
    return Environment()


def test_what_was_stored_is_read(here: Environment) -> None:
    save_credentials(here.secrets, SECOND)

    assert here.secrets.get(stored_integration()) == SECOND


def test_what_was_never_stored_is_none(here: Environment) -> None:
    assert here.secrets.get(stored_integration()) is None


def test_each_integration_has_a_secret_of_its_own(here: Environment) -> None:
    save_credentials(here.secrets, FIRST)

    assert here.secrets.get(stored_integration(lago_id="e1000000-0000-4000-8000-000000000002")) is None
    assert here.secrets.get(stored_integration(organization_id="0a1b2c3d-0000-4000-8000-000000000002")) is None


def test_for_five_minutes_nothing_is_read_again(here: Environment, elsewhere: Environment) -> None:
    save_credentials(here.secrets, FIRST)
    assert here.secrets.get(stored_integration()) == FIRST
    save_credentials(elsewhere.secrets, SECOND)

    here.clock.seconds = 299
    assert here.secrets.get(stored_integration()) == FIRST
    here.clock.seconds = 300
    assert here.secrets.get(stored_integration()) == SECOND


def test_what_is_asked_for_afresh_is_read_at_once_and_remembered(here: Environment, elsewhere: Environment) -> None:
    save_credentials(here.secrets, FIRST)
    here.secrets.get(stored_integration())
    save_credentials(elsewhere.secrets, SECOND)

    assert here.secrets.get(stored_integration(), fresh=True) == SECOND
    assert here.secrets.get(stored_integration()) == SECOND


def test_a_changed_integration_is_read_at_once(here: Environment, elsewhere: Environment) -> None:
    save_credentials(here.secrets, FIRST)
    here.secrets.get(stored_integration())
    save_credentials(elsewhere.secrets, SECOND)

    assert here.secrets.get(stored_integration(version=2)) == SECOND


def test_one_that_was_connected_again_is_read_at_once(here: Environment, elsewhere: Environment) -> None:
    save_credentials(here.secrets, FIRST)
    here.secrets.get(stored_integration())
    elsewhere.secrets.remove(ORGANIZATION, stored_integration().lago_id)
    save_credentials(elsewhere.secrets, SECOND)

    assert here.secrets.get(stored_integration(created_at=CONNECTED + timedelta(seconds=1))) == SECOND


def test_what_one_stored_or_removed_oneself_is_seen_at_once(here: Environment) -> None:
    save_credentials(here.secrets, FIRST)
    here.secrets.get(stored_integration())

    save_credentials(here.secrets, SECOND)
    assert here.secrets.get(stored_integration()) == SECOND
    here.secrets.remove(ORGANIZATION, stored_integration().lago_id)
    assert here.secrets.get(stored_integration()) is None


def test_that_there_are_none_is_not_remembered(here: Environment, elsewhere: Environment) -> None:
    here.secrets.get(stored_integration())
    save_credentials(elsewhere.secrets, FIRST)

    assert here.secrets.get(stored_integration()) == FIRST


def test_removing_twice_is_as_removing_once(here: Environment) -> None:
    save_credentials(here.secrets, FIRST)

    here.secrets.remove(ORGANIZATION, stored_integration().lago_id)
    here.secrets.remove(ORGANIZATION, stored_integration().lago_id)

    assert here.secrets.get(stored_integration()) is None


def test_the_name_is_free_again_at_once(here: Environment) -> None:
    save_credentials(here.secrets, FIRST)
    here.secrets.remove(ORGANIZATION, stored_integration().lago_id)

    save_credentials(here.secrets, SECOND)

    assert here.secrets.get(stored_integration()) == SECOND


def test_while_the_one_of_before_is_being_deleted_it_is_to_be_tried_again(world: World, here: Environment) -> None:
    error: Any = {
        "Code": "InvalidRequestException",
        "Message": "a secret with this name is already scheduled for deletion",
    }

    def refuse() -> None:
        raise ClientError({"Error": error}, "CreateSecret")

    world.aws.meanwhile("CreateSecret", refuse)

    with pytest.raises(VersionConflictError):
        save_credentials(here.secrets, FIRST)

    save_credentials(here.secrets, FIRST)
    assert here.secrets.get(stored_integration()) == FIRST


def test_of_two_who_create_it_at_the_same_time_the_later_one_wins(
    world: World, here: Environment, elsewhere: Environment
) -> None:
    world.aws.meanwhile("CreateSecret", lambda: save_credentials(elsewhere.secrets, FIRST))

    save_credentials(here.secrets, SECOND)

    assert elsewhere.secrets.get(stored_integration()) == SECOND


@pytest.mark.parametrize(
    ("operation", "use"),
    [
        ("GetSecretValue", lambda secrets: secrets.get(stored_integration())),
        ("PutSecretValue", lambda secrets: save_credentials(secrets, FIRST)),
        ("CreateSecret", lambda secrets: save_credentials(secrets, FIRST)),
        ("DeleteSecret", lambda secrets: secrets.remove(ORGANIZATION, stored_integration().lago_id)),
    ],
)
def test_any_other_refusal_is_passed_on(
    world: World, here: Environment, operation: str, use: Callable[[SecretsManagerSecrets], object]
) -> None:
    def deny() -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, operation)

    world.aws.meanwhile(operation, deny)

    with pytest.raises(ClientError, match="AccessDenied"):
        use(here.secrets)


def test_printed_credentials_show_nothing() -> None:
    assert str(FIRST) == f"{FIRST}" == repr(FIRST) == "Credentials(…)"
