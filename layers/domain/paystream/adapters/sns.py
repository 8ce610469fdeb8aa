"""The topic that subscribers listen to."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from paystream.model.notification import Notification
from paystream.observability import logger

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import MessageAttributeValueTypeDef, PublishBatchRequestEntryTypeDef

_BATCH = 10
"""The most that PublishBatch takes, by number; https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html"""

_BATCH_BYTES = 200_000
"""Below PublishBatch's 256 KiB for all messages together, with room for the attributes."""


class SnsPublisher:
    """Implements the port `Publisher`."""

    def __init__(self, client: "SNSClient", topic_arn: str) -> None:
        self._client = client
        self._topic_arn = topic_arn

    def publish(self, notifications: Sequence[Notification]) -> tuple[Notification, ...]:
        """Send the notifications and return those that were not taken."""
        return tuple(refused for batch in _batches(notifications) for refused in self._refused(batch))

    def _refused(self, batch: list[Notification]) -> list[Notification]:
        """PublishBatch answers 200 even if it takes none; what fails as a batch is sent one by one.

        So one that the topic never takes does not hold back its neighbours.
        """
        entries = [_entry(str(position), notification) for position, notification in enumerate(batch)]
        try:
            answer = self._client.publish_batch(TopicArn=self._topic_arn, PublishBatchRequestEntries=entries)
        except ClientError as error:
            logger.warning("batch not taken by the topic", messages=len(batch), code=error.response["Error"]["Code"])
            if len(batch) == 1:
                return batch
            return [refused for notification in batch for refused in self._refused([notification])]
        return [batch[int(failed["Id"])] for failed in answer.get("Failed", [])]


def _batches(notifications: Sequence[Notification]) -> list[list[Notification]]:
    batches: list[list[Notification]] = []
    size = 0
    for notification in notifications:
        length = len(notification.body.encode())
        if not batches or len(batches[-1]) == _BATCH or size + length > _BATCH_BYTES:
            batches.append([])
            size = 0
        batches[-1].append(notification)
        size += length
    return batches


def _entry(entry_id: str, notification: Notification) -> "PublishBatchRequestEntryTypeDef":
    return {
        "Id": entry_id,
        "Message": notification.body,
        "MessageAttributes": {
            "webhook_type": _text(notification.webhook_type.value),
            "organization_id": _text(notification.organization_id),
            "object_type": _text(notification.object_type),
            "unique_key": _text(notification.lago_id),
        },
    }


def _text(value: str) -> "MessageAttributeValueTypeDef":
    return {"DataType": "String", "StringValue": value}
