"""The bucket into which Lambda puts the stream records that failed for good, with their content.

The form of an object, and its key `aws/lambda/…`:
https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
"""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from paystream.adapters.stream_events import stream_record
from paystream.model.redrive import Portion, StreamConsumer, StreamRecord

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_FAILED = "aws/lambda/"
_REDRIVEN = "redriven/"
_ARN_WITHOUT_VERSION = 7
"""So many parts, between colons, has a function's ARN: an eighth would be a version or an alias."""


class S3FailedRecords:
    """Implements the port `RecordSource`; a cursor is an object's key. `consumers`: this stack's, by their ARN."""

    def __init__(self, client: "S3Client", bucket: str, consumers: Mapping[str, StreamConsumer]) -> None:
        self._client = client
        self._bucket = bucket
        self._consumers = consumers

    def portions(self, after: str | None) -> Iterator[Portion]:
        while True:
            page = self._client.list_objects_v2(Bucket=self._bucket, Prefix=_FAILED, StartAfter=after or _FAILED)
            for entry in page.get("Contents", []):
                after = entry["Key"]
                content = self._read(after)
                if content is not None:
                    yield self._portion(after, content)
            if not page["IsTruncated"]:
                return

    def put_away(self, portion: Portion) -> None:
        """Move the object aside: the bucket forgets it a year later. A run that was faster has done it."""
        key = str(portion.kept_as)
        try:
            self._client.copy_object(
                Bucket=self._bucket, Key=_REDRIVEN + key, CopySource={"Bucket": self._bucket, "Key": key}
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchKey":
                raise
        self._client.delete_object(Bucket=self._bucket, Key=key)

    def _read(self, key: str) -> bytes | None:
        """None if another run has put it away since it was listed."""
        try:
            return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except self._client.exceptions.NoSuchKey:
            return None

    def _portion(self, key: str, content: bytes) -> Portion:
        try:
            arn, records = _failed_batch(content)
        except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
            return Portion(cursor=key, kept_as=key, problem="this is not what Lambda writes of a failed stream record")
        consumer = self._consumers.get(arn)
        if consumer is None:
            return Portion(
                cursor=key, kept_as=key, problem="the function that failed is no stream consumer of this stack"
            )
        return Portion(cursor=key, kept_as=key, consumer=consumer, records=records)


def _failed_batch(content: bytes) -> tuple[str, tuple[StreamRecord, ...]]:
    """The function that failed, without its version, and what it was given."""
    body = json.loads(content)
    arn = ":".join(body["requestContext"]["functionArn"].split(":")[:_ARN_WITHOUT_VERSION])
    payload = body["payload"]
    event = json.loads(payload) if isinstance(payload, str) else payload
    records = tuple(stream_record(record) for record in event["Records"])
    if not records:
        raise ValueError("no records")
    return arn, records
