"""Dead-letter queues of webhook endpoints, made and removed as endpoints are."""

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType

_RETENTION_SECONDS = "1209600"
_NO_QUEUE = frozenset({"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"})
_IS_THERE = frozenset({"QueueNameExists", "QueueAlreadyExists"})


class SqsDeadLetterQueues:
    """One queue an endpoint, to which the topic alone may send. `prefix` begins their names."""

    def __init__(self, client: "SQSClient", *, topic_arn: str, prefix: str) -> None:
        self._client = client
        self._topic_arn = topic_arn
        self._prefix = prefix

    def create(self, endpoint_id: str) -> str:
        """Make it, unless it is there; returns its ARN."""
        sends: dict[str, Any] = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": self._arn(endpoint_id),
            "Condition": {"ArnEquals": {"aws:SourceArn": self._topic_arn}},
        }
        attributes: dict[QueueAttributeNameType, str] = {
            "Policy": json.dumps({"Version": "2012-10-17", "Statement": [sends]}),
            "MessageRetentionPeriod": _RETENTION_SECONDS,
            "SqsManagedSseEnabled": "true",
        }
        try:
            self._client.create_queue(QueueName=self._name(endpoint_id), Attributes=attributes)
        except ClientError as error:
            # An operator has changed it, or another version of this code made it.
            if error.response["Error"]["Code"] not in _IS_THERE:
                raise
        return self._arn(endpoint_id)

    def remove(self, endpoint_id: str) -> None:
        """Remove it with what is in it, if it is there."""
        try:
            url = self._client.get_queue_url(QueueName=self._name(endpoint_id))["QueueUrl"]
            self._client.delete_queue(QueueUrl=url)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _NO_QUEUE:
                raise

    def _name(self, endpoint_id: str) -> str:
        return f"{self._prefix}-{endpoint_id.replace('-', '')}"

    def _arn(self, endpoint_id: str) -> str:
        arn, partition, _, region, account, _ = self._topic_arn.split(":")
        return ":".join((arn, partition, "sqs", region, account, self._name(endpoint_id)))
