"""DynamoDB's expressions: conditions, updates, projections and key conditions, parsed once and kept as closures.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html
"""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords

from aws_in_memory.errors import NotImitatedError

from .values import AttributeValue, InvalidValueError, Item, comparable, size_of

Path = tuple[str | int, ...]
_TOKEN = re.compile(r"\s*([#:][A-Za-z0-9_]+|[A-Za-z_][A-Za-z0-9_]*|\d+|<>|<=|>=|[=<>(),.+\-\[\]])")
_ORDER = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_COMPARATORS = {"=", "<>", *_ORDER}
_CONDITION_FUNCTIONS = {"attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains"}


class Scope:
    """What an expression is evaluated over: an item, and what its placeholders stand for."""

    __slots__ = ("item", "names", "values")

    def __init__(self, item: Item, names: Mapping[str, str], values: Mapping[str, AttributeValue]) -> None:
        self.item = item
        self.names = names
        self.values = values

    def path(self, path: Path) -> Path:
        """The path with its placeholders replaced. Raises InvalidValueError for one that is not defined."""
        if len(path) == 1:
            (name,) = path
            if not isinstance(name, str) or name[0] != "#":
                return path
            return (self.names[name] if name in self.names else self._name(name),)
        return tuple(self._name(step) if isinstance(step, str) and step[0] == "#" else step for step in path)

    def _name(self, placeholder: str) -> str:
        if placeholder not in self.names:
            raise InvalidValueError(
                f"An expression attribute name used in the document path is not defined; attribute name: {placeholder}"
            )
        return self.names[placeholder]

    def value(self, placeholder: str) -> AttributeValue:
        if placeholder not in self.values:
            raise InvalidValueError(
                f"An expression attribute value used in expression is not defined; attribute value: {placeholder}"
            )
        return self.values[placeholder]


Operand = Callable[[Scope], AttributeValue | None]
Condition = Callable[[Scope], bool]


@dataclass(frozen=True, slots=True)
class Action:
    """One step of an update: `kind` is SET, REMOVE, ADD or DELETE."""

    kind: str
    path: Path
    operand: Operand | None = None


@dataclass(frozen=True, slots=True)
class SortCondition:
    """What a key condition says of the sort key: `operator` is a comparator, BETWEEN or begins_with."""

    path: Path
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parsed:
    """An expression, and the placeholders that it uses."""

    content: Any
    names: frozenset[str]
    values: frozenset[str]


@cache
def condition(text: str) -> Parsed:
    """`content` is a Condition. Raises InvalidValueError for what DynamoDB does not take."""
    parser = _Parser(text)
    found = parser.condition()
    parser.end()
    return parser.parsed(found)


@cache
def update(text: str) -> Parsed:
    """`content` is a tuple of Actions. Raises InvalidValueError for what DynamoDB does not take."""
    parser = _Parser(text)
    actions: list[Action] = []
    clauses: list[str] = []
    while not parser.is_at_end:
        clause = parser.next().upper()
        if clause not in ("SET", "REMOVE", "ADD", "DELETE") or clause in clauses:
            raise InvalidValueError(f'Invalid UpdateExpression: Syntax error; token: "{clause}"')
        clauses.append(clause)
        actions.append(parser.action(clause))
        while parser.takes(","):
            actions.append(parser.action(clause))
    if not actions:
        raise InvalidValueError("Invalid UpdateExpression: The expression can not be empty;")
    return parser.parsed(tuple(actions))


@cache
def projection(text: str) -> Parsed:
    """`content` is a tuple of Paths. Raises InvalidValueError for what DynamoDB does not take."""
    parser = _Parser(text)
    paths = [parser.path()]
    while parser.takes(","):
        paths.append(parser.path())
    parser.end()
    return parser.parsed(tuple(paths))


@cache
def key_condition(text: str) -> Parsed:
    """`content` is a list of SortConditions, the one of the partition key among them. Raises InvalidValueError."""
    parser = _Parser(text)
    conditions = [parser.key_condition()]
    if parser.takes("AND"):
        conditions.append(parser.key_condition())
    parser.end()
    return parser.parsed(conditions)


def resolve(item: Item, path: Path) -> AttributeValue | None:
    """What stands at a path, None if nothing does."""
    found: AttributeValue | None = item.get(str(path[0]))
    for step in path[1:]:
        if found is None:
            return None
        if isinstance(step, int):
            elements = found.get("L", ())
            found = elements[step] if step < len(elements) else None
        else:
            found = found.get("M", {}).get(step)
    return found


