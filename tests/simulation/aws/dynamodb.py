"""A client of DynamoDB in memory, in the shape of `boto3.client("dynamodb")`.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import expressions
from .errors import NotImitatedError, client_error, exceptions_of, refuse_unknown
from .expressions import Action, Parsed, Path, Scope, SortCondition, resolve
from .tables import Index, Key, Table
from .values import (
    AttributeValue,
    InvalidValueError,
    Item,
    comparable,
    copied,
    copied_value,
    normal_number,
    taken,
    taken_value,
)

SERVICE = "dynamodb"
_MOST_PAGE_BYTES = 1024 * 1024
_MOST_KEYS = 100
_MOST_ACTIONS = 100
_MOST_TRANSACTION_BYTES = 4 * 1024 * 1024
_MOST_BATCH_BYTES = 16 * 1024 * 1024
_LAST = "\U0010ffff"


class Lag:
    """How far reads that are not consistent are behind. Not at all, unless somebody says otherwise."""

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
        with _checked("GetItem"):
            names = ExpressionAttributeNames or {}
            paths = _projected(ProjectionExpression, names)
            _check_used(names, {}, [_parsed_projection(ProjectionExpression)])
            key = table.key_of(Key)
        item = self._read(table, key, consistent=ConsistentRead)
        return {} if item is None else {"Item": _shown(item, paths)}

    def batch_get_item(self, *, RequestItems: Mapping[str, Any], **unknown: Any) -> dict[str, Any]:
        refuse_unknown("BatchGetItem", unknown)
        if not 0 < sum(len(request["Keys"]) for request in RequestItems.values()) <= _MOST_KEYS:
            raise _invalid("BatchGetItem", "Too many items requested for the BatchGetItem call, or none")
        responses: dict[str, list[Item]] = {}
        unprocessed: dict[str, Any] = {}
        for name, request in RequestItems.items():
            refuse_unknown("BatchGetItem", {key: 1 for key in request.keys() - {"Keys", "ConsistentRead"}})
            table = self._table("BatchGetItem", name)
            with _checked("BatchGetItem"):
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
        return _returned("UpdateItem", write, ReturnValues, [scope.path(action.path) for action in actions])

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
            if self._tokens[ClientRequestToken] != TransactItems:
                raise client_error(SERVICE, operation, "IdempotentParameterMismatchException", "the token was used")
            return {}
        writes = [self._action(operation, action) for action in TransactItems]
        if len({(write.table.name, write.key) for write in writes}) != len(writes):
            raise _invalid(operation, "Transaction request cannot include multiple operations on one item")
        if sum(write.size for write in writes) > _MOST_TRANSACTION_BYTES:
            raise _invalid(operation, "Collection of operations is too large")
        if not all(write.holds for write in writes):
            raise canceled([_reason(write) for write in writes])
        for write in writes:
            if write.operation != "ConditionCheck":
                write.table.store(write.key, write.after, write.size)
        if ClientRequestToken is not None:
            self._tokens[ClientRequestToken] = TransactItems
        return {}

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
        with _checked("Query"):
            values = _taken_values(ExpressionAttributeValues)
            parsed = expressions.key_condition(KeyConditionExpression)
            _check_used(
                names,
                values,
                [parsed, _parsed_condition(FilterExpression), _parsed_projection(ProjectionExpression)],
            )
            partition, low, high, exclude = _key_range(parsed, index or table, Scope({}, names, values))
            after = _start(ExclusiveStartKey, table, index, partition)
            test = expressions.condition(FilterExpression).content if FilterExpression else None
        order = (index or table).order
        span = order.span(partition, low, high, after, forward=ScanIndexForward)
        wanted = (position for position in span if not position[:1] in exclude)
        keys = ((position, (partition, *position) if index is None else position[-len(table.keys.names) :]) for position in wanted)
        return self._page(
            table, index, keys, Limit, test, names, values, _projected(ProjectionExpression, names)
        )

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
        with _checked("Scan"):
            values = _taken_values(ExpressionAttributeValues)
            _check_used(names, values, [_parsed_condition(FilterExpression), _parsed_projection(ProjectionExpression)])
            test = expressions.condition(FilterExpression).content if FilterExpression else None
            start = None
            if ExclusiveStartKey is not None:
                start_partition = comparable(ExclusiveStartKey[(index or table).keys.hash])
                start = (start_partition, _start(ExclusiveStartKey, table, index, start_partition))
        return self._page(
            table, index, _scanned(table, index, start), Limit, test, names, values,
            _projected(ProjectionExpression, names),
        )  # fmt: skip

    def _page(
        self,
        table: Table,
        index: Index | None,
        keys: Iterator[tuple[Key, Key]],
        limit: int | None,
        test: expressions.Condition | None,
        names: Mapping[str, str],
        values: Mapping[str, AttributeValue],
        paths: Sequence[Path] | None,
    ) -> dict[str, Any]:
        if limit is not None and limit < 1:
            raise _invalid("Query", "Limit must be greater than or equal to 1")
        items: list[Item] = []
        scanned = size = 0
        last: Item | None = None
        for position, key in keys:
            item = table.get(key) if index is None else index.shown(position)
            if item is None:
                raise NotImitatedError(f"{table.name} lost an item while it was read")
            scanned += 1
            size += table.size(key) if index is None else 100
            if test is None or test(Scope(item, names, values)):
                items.append(_shown(item, paths))
            if scanned == limit or size >= _MOST_PAGE_BYTES:
                wanted = dict.fromkeys((*table.keys.names, *(index.keys.names if index else ())))
                last = {name: copied_value(item[name]) for name in wanted}
                break
        answer: dict[str, Any] = {"Items": items, "Count": len(items), "ScannedCount": scanned}
        return answer if last is None else answer | {"LastEvaluatedKey": last}

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
        with _checked(operation):
            item, size = taken(rest.pop("Item"))
            key = table.key_in(item)
            table.check(item, size)
            before = table.get(key)
            holds = _condition_holds(operation, rest, before)
        return _Write("Put", table, key, before, item, size, holds, returns_old == "ALL_OLD")

    def _delete(self, operation: str, parameters: Mapping[str, Any], returns_old: str) -> _Write:
        rest = dict(parameters)
        table = self._table(operation, rest.pop("TableName"))
        with _checked(operation):
            key = table.key_of(rest.pop("Key"))
            before = table.get(key)
            holds = _condition_holds(operation, rest, before)
        return _Write("Delete", table, key, before, None, 0, holds, returns_old == "ALL_OLD")

    def _update(
        self, operation: str, parameters: Mapping[str, Any], returns_old: str
    ) -> tuple[_Write, Sequence[Action], Mapping[str, str]]:
        rest = dict(parameters)
        table = self._table(operation, rest.pop("TableName"))
        with _checked(operation):
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
                whole = dict(before) if before is not None else {name: copied_value(sent_key[name]) for name in sent_key}
                after, size = taken(_updated(whole, table, parsed.content, names, values))
                table.check(after, size)
        return _Write("Update", table, key, before, after, size, holds, returns_old == "ALL_OLD"), parsed.content, names

    def _commit_alone(self, operation: str, write: _Write) -> None:
        if not write.holds:
            old = {"Item": copied(write.before)} if write.returns_old and write.before is not None else {}
            message = "The conditional request failed"
            raise client_error(SERVICE, operation, "ConditionalCheckFailedException", message, **old)
        write.table.store(write.key, write.after, write.size)


def canceled(reasons: Sequence[Mapping[str, Any]]) -> Exception:
    """The error of a transaction that was not done for these reasons, one for each of its actions."""
    codes = ", ".join(reason["Code"] for reason in reasons)
    message = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
    return client_error(
        SERVICE, "TransactWriteItems", "TransactionCanceledException", message, CancellationReasons=list(reasons)
    )


class _checked:
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


def _shown(item: Item, paths: Sequence[Path] | None) -> Item:
    if paths is None:
        return copied(item)
    if any(len(path) > 1 for path in paths):
        raise NotImitatedError("a projection of nested attributes")
    return {str(path[0]): copied_value(item[path[0]]) for path in paths if path[0] in item}  # type: ignore[index]


def _check_used(names: Mapping[str, str], values: Mapping[str, Any], parsed: Sequence[Parsed | None]) -> None:
    """Raises InvalidValueError if there are placeholders that no expression uses."""
    used_names: set[str] = set()
    used_values: set[str] = set()
    for one in parsed:
        if one is not None:
            used_names |= one.names
            used_values |= one.values
    if names.keys() - used_names:
        unused = ", ".join(sorted(names.keys() - used_names))
        raise InvalidValueError(f"Value provided in ExpressionAttributeNames unused in expressions: keys: {{{unused}}}")
    if values.keys() - used_values:
        unused = ", ".join(sorted(values.keys() - used_values))
        raise InvalidValueError(f"Value provided in ExpressionAttributeValues unused in expressions: keys: {{{unused}}}")
    if used_names - names.keys() or used_values - values.keys():
        missing = ", ".join(sorted((used_names - names.keys()) | (used_values - values.keys())))
        raise InvalidValueError(f"An expression attribute name or value used in expression is not defined: {missing}")


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


def _updated(
    item: Item, table: Table, actions: Sequence[Action], names: Mapping[str, str], values: Mapping[str, AttributeValue]
) -> Item:
    """The item after an update; every operand is read from the item as it was."""
    scope = Scope(dict(item), names, values)
    paths = [scope.path(action.path) for action in actions]
    _check_overlaps(paths)
    for path, action in zip(paths, actions, strict=True):
        if path[0] in table.keys.names:
            raise InvalidValueError(
                f"One or more parameter values were invalid: Cannot update attribute {path[0]}. This attribute is part "
                "of the key"
            )
        operand = action.operand(scope) if action.operand else None
        if len(path) > 1:
            _set_nested(item, path, action, operand)
        else:
            _set(item, str(path[0]), action, operand)
    return item


def _check_overlaps(paths: Sequence[Path]) -> None:
    seen: set[Path] = set()
    for path in paths:
        if path in seen:
            raise InvalidValueError("Invalid UpdateExpression: Two document paths overlap with each other")
        seen.add(path)
    for path in paths:
        if any(path[:length] in seen for length in range(1, len(path))):
            raise InvalidValueError("Invalid UpdateExpression: Two document paths overlap with each other")


def _set(item: Item, name: str, action: Action, operand: AttributeValue | None) -> None:
    if action.kind == "REMOVE":
        item.pop(name, None)
    elif operand is None:
        raise NotImitatedError(f"{action.kind} without an operand")
    elif action.kind == "SET":
        item[name] = operand
    elif action.kind == "ADD":
        item[name] = _sum_of(item.get(name), operand)
    else:
        _delete_from_set(item, name, operand)


def _set_nested(item: Item, path: Path, action: Action, operand: AttributeValue | None) -> None:
    parent = resolve(item, path[:-1])
    last = path[-1]
    if action.kind not in ("SET", "REMOVE") or not isinstance(last, str):
        raise NotImitatedError(f"{action.kind} of an element within another")
    if parent is None or "M" not in parent:
        raise InvalidValueError("The document path provided in the update expression is invalid for update")
    name = str(path[0])
    item[name] = copied_value(item[name])
    changed = resolve(item, path[:-1])
    if changed is None:
        raise NotImitatedError("a path that vanished")
    if action.kind == "REMOVE":
        changed["M"].pop(last, None)
    else:
        changed["M"][last] = operand


def _sum_of(before: AttributeValue | None, operand: AttributeValue) -> AttributeValue:
    ((kind, content),) = operand.items()
    if kind == "N":
        if before is not None and "N" not in before:
            raise InvalidValueError("An operand in the update expression has an incorrect data type")
        total = (comparable(before) if before else 0) + comparable(operand)
        return {"N": normal_number(str(total))}
    if kind not in ("SS", "NS", "BS") or (before is not None and kind not in before):
        raise InvalidValueError(f"Incorrect operand type for operator or function; operator: ADD, type: {kind}")
    return {kind: sorted({*(before[kind] if before else ()), *content})}


def _delete_from_set(item: Item, name: str, operand: AttributeValue) -> None:
    ((kind, content),) = operand.items()
    before = item.get(name)
    if kind not in ("SS", "NS", "BS") or (before is not None and kind not in before):
        raise InvalidValueError(f"Incorrect operand type for operator or function; operator: DELETE, type: {kind}")
    kept = [element for element in (before or {kind: []})[kind] if element not in content]
    if kept:
        item[name] = {kind: kept}
    else:
        item.pop(name, None)


def _returned(operation: str, write: _Write, wanted: str, paths: Sequence[Path]) -> dict[str, Any]:
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
    changed = {str(path[0]): item[path[0]] for path in paths if path[0] in item}  # type: ignore[index]
    return {"Attributes": copied(changed)} if changed else {}


def _key_range(
    parsed: Parsed, source: Table | Index, scope: Scope
) -> tuple[Any, Key | None, Key | None, Sequence[Key]]:
    """The partition, the bounds of the positions (both included), and positions to leave out. Raises InvalidValueError."""
    conditions: dict[str, SortCondition] = {}
    for one in parsed.content:
        ((name),) = scope.path(one.path)
        conditions[str(name)] = one
    keys = source.keys
    of_hash = conditions.pop(keys.hash, None)
    if of_hash is None or of_hash.operator != "=":
        raise InvalidValueError(f"Query condition missed key schema element: {keys.hash}")
    partition = _key_value(source, keys.hash, scope.value(of_hash.values[0]))
    if not conditions:
        return partition, None, None, ()
    ((name, of_sort),) = conditions.items()
    if name != keys.sort:
        raise InvalidValueError(f"Query condition missed key schema element: {keys.sort}")
    values = [_key_value(source, name, scope.value(value)) for value in of_sort.values]
    match of_sort.operator:
        case "=":
            return partition, (values[0],), (values[0],), ()
        case "<=":
            return partition, None, (values[0],), ()
        case "<":
            return partition, None, (values[0],), [(values[0],)]
        case ">=":
            return partition, (values[0],), None, ()
        case ">":
            return partition, (values[0],), None, [(values[0],)]
        case "BETWEEN":
            return partition, (values[0],), (values[1],), ()
        case "begins_with":
            return partition, (values[0],), (values[0] + _LAST,), ()
    raise NotImitatedError(f"a key condition with {of_sort.operator}")


def _key_value(source: Table | Index, name: str, value: AttributeValue) -> Any:
    wanted = source.keys.types[name]
    if wanted not in value:
        raise InvalidValueError("One or more parameter values were invalid: Condition parameter type does not match schema type")
    if wanted != "N" and not value[wanted]:
        raise InvalidValueError(
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty "
            f"string value. Key: {name}"
        )
    return comparable(value)


def _start(start: Mapping[str, Any] | None, table: Table, index: Index | None, partition: Any) -> Key | None:
    """The position after which a page begins. Raises InvalidValueError."""
    if start is None:
        return None
    wanted = {*table.keys.names, *(index.keys.names if index else ())}
    if start.keys() != wanted:
        raise InvalidValueError("The provided starting key is invalid")
    sent = {name: taken_value(value)[0] for name, value in start.items()}
    for keys in (table.keys, index.keys) if index else (table.keys,):
        for name in keys.names:
            if keys.types[name] not in sent[name]:
                raise InvalidValueError("The provided starting key is invalid")
            keys.check(name, sent[name])
    if comparable(sent[(index or table).keys.hash]) != partition:
        raise InvalidValueError("The provided starting key is outside query boundaries based on provided conditions")
    own = tuple(comparable(sent[name]) for name in table.keys.names)
    if index is None:
        return own[1:]
    return (*(comparable(sent[name]) for name in index.keys.names[1:]), *own)


def _scanned(
    table: Table, index: Index | None, start: tuple[Any, Key | None] | None
) -> Iterator[tuple[Key, Key]]:
    order = (index or table).order
    for partition in order.partitions():
        after = None
        if start is not None:
            if partition < start[0]:
                continue
            after = start[1] if partition == start[0] else None
        for position in order.span(partition, None, None, after, forward=True):
            yield position, ((partition, *position) if index is None else position[-len(table.keys.names) :])
