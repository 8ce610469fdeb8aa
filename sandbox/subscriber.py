"""A subscriber of the topic as a team would build one: an SQS queue with a filter policy on its organization."""

import json
from collections import Counter
from typing import Any

from sandbox.stack import Stack


class Subscriber:
    """Receives the notifications of one organization; what SNS repeats is dropped by its unique key."""

    def __init__(self, stack: Stack, organization_id: str) -> None:
        self._sqs = stack.emulator.client("sqs")
        self._queue_url = self._sqs.create_queue(QueueName=f"subscriber-{organization_id}")["QueueUrl"]
        answer = self._sqs.get_queue_attributes(QueueUrl=self._queue_url, AttributeNames=["QueueArn"])
        queue_arn, topic_arn = answer["Attributes"]["QueueArn"], stack.outputs["TopicArn"]
        policy = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "sns.amazonaws.com"},
                    "Action": "sqs:SendMessage",
                    "Resource": queue_arn,
                    "Condition": {"ArnEquals": {"aws:SourceArn": topic_arn}},
                }
            ],
        }
        self._sqs.set_queue_attributes(QueueUrl=self._queue_url, Attributes={"Policy": json.dumps(policy)})
        stack.emulator.client("sns").subscribe(
            TopicArn=topic_arn,
            Protocol="sqs",
            Endpoint=queue_arn,
            Attributes={"FilterPolicy": json.dumps({"organization_id": [organization_id]})},
        )
        self._received: dict[str, dict[str, Any]] = {}
        self._deliveries: Counter[str] = Counter()

    def received(self) -> list[dict[str, Any]]:
        """All notifications so far, in the order of their arrival."""
        while messages := self._sqs.receive_message(QueueUrl=self._queue_url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                envelope = json.loads(message["Body"])
                unique_key = envelope["MessageAttributes"]["unique_key"]["Value"]
                self._deliveries[unique_key] += 1
                self._received.setdefault(unique_key, json.loads(envelope["Message"]))
                self._sqs.delete_message(QueueUrl=self._queue_url, ReceiptHandle=message["ReceiptHandle"])
        return list(self._received.values())

    def about_invoice(self, lago_id: str) -> list[str]:
        """The types of the notifications about one invoice."""
        return [content["webhook_type"] for content in self.received() if lago_id in _invoices(content)]

    def most_deliveries(self, lago_id: str) -> int:
        """How often that notification about one invoice arrived which arrived most often."""
        keys = [unique_key for unique_key, content in self._received.items() if lago_id in _invoices(content)]
        return max((self._deliveries[unique_key] for unique_key in keys), default=0)

    def about_customer(self, external_id: str) -> list[str]:
        """The types of the notifications about one customer itself."""
        customers = [content for content in self.received() if content["object_type"] == "customer"]
        return [content["webhook_type"] for content in customers if content["customer"]["external_id"] == external_id]


def _invoices(content: dict[str, Any]) -> list[str]:
    body = content[content["object_type"]]
    if content["object_type"] == "invoice":
        return [body["lago_id"]]
    return body.get("invoice_ids") or [body.get("lago_invoice_id")]
