"""Filter patterns of event source mappings.

Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aws_in_memory.errors import NotImitatedError

Filter = Callable[[Mapping[str, Any]], bool]


def filter_of(criteria: Mapping[str, Any] | None) -> Filter:
    """Whether a record is handed to the function: if it matches one of the patterns, or there are none."""
    patterns = [json.loads(one["Pattern"]) for one in (criteria or {}).get("Filters", ())]
    if not patterns:
        return lambda record: True
    return lambda record: any(_matches(pattern, record) for pattern in patterns)


def _matches(pattern: Mapping[str, Any], content: Any) -> bool:
    for name, wanted in pattern.items():
        found = content.get(name) if isinstance(content, Mapping) else None
        matches = _matches(wanted, found) if isinstance(wanted, Mapping) else _is_one_of(wanted, found)
        if not matches:
            return False
    return True


def _is_one_of(choices: Sequence[Any], found: Any) -> bool:
    return any(_is(choice, found) for choice in choices)


def _is(choice: Any, found: Any) -> bool:
    if not isinstance(choice, Mapping):
        return bool(choice == found)
    ((rule, argument),) = choice.items()
    if rule == "exists":
        return (found is not None) is argument
    if rule == "prefix":
        return isinstance(found, str) and found.startswith(argument)
    if rule == "anything-but":
        return found not in (argument if isinstance(argument, list) else [argument])
    raise NotImitatedError(f"the filter rule {rule}")
