"""Calls of AWS that fail on request: what a crash right before or right after an effect looks like to the next try."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from threading import RLock
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError


class Moment(Enum):
    """When the call fails, seen from its effect."""

    BEFORE = "before"
    AFTER = "after"


class SimulatedCrashError(Exception):
    """What ends the handler; no code of ours knows it."""


@dataclass
class _Interruption:
    operation: str
    parameters: Mapping[str, Any]
    moment: Moment | None
    action: Callable[[], object] | None

    def matches(self, operation: str, parameters: Mapping[str, Any]) -> bool:
        return operation == self.operation and self.parameters.items() <= parameters.items()


class AwsFaults:
    """Befalls the next call of an operation (`PutItem`) that has these parameters (`TableName="CustomersTable"`)."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._pending: list[_Interruption] = []
        self._counts: Counter[str] = Counter()
        send: Callable[[BaseClient, str, dict[str, Any]], dict[str, Any]] = vars(BaseClient)["_make_api_call"]
        one_by_one = RLock()

        def call(client: BaseClient, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
            # DynamoDB lets nobody come between a condition and its write; moto, called by many threads, would.
            with one_by_one:
                return send(client, operation, parameters)

        def interrupted(client: BaseClient, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
            self._counts[operation] += 1
            found = next((one for one in self._pending if one.matches(operation, parameters)), None)
            if found is None:
                return call(client, operation, parameters)
            self._pending.remove(found)
            if found.action:
                found.action()
            if found.moment is Moment.BEFORE:
                raise SimulatedCrashError(f"before {operation}")
            answer = call(client, operation, parameters)
            if found.moment is Moment.AFTER:
                raise SimulatedCrashError(f"after {operation}")
            return answer

        monkeypatch.setattr(BaseClient, "_make_api_call", interrupted)

    def crash(self, operation: str, moment: Moment, **parameters: Any) -> None:
        """Let the next such call fail once."""
        self._pending.append(_Interruption(operation, parameters, moment, None))

    def meanwhile(self, operation: str, action: Callable[[], object], **parameters: Any) -> None:
        """Let something else happen right before the next such call: somebody is faster."""
        self._pending.append(_Interruption(operation, parameters, None, action))

    def count(self, operation: str) -> int:
        """How often an operation was called so far, by whomever."""
        return self._counts[operation]

    @property
    def are_still_to_come(self) -> bool:
        return bool(self._pending)


def be_throttled() -> None:
    """For `meanwhile`: a table takes no more for now."""
    error = {"Code": "ProvisionedThroughputExceededException", "Message": "The level of throughput was exceeded."}
    response: Any = {"Error": error}
    raise ClientError(response, "UpdateItem")


def lose_a_race() -> None:
    """For `meanwhile`: DynamoDB refuses a transaction because another one is at work on the same item."""
    error = {"Code": "TransactionCanceledException", "Message": "Transaction cancelled"}
    response: Any = {"Error": error, "CancellationReasons": [{"Code": "TransactionConflict"}]}
    raise ClientError(response, "TransactWriteItems")
