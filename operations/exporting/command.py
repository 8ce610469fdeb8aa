"""Write all that an organization has here into files: JSON Lines and CSV, one of each a list.

The API key says whose it is. What there is to know: docs/migration.md. The exit status: 0 all is written, 2 it could
not be, 130 it was interrupted; files of an earlier export stay as they are until a new one is whole.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from calling.client import Client
from calling.errors import OperationError
from calling.outside import Outside
from calling.progress import Progress

from exporting.files import read_json_lines, write_json_lines, write_table
from exporting.lists import LISTS, objects

INTERRUPTED = 130
_REQUESTS_A_SECOND = 25


def main(arguments: Sequence[str] | None = None, outside: Outside | None = None) -> int:
    """Export, print what happens, return the exit status."""
    options = _parser().parse_args(arguments)
    outside = outside or Outside()
    try:
        client = outside.client(outside.pace(_REQUESTS_A_SECOND), local=options.local)
        _export(client, Path(options.directory), outside)
    except KeyboardInterrupt:
        print("\nInterrupted. Run the same command again: it begins anew.", file=sys.stderr)
        return INTERRUPTED
    except (OSError, OperationError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="make export", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("directory", help="where the files go; made if it is not there")
    parser.add_argument("--local", action="store_true", help="the stack that `make local` left running")
    return parser


def _export(client: Client, directory: Path, outside: Outside) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for name in LISTS:
        _write(directory, name, _shown(objects(client, name), name, outside))
        if name == "payments":
            _write(directory, "refunds", _refunds(directory / "payments.jsonl"))
    print(f"All of it is in {directory}")


def _write(directory: Path, name: str, found: Iterator[dict[str, Any]]) -> None:
    lines = directory / f"{name}.jsonl"
    write_json_lines(lines, found)
    write_table(directory / f"{name}.csv", lines)


def _shown(found: Iterator[dict[str, Any]], name: str, outside: Outside) -> Iterator[dict[str, Any]]:
    progress = Progress(None, name.replace("_", " "), to=sys.stderr, clock=outside.clock)
    for position, one in enumerate(found, start=1):
        yield one
        progress.advance(position)
    progress.close()


def _refunds(payments: Path) -> Iterator[dict[str, Any]]:
    """A payment has its refunds in it: here each has a line of its own, too."""
    for payment in read_json_lines(payments):
        yield from payment["refunds"]
