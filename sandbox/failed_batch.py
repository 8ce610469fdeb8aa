"""A batch of stream records that failed for good, as Lambda puts it into a bucket."""

import json
from collections.abc import Mapping
from typing import Any


def failed_batch(function_arn: str, event: Mapping[str, Any]) -> dict[str, Any]:
    """The form of https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html, for S3."""
    changes = [record["dynamodb"] for record in event["Records"]]
    return {
        "requestContext": {
            "requestId": "316aa6d0-8154-xmpl-9af7-85d5f4a6bc81",
            "functionArn": function_arn,
            "condition": "RetryAttemptsExhausted",
            "approximateInvokeCount": 11,
        },
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST"},
        "version": "1.0",
        "timestamp": "2026-11-23T16:00:00.049Z",
        "DDBStreamBatchInfo": {
            "shardId": "shardId-00000001795428000000-0a1b2c3d",
            "startSequenceNumber": changes[0]["SequenceNumber"] if changes else None,
            "endSequenceNumber": changes[-1]["SequenceNumber"] if changes else None,
            "approximateArrivalOfFirstRecord": "2026-11-23T10:00:00Z",
            "approximateArrivalOfLastRecord": "2026-11-23T10:00:00Z",
            "batchSize": len(changes),
            "streamArn": "arn:aws:dynamodb:us-east-1:123456789012:table/InvoicesTable/stream/2026-11-01T00:00:00.000",
        },
        "payload": json.dumps(event),
    }
