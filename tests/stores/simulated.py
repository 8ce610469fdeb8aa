"""The simulation's DynamoDB, with tables that come and go: a simulation is worth as much as its imitations."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from aws_in_memory.buckets import Buckets
from aws_in_memory.dynamodb.database import DynamoDB
from aws_in_memory.dynamodb.patterns import filter_of
from aws_in_memory.dynamodb.streams import Change, Settings, StreamMapping, stream_arn
from aws_in_memory.dynamodb.tables import Table

_ALL = 10**6


class SimulatedDynamoDB:
    """A client of DynamoDB. In the simulation the tables are the template's, here they are made by each target."""

    def __init__(self) -> None:
        self._database = DynamoDB({})
        self.mappings: dict[str, StreamMapping] = {}

    def __getattr__(self, operation: str) -> Any:
        return getattr(self._database, operation)

    def create_table(self, *, TableName: str, **definition: Any) -> None:
        table = self._database.tables[TableName] = Table(TableName, definition)
        if "StreamSpecification" in definition:
            mapping = self.mappings[stream_arn(TableName)] = _mapping_of_all(TableName)
            table.watchers.append(mapping.watch)

    def delete_table(self, *, TableName: str) -> None:
        del self._database.tables[TableName]
        self.mappings.pop(stream_arn(TableName), None)

    def describe_table(self, *, TableName: str) -> dict[str, Any]:
        return {"Table": {"LatestStreamArn": stream_arn(TableName)}}


@dataclass
class SimulatedStreams:
    """A client of DynamoDB's streams: the one lane of a mapping that lets all through is a shard."""

    dynamodb: SimulatedDynamoDB
    _iterators: dict[str, Iterator[Change]] = field(default_factory=dict)

    def describe_stream(self, *, StreamArn: str) -> dict[str, Any]:
        lanes = self.dynamodb.mappings[StreamArn].lanes
        return {"StreamDescription": {"Shards": [{"ShardId": str(lane.number)} for lane in lanes]}}

    def get_shard_iterator(self, *, StreamArn: str, ShardId: str, ShardIteratorType: str) -> dict[str, str]:
        if ShardIteratorType != "TRIM_HORIZON":
            raise NotImplementedError(ShardIteratorType)
        lane = self.dynamodb.mappings[StreamArn].lanes[int(ShardId)]
        name = str(uuid4())
        self._iterators[name] = iter(list(lane.records))
        return {"ShardIterator": name}

    def get_records(self, *, ShardIterator: str) -> dict[str, Any]:
        return {"Records": [_as_boto3(change.shown()) for change in self._iterators.pop(ShardIterator)]}


def _mapping_of_all(table: str) -> StreamMapping:
    settings = Settings(
        function="",
        table=table,
        batch_size=_ALL,
        lanes=1,
        most_retries=None,
        most_age=None,
        bisects=False,
        reports_failures=False,
        filter=filter_of(None),
        failure_bucket=None,
    )
    return StreamMapping(settings, Buckets([], time.time), time.time, lambda: str(uuid4()))


def _as_boto3(record: dict[str, Any]) -> dict[str, Any]:
    """boto3 reads the time that Lambda hands over as a number."""
    written_at = datetime.fromtimestamp(record["dynamodb"]["ApproximateCreationDateTime"], UTC)
    return record | {"dynamodb": record["dynamodb"] | {"ApproximateCreationDateTime": written_at}}
