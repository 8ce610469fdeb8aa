"""Where the rows come from, and what becomes of them, as the options of a command say it."""

import argparse
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from calling.client import Client
from calling.errors import OperationError
from calling.outside import Outside
from calling.progress import Progress
from calling.stack import local_aws, local_stack, output

from importing.customers import CustomerImport
from importing.invoices import InvoiceImport
from importing.journal import is_unfinished, journal_of
from importing.lago import PAGE, fetch_customers

FETCHED = Path(".local") / "import"
_PAGES_A_SECOND = 5


def source_of(options: argparse.Namespace, outside: Outside) -> Path:
    """The file. Lago's customers are fetched into one first, unless an import of them was interrupted. Raises
    OperationError.
    """
    named: str = options.customers or options.invoices
    if not named.startswith(("https://", "http://")):
        return Path(named)
    if options.invoices:
        raise OperationError("Lago's invoices are imported from a file: see docs/migration.md.")
    path = FETCHED / f"{urlsplit(named).hostname}-customers.jsonl"
    if not path.exists() or not is_unfinished(journal_of(path, applies=options.apply)):
        _fetch(named, path, outside)
    return path


def customers_of(options: argparse.Namespace, outside: Outside) -> CustomerImport:
    """Raises OperationError."""
    return CustomerImport(
        client=outside.client(outside.pace(options.rate), local=options.local),
        code=options.code,
        left_out=_left_out(options),
        applies=options.apply,
        links=options.checkout_links,
    )


def invoices_of(options: argparse.Namespace, outside: Outside) -> InvoiceImport:
    """Raises OperationError."""
    aws: dict[str, Any] = local_aws() if options.local else {}
    table = local_stack()["invoices_table"] if options.local else output(options.stack, "InvoicesTable", aws)
    pace = outside.pace(options.rate)
    return InvoiceImport(
        dynamodb=boto3.client("dynamodb", **aws),
        table=table,
        organization_id=_organization_of(outside.client(pace, local=options.local)),
        pace=pace,
        now=outside.now,
        left_out=_left_out(options),
        applies=options.apply,
    )


def _organization_of(client: Client) -> str:
    """Whose the key is: its accounts' webhook URLs say it. Raises OperationError."""
    accounts = client.call("GET", "integrations", turns=0).body["integrations"]
    if not accounts:
        raise OperationError("No Stripe account is connected: connect it first, and import the customers.")
    return str(accounts[0]["webhook_url"]).partition("/webhooks/stripe/")[2].partition("/")[0].partition("?")[0]


def _left_out(options: argparse.Namespace) -> frozenset[str]:
    return frozenset(name.strip() for name in options.leave_out.split(",") if name.strip())


def _fetch(url: str, path: Path, outside: Outside) -> None:
    key = outside.needed("LAGO_API_KEY")
    lago = Client(url, key, pace=outside.pace(_PAGES_A_SECOND), send=outside.send, random=outside.random, name="Lago")
    path.parent.mkdir(parents=True, exist_ok=True)
    progress = Progress(None, f"pages of {PAGE} customers of Lago", to=sys.stderr, clock=outside.clock)
    fetch_customers(lago, path, advance=progress.advance)
    progress.close()
