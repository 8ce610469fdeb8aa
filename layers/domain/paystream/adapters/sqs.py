"""The queues: customers and integrations whose waiting invoices can be collected, and invoices that are due."""

import json
import re
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from paystream.model.schedule import DueInvoice

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

_GROUP = re.compile(r"[!-~]{1,128}")
"""https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html: MessageGroupId"""


class SqsCollectionQueue:
    """Implements the port `CollectionQueue`."""

    def __init__(self, client: "SQSClient", queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def collect_waiting(self, organization_id: str, external_customer_id: str) -> None:
        self._send({"organization_id": organization_id, "external_customer_id": external_customer_id})

    def resume_collection(self, organization_id: str, integration_id: str, *, cursor: str | None = None) -> None:
        self._send({"organization_id": organization_id, "integration_id": integration_id, "cursor": cursor})

    def _send(self, body: dict[str, str | None]) -> None:
        self._client.send_message(QueueUrl=self._queue_url, MessageBody=json.dumps(body))


class SqsDueQueue:
    """Implements the port `DueQueue`: a fair queue, whose message groups are the organizations."""

    def __init__(self, client: "SQSClient", queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def hand_out(self, due: Sequence[DueInvoice], at: datetime) -> tuple[DueInvoice, ...]:
        """SendMessageBatch answers 200 even if it took none."""
        entries = [_entry(str(position), one, at) for position, one in enumerate(due)]
        answer = self._client.send_message_batch(QueueUrl=self._queue_url, Entries=entries)
        return tuple(due[int(failed["Id"])] for failed in answer.get("Failed", []))


def _entry(entry_id: str, due: DueInvoice, at: datetime) -> "SendMessageBatchRequestEntryTypeDef":
    body = {"organization_id": due.organization_id, "lago_id": due.lago_id, "handed_out_at": at.isoformat()}
    return {"Id": entry_id, "MessageBody": json.dumps(body), "MessageGroupId": _group(due.organization_id)}


def _group(organization_id: str) -> str:
    """The organization. One that is put into the table under a name that SQS does not take is named by its hash."""
    return organization_id if _GROUP.fullmatch(organization_id) else sha256(organization_id.encode()).hexdigest()
