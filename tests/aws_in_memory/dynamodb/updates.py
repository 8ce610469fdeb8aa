"""What an update makes of an item.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html
"""

from collections.abc import Mapping, Sequence

from aws_in_memory.errors import NotImitatedError

from .expressions import Action, Path, Scope, resolve
from .tables import Table
from .values import AttributeValue, InvalidValueError, Item, comparable, copied_value, normal_number


def updated(
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
        if len(path) > 1 and any(path[:length] in seen for length in range(1, len(path))):
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
