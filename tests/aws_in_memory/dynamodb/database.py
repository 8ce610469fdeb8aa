"""A client of DynamoDB in memory, in the shape of `boto3.client("dynamodb")`.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html
"""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from aws_in_memory.errors import NotImitatedError, client_error, exceptions_of, refuse_unknown

from . import expressions
from .expressions import Action, Parsed, Path, Scope
from .pages import Reading, shown, span_of, start_of
from .tables import Index, Key, Table
from .updates import updated
from .values import (
    AttributeValue,
    InvalidValueError,
    Item,
    comparable,
    copied,
    copied_value,
    taken,
    taken_again,
    taken_value,
)

SERVICE = "dynamodb"
_MOST_KEYS = 100
_MOST_ACTIONS = 100
_NONE: frozenset[str] = frozenset()
_MOST_TRANSACTION_BYTES = 4 * 1024 * 1024


class Lag:
    """How far reads that are not consistent are behind. Not at all, unless a test says otherwise."""

    def index(self, pending: int) -> int:
        """How many of the last changes an index does not show yet."""
        return 0

    def read(self) -> bool:
        """Whether a read that is not consistent sees the item as it was before its last change."""
        return False


@dataclass(slots=True)
class _Write:
    """One write of a transaction, or one alone: what is in place of the item once its condition holds."""

    operation: str
    table: Table
    key: Key
    before: Item | None
    after: Item | None
    size: int
    holds: bool
    returns_old: bool


