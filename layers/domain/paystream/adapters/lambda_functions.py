"""Functions of this stack that another one invokes."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from paystream.model.redrive import StreamConsumer, StreamRecord
from paystream.observability import logger

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient


class LambdaStreamConsumers:
    """Implements the port `StreamConsumers`."""

    def __init__(self, client: "LambdaClient", arns: Mapping[StreamConsumer, str]) -> None:
        self._client = client
        self._arns = arns

    def handle(self, consumer: StreamConsumer, records: Sequence[StreamRecord]) -> tuple[StreamRecord, ...]:
        event = {"Records": [record.content for record in records]}
        # As text, not as ASCII: escapes would make an event too long that Lambda had handed over itself.
        payload = json.dumps(event, ensure_ascii=False).encode(errors="surrogatepass")
        try:
            answer = self._client.invoke(FunctionName=self._arns[consumer], Payload=payload)
            report = json.loads(answer["Payload"].read())
        except (BotoCoreError, ClientError, ValueError) as error:
            logger.warning("stream consumer did not answer", consumer=consumer.value, reason=_reason(error))
            return tuple(records)
        if answer.get("FunctionError"):
            logger.warning("stream consumer failed", consumer=consumer.value, kind=answer["FunctionError"])
            return tuple(records)
        return _not_handled(records, report)


def _not_handled(records: Sequence[StreamRecord], report: Any) -> tuple[StreamRecord, ...]:
    """An answer that names none of the records, and does not say that there are none, says nothing."""
    try:
        failed = {failure["itemIdentifier"] for failure in report["batchItemFailures"]}
    except (LookupError, TypeError):
        return tuple(records)
    if not failed <= {record.identifier for record in records}:
        return tuple(records)
    return tuple(record for record in records if record.identifier in failed)


def _reason(error: Exception) -> str:
    return str(error.response["Error"]["Code"]) if isinstance(error, ClientError) else type(error).__name__
