"""The figures' table: rows that are summed up, a marker for each invoice, and how far it has been counted.

A row is spread over shards: many functions add to it at the same time, and DynamoDB lets one transaction alone write an
item. What is added is a difference, so any shard will do: the invoices of the transaction say which.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from paystream.adapters.dynamodb.database import Database, cursor_key, cursor_of, version_condition
from paystream.adapters.dynamodb.items import attribute_values, plain, plain_item
from paystream.model.figures import Counted, Row, RowKind, difference, entries_of, summed
from paystream.ports.figures import CountedAnew, Kept, Marker
from paystream.ports.pages import Page

_SHARDS = 8
_MARKER, _PROGRESS = "counted", "progress"
_POSITION = ("organization_id", "name")
_INVOICE = ("organization_id", "lago_id")
_AFTER_ALL = "~"
"""It sorts after whatever a currency or a shard begins with."""


class DynamoFigures:
    """Implements the port `Figures`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._table = database.tables.figures

    def markers(self, organization_id: str, invoice_ids: Sequence[str]) -> tuple[Marker, ...]:
        names = {invoice_id: _marker_name(invoice_id) for invoice_id in invoice_ids}
        keys = [{"organization_id": organization_id, "name": name} for name in names.values()]
        found = {item["name"]["S"]: item for item in self._database.each_of(self._table, keys)}
        return tuple(
            _marker(found[name]) if name in found else Marker(organization_id=organization_id, invoice_id=invoice_id)
            for invoice_id, name in names.items()
        )

    def write(self, organization_id: str, anew: Sequence[CountedAnew]) -> None:
        shard = sha256(anew[0].marker.invoice_id.encode()).digest()[0] % _SHARDS
        changes = [difference(one.marker.counted, one.counted) for one in anew]
        added = summed(entry for change in changes for entry in entries_of(change))
        changed_at = max((one.changed_at for one in anew if one.changed_at), default=None)
        progress = [self._progress(organization_id, shard, changed_at)] if changed_at else []
        self._database.write(
            *map(self._put, anew),
            *(self._add(organization_id, row, shard, measures) for row, measures in added.items()),
            *progress,
        )

    def _put(self, anew: CountedAnew) -> dict[str, Any]:
        marker = anew.marker
        item = {
            "organization_id": marker.organization_id,
            "name": _marker_name(marker.invoice_id),
            "invoice_id": marker.invoice_id,
            "version": marker.version + 1,
            "counted": {_row_name(row): dict(measures) for row, measures in anew.counted.items()},
        }
        condition = version_condition(marker.version)
        return {"Put": {"TableName": self._table, "Item": attribute_values(item), **condition}}

    def _add(self, organization_id: str, row: Row, shard: int, measures: Mapping[str, int]) -> dict[str, Any]:
        changes = ", ".join(f"#{position} :{position}" for position in range(len(measures)))
        return {
            "Update": {
                "TableName": self._table,
                "Key": attribute_values({"organization_id": organization_id, "name": f"{_row_name(row)}#{shard}"}),
                "UpdateExpression": f"ADD {changes}",
                "ExpressionAttributeNames": {f"#{position}": name for position, name in enumerate(measures)},
                "ExpressionAttributeValues": attribute_values(
                    {f":{position}": number for position, number in enumerate(measures.values())}
                ),
            }
        }

    def _progress(self, organization_id: str, shard: int, changed_at: datetime) -> dict[str, Any]:
        return {
            "Update": {
                "TableName": self._table,
                "Key": attribute_values({"organization_id": organization_id, "name": f"{_PROGRESS}#{shard}"}),
                "UpdateExpression": "SET counted_until = :at",
                "ExpressionAttributeValues": attribute_values({":at": plain(changed_at)}),
            }
        }

    def rows(
        self, organization_id: str, kind: RowKind, first: date, last: date
    ) -> Iterator[tuple[Row, dict[str, int]]]:
        between = (f"{kind.value}#{first}", f"{kind.value}#{last}{_AFTER_ALL}")
        return map(_row_of, self._between(organization_id, between))

    def counted_until(self, organization_id: str) -> datetime | None:
        found = self._between(organization_id, (f"{_PROGRESS}#", f"{_PROGRESS}#{_AFTER_ALL}"))
        return max((datetime.fromisoformat(item["counted_until"]["S"]) for item in found), default=None)

    def _between(self, organization_id: str, between: tuple[str, str]) -> Iterator[dict[str, Any]]:
        start: dict[str, Any] = {}
        values = {":organization_id": organization_id, ":first": between[0], ":last": between[1]}
        while True:
            answer = self._database.client.query(
                TableName=self._table,
                KeyConditionExpression="organization_id = :organization_id AND #name BETWEEN :first AND :last",
                ExpressionAttributeNames={"#name": "name"},
                ExpressionAttributeValues=attribute_values(values),
                ConsistentRead=True,
                **start,
            )
            yield from answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def invoices(self, cursor: str | None) -> Page[tuple[str, str]]:
        items, next_cursor = self._scanned(self._database.tables.invoices, _INVOICE, cursor, only_keys=True)
        return Page(tuple((item["organization_id"]["S"], item["lago_id"]["S"]) for item in items), next_cursor)

    def kept(self, cursor: str | None) -> Page[Kept]:
        items, next_cursor = self._scanned(self._table, _POSITION, cursor)
        found = (item for item in items if not item["name"]["S"].startswith(f"{_PROGRESS}#"))
        return Page(tuple(map(_kept, found)), next_cursor)

    def _scanned(
        self, table: str, position: Sequence[str], cursor: str | None, *, only_keys: bool = False
    ) -> tuple[list[dict[str, Any]], str | None]:
        parameters: dict[str, Any] = {"ProjectionExpression": ", ".join(position)} if only_keys else {}
        if cursor:
            parameters["ExclusiveStartKey"] = attribute_values(cursor_key(cursor, position))
        answer = self._database.client.scan(TableName=table, ConsistentRead=True, **parameters)
        last = answer.get("LastEvaluatedKey")
        return list(answer["Items"]), cursor_of(last, position) if last else None


def _marker_name(invoice_id: str) -> str:
    """Under a hash, since an id may be as long as a key."""
    return f"{_MARKER}#{sha256(invoice_id.encode()).hexdigest()}"


def _row_name(row: Row) -> str:
    return f"{row.kind.value}#{row.day}#{row.currency}"


def _row(name: str) -> Row:
    kind, day, currency = name.split("#", 2)
    return Row(RowKind(kind), date.fromisoformat(day), currency)


def _marker(item: Mapping[str, Any]) -> Marker:
    values = plain_item(item)
    counted: Counted = {_row(name): measures for name, measures in values["counted"].items()}
    return Marker(
        organization_id=values["organization_id"],
        invoice_id=values["invoice_id"],
        version=values["version"],
        counted=counted,
    )


def _row_of(item: Mapping[str, Any]) -> tuple[Row, dict[str, int]]:
    measures = plain_item({name: value for name, value in item.items() if name not in _POSITION})
    return _row(item["name"]["S"].rpartition("#")[0]), measures


def _kept(item: Mapping[str, Any]) -> Kept:
    organization_id = item["organization_id"]["S"]
    if item["name"]["S"].startswith(f"{_MARKER}#"):
        return Kept(organization_id, marker=_marker(item))
    return Kept(organization_id, row=_row_of(item))
