"""Bring customers or invoices over from elsewhere. Says what would be done; with --apply, does it.

FILE is a table (.csv, .tsv) or JSON Lines (.jsonl), or the URL of Lago's API. What has been done is kept in a file
beside it: what broke off goes on where it was. What there is to know: docs/migration.md. The exit status: 0 all is
there, 1 some rows need a person, 2 it could not be done, 130 it was interrupted.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from calling.errors import OperationError
from calling.outside import Outside
from calling.progress import Progress

from importing.journal import Journal, journal_of
from importing.report import needs_a_person, table, write_csv
from importing.rows import Row, fingerprint, rows
from importing.run import Kind, Run
from importing.sources import customers_of, invoices_of, source_of

INTERRUPTED = 130
_WORKERS = 16
_WORKERS_HERE = 2
"""Each request that comes while others are answered starts a process on the emulator."""


def main(arguments: Sequence[str] | None = None, outside: Outside | None = None) -> int:
    """Import, print what happens, return the exit status."""
    options = _parser().parse_args(arguments)
    outside = outside or Outside()
    try:
        path = source_of(options, outside)
        kind: Kind = invoices_of(options, outside) if options.invoices else customers_of(options, outside)
        return _import(path, kind, options, outside)
    except KeyboardInterrupt:
        print("\nInterrupted. Run the same command again: it goes on where it was.", file=sys.stderr)
        return INTERRUPTED
    except (BotoCoreError, ClientError, OperationError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="make import", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--customers", metavar="FILE", help="a file, or https://api.getlago.com/api/v1 with LAGO_API_KEY")
    what.add_argument("--invoices", metavar="FILE", help="a file; import its customers first")
    parser.add_argument("--apply", action="store_true", help="do it; without, only what would be done is said")
    parser.add_argument("--checkout-links", action="store_true", help="a page for each customer without a method")
    parser.add_argument("--code", help="the connected account of customers whose row names none")
    parser.add_argument("--leave-out", metavar="COLUMNS", default="", help="columns that are not read, with commas")
    parser.add_argument("--rate", type=float, default=25, help="requests to Stripe a second, at most (default: 25)")
    parser.add_argument("--workers", type=int, help="rows that are under way at once (default: 16, 2 with --local)")
    parser.add_argument("--stack", default="paystream", help="with --invoices: the stack's name (default: %(default)s)")
    parser.add_argument("--local", action="store_true", help="the stack that `make local` left running")
    return parser


def _import(path: Path, kind: Kind, options: argparse.Namespace, outside: Outside) -> int:
    mode = "import" if options.apply else "dry-run"
    chosen = [options.apply, options.checkout_links, options.code, options.leave_out, outside.url(local=options.local)]
    with Journal(journal_of(path, applies=options.apply), f"{fingerprint(path)} {chosen}") as journal:
        print(f"{path.name}: {'the import' if options.apply else 'a dry run, nothing is changed'}", flush=True)
        if journal.is_resumed:
            print("It goes on where it was interrupted.", flush=True)
        progress = Progress(path.stat().st_size, "rows", to=sys.stderr, clock=outside.clock)

        def advance(row: Row, is_new: bool) -> None:
            progress.advance(row.ends_at, is_new=is_new)

        workers = options.workers or (_WORKERS_HERE if options.local else _WORKERS)
        run = Run(kind, journal, workers=workers, advance=advance, stop=outside.stop)
        try:
            run.all(rows(path, needed=kind.needed, root=kind.root))
            journal.finish()
        finally:
            progress.close()
        report = path.with_name(f"{path.name}.{mode}.csv")
        write_csv(journal, report)
        print(*table(journal, applies=options.apply), sep="\n")
        print(f"Each row: {report}")
        if not options.apply:
            print("To do it: the same command with APPLY=1")
        return 1 if needs_a_person(journal) else 0
