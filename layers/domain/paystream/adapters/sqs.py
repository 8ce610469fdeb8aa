"""The queues: customers and integrations whose waiting invoices can be collected, and invoices that are due."""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from math import ceil
from typing import TYPE_CHECKING

from paystream.model.schedule import DueInvoice

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

_GROUP = re.compile(r"[!-~]{1,128}")
"""https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html: MessageGroupId"""

_INVOICES_A_MESSAGE = 500
"""They are found by one list at Stripe: the more, the fewer intents of others are listed needlessly at its ends."""

_MESSAGES_AT_ONCE = 10
_LARGEST_MESSAGE = 26_000
"""Bytes without the frame. Ten of them stay below SQS's 256 KiB for a SendMessageBatch."""

_LONGEST_DELAY = 900
"""Seconds; a message that comes back too early is sent again. The same page: DelaySeconds"""


class SqsCollectionQueue:
    """Implements the port `CollectionQueue`."""

    def __init__(self, client: "SQSClient", queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def collect_waiting(self, organization_id: str, external_customer_id: str, *, after_seconds: float = 0) -> None:
        self._send({"organization_id": organization_id, "external_customer_id": external_customer_id}, after_seconds)

    def resume_collection(self, organization_id: str, integration_id: str, *, cursor: str | None = None) -> None:
        self._send({"organization_id": organization_id, "integration_id": integration_id, "cursor": cursor})

    def _send(self, body: dict[str, str | None], after_seconds: float = 0) -> None:
        delay = min(ceil(after_seconds), _LONGEST_DELAY)
        self._client.send_message(QueueUrl=self._queue_url, MessageBody=json.dumps(body), DelaySeconds=delay)


class SqsDueQueue:
    """Implements the port `DueQueue`: a fair queue, whose message groups are the organizations."""

    def __init__(self, client: "SQSClient", queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def hand_out(self, due: Sequence[DueInvoice], at: datetime) -> tuple[DueInvoice, ...]:
        """As few messages as hold them. SendMessageBatch answers 200 even if it took none."""
        messages = list(_messages(due))
        not_taken: list[DueInvoice] = []
        for start in range(0, len(messages), _MESSAGES_AT_ONCE):
            sent = messages[start : start + _MESSAGES_AT_ONCE]
            entries = [_entry(str(position), message, at) for position, message in enumerate(sent)]
            answer = self._client.send_message_batch(QueueUrl=self._queue_url, Entries=entries)
            for failed in answer.get("Failed", []):
                not_taken += sent[int(failed["Id"])]
        return tuple(not_taken)


def _messages(due: Sequence[DueInvoice]) -> Iterator[list[DueInvoice]]:
    by_organization: dict[str, list[DueInvoice]] = {}
    for one in due:
        by_organization.setdefault(one.organization_id, []).append(one)
    for organization_id, theirs in by_organization.items():
        message: list[DueInvoice] = []
        size = 0
        for one in theirs:
            size += _size(one.lago_id)
            if message and (len(message) == _INVOICES_A_MESSAGE or size + _size(organization_id) > _LARGEST_MESSAGE):
                yield message
                message, size = [], _size(one.lago_id)
            message.append(one)
        yield message


def _size(text: str) -> int:
    """What it takes in the message, in bytes, with a separator: an application's ids may be long, and escaped."""
    return len(json.dumps(text)) + len(", ")


def _entry(entry_id: str, due: Sequence[DueInvoice], at: datetime) -> "SendMessageBatchRequestEntryTypeDef":
    organization_id = due[0].organization_id
    body = {
        "organization_id": organization_id,
        "lago_ids": [one.lago_id for one in due],
        "handed_out_at": at.isoformat(),
    }
    return {"Id": entry_id, "MessageBody": json.dumps(body), "MessageGroupId": _group(organization_id)}


def _group(organization_id: str) -> str:
    """The organization. One that is put into the table under a name that SQS does not take is named by its hash."""
    return organization_id if _GROUP.fullmatch(organization_id) else sha256(organization_id.encode()).hexdigest()
