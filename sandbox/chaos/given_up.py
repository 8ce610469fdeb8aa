"""Stream records that their function does not get: they lie in the bucket, as Lambda puts them there in the end."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sandbox.chaos.mappings import mapping
from sandbox.chaos.violations import expect
from sandbox.chaos.world import Chaos
from sandbox.failed_batch import failed_batch

_SHARD = "shardId-00000001795428000000-0a1b2c3d"


def give_up(chaos: Chaos, function: str, lago_id: str, *, records: int) -> str:
    """Put the new items about an invoice, so many, into the bucket, in the stream's form; the object's key."""
    described = mapping(chaos, function)

    def notified() -> list[dict[str, Any]]:
        found = [record for record in _inserts(chaos, described["EventSourceArn"]) if lago_id in json.dumps(record)]
        return found if len(found) == records else []

    event = {"Records": chaos.stack.wait_for(f"the stream to bring {lago_id}", notified)}
    now = datetime.now(UTC)
    key = f"aws/lambda/{described['UUID']}/{_SHARD}/{now:%Y/%m/%d}/{now:%Y-%m-%dT%H.%M.%S}-{uuid4()}"
    body = json.dumps(failed_batch(described["FunctionArn"], event))
    chaos.stack.emulator.client("s3").put_object(Bucket=_bucket(chaos), Key=key, Body=body)
    return key


def expect_put_away(chaos: Chaos, key: str) -> None:
    """The object lies where what was redriven is kept, and nowhere else. Raises ViolationError."""
    listed = chaos.stack.emulator.client("s3").list_objects_v2(Bucket=_bucket(chaos)).get("Contents", [])
    found = [entry["Key"] for entry in listed if entry["Key"].endswith(key)]
    expect(found == [f"redriven/{key}"], f"what was redriven lies at {found}")


def _inserts(chaos: Chaos, stream_arn: str) -> Iterator[dict[str, Any]]:
    """All new items that the stream holds, in the form in which Lambda hands them over."""
    streams = chaos.stack.emulator.client("dynamodbstreams")
    for shard in streams.describe_stream(StreamArn=stream_arn)["StreamDescription"]["Shards"]:
        position = streams.get_shard_iterator(
            StreamArn=stream_arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        while position:
            answer = streams.get_records(ShardIterator=position)
            for record in answer["Records"]:
                written_at = record["dynamodb"]["ApproximateCreationDateTime"]
                record["dynamodb"]["ApproximateCreationDateTime"] = written_at.timestamp()
                if record["eventName"] == "INSERT":
                    yield record
            position = answer.get("NextShardIterator") if answer["Records"] else None


def _bucket(chaos: Chaos) -> str:
    return chaos.stack.outputs["FailedRecordsBucket"]
