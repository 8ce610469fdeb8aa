"""Ends the functions' processes: at a point of their work, or at once."""

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sandbox.aws import AwsEmulator
from sandbox.chaos.gate import Gate
from sandbox.chaos.points import Point, hold
from sandbox.chaos.violations import expect
from sandbox.deployment import STACK_NAME
from sandbox.stack import Stack

VISIBILITY_SECONDS = 30
"""Of both queues, instead of the template's 30 minutes: a message whose function died comes back after this time."""

_STRUCK_WITHIN_SECONDS = 2.0
"""An answer of a killed function can be there before it is known that it was killed."""

_QUEUES = ("CollectionQueueUrl", "DueQueueUrl")


def _deployed_functions(emulator: AwsEmulator) -> dict[str, str]:
    """The physical name of each function by the name of its folder: `invoice-created`."""
    cloudformation = emulator.client("cloudformation")
    resources = cloudformation.describe_stack_resources(StackName=STACK_NAME)["StackResources"]
    return {
        _dashed(resource["LogicalResourceId"].removesuffix("Function")): resource["PhysicalResourceId"]
        for resource in resources
        if resource["ResourceType"] == "AWS::Lambda::Function"
    }


class KilledTooLateError(Exception):
    """The function was not killed at this point of its work: it was done before, or went on in the meantime, because
    the machine was slower than its patience.
    """


class _Blow:
    """SIGKILL for every process that runs a function, and what became of it."""

    def __init__(self, killer: "Killer", function: str) -> None:
        self.has_struck = threading.Event()
        self.was_in_time = False
        self.killed = 0
        self._killer = killer
        self._function = function

    def strike(self, caller_waits: Callable[[], bool]) -> None:
        pids = self._killer.pids(self._function)
        self.was_in_time = caller_waits()
        self.killed = sum(self._killer.kill_process(self._function, pid) for pid in pids)
        self.has_struck.set()


class Killer:
    """Knows all functions of a stack, leads their calls of AWS through the gate, and counts what it ends."""

    def __init__(self, stack: Stack, gate: Gate) -> None:
        self.functions = _deployed_functions(stack.emulator)
        self.killed: Counter[str] = Counter()
        self._stack = stack
        self._gate = gate
        for function, physical_name in self.functions.items():
            gate.lead(function, physical_name)
        self._shorten_visibility()

    def kill_process(self, function: str, pid: int) -> bool:
        """SIGKILL one process; False if it had ended already."""
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        self.killed[function] += 1
        return True

    def pids(self, function: str) -> list[int]:
        return self._stack.emulator.worker_pids(self.functions[function])

    def kill_at(
        self, point: Point, function: str, trigger: Callable[[], Any], *, is_answered_by_it: bool = False
    ) -> Any:
        """Kill a function once its call has come to a point; what the trigger was answered. Raises TimeoutError if it
        never comes there, KilledTooLateError if it did not wait for its call any more. One that answers the trigger
        itself was not caught if there is an answer and it was not killed: that raises KilledTooLateError, too.
        """
        blow = _Blow(self, function)
        held = hold(point, function, blow.strike, stack=self._stack, gate=self._gate)

        def is_over() -> bool:
            held.look()
            is_done = is_answered_by_it and answer.done()
            return blow.has_struck.is_set() or (is_done and not blow.has_struck.wait(_STRUCK_WITHIN_SECONDS))

        with ThreadPoolExecutor(1) as caller:
            answer = caller.submit(trigger)
            try:
                self._stack.wait_for(f"{function} to come to a point {point}", is_over)
            finally:
                held.release()
            result = answer.result()
        if not blow.has_struck.is_set():
            raise KilledTooLateError(f"{function} was not at a point {point}")
        expect(blow.killed > 0, f"{function} was at work, but no process of it was found")
        if not blow.was_in_time:
            raise KilledTooLateError(f"{function} had gone on when it was killed {point}")
        return result

    def _shorten_visibility(self) -> None:
        """Of both queues, by SQS's API: what AWS's clock would do in half an hour happens in half a minute."""
        attributes = {"VisibilityTimeout": str(VISIBILITY_SECONDS)}
        for output in _QUEUES:
            url = self._stack.outputs[output]
            self._stack.emulator.client("sqs").set_queue_attributes(QueueUrl=url, Attributes=attributes)


def _dashed(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")
