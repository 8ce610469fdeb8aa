"""The tables, and the few ways in which all stores use them."""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

from paystream.adapters.dynamodb.items import attribute_values, plain_item, to_item
from paystream.errors import InvalidInputError, VersionConflictError
from paystream.model.notification import Notification

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_BATCH = 100
"""What BatchGetItem reads at most."""

_LONGEST_SORT_KEY = 1024
_LONGEST_PARTITION_KEY = 2048
_NOTIFICATIONS_KEPT_FOR = timedelta(days=90)

_LOST_RACE_ALONE = frozenset({"ConditionalCheckFailedException", "TransactionConflictException"})
_LOST_RACE = frozenset({"ConditionalCheckFailed", "TransactionConflict"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The names of the tables."""

    api_keys: str
    integrations: str
    customers: str
    invoices: str
    invoice_numbers: str
    payments: str
    notifications: str
    webhook_endpoints: str
    figures: str


@dataclass(frozen=True, slots=True)
class Database:
    """A client and the tables it is used for."""

    client: "DynamoDBClient"
    tables: Tables

    def get(self, table: str, key: Mapping[str, str]) -> dict[str, Any] | None:
        """Read one item, strongly consistent. There is none under a key that DynamoDB does not take."""
        if not all(is_key(value) for value in key.values()):
            return None
        return self.client.get_item(TableName=table, Key=attribute_values(key), ConsistentRead=True).get("Item")

    def write(self, *actions: dict[str, Any]) -> None:
        """Write all or nothing. Raises VersionConflictError if a condition does not hold or a race is lost.

        One write alone is not sent as a transaction, which would cost double.
        """
        with version_checked():
            if len(actions) == 1:
                self._write_one(actions[0])
            else:
                self.client.transact_write_items(TransactItems=cast("Sequence[TransactWriteItemTypeDef]", actions))

    def _write_one(self, action: dict[str, Any]) -> None:
        if "Put" in action:
            self.client.put_item(**action["Put"])
        else:
            self.client.update_item(**action["Update"])

    def outbox(self, notifications: Sequence[Notification]) -> list[dict[str, Any]]:
        """The actions that store notifications along with what they are about."""
        return [
            {"Put": {"TableName": self.tables.notifications, "Item": _outbox_item(notification)}}
            for notification in notifications
        ]

    def query_page(
        self,
        table: str,
        index: str | None,
        partition: Mapping[str, str],
        *,
        position: Sequence[str],
        limit: int | None,
        cursor: str | None,
        newest_first: bool,
        between: tuple[str, str] | None = None,
    ) -> tuple[list[dict[str, Any]], str | None]:
        """One page of one partition, or of a part of it, as much as one read brings without a limit; `position` names
        the rest of the key, which a cursor holds.

        A part that ends before it begins has nothing in it; DynamoDB refuses to be asked. Raises InvalidInputError for
        a cursor that is not one of ours, or out of that part.
        """
        ((name, value),) = partition.items()
        ends_before_it_begins = between is not None and between[0] > between[1]
        if ends_before_it_begins or not is_key(value, _LONGEST_PARTITION_KEY):
            return [], None
        parameters: dict[str, Any] = {
            "TableName": table,
            "KeyConditionExpression": "#partition = :partition",
            "ExpressionAttributeNames": {"#partition": name},
            "ExpressionAttributeValues": {":partition": {"S": value}},
            "ScanIndexForward": not newest_first,
        }
        if limit:
            parameters["Limit"] = limit
        if between:
            parameters["KeyConditionExpression"] += " AND #order BETWEEN :first AND :last"
            parameters["ExpressionAttributeNames"]["#order"] = position[0]
            parameters["ExpressionAttributeValues"] |= attribute_values({":first": between[0], ":last": between[1]})
        if index:
            parameters["IndexName"] = index
        if cursor:
            start = _start_within(between, cursor, position)
            parameters["ExclusiveStartKey"] = attribute_values(start | dict(partition))
        answer = self.client.query(**parameters)
        last = answer.get("LastEvaluatedKey")
        return list(answer["Items"]), cursor_of(last, position) if last else None

    def get_batch(self, table: str, organization_id: str, lago_ids: Sequence[str]) -> list[dict[str, Any]]:
        """Read many items of an organization, strongly consistent, in the order of their ids; each once."""
        if not is_key(organization_id, _LONGEST_PARTITION_KEY):
            return []
        ids = [lago_id for lago_id in dict.fromkeys(lago_ids) if is_key(lago_id)]
        keys = [attribute_values({"organization_id": organization_id, "lago_id": lago_id}) for lago_id in ids]
        parts = [keys[start : start + _BATCH] for start in range(0, len(keys), _BATCH)]
        return [item for part in parts for item in self.items_of(table, part)]

    def items_of(self, table: str, keys: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The items of an index's entries, in their order; at most 100."""
        wanted = [{"organization_id": key["organization_id"], "lago_id": key["lago_id"]} for key in keys]
        found = {item["lago_id"]["S"]: item for item in self._batch(table, wanted)}
        return [found[key["lago_id"]["S"]] for key in wanted if key["lago_id"]["S"] in found]

    def each_of(self, table: str, keys: Sequence[Mapping[str, str]]) -> Iterator[dict[str, Any]]:
        """Read the items of these keys that there are, strongly consistent, in no order."""
        typed = [attribute_values(key) for key in keys]
        for start in range(0, len(typed), _BATCH):
            yield from self._batch(table, typed[start : start + _BATCH])

    def _batch(self, table: str, keys: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
        request: Any = {table: {"Keys": keys, "ConsistentRead": True}} if keys else {}
        while request:
            answer = self.client.batch_get_item(RequestItems=request)
            yield from answer["Responses"].get(table, [])
            request = answer.get("UnprocessedKeys")


def _outbox_item(notification: Notification) -> dict[str, Any]:
    """DynamoDB removes the item some time after `expires_at`, in seconds since 1970."""
    expires_at = int((notification.created_at + _NOTIFICATIONS_KEPT_FOR).timestamp())
    return to_item(notification) | {"expires_at": {"N": str(expires_at)}}


@contextmanager
def version_checked() -> Iterator[None]:
    """DynamoDB's words for "someone else was first" become VersionConflictError; all else is passed on."""
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        reasons: list[dict[str, Any]] = cast("dict[str, Any]", error.response).get("CancellationReasons", [])
        if code in _LOST_RACE_ALONE or any(reason.get("Code") in _LOST_RACE for reason in reasons):
            raise VersionConflictError("the record was changed at the same time") from error
        raise


def version_condition(version: int) -> dict[str, Any]:
    """The condition that the stored version is the one that was read; 0 is an item without a version."""
    if version == 0:
        return {
            "ConditionExpression": "attribute_not_exists(#version)",
            "ExpressionAttributeNames": {"#version": "version"},
        }
    return {
        "ConditionExpression": "#version = :version",
        "ExpressionAttributeNames": {"#version": "version"},
        "ExpressionAttributeValues": {":version": {"N": str(version)}},
    }


def cursor_of(entry: Mapping[str, Any], position: Sequence[str]) -> str:
    """What leads on from an entry of an index, or from an item."""
    rest = plain_item({name: entry[name] for name in position})
    return base64.urlsafe_b64encode(json.dumps(rest).encode()).decode().rstrip("=")


def _start_within(between: tuple[str, str] | None, cursor: str, position: Sequence[str]) -> dict[str, str]:
    start = cursor_key(cursor, position)
    if between and not between[0] <= start[position[0]] <= between[1]:
        raise InvalidInputError({"cursor": ["value_is_invalid"]})
    return start


def cursor_key(cursor: str, position: Sequence[str]) -> dict[str, str]:
    """What a cursor holds. The organization is never part of a caller's, so that cannot lead into another one. Raises
    InvalidInputError for one that is not of this position.
    """
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError) as malformed:
        raise InvalidInputError({"cursor": ["value_is_invalid"]}) from malformed
    if not isinstance(key, dict) or key.keys() != set(position) or not all(map(is_key, key.values())):
        raise InvalidInputError({"cursor": ["value_is_invalid"]})
    return key


def is_key(value: Any, longest: int = _LONGEST_SORT_KEY) -> bool:
    """Whether DynamoDB takes it for a key: text, not empty, not too long (in bytes)."""
    return isinstance(value, str) and 0 < len(value.encode(errors="replace")) <= longest
