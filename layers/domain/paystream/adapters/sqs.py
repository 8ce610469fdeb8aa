"""The queue of customers whose waiting invoices can be collected now."""

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsCollectionQueue:
    """Implements the port `CollectionQueue`."""

    def __init__(self, client: "SQSClient", queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def collect_waiting(self, organization_id: str, external_customer_id: str) -> None:
        body = {"organization_id": organization_id, "external_customer_id": external_customer_id}
        self._client.send_message(QueueUrl=self._queue_url, MessageBody=json.dumps(body))
