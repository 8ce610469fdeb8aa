"""An AWS account in memory that holds the stack of template.yaml."""

from collections.abc import Callable, Mapping
from typing import Any

from . import stack
from .buckets import Buckets
from .dynamodb.database import DynamoDB
from .https_subscriptions import HttpsSubscriptions
from .queues import Message, Queues
from .secrets import Secrets
from .topics import Topics


class AwsAccount:
    """Nothing goes wrong in it. `published` is what a subscriber of the topics has received, as SNS sends it."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.database = DynamoDB(stack.tables())
        self.queues = Queues(stack.queues(), now)
        self.https = HttpsSubscriptions(stack.topics(), now)
        self.topics = Topics(stack.topics(), self._receive, self.https)
        self.secrets = Secrets(now)
        self.buckets = Buckets(stack.buckets(), now)
        self.published: list[dict[str, Any]] = []
        self._now = now

    def services(self) -> dict[str, Any]:
        """In the shape of boto3's clients, by the names that boto3 has for them."""
        return {
            "dynamodb": self.database,
            "sqs": self.queues,
            "sns": self.topics,
            "secretsmanager": self.secrets,
            "s3": self.buckets,
        }

    def receive(self, queue_url: str) -> list[Message]:
        """All messages of a queue that can be received now; nothing else can receive them for a while."""
        queue, now = self.queues.queues[queue_url], self._now()
        return [queue.receive(0, now) for _ in range(len(queue.visible(now)))]

    def _receive(self, topic_arn: str, message: str, attributes: Mapping[str, Any]) -> None:
        shown = {name: {"Type": value["DataType"], "Value": value["StringValue"]} for name, value in attributes.items()}
        self.published.append(
            {"Type": "Notification", "TopicArn": topic_arn, "Message": message, "MessageAttributes": shown}
        )
