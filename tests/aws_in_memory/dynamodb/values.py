"""DynamoDB's attribute values: checked, measured, copied and compared.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html and
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

from collections.abc import Mapping
from decimal import Context, Decimal, Inexact, InvalidOperation, Rounded
from typing import Any

AttributeValue = dict[str, Any]
Item = dict[str, AttributeValue]

_DEEPEST = 32
_DIGITS = Context(prec=38, Emin=-130, Emax=125, traps=[Inexact, Rounded, InvalidOperation])


class InvalidValueError(Exception):
    """DynamoDB would answer ValidationException with this text."""


def taken(item: Mapping[str, Any]) -> tuple[Item, int]:
    """A copy of an item as DynamoDB stores it, and its size in bytes. Raises InvalidValueError."""
    stored: Item = {}
    size = 0
    for name, value in item.items():
        stored[name], value_size = taken_value(value)
        size += _length(name) + value_size
    return stored, size


def taken_again(item: Mapping[str, Any], before: Item, size: int) -> tuple[Item, int]:
    """As `taken`, of what has become of a stored item of this size. What is still as it was is neither copied nor
    measured again: most updates write attributes that stay the same.
    """
    stored: Item = {}
    for name, value in item.items():
        known = before.get(name)
        if known is not None and (known is value or known == value):
            stored[name] = known
            continue
        stored[name], value_size = taken_value(value)
        size += value_size + (_length(name) if known is None else -taken_value(known)[1])
    for name in before.keys() - item.keys():
        size -= _length(name) + taken_value(before[name])[1]
    return stored, size


def taken_value(value: Any, depth: int = 0) -> tuple[AttributeValue, int]:
    """A copy of one value, and its size in bytes. Raises InvalidValueError."""
    if not isinstance(value, dict) or len(value) != 1:
        raise InvalidValueError("Supplied AttributeValue has more than one datatypes set, or none")
    ((kind, content),) = value.items()
    if kind == "S" and isinstance(content, str):
        return {"S": content}, len(content) if content.isascii() else _length(content)
    if kind == "N" and isinstance(content, str):
        number = normal_number(content)
        return {"N": number}, len(number) // 2 + 1
    if depth > _DEEPEST:
        raise InvalidValueError("Nesting Levels have exceeded supported limits")
    return _taken_other(kind, content, depth)


def _taken_other(kind: str, content: Any, depth: int) -> tuple[AttributeValue, int]:
    match kind, content:
        case "M", dict():
            return _taken_map(content, depth)
        case "L", list():
            return _taken_list(content, depth)
        case "BOOL", bool():
            return {"BOOL": content}, 1
        case "NULL", True:
            return {"NULL": True}, 1
        case "B", bytes():
            return {"B": content}, len(content)
        case (("SS" | "NS" | "BS"), list() | tuple() | set() | frozenset()):
            return _taken_set(kind, list(content))
    raise InvalidValueError(
        f"Supplied AttributeValue is empty or of a wrong type, must contain one of the types: {kind}"
    )


def _taken_map(content: dict[str, Any], depth: int) -> tuple[AttributeValue, int]:
    entries = {name: taken_value(entry, depth + 1) for name, entry in content.items()}
    size = 3 + sum(_length(name) + entry_size + 1 for name, (_, entry_size) in entries.items())
    return {"M": {name: entry for name, (entry, _) in entries.items()}}, size


def _taken_list(content: list[Any], depth: int) -> tuple[AttributeValue, int]:
    elements = [taken_value(element, depth + 1) for element in content]
    return {"L": [element for element, _ in elements]}, 3 + sum(size + 1 for _, size in elements)


def _taken_set(kind: str, content: list[Any]) -> tuple[AttributeValue, int]:
    if not content:
        raise InvalidValueError("An string set  may not be empty" if kind == "SS" else "A set may not be empty")
    elements = [taken_value({kind[0]: element}) for element in content]
    plain = [element[kind[0]] for element, _ in elements]
    if len(set(plain)) != len(plain):
        raise InvalidValueError("Input collection contains duplicates")
    return {kind: sorted(plain)}, sum(size for _, size in elements)


def normal_number(text: str) -> str:
    """A number as DynamoDB gives it back. Raises InvalidValueError for one that it does not take."""
    if text.isascii() and text.isdigit() and len(text) < 38:
        return text if text[0] != "0" else text.lstrip("0") or "0"
    try:
        number = _DIGITS.create_decimal(_without_zeros_at_the_end(text))
    except (InvalidOperation, Inexact, Rounded) as invalid:
        raise InvalidValueError("A value provided cannot be converted into a number") from invalid
    if not number.is_finite():
        raise InvalidValueError("A value provided cannot be converted into a number")
    normal = number.normalize(_DIGITS)
    return format(normal, "f") if normal else "0"


def _without_zeros_at_the_end(text: str) -> str:
    """They count as no digits of a number."""
    digits = text.rstrip("0")
    is_whole = text.isascii() and text.removeprefix("-").isdigit() and digits not in ("", "-")
    return f"{digits}E+{len(text) - len(digits)}" if is_whole else text


def copied(item: Item) -> Item:
    """A copy that shares nothing that can be changed."""
    return {name: value.copy() if "S" in value or "N" in value else copied_value(value) for name, value in item.items()}


def copied_value(value: AttributeValue) -> AttributeValue:
    """A copy that shares nothing that can be changed."""
    if "S" in value or "N" in value:
        return value.copy()
    if "M" in value:
        return {"M": {name: copied_value(entry) for name, entry in value["M"].items()}}
    if "L" in value:
        return {"L": [copied_value(entry) for entry in value["L"]]}
    return {kind: list(content) if isinstance(content, list) else content for kind, content in value.items()}


def size_of(value: AttributeValue) -> int:
    """What DynamoDB's function `size` says. Raises InvalidValueError for a type that has none."""
    ((kind, content),) = value.items()
    if kind == "S":
        return _length(content)
    if kind in ("B", "SS", "NS", "BS", "L", "M"):
        return len(content)
    raise InvalidValueError(f"Invalid FilterExpression: Incorrect operand type for operator or function; type: {kind}")


def comparable(value: AttributeValue) -> Any:
    """What values of one type are ordered by; None for a type that has no order."""
    ((kind, content),) = value.items()
    if kind in ("S", "B"):
        return content
    return Decimal(content) if kind == "N" else None


def _length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())
