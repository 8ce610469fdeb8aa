"""publish-notifications: each notification of the outbox reaches the subscribers, at least once."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from builders.durations import DAY
from world.api_gateway import ORGANIZATION
from world.aws_calls import Call, Moment, SimulatedCrashError
from world.world import World, load_event

PUBLISH_BATCH_BYTES = 256 * 1024


def image(number: int, *, size: int = 0, webhook_type: str = "payment.succeeded") -> dict[str, Any]:
    """An item of the outbox as the stream shows it; its body has at least this size."""
    body = {"webhook_type": webhook_type, "number": number, "filler": "x" * size}
    return {
        "organization_id": {"S": ORGANIZATION},
        "lago_id": {"S": f"notification-{number}"},
        "webhook_type": {"S": webhook_type},
        "object_type": {"S": "payment"},
        "body": {"S": json.dumps(body)},
        "created_at": {"S": "2026-11-23T10:00:00.000+00:00"},
    }


def publish(world: World, event: dict[str, Any]) -> list[str]:
    """Hand the event to the function; returns the identifiers that it reports as failed."""
    answer = world.invoke("publish-notifications", event)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def numbers(messages: list[dict[str, Any]]) -> list[int]:
    return sorted(json.loads(message["Message"])["number"] for message in messages)


class Topic:
    """A topic that does not take some messages; it remembers what it was sent."""

    def __init__(self, world: World, *refused: str) -> None:
        self.batches: list[list[dict[str, Any]]] = []

        def answered(call: Call, parameters: dict[str, Any]) -> dict[str, Any]:
            entries = parameters["PublishBatchRequestEntries"]
            self.batches.append(entries)
            taken = [entry for entry in entries if _key(entry) not in refused]
            failed = [{"Id": entry["Id"], "Code": "InternalError"} for entry in entries if _key(entry) in refused]
            answer = call(parameters | {"PublishBatchRequestEntries": taken}) if taken else {}
            return answer | {"Failed": failed}

        world.aws.around("PublishBatch", answered)


def _key(entry: dict[str, Any]) -> str:
    key: str = entry["MessageAttributes"]["unique_key"]["StringValue"]
    return key


def test_a_subscriber_receives_the_body_and_the_attributes_to_filter_by(world: World) -> None:
    assert publish(world, load_event("publish-notifications")) == []

    (message,) = world.received()
    attributes = {name: attribute["Value"] for name, attribute in message["MessageAttributes"].items()}
    body = json.loads(message["Message"])
    assert attributes == {
        "webhook_type": "invoice.payment_failure",
        "organization_id": ORGANIZATION,
        "object_type": "payment_provider_invoice_payment_error",
        "unique_key": load_event("publish-notifications")["Records"][0]["dynamodb"]["Keys"]["lago_id"]["S"],
    }
    assert {name: body[name] for name in ("webhook_type", "organization_id", "object_type")} == {
        name: attributes[name] for name in ("webhook_type", "organization_id", "object_type")
    }


def test_a_batch_is_published_message_by_message(world: World) -> None:
    assert publish(world, load_event("publish-notifications-batch")) == []
    types = [message["MessageAttributes"]["webhook_type"]["Value"] for message in world.received()]
    assert sorted(types) == ["invoice.payment_failure", "payment_provider.error"]


def test_an_empty_batch_publishes_nothing(world: World) -> None:
    assert publish(world, {"Records": []}) == []
    assert world.received() == []


def test_more_than_ten_go_in_batches_of_ten(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    topic = Topic(world)

    assert publish(world, world.stream_event(image(number) for number in range(25))) == []

    assert [len(batch) for batch in topic.batches] == [10, 10, 5]
    assert numbers(world.received()) == list(range(25))


def test_large_bodies_go_in_smaller_batches(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    topic = Topic(world)

    assert publish(world, world.stream_event(image(number, size=90_000) for number in range(5))) == []

    assert [len(batch) for batch in topic.batches] == [2, 2, 1]
    assert all(len(json.dumps(batch)) < PUBLISH_BATCH_BYTES for batch in topic.batches)
    assert numbers(world.received()) == list(range(5))


def test_one_that_is_nearly_too_large_goes_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    topic = Topic(world)
    images = [image(0), image(1, size=240_000), image(2)]

    assert publish(world, world.stream_event(images)) == []

    assert [len(batch) for batch in topic.batches] == [1, 1, 1]


def test_exactly_those_that_the_topic_did_not_take_are_delivered_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    Topic(world, "notification-3", "notification-11")
    event = world.stream_event(image(number) for number in range(12))
    sequence_numbers = [record["dynamodb"]["SequenceNumber"] for record in event["Records"]]

    assert publish(world, event) == [sequence_numbers[3], sequence_numbers[11]]

    assert numbers(world.received()) == [0, 1, 2, 4, 5, 6, 7, 8, 9, 10]


@pytest.mark.parametrize("odd", [None, image(1, webhook_type="invoice.of_next_year"), {"lago_id": {"S": "x"}}])
def test_one_that_cannot_be_read_is_delivered_again_alone(world: World, odd: dict[str, Any] | None) -> None:
    event = world.stream_event(image(number) for number in range(3))
    lame = event["Records"][1]["dynamodb"]
    del lame["NewImage"]
    if odd:
        lame["NewImage"] = odd

    assert publish(world, event) == [lame["SequenceNumber"]]

    assert numbers(world.received()) == [0, 2]


def test_when_all_are_refused_all_are_delivered_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    Topic(world, "notification-0", "notification-1")
    event = world.stream_event([image(0), image(1)])
    assert publish(world, event) == [record["dynamodb"]["SequenceNumber"] for record in event["Records"]]


def test_one_that_is_too_large_does_not_hold_back_its_neighbours(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    Topic(world)
    event = world.stream_event([image(0), image(1, size=270_000), image(2)])

    assert publish(world, event) == [event["Records"][1]["dynamodb"]["SequenceNumber"]]

    assert numbers(world.received()) == [0, 2]


def test_the_messages_of_a_batch_that_fails_are_sent_one_by_one_and_the_next_batch_as_ever(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ClientError({"Error": {"Code": "InternalError", "Message": "try again"}}, "PublishBatch")

    topic = Topic(world)
    world.aws.meanwhile("PublishBatch", fail)

    assert publish(world, world.stream_event(image(number) for number in range(12))) == []

    assert [len(batch) for batch in topic.batches] == [1] * 10 + [2]
    assert numbers(world.received()) == list(range(12))


@pytest.mark.parametrize("moment", list(Moment))
def test_a_crash_fails_the_batch_and_a_repeat_publishes_it_with_the_same_keys(
    world: World, monkeypatch: pytest.MonkeyPatch, moment: Moment
) -> None:
    event = load_event("publish-notifications-batch")
    world.aws.crash("PublishBatch", moment)
    with pytest.raises(SimulatedCrashError):
        publish(world, event)

    assert publish(world, event) == []

    messages = world.received()
    keys = [message["MessageAttributes"]["unique_key"]["Value"] for message in messages]
    assert len(keys) == (2 if moment is Moment.BEFORE else 4)
    assert len(set(keys)) == 2


def test_a_notification_sent_again_under_the_same_id_is_no_new_record(world: World) -> None:
    world.connect()
    world.customer(payment_method=None)
    world.create_invoice()
    images = world.new_images("invoices")
    for _ in range(2):
        world.invoke("invoice-created", world.stream_event(images))

    assert len(world.publish_new_notifications()) == 1
    assert world.publish_new_notifications() == []


def test_a_notification_is_kept_for_90_days(world: World) -> None:
    world.connect()
    world.customer()
    world.create_invoice()
    world.collect_new_invoices()

    assert {int(item["expires_at"]) for item in world.items("notifications")} == {
        int(world.now().timestamp()) + 90 * DAY
    }
