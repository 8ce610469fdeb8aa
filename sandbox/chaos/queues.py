"""A message that a function gets in the order that a scene needs: received, cut off, its claim ended, brought again.

The queue's own clock would bring it again while its function still starts, or long after.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sandbox.aws import REGION
from sandbox.chaos.mappings import mapping, switched_off
from sandbox.chaos.world import Chaos

QUEUES = {"collect-waiting": "CollectionQueueUrl", "collect-due": "DueQueueUrl"}
"""The stack's output for each function's queue."""

_UNTIL_IT_COMES_AGAIN = 1800
"""Seconds, as in the template."""


@contextmanager
def received(chaos: Chaos, function: str, about: str, trigger: Callable[[], Any]) -> Iterator[Callable[[], Any]]:
    """The trigger has a message written that names an id. Inside it is received; calling what is given hands it to its
    function, as Lambda does. After it, time has passed, and the queue brings it again.
    """
    sqs, url = chaos.stack.emulator.client("sqs"), chaos.stack.outputs[QUEUES[function]]
    messages: list[dict[str, Any]] = []

    def is_there() -> bool:
        answer = sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=_UNTIL_IT_COMES_AGAIN,
            MessageSystemAttributeNames=["All"],
        )
        messages.extend(answer.get("Messages", []))
        return any(about in message["Body"] for message in messages)

    with switched_off(chaos, function):
        source_arn = mapping(chaos, function)["EventSourceArn"]
        trigger()
        chaos.stack.wait_for(f"a message about {about}", is_there)
        try:
            yield lambda: chaos.invoke(function, _event(messages, source_arn), waits=True)
        finally:
            for message in messages:
                sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)


def _event(messages: list[dict[str, Any]], source_arn: str) -> dict[str, Any]:
    """The form of https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html."""
    records = [
        {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message["Attributes"],
            "messageAttributes": {},
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": source_arn,
            "awsRegion": REGION,
        }
        for message in messages
    ]
    return {"Records": records}