@dataclass(slots=True)
class DynamoDB:
    """All tables, and a client of them. `unprocessed` says how many keys of a batch are left for another call."""

    tables: dict[str, Table]
    lag: Lag = field(default_factory=Lag)
    unprocessed: Callable[[int], int] = lambda keys: 0
    _tokens: dict[str, Sequence[Any]] = field(default_factory=dict)

    @property
    def exceptions(self) -> Any:
        return exceptions_of(SERVICE)

    def get_item(
        self,
        *,
        TableName: str,
        Key: Mapping[str, Any],
        ConsistentRead: bool = False,
        ProjectionExpression: str | None = None,
        ExpressionAttributeNames: Mapping[str, str] | None = None,
        **unknown: Any,
    ) -> dict[str, Any]:
        refuse_unknown("GetItem", unknown)
        table = self._table("GetItem", TableName)
        with Checked("GetItem"):
            names = ExpressionAttributeNames or {}
            paths = _projected(ProjectionExpression, names)
            _check_used(names, {}, [_parsed_projection(ProjectionExpression)])
            key = table.key_of(Key)
        item = self._read(table, key, consistent=ConsistentRead)
        return {} if item is None else {"Item": shown(item, paths)}

    def batch_get_item(self, *, RequestItems: Mapping[str, Any], **unknown: Any) -> dict[str, Any]:
        refuse_unknown("BatchGetItem", unknown)
        if not 0 < sum(len(request["Keys"]) for request in RequestItems.values()) <= _MOST_KEYS:
            raise _invalid("BatchGetItem", "Too many items requested for the BatchGetItem call, or none")
        responses: dict[str, list[Item]] = {}
        unprocessed: dict[str, Any] = {}
        for name, request in RequestItems.items():
            refuse_unknown("BatchGetItem", dict.fromkeys(request.keys() - {"Keys", "ConsistentRead"}, 1))
            table = self._table("BatchGetItem", name)
            with Checked("BatchGetItem"):
                keys = [table.key_of(key) for key in request["Keys"]]
                if len(set(keys)) != len(keys):
                    raise InvalidValueError("Provided list of item keys contains duplicates")
            done = len(keys) - self.unprocessed(len(keys))
            found = [self._read(table, key, consistent=request.get("ConsistentRead", False)) for key in keys[:done]]
            responses[name] = [copied(item) for item in found if item is not None]
            if done < len(keys):
                unprocessed[name] = {**request, "Keys": list(request["Keys"][done:])}
        return {"Responses": responses, "UnprocessedKeys": unprocessed}

    def put_item(
        self, *, ReturnValues: str = "NONE", ReturnValuesOnConditionCheckFailure: str = "NONE", **put: Any
    ) -> dict[str, Any]:
        write = self._put("PutItem", put, ReturnValuesOnConditionCheckFailure)
        self._commit_alone("PutItem", write)
        return _returned("PutItem", write, ReturnValues, ())

    def update_item(
        self, *, ReturnValues: str = "NONE", ReturnValuesOnConditionCheckFailure: str = "NONE", **update: Any
    ) -> dict[str, Any]:
        write, actions, names = self._update("UpdateItem", update, ReturnValuesOnConditionCheckFailure)
        self._commit_alone("UpdateItem", write)
        scope = Scope({}, names, {})
        return _returned("UpdateItem", write, ReturnValues, (scope.path(action.path) for action in actions))

    def delete_item(
        self, *, ReturnValues: str = "NONE", ReturnValuesOnConditionCheckFailure: str = "NONE", **delete: Any
    ) -> dict[str, Any]:
        write = self._delete("DeleteItem", delete, ReturnValuesOnConditionCheckFailure)
        self._commit_alone("DeleteItem", write)
        return _returned("DeleteItem", write, ReturnValues, ())

    def transact_write_items(
        self, *, TransactItems: Sequence[Mapping[str, Any]], ClientRequestToken: str | None = None, **unknown: Any
    ) -> dict[str, Any]:
        """With a token that was used before nothing is done again, as botocore relies on when it retries."""
        operation = "TransactWriteItems"
        refuse_unknown(operation, unknown)
        if not 0 < len(TransactItems) <= _MOST_ACTIONS:
            raise _invalid(operation, f"Member must have length less than or equal to {_MOST_ACTIONS}")
        if ClientRequestToken is not None and ClientRequestToken in self._tokens:
            return self._same(operation, self._tokens[ClientRequestToken], TransactItems)
        writes = self._checked_writes(operation, TransactItems)
        if not all(write.holds for write in writes):
            raise canceled([_reason(write) for write in writes])
        for write in writes:
            if write.operation != "ConditionCheck":
                write.table.store(write.key, write.after, write.size)
        if ClientRequestToken is not None:
            self._tokens[ClientRequestToken] = TransactItems
        return {}

    def _same(self, operation: str, before: Sequence[Any], items: Sequence[Any]) -> dict[str, Any]:
        if before != items:
            raise client_error(SERVICE, operation, "IdempotentParameterMismatchException", "the token was used")
        return {}

    def _checked_writes(self, operation: str, items: Sequence[Mapping[str, Any]]) -> list[_Write]:
        writes = [self._action(operation, action) for action in items]
        if len({(write.table.name, write.key) for write in writes}) != len(writes):
            raise _invalid(operation, "Transaction request cannot include multiple operations on one item")
        if sum(write.size for write in writes) > _MOST_TRANSACTION_BYTES:
            raise _invalid(operation, "Collection of operations is too large")
        return writes

    def query(
        self,
        *,
        TableName: str,
        KeyConditionExpression: str,
        IndexName: str | None = None,
        ExpressionAttributeNames: Mapping[str, str] | None = None,
        ExpressionAttributeValues: Mapping[str, Any] | None = None,
        FilterExpression: str | None = None,
        ProjectionExpression: str | None = None,
        Limit: int | None = None,
        ExclusiveStartKey: Mapping[str, Any] | None = None,
        ScanIndexForward: bool = True,
        ConsistentRead: bool = False,
        **unknown: Any,
    ) -> dict[str, Any]:
        refuse_unknown("Query", unknown)
        table = self._table("Query", TableName)
        index = self._index("Query", table, IndexName, consistent=ConsistentRead)
        names = ExpressionAttributeNames or {}
        with Checked("Query"):
            values = _taken_values(ExpressionAttributeValues)
            parsed = expressions.key_condition(KeyConditionExpression)
            _check_used(
                names,
                values,
                [parsed, _parsed_condition(FilterExpression), _parsed_projection(ProjectionExpression)],
            )
            span = span_of(parsed, index or table, Scope({}, names, values))
            after = start_of(ExclusiveStartKey, table, index, span.partition)
            test = expressions.condition(FilterExpression).content if FilterExpression else None
        reading = Reading(
            table, index, _limit("Query", Limit), test, names, values, _projected(ProjectionExpression, names)
        )
        return reading.page(reading.queried(span, after, forward=ScanIndexForward))

    def scan(
        self,
        *,
        TableName: str,
        IndexName: str | None = None,
        ExpressionAttributeNames: Mapping[str, str] | None = None,
        ExpressionAttributeValues: Mapping[str, Any] | None = None,
        FilterExpression: str | None = None,
        ProjectionExpression: str | None = None,
        Limit: int | None = None,
        ExclusiveStartKey: Mapping[str, Any] | None = None,
        ConsistentRead: bool = False,
        **unknown: Any,
    ) -> dict[str, Any]:
        refuse_unknown("Scan", unknown)
        table = self._table("Scan", TableName)
        index = self._index("Scan", table, IndexName, consistent=ConsistentRead)
        names = ExpressionAttributeNames or {}
        with Checked("Scan"):
            values = _taken_values(ExpressionAttributeValues)
            _check_used(names, values, [_parsed_condition(FilterExpression), _parsed_projection(ProjectionExpression)])
            test = expressions.condition(FilterExpression).content if FilterExpression else None
            start = None
            if ExclusiveStartKey is not None:
                start_partition = comparable(ExclusiveStartKey[(index or table).keys.hash])
                start = (start_partition, start_of(ExclusiveStartKey, table, index, start_partition))
        reading = Reading(
            table, index, _limit("Scan", Limit), test, names, values, _projected(ProjectionExpression, names)
        )
        return reading.page(reading.scanned(start))

    def _table(self, operation: str, name: str) -> Table:
        if name not in self.tables:
            raise client_error(SERVICE, operation, "ResourceNotFoundException", "Requested resource not found")
        return self.tables[name]

    def _index(self, operation: str, table: Table, name: str | None, *, consistent: bool) -> Index | None:
        if name is None:
            return None
        if name not in table.indexes:
            raise _invalid(operation, f"The table does not have the specified index: {name}")
        if consistent:
            raise _invalid(operation, "Consistent reads are not supported on global secondary indexes")
        index = table.indexes[name]
        index.catch_up(self.lag.index(index.pending) if index.pending else 0)
        return index

    def _read(self, table: Table, key: Key, *, consistent: bool) -> Item | None:
        return table.get_before(key) if not consistent and self.lag.read() else table.get(key)

    def _action(self, operation: str, action: Mapping[str, Any]) -> _Write:
        if len(action) != 1:
            raise _invalid(operation, "TransactItems can only contain one of Check, Put, Update or Delete")
        ((kind, content),) = action.items()
        parameters = dict(content)
        returns_old = parameters.pop("ReturnValuesOnConditionCheckFailure", "NONE")
        if kind == "Put":
            return self._put(operation, parameters, returns_old)
        if kind == "Update":
            return self._update(operation, parameters, returns_old)[0]
        if kind == "Delete":
            return self._delete(operation, parameters, returns_old)
        if kind == "ConditionCheck":
            write = self._delete(operation, parameters, returns_old)
            write.operation = kind
            return write
        raise NotImitatedError(f"a transaction with {kind}")

    def _put(self, operation: str, parameters: Mapping[str, Any], returns_old: str) -> _Write:
        rest = dict(parameters)
        table = self._table(operation, rest.pop("TableName"))
        with Checked(operation):
            item, size = taken(rest.pop("Item"))
            key = table.key_in(item)
            table.check(item, size)
            before = table.get(key)
            holds = _condition_holds(operation, rest, before)
        return _Write("Put", table, key, before, item, size, holds, returns_old == "ALL_OLD")

    def _delete(self, operation: str, parameters: Mapping[str, Any], returns_old: str) -> _Write:
        rest = dict(parameters)
        table = self._table(operation, rest.pop("TableName"))
        with Checked(operation):
            key = table.key_of(rest.pop("Key"))
            before = table.get(key)
            holds = _condition_holds(operation, rest, before)
        return _Write("Delete", table, key, before, None, 0, holds, returns_old == "ALL_OLD")

    def _update(
        self, operation: str, parameters: Mapping[str, Any], returns_old: str
    ) -> tuple[_Write, Sequence[Action], Mapping[str, str]]:
        rest = dict(parameters)
        table = self._table(operation, rest.pop("TableName"))
        with Checked(operation):
            sent_key = rest.pop("Key")
            key = table.key_of(sent_key)
            text: str | None = rest.pop("UpdateExpression", None)
            parsed = expressions.update(text) if text else Parsed((), frozenset(), frozenset())
            before = table.get(key)
            names: Mapping[str, str] = rest.get("ExpressionAttributeNames") or {}
            values = _taken_values(rest.get("ExpressionAttributeValues"))
            holds = _condition_holds(operation, rest, before, parsed, values)
            after, size = before, 0
            if holds:
                whole = (
                    dict(before) if before is not None else {name: copied_value(sent_key[name]) for name in sent_key}
                )
                whole = updated(whole, table, parsed.content, names, values)
                after, size = taken(whole) if before is None else taken_again(whole, before, table.size(key))
                table.check(after, size)
        return _Write("Update", table, key, before, after, size, holds, returns_old == "ALL_OLD"), parsed.content, names

    def _commit_alone(self, operation: str, write: _Write) -> None:
        if not write.holds:
            old: dict[str, Any] = {}
            if write.returns_old and write.before is not None:
                old = {"Item": copied(write.before)}
            message = "The conditional request failed"
            code = "ConditionalCheckFailedException"
            raise client_error(SERVICE, operation, code, message, status=400, **old)
        write.table.store(write.key, write.after, write.size)