class _Parser:
    """Recursive descent; keywords in any case, as DynamoDB takes them."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._position = 0
        self._names: set[str] = set()
        self._values: set[str] = set()

    @property
    def is_at_end(self) -> bool:
        return self._position == len(self._tokens)

    def parsed(self, content: Any) -> Parsed:
        return Parsed(content, frozenset(self._names), frozenset(self._values))

    def next(self) -> str:
        if self.is_at_end:
            raise InvalidValueError(f"Invalid expression: Syntax error; it ends too early: {self._text}")
        self._position += 1
        return self._tokens[self._position - 1]

    def takes(self, token: str) -> bool:
        """Whether this token comes next; it is taken then."""
        if self.is_at_end or self._tokens[self._position].upper() != token:
            return False
        self._position += 1
        return True

    def expect(self, token: str) -> None:
        if not self.takes(token):
            raise InvalidValueError(f"Invalid expression: Syntax error; {token} is missing: {self._text}")

    def end(self) -> None:
        if not self.is_at_end:
            raise InvalidValueError(f'Invalid expression: Syntax error; token: "{self.next()}", near: {self._text}')

    def path(self) -> Path:
        steps: list[str | int] = [self._step()]
        while True:
            if self.takes("."):
                steps.append(self._step())
            elif self.takes("["):
                steps.append(int(self.next()))
                self.expect("]")
            else:
                return tuple(steps)

    def _step(self) -> str:
        name = self.next()
        if name[0] == "#":
            self._names.add(name)
        elif not (name[0].isalpha() or name[0] == "_"):
            raise InvalidValueError(f'Invalid expression: Syntax error; token: "{name}"')
        elif name.upper() in _reserved_words():
            raise InvalidValueError(
                f"Invalid expression: Attribute name is a reserved keyword; reserved keyword: {name}"
            )
        return name

    def _placeholder(self) -> str:
        name = self.next()
        if name[0] != ":":
            raise InvalidValueError(f'Invalid expression: Syntax error; token: "{name}" is no value')
        self._values.add(name)
        return name

    def condition(self) -> Condition:
        alternatives = [self._conjunction()]
        while self.takes("OR"):
            alternatives.append(self._conjunction())
        if len(alternatives) == 1:
            return alternatives[0]
        return lambda scope: any(one(scope) for one in alternatives)

    def _conjunction(self) -> Condition:
        parts = [self._negation()]
        while self.takes("AND"):
            parts.append(self._negation())
        if len(parts) == 1:
            return parts[0]
        return lambda scope: all(part(scope) for part in parts)

    def _negation(self) -> Condition:
        if self.takes("NOT"):
            negated = self._negation()
            return lambda scope: not negated(scope)
        if self.takes("("):
            inner = self.condition()
            self.expect(")")
            return inner
        name = self._tokens[self._position] if not self.is_at_end else ""
        if name in _CONDITION_FUNCTIONS:
            return self._function(self.next())
        return self._comparison()

    def _function(self, name: str) -> Condition:
        self.expect("(")
        path = self.path()
        argument = self._operand() if self.takes(",") else None
        self.expect(")")
        if (argument is None) is not (name in ("attribute_exists", "attribute_not_exists")):
            raise InvalidValueError(
                f"Invalid expression: Incorrect number of operands for operator or function; {name}"
            )
        if name == "attribute_exists":
            return lambda scope: resolve(scope.item, scope.path(path)) is not None
        if name == "attribute_not_exists":
            return lambda scope: resolve(scope.item, scope.path(path)) is None
        test = {"attribute_type": _has_type, "begins_with": _begins_with, "contains": _contains}[name]
        given: Operand = argument or _nothing

        def holds(scope: Scope) -> bool:
            found, wanted = resolve(scope.item, scope.path(path)), given(scope)
            return found is not None and wanted is not None and test(found, wanted)

        return holds

    def _comparison(self) -> Condition:
        left = self._operand()
        comparator = self.next().upper()
        if comparator in _COMPARATORS:
            right = self._operand()
            return lambda scope: compare(left(scope), comparator, right(scope))
        if comparator == "BETWEEN":
            low = self._operand()
            self.expect("AND")
            high = self._operand()
            return lambda scope: compare(left(scope), ">=", low(scope)) and compare(left(scope), "<=", high(scope))
        if comparator == "IN":
            self.expect("(")
            choices = [self._operand()]
            while self.takes(","):
                choices.append(self._operand())
            self.expect(")")
            return lambda scope: any(compare(left(scope), "=", choice(scope)) for choice in choices)
        raise InvalidValueError(f'Invalid expression: Syntax error; token: "{comparator}", near: {self._text}')

    def _operand(self) -> Operand:
        token = self._tokens[self._position] if not self.is_at_end else ""
        if token.startswith(":"):
            name = self._placeholder()
            return lambda scope: scope.value(name)
        if token == "size" and self._tokens[self._position + 1 : self._position + 2] == ["("]:
            self._position += 2
            measured = self.path()
            self.expect(")")
            return lambda scope: _size(resolve(scope.item, scope.path(measured)))
        path = self.path()
        return lambda scope: resolve(scope.item, scope.path(path))

    def action(self, clause: str) -> Action:
        path = self.path()
        if clause == "REMOVE":
            return Action(clause, path)
        if clause == "SET":
            self.expect("=")
            return Action(clause, path, self._sum())
        name = self._placeholder()
        return Action(clause, path, lambda scope: scope.value(name))

    def _sum(self) -> Operand:
        left = self._term()
        for sign in ("+", "-"):
            if self.takes(sign):
                right = self._term()
                return _added(left, right, sign)
        return left

    def _term(self) -> Operand:
        name = self._tokens[self._position] if not self.is_at_end else ""
        if name == "if_not_exists":
            self._position += 1
            self.expect("(")
            path = self.path()
            self.expect(",")
            other = self._term()
            self.expect(")")
            return lambda scope: resolve(scope.item, scope.path(path)) or other(scope)
        if name == "list_append":
            self._position += 1
            self.expect("(")
            first = self._term()
            self.expect(",")
            second = self._term()
            self.expect(")")
            return lambda scope: {"L": [*_present(first(scope))["L"], *_present(second(scope))["L"]]}
        operand = self._operand()
        return operand if name.startswith(":") else lambda scope: _present(operand(scope))

    def key_condition(self) -> SortCondition:
        if self.takes("BEGINS_WITH"):
            self.expect("(")
            path = self.path()
            self.expect(",")
            prefix = self._placeholder()
            self.expect(")")
            return SortCondition(path, "begins_with", (prefix,))
        path = self.path()
        operator = self.next().upper()
        first = self._placeholder()
        if operator == "BETWEEN":
            self.expect("AND")
            return SortCondition(path, operator, (first, self._placeholder()))
        if operator not in _COMPARATORS - {"<>"}:
            raise InvalidValueError(f"Invalid operator used in KeyConditionExpression: {operator}")
        return SortCondition(path, operator, (first,))


def compare(left: AttributeValue | None, comparator: str, right: AttributeValue | None) -> bool:
    """Whether it holds; an attribute that is not there is unlike everything, and neither less nor more."""
    if comparator == "=":
        return left is not None and left == right
    if comparator == "<>":
        return left is None or right is None or left != right
    if left is None or right is None or left.keys() != right.keys():
        return False
    first, second = comparable(left), comparable(right)
    if first is None:
        raise InvalidValueError(f"Invalid operand type for operator {comparator}; type: {next(iter(left))}")
    result: bool = _ORDER[comparator](first, second)
    return result


def _tokens(text: str) -> list[str]:
    tokens = []
    position = 0
    text = text.rstrip()
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise InvalidValueError(f"Invalid expression: Syntax error; near: {text[position:]}")
        tokens.append(found[1])
        position = found.end()
    if not tokens:
        raise InvalidValueError("Invalid expression: The expression can not be empty;")
    return tokens


@cache
def _reserved_words() -> frozenset[str]:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html, as moto ships them."""
    return frozenset(word.upper() for word in ReservedKeywords.get_reserved_keywords())


