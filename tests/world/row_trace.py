"""Which rows a function reads and how often it writes: seen at its calls of DynamoDB."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from world.aws_calls import AwsCalls, Call

_READS = ("GetItem", "BatchGetItem", "Query")
_WRITES = ("PutItem", "UpdateItem")
_OF_THE_ACCOUNT = "RateLimitsTable"
"""Turns at Stripe belong to the account, not to the invoice: they are not counted."""


@dataclass
class RowTrace:
    """`reads` counts calls, `rows` names what they read, `transactions` counts writes of more than one row, `writes`
    those of one.
    """

    reads: int = 0
    rows: list[str] = field(default_factory=list)
    transactions: int = 0
    writes: int = 0
    is_over: bool = False

    def note(self, operation: str, call: Call, parameters: dict[str, Any]) -> Any:
        """In place of a call, which is made."""
        if not self.is_over and parameters.get("TableName") != _OF_THE_ACCOUNT:
            self.transactions += operation == "TransactWriteItems"
            self.writes += operation in _WRITES
            self.reads += operation in _READS
            if operation in _READS:
                self.rows.extend(_rows(parameters))
        return call(parameters)


@contextmanager
def traced_rows(aws: AwsCalls) -> Iterator[RowTrace]:
    """What is read and written from now on, until the end."""
    trace = RowTrace()
    for operation in (*_READS, *_WRITES, "TransactWriteItems"):
        aws.around(operation, partial(trace.note, operation))
    try:
        yield trace
    finally:
        trace.is_over = True


def _rows(parameters: Mapping[str, Any]) -> list[str]:
    if "RequestItems" in parameters:
        wanted = parameters["RequestItems"].items()
        return [_row(table, key) for table, keys in wanted for key in keys["Keys"]]
    if "Key" in parameters:
        return [_row(parameters["TableName"], parameters["Key"])]
    return [f"{parameters['TableName']} {parameters.get('IndexName')}"]


def _row(table: str, key: Mapping[str, Any]) -> str:
    return " ".join([table, *(str(value["S"]) for _, value in sorted(key.items()))])
