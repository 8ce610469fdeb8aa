"""Every call of AWS: checked as botocore checks it, counted, and failing on request.

What a crash right before or right after an effect looks like to the next try is shown by letting the call fail there.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from enum import Enum
from functools import cache
from threading import RLock, current_thread, main_thread
from typing import Any

import botocore.session
from aws_in_memory.iam import denied
from botocore import xform_name
from botocore.exceptions import ClientError, ParamValidationError
from botocore.handlers import handle_copy_source_param
from botocore.model import Shape
from botocore.validate import ParamValidator

Call = Callable[[dict[str, Any]], Any]
"""Has the effect of a call with these parameters, and answers."""

Around = Callable[[Call, dict[str, Any]], Any]
"""What happens in place of a call: it may make the call, with these parameters or with others."""


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


class AwsCalls:
    """Clients of the services, by boto3's names. An operation goes by its name in AWS's own description (`PutItem`)."""

    def __init__(self, services: Mapping[str, Any]) -> None:
        self.services = dict(services)
        self._pending: list[_Interruption] = []
        self._around: dict[str, list[Around]] = {}
        self._counts: Counter[str] = Counter()
        self._one_by_one = RLock()
        self._caller: str | None = None
        self._denied: list[str] = []

    @contextmanager
    def called_by(self, function: str | None) -> Iterator[None]:
        """Hold the calls of DynamoDB within to the role of this function, by its logical id; to none if it is None, nor
        those of functions that run at once, each in a thread of its own.
        """
        is_alone = current_thread() is main_thread()
        before, self._caller = self._caller, function if is_alone else None
        try:
            yield
        finally:
            self._caller = before

    def check_that_all_was_allowed(self) -> None:
        """By the roles of the template. What they do not allow happens all the same: a handler may catch an error."""
        assert not self._denied, self._denied

    def client(self, service: str) -> "Client":
        """In place of `boto3.client`."""
        return Client(service, self)

    def crash(self, operation: str, moment: Moment, **parameters: Any) -> None:
        """Let the next such call fail once."""
        self._pending.append(_Interruption(operation, parameters, moment, None))

    def meanwhile(self, operation: str, action: Callable[[], object], **parameters: Any) -> None:
        """Let something else happen right before the next such call: another function is faster."""
        self._pending.append(_Interruption(operation, parameters, None, action))

    def around(self, operation: str, around: Around) -> None:
        """Let this happen in place of each such call from now on."""
        self._around.setdefault(operation, []).append(around)

    def count(self, operation: str) -> int:
        """How often an operation was called so far, by the functions and by the test."""
        return self._counts[operation]

    @property
    def are_still_to_come(self) -> bool:
        return bool(self._pending)

    def perform(self, service: str, name: str, parameters: dict[str, Any]) -> Any:
        """One call of a client's method."""
        operation = _check(service, name, parameters)
        self._counts[operation] += 1
        if service == "dynamodb" and self._caller is not None:
            self._denied += denied(self._caller, name, parameters)
        call = self._call(service, name)
        for around in self._around.get(operation, ()):
            call = _surrounded(around, call)
        found = next((one for one in self._pending if one.matches(operation, parameters)), None)
        if found is None:
            return call(parameters)
        self._pending.remove(found)
        if found.action:
            with self.called_by(None):
                found.action()
        if found.moment is Moment.BEFORE:
            raise SimulatedCrashError(f"before {operation}")
        answer = call(parameters)
        if found.moment is Moment.AFTER:
            raise SimulatedCrashError(f"after {operation}")
        return answer

    def _call(self, service: str, name: str) -> Call:
        method = getattr(self.services[service], name)

        def call(parameters: dict[str, Any]) -> Any:
            # AWS lets nothing come between a condition and its write; many threads of one handler would.
            # An invocation of Lambda waits for no lock: what it invokes calls AWS from threads of its own.
            with nullcontext() if service == "lambda" else self._one_by_one:
                return method(**parameters)

        return call


@dataclass(frozen=True, slots=True)
class Client:
    """In the shape of boto3's client of a service."""

    service: str
    calls: AwsCalls

    def __getattr__(self, name: str) -> Any:
        if name in ("exceptions", "meta"):
            return getattr(self.calls.services[self.service], name)
        return lambda **parameters: self.calls.perform(self.service, name, parameters)


def _surrounded(around: Around, call: Call) -> Call:
    return lambda parameters: around(call, parameters)


def _check(service: str, name: str, parameters: dict[str, Any]) -> str:
    """The operation's name in AWS's description. Raises ParamValidationError, as boto3's client does."""
    operation, shape = _operations(service)[name]
    if shape is not None:
        sent = dict(parameters)
        if "CopySource" in sent:
            handle_copy_source_param(sent)
        report = _VALIDATOR.validate(sent, shape)
        if report.has_errors():
            raise ParamValidationError(report=report.generate_report())
    return operation


_VALIDATOR = ParamValidator()


@cache
def _operations(service: str) -> dict[str, tuple[str, Shape | None]]:
    """A client's methods: the operation that each one calls, and what its parameters must be like."""
    model = botocore.session.Session().get_service_model(service)
    return {xform_name(name): (name, model.operation_model(name).input_shape) for name in model.operation_names}


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
