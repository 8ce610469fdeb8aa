"""A row becomes an item of the invoices table: what is open as owed, what was paid as paid, what is void as void.

The API makes only invoices that are owed. An item may say what became of it elsewhere:
docs/compatibility.md#items-of-the-table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from boto3.dynamodb.types import TypeSerializer
from botocore.exceptions import ClientError
from calling.pace import Pace
from paystream.entry.invoice_item_input import InvoiceItem, invoice_from_item
from paystream.errors import InvalidInputError
from paystream.model.identifiers import derived_id
from paystream.model.invoice import Invoice

from importing.journal import Outcome, Result
from importing.rows import Row

_FIELDS = frozenset(InvoiceItem.model_fields)
_WHOLE = frozenset({"net_payment_term", *(name for name in _FIELDS if name.endswith("_cents"))})
_PAIR = "metadata."
_FLAGS = frozenset({"skip_psp", "self_billed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceImport:
    """`dynamodb` is boto3's client, `now` gives the time in UTC. Columns in `left_out` are not read. With `applies`,
    items are put.
    """

    dynamodb: Any
    table: str
    organization_id: str
    pace: Pace
    now: Callable[[], datetime]
    left_out: frozenset[str] = frozenset()
    applies: bool = False

    needed = "external_customer_id"
    root = "invoice"

    def id_of(self, row: Row) -> str | None:
        found = row.values.get("number", row.values.get("lago_id"))
        return found if isinstance(found, str) else None

    def read(self, row: Row) -> tuple[dict[str, Any], frozenset[str]]:
        """The item of a row, checked as it would be when it is taken in; and the columns that are not in it. An id that
        a row does not say follows from its number. Raises InvalidInputError.
        """
        said = self._said(row)
        problem = invoice_from_item(said, seen_at=self.now()).problem
        if problem:
            raise InvalidInputError(dict(problem.details))
        item = {name: value for name, value in said.items() if name in _FIELDS}
        _typed(item)
        ignored = {name for name in row.values if name not in item and not name.startswith(_PAIR)}
        return item, frozenset(ignored)

    def _said(self, row: Row) -> dict[str, Any]:
        read = {name: _converted(name, value) for name, value in row.values.items() if name not in self.left_out}
        pairs = [{"key": name.removeprefix(_PAIR), "value": read[name]} for name in read if name.startswith(_PAIR)]
        if pairs:
            read["metadata"] = pairs
        if "lago_id" not in read:
            read["lago_id"] = self._id_of_number(read.get("number"))
        return read | {"organization_id": self.organization_id}

    def _id_of_number(self, number: object) -> str:
        if not isinstance(number, str):
            raise InvalidInputError({"lago_id": ["value_is_mandatory"]})
        return derived_id("imported invoice", self.organization_id, number)

    def handle(self, body: Mapping[str, Any], *, was_sent: bool, about_to_send: Callable[[], None]) -> Outcome:
        """It is put where there is none of its id, so that what Paystream has written of it since is never undone."""
        self.pace.wait()
        invoice = invoice_from_item(dict(body), seen_at=self.now())
        if self._is_there(body):
            return _outcome(invoice, Result.IMPORTED if was_sent else Result.THERE_ALREADY)
        if self.applies:
            about_to_send()
            if not self._put(body):
                return _outcome(invoice, Result.THERE_ALREADY)
        return _outcome(invoice, Result.IMPORTED)

    def _is_there(self, body: Mapping[str, Any]) -> bool:
        key = {name: {"S": body[name]} for name in ("organization_id", "lago_id")}
        return "Item" in self.dynamodb.get_item(
            TableName=self.table, Key=key, ConsistentRead=True, ProjectionExpression="lago_id"
        )

    def _put(self, body: Mapping[str, Any]) -> bool:
        """False if there is one by now."""
        try:
            self.dynamodb.put_item(
                TableName=self.table, Item=_typed(body), ConditionExpression="attribute_not_exists(lago_id)"
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
        return True


def _typed(item: Mapping[str, Any]) -> dict[str, Any]:
    """As DynamoDB takes it. Raises InvalidInputError for a number that it cannot keep."""
    try:
        return {name: TypeSerializer().serialize(value) for name, value in item.items()}
    except (ArithmeticError, TypeError):
        raise InvalidInputError({"item": ["value_is_invalid"]}) from None


def _outcome(invoice: Invoice, result: Result) -> Outcome:
    due = invoice.total_amount_cents - invoice.total_paid_amount_cents
    if invoice.voided_at:
        brought_as, cents = "void", 0
    elif due:
        waits = "charged only on request" if invoice.skip_psp or invoice.self_billed else "charged automatically"
        brought_as, cents = f"owed in {invoice.currency}, {waits}", due
    else:
        brought_as, cents = "paid", 0
    return Outcome(result=result, external_id=invoice.number, brought_as=brought_as, cents=cents)


def _converted(name: str, value: Any) -> Any:
    """A table has only texts; what is no number or word of these stays, and is refused."""
    if not isinstance(value, str):
        return value
    if name in _WHOLE and value.isascii() and value.isdecimal():
        return int(value)
    return {"true": True, "false": False}.get(value.lower(), value) if name in _FLAGS else value
