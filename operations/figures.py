"""Hold the figures against the tables, to the cent, or count every invoice again.

`check` invokes the stack's function check-figures page by page, and names what differs; `backfill` has each invoice
counted as it is by now, as the stream would. What there is to know of both is in docs/figures.md. The exit status:
0 all agrees, or is counted; 1 something differs, or could not be counted; 2 it could not be done.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import boto3
import redrive
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from calling.errors import OperationError
from calling.stack import local_aws, output

LOOKS = 3
PAUSE_SECONDS = 10
"""What is being counted at the moment differs: a look later it does not."""

_PARTS = ("invoices", "rows")
_LONGEST_CALL_SECONDS = 310
_MOST_NAMED = 50


def main(arguments: Sequence[str] | None = None) -> int:
    """Check or count, print what is found, return the exit status."""
    options = _parser().parse_args(arguments)
    if options.what == "backfill":
        return redrive.main(["figures", "--stack", options.stack, *(["--local"] if options.local else [])])
    try:
        aws = local_aws() if options.local else {}
        return _checked(output(options.stack, "CheckFiguresFunction", aws), aws)
    except (BotoCoreError, ClientError, OperationError) as error:
        print(f"{error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="figures.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("check", "backfill"))
    parser.add_argument("--stack", default="paystream", help="the CloudFormation stack's name (default: %(default)s)")
    parser.add_argument("--local", action="store_true", help="the stack that `make local` left running")
    return parser


def _checked(function: str, aws: Mapping[str, Any]) -> int:
    """Look until nothing differs, LOOKS times at the most."""
    checked, differing = _look(function, aws)
    for _ in range(LOOKS - 1):
        if differing:
            print(f"{len(differing)} differ: looked at again in {PAUSE_SECONDS} s", flush=True)
            time.sleep(PAUSE_SECONDS)
            checked, differing = _look(function, aws)
    if not differing:
        print(f"{checked} entries checked, all agree.")
        return 0
    for what in differing[:_MOST_NAMED]:
        print(f"  {what}")
    print(f"{checked} entries checked, {len(differing)} differ: `make figures BACKFILL=1` counts what is not counted.")
    return 1


def _look(function: str, aws: Mapping[str, Any]) -> tuple[int, list[str]]:
    """How many entries there are, and what differs. A row's parts and its markers may be on several pages."""
    checked, found, rows = 0, list[str](), Counter[tuple[str, str, str]]()
    for part in _PARTS:
        for page in _pages(function, part, aws):
            checked += page["checked"]
            found += [f"invoice {one['organization_id']}/{one['invoice_id']}" for one in page["miscounted"]]
            for one in page["differences"]:
                rows[one["organization_id"], one["row"], one["measure"]] += one["number"]
    found += [
        f"row {' '.join(row)}: {number:+} more than its invoices" for row, number in sorted(rows.items()) if number
    ]
    return checked, found


def _pages(function: str, part: str, aws: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Invoke the function until it is through. Raises OperationError if it fails."""
    config = Config(read_timeout=_LONGEST_CALL_SECONDS, retries={"total_max_attempts": 1}, tcp_keepalive=True)
    client = boto3.client("lambda", config=config, **aws)
    cursor: str | None = None
    while True:
        payload = json.dumps({"part": part} | ({"cursor": cursor} if cursor else {}))
        answer = client.invoke(FunctionName=function, Payload=payload.encode())
        page = json.loads(answer["Payload"].read())
        if answer.get("FunctionError"):
            raise OperationError(f"The function failed: {page.get('errorMessage')}. It is safe to run this again.")
        yield page
        cursor = page["next_cursor"]
        if cursor is None:
            return


if __name__ == "__main__":
    sys.exit(main())
