"""docs/api/notifications.schema.json is what is published, and each example of the documentation is as it says."""

import json
import re

import pytest
from api_description import complaints
from jsonschema import Draft202012Validator
from notification_schemas import PATH, check_notification, notification_schemas, text, validator
from paystream.model.notification import WebhookType
from template import REPOSITORY


def _examples() -> dict[str, object]:
    """The bodies that docs/notifications.md shows, by their webhook_type."""
    shown = (REPOSITORY / "docs" / "notifications.md").read_text()
    bodies = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", shown, re.DOTALL)]
    return {body["webhook_type"]: body for body in bodies if "object_type" in body}


def test_the_file_is_as_it_is_generated() -> None:
    assert PATH.read_text() == text(), "write it: PYTHONPATH=layers/domain:tests python tests/notification_schemas.py"


def test_it_is_a_schema_and_has_every_type() -> None:
    schema = notification_schemas()
    Draft202012Validator.check_schema(schema)
    assert {one["$ref"].removeprefix("#/$defs/") for one in schema["oneOf"]} == {one.value for one in WebhookType}


@pytest.mark.parametrize("webhook_type", WebhookType)
def test_the_example_of_a_type_is_as_its_schema_says_and_as_no_other(webhook_type: WebhookType) -> None:
    example = _examples()[webhook_type.value]

    wrong = complaints(validator(webhook_type.value), example)

    assert wrong == []
    assert Draft202012Validator(notification_schemas()).is_valid(example)


@pytest.mark.parametrize("name", ["publish-notifications", "publish-notifications-batch"])
def test_the_events_on_file_carry_what_is_published(name: str) -> None:
    event = json.loads((REPOSITORY / "events" / f"{name}.json").read_text())

    for record in event["Records"]:
        check_notification(record["dynamodb"]["NewImage"]["body"]["S"])


def test_a_key_that_is_not_in_the_schema_is_noticed() -> None:
    example = json.loads(json.dumps(_examples()["payment.succeeded"]))
    example["payment"]["card_number"] = "4242"

    assert not validator("payment.succeeded").is_valid(example)
