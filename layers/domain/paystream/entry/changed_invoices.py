"""Which invoices a batch of the invoices table's stream is about, whatever became of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from paystream.adapters.dynamodb.items import plain_item
from paystream.entry.records import Record


@dataclass(frozen=True, slots=True)
class ChangedInvoices:
    """Some invoices of one organization, each once, in the order in which they have changed."""

    organization_id: str
    invoice_ids: tuple[str, ...]


def changed_invoices(event: Mapping[str, Any], *, at_once: int) -> list[Record]:
    """The invoices of a batch in parts of one organization, `at_once` at the most. A part goes by its first record:
    what comes after that is delivered again with it. Raises LookupError for a record without a key or a number.
    """
    first: dict[tuple[str, str], str] = {}
    for record in event["Records"]:
        key = plain_item(record["dynamodb"]["Keys"])
        first.setdefault((key["organization_id"], key["lago_id"]), record["dynamodb"]["SequenceNumber"])
    by_organization: dict[str, list[str]] = {}
    for organization_id, invoice_id in first:
        by_organization.setdefault(organization_id, []).append(invoice_id)
    return [
        _part(organization_id, tuple(ids[start : start + at_once]), first)
        for organization_id, ids in by_organization.items()
        for start in range(0, len(ids), at_once)
    ]


def _part(organization_id: str, invoice_ids: tuple[str, ...], first: Mapping[tuple[str, str], str]) -> Record:
    identifier = first[organization_id, invoice_ids[0]]
    return Record(identifier, identifier, ChangedInvoices(organization_id, invoice_ids))
