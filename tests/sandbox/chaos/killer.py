"""Ends the functions' processes: at a point of their work, or at once."""

import os
import signal
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sandbox.aws import AwsEmulator
from sandbox.chaos.gate import Gate
from sandbox.chaos.points import Point, hold
from sandbox.chaos.violations import expect
from sandbox.deployment import STACK_NAME
from sandbox.stack import Stack, wait_for

VISIBILITY_SECONDS = 30
"""Of both queues, instead of the template's 30 minutes: a message whose function died comes back after this time."""

KILLED_VISIBILITY_SECONDS = 4
"""Of the message whose function is about to be killed."""

_QUEUES = {"collect-waiting": "CollectionQueueUrl", "settle-due": "DueQueueUrl"}
_SECONDS = 180.0


def _deployed_functions(emulator: AwsEmulator) -> dict[str, str]:
    """The physical name of each function by the name of its folder: `invoice-created`."""
    cloudformation = emulator.client("cloudformation")
    resources = cloudformation.describe_stack_resources(StackName=STACK_NAME)["StackResources"]
    return {
        _dashed(resource["LogicalResourceId"].removesuffix("Function")): resource["PhysicalResourceId"]
        for resource in resources
        if resource["ResourceType"] == "AWS::Lambda::Function"
    }


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

    def kill(self, function: str) -> int:
        """SIGKILL every process that runs a function; how many there were."""
        return sum(self.kill_process(function, pid) for pid in self.pids(function))

    def kill_process(self, function: str, pid: int) -> bool:
        """SIGKILL one process; False if it had ended by itself."""
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        self.killed[function] += 1
        return True

    def pids(self, function: str) -> list[int]:
        return self._stack.emulator.worker_pids(self.functions[function])

    def kill_at(self, point: Point, function: str, trigger: Callable[[], Any]) -> Any:
        """Kill a function once its call has come to a point; what the trigger was answered. Raises TimeoutError if it
        never comes there.
        """
        self._set_visibility(function, KILLED_VISIBILITY_SECONDS)
        held = hold(point, function, stack=self._stack, gate=self._gate)
        with ThreadPoolExecutor(1) as caller:
            answer = caller.submit(trigger)
            try:
                wait_for(f"{function} to come to a point {point}", held.arrived, seconds=_SECONDS)
                # Of the next delivery, which is to have all the time it needs.
                self._set_visibility(function, VISIBILITY_SECONDS)
                expect(self.kill(function) > 0, f"{function} was at work, but no process of it was found")
            finally:
                held.release()
            return answer.result()

    def _shorten_visibility(self) -> None:
        """Of both queues, by SQS's API: what AWS's clock would do in half an hour happens in half a minute."""
        for function in _QUEUES:
            self._set_visibility(function, VISIBILITY_SECONDS)

    def _set_visibility(self, function: str, seconds: int) -> None:
        if function in _QUEUES:
            url = self._stack.outputs[_QUEUES[function]]
            attributes = {"VisibilityTimeout": str(seconds)}
            self._stack.emulator.client("sqs").set_queue_attributes(QueueUrl=url, Attributes=attributes)


def _dashed(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")