def canceled(reasons: Sequence[Mapping[str, Any]]) -> Exception:
    """The error of a transaction that was not done for these reasons, one for each of its actions."""
    codes = ", ".join(reason["Code"] for reason in reasons)
    message = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
    return client_error(
        SERVICE, "TransactWriteItems", "TransactionCanceledException", message, CancellationReasons=list(reasons)
    )


class Checked:
    """Text of an InvalidValueError becomes DynamoDB's ValidationException."""

    __slots__ = ("_operation",)

    def __init__(self, operation: str) -> None:
        self._operation = operation

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, InvalidValueError):
            raise _invalid(self._operation, str(error)) from error


def _invalid(operation: str, message: str) -> Exception:
    return client_error(SERVICE, operation, "ValidationException", message)


def _reason(write: _Write) -> dict[str, Any]:
    if write.holds:
        return {"Code": "None"}
    old = {"Item": copied(write.before)} if write.returns_old and write.before is not None else {}
    return {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed", **old}


def _taken_values(values: Mapping[str, Any] | None) -> dict[str, AttributeValue]:
    return {name: taken_value(value)[0] for name, value in values.items()} if values else {}


def _parsed_condition(text: str | None) -> Parsed | None:
    return expressions.condition(text) if text else None


def _parsed_projection(text: str | None) -> Parsed | None:
    return expressions.projection(text) if text else None


def _projected(text: str | None, names: Mapping[str, str]) -> Sequence[Path] | None:
    if text is None:
        return None
    scope = Scope({}, names, {})
    return [scope.path(path) for path in expressions.projection(text).content]


def _limit(operation: str, limit: int | None) -> int | None:
    if limit is not None and limit < 1:
        raise _invalid(operation, "Limit must be greater than or equal to 1")
    return limit


def _check_used(names: Mapping[str, str], values: Mapping[str, Any], parsed: Sequence[Parsed | None]) -> None:
    """Raises InvalidValueError if there are placeholders that no expression uses."""
    used_names = used_values = _NONE
    for one in parsed:
        if one is not None:
            used_names |= one.names
            used_values |= one.values
    if names.keys() == used_names and values.keys() == used_values:
        return
    _refuse_unused("ExpressionAttributeNames", names.keys() - used_names)
    _refuse_unused("ExpressionAttributeValues", values.keys() - used_values)
    missing = (used_names - names.keys()) | (used_values - values.keys())
    if missing:
        raise InvalidValueError(
            f"An expression attribute name or value used in expression is not defined: {', '.join(sorted(missing))}"
        )


def _refuse_unused(parameter: str, unused: Set[str]) -> None:
    if unused:
        listed = ", ".join(sorted(unused))
        raise InvalidValueError(f"Value provided in {parameter} unused in expressions: keys: {{{listed}}}")


def _condition_holds(
    operation: str,
    rest: dict[str, Any],
    before: Item | None,
    update: Parsed | None = None,
    values: Mapping[str, AttributeValue] | None = None,
) -> bool:
    """Whether the write may take place. Raises NotImitatedError for parameters that nobody knows."""
    text: str | None = rest.pop("ConditionExpression", None)
    names: Mapping[str, str] = rest.pop("ExpressionAttributeNames", None) or {}
    sent = rest.pop("ExpressionAttributeValues", None)
    refuse_unknown(operation, rest)
    values = _taken_values(sent) if values is None else values
    parsed = _parsed_condition(text)
    _check_used(names, values, [parsed, update])
    if parsed is None:
        return True
    holds: bool = parsed.content(Scope(before or {}, names, values))
    return holds


def _returned(operation: str, write: _Write, wanted: str, paths: Iterable[Path]) -> dict[str, Any]:
    allowed = {"PutItem": ("NONE", "ALL_OLD"), "DeleteItem": ("NONE", "ALL_OLD")}.get(operation)
    if allowed and wanted not in allowed:
        raise _invalid(operation, "Return values set to invalid value")
    if wanted == "NONE":
        return {}
    item = write.before if wanted.endswith("OLD") else write.after
    if item is None:
        return {}
    if wanted in ("ALL_OLD", "ALL_NEW"):
        return {"Attributes": copied(item)}
    changed = {str(path[0]): item[path[0]] for path in paths if path[0] in item}
    return {"Attributes": copied(changed)} if changed else {}
