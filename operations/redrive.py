"""Have stream records handled once more that failed for good, or that their stream has forgotten; and charges that
Stripe refused.

Invokes the stack's function redrive-records until it is through, and says what stays. What there is to know of each
kind is in docs/operations.md. The exit status: 0 all is handled, 1 something stays, 2 it could not be done.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from calling.errors import OperationError
from calling.stack import local_aws, output

KINDS = ("failed-records", "missed-invoices", "missed-notifications", "refused-charges", "figures")
LONGEST_CALL_SECONDS = 450
"""A little longer than the function may run. It is never called twice at once: both would do the same work."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Redrive, print what happens, return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        aws = local_aws() if options.local else {}
        function = output(options.stack, "RedriveRecordsFunction", aws)
        order = _order(options)
        print(f"{options.what} of {options.stack}{', a dry run' if options.dry_run else ''}", flush=True)
        return _report(_answers(function, order, aws), dry_run=options.dry_run)
    except (BotoCoreError, ClientError, OperationError) as error:
        print(f"{error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="redrive.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=KINDS)
    parser.add_argument("--stack", default="paystream", help="the CloudFormation stack's name (default: %(default)s)")
    parser.add_argument("--since", metavar="TIME", help="missed-notifications: those made from then on, …")
    parser.add_argument("--until", metavar="TIME", help="… up to then; like 2026-11-23T10:00:00Z")
    parser.add_argument("--code", help="refused-charges: Stripe's code of those that are collected once more")
    parser.add_argument("--dry-run", action="store_true", help="only name what there is; nothing is changed")
    parser.add_argument("--local", action="store_true", help="the stack that `make local` left running")
    return parser


def _order(options: argparse.Namespace) -> dict[str, Any]:
    order = {name: getattr(options, name) for name in ("what", "since", "until", "code", "dry_run")}
    return {name: value for name, value in order.items() if value is not None}


def _answers(function: str, order: Mapping[str, Any], aws: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Invoke the function until it is through. Raises OperationError if it fails, or does not get on."""
    config = Config(read_timeout=LONGEST_CALL_SECONDS, retries={"total_max_attempts": 1}, tcp_keepalive=True)
    client = boto3.client("lambda", config=config, **aws)
    cursor: str | None = None
    while True:
        payload = json.dumps({**order, "cursor": cursor} if cursor else order)
        answer = client.invoke(FunctionName=function, Payload=payload.encode())
        report = json.loads(answer["Payload"].read())
        if answer.get("FunctionError"):
            raise OperationError(f"The function failed: {report.get('errorMessage')}. It is safe to run this again.")
        yield report
        if report["done"]:
            return
        if report["next_cursor"] == cursor:
            raise OperationError("The function does not get on: see its log. It is safe to run this again.")
        cursor = report["next_cursor"]


def _report(answers: Iterator[dict[str, Any]], *, dry_run: bool) -> int:
    handled = left = 0
    for answer in answers:
        for one in answer["left"]:
            print(f"  {' in '.join(filter(None, (one['record'], one['kept_as'])))}: {one['reason']}")
        handled += answer["handled"]
        left += len(answer["left"])
        if not answer["done"]:
            print(f"… {handled} handled, {left} left so far", flush=True)
    print(f"{left} found." if dry_run else f"{handled} handled, {left} left.")
    return 1 if left and not dry_run else 0


if __name__ == "__main__":
    sys.exit(main())
