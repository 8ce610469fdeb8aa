"""The filters of the template's event source mappings, applied to records of a stream as Lambda applies them.

Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
"""

import json
from collections.abc import Mapping
from typing import Any

from template import resources

Pattern = Mapping[str, Any]


def patterns(function: str) -> list[Pattern]:
    """The patterns of a function's stream; a record that matches one of them reaches the function."""
    (mapping,) = [
        event["Properties"]
        for event in resources("AWS::Serverless::Function")[function]["Events"].values()
        if event["Type"] == "DynamoDB"
    ]
    return [json.loads(entry["Pattern"]) for entry in mapping["FilterCriteria"]["Filters"]]


def selects(pattern: Pattern, record: Mapping[str, Any]) -> bool:
    """Whether all leaves of a pattern hold. What the record does not have, has no leaves either."""
    for name, wanted in pattern.items():
        value = record.get(name)
        if isinstance(wanted, Mapping):
            if not selects(wanted, value if isinstance(value, Mapping) else {}):
                return False
        elif not any(_holds(condition, value, name in record) for condition in wanted):
            return False
    return True


def _holds(condition: Any, value: Any, is_there: bool) -> bool:
    """One alternative of a leaf. Raises LookupError for an operator that the template did not use so far."""
    if not isinstance(condition, Mapping):
        return is_there and bool(value == condition)
    if condition.keys() != {"exists"}:
        raise LookupError(f"an operator that is not known here: {dict(condition)}")
    return is_there is bool(condition["exists"])