def _nothing(scope: Scope) -> None:
    return None


def _present(value: AttributeValue | None) -> AttributeValue:
    if value is None:
        raise InvalidValueError("The provided expression refers to an attribute that does not exist in the item")
    return value


def _size(value: AttributeValue | None) -> AttributeValue | None:
    return None if value is None else {"N": str(size_of(value))}


def _has_type(found: AttributeValue, wanted: AttributeValue) -> bool:
    return next(iter(found)) == wanted.get("S")


def _begins_with(found: AttributeValue, prefix: AttributeValue) -> bool:
    ((kind, content),) = prefix.items()
    return kind in ("S", "B") and kind in found and found[kind].startswith(content)


def _contains(found: AttributeValue, wanted: AttributeValue) -> bool:
    ((kind, content),) = found.items()
    if kind == "S":
        return "S" in wanted and wanted["S"] in content
    if kind == "L":
        return wanted in content
    if kind in ("SS", "NS", "BS"):
        return wanted.get(kind[0]) in content
    raise NotImitatedError(f"contains of the type {kind}")


def _added(left: Operand, right: Operand, sign: str) -> Operand:
    def added(scope: Scope) -> AttributeValue:
        first, second = _present(left(scope)), _present(right(scope))
        if "N" not in first or "N" not in second:
            raise InvalidValueError("An operand in the update expression has an incorrect data type")
        total = comparable(first) + comparable(second) if sign == "+" else comparable(first) - comparable(second)
        return {"N": str(total)}

    return added
