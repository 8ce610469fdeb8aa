"""What a stack has done so far, as anybody can see it from outside."""

import subprocess
from typing import NamedTuple

from sandbox.aws import AwsEmulator

_ANSWER_OR_LOOK = ("authorize-request", "find-records", "hand-out-due")
"""A caller that waits keeps the first two at work by asking, and the schedule the third, even if there is nothing to
do.
"""


class Progress(NamedTuple):
    """Equal to an earlier one if nothing was done in between that a caller could be waiting for."""

    written_at_stripe: int
    """Calls that were no mere reading: a caller that waits may read there."""

    logged_bytes: int
    processes: frozenset[str]
    """Those of functions, each with its CPU time."""


def progress(emulator: AwsEmulator, stripe_calls: dict[str, int]) -> Progress:
    """`stripe_calls`: how many there were of each endpoint, such as `POST /v1/payment_intents`."""
    written = sum(number for endpoint, number in stripe_calls.items() if not endpoint.startswith("GET "))
    return Progress(written, _logged_bytes(emulator), _processes(emulator))


def _logged_bytes(emulator: AwsEmulator) -> int:
    """Of each invocation that came to an end there are lines in its function's log."""
    pages = emulator.client("logs").get_paginator("describe_log_groups").paginate(logGroupNamePrefix="/aws/lambda/")
    groups = [group for page in pages for group in page["logGroups"]]
    return sum(group["storedBytes"] for group in groups if not group["logGroupName"].endswith(_ANSWER_OR_LOOK))


def _processes(emulator: AwsEmulator) -> frozenset[str]:
    listing = subprocess.run(["ps", "-A", "-ww", "-o", "pid=,time=,args="], capture_output=True, text=True, check=True)
    silent = [f"-{name.title().replace('-', '')}Function-" for name in _ANSWER_OR_LOOK]
    return frozenset(
        line
        for line in listing.stdout.splitlines()
        if emulator.worker_marker in line and not any(name in line for name in silent)
    )
