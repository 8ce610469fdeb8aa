"""The contract of an item that an application puts into the invoices table, as JSON Schema.

The pydantic model that reads the items is the source; here it gets the words for a reader and the rules that pydantic
cannot put into a schema. `PYTHONPATH=layers/domain:tests python tests/invoice_item_schema.py` writes it.
"""

import json
from typing import Any

from paystream.entry.invoice_input import DAY, TIMESTAMP, UNITS_AS_TEXT
from paystream.entry.invoice_item_input import InvoiceItem
from paystream.model.currency import SUPPORTED, THREE_DECIMAL, WHOLE_UNITS_ONLY
from template import REPOSITORY

PATH = REPOSITORY / "docs" / "api" / "invoice-item.schema.json"

_DESCRIPTION = (
    "An item that an application puts into the invoices table, to be collected like an invoice of the API. Numbers are "
    "DynamoDB's N. Put an item once: it is collected as soon as it is inserted, and from then on Paystream writes its "
    "own attributes beside these, such as payment_status, version and due_at; yours stay if they are named otherwise. "
    "What is paid, partly paid or voided says so in payment_status, total_paid_amount_cents and status. "
    "An item that breaks the contract, contradicts itself or is dated ahead is not collected; GET /api/v1/invoices "
    "shows why in error_details. If there are fees and a total, the total is the sum of the fees, each rounded "
    "half up to a whole minor unit."
)
_PROPERTIES = {
    "organization_id": "Partition key: the organization, a UUID in lower case, as issue-api-key answered it.",
    "lago_id": "Sort key: your own unique id of the invoice, best a UUID. It is the id that the API shows.",
    "external_customer_id": "The customer's external_id. The invoice waits until there is such a customer.",
    "currency": "ISO 4217, upper case: the currencies that Stripe charges in.",
    "number": "Unique among the organization's invoices; lago_id if there is none. It may not begin with #.",
    "fees": "The lines of the invoice.",
    "metadata": "What you want to find again with the invoice.",
    "status": "voided takes it in as what is owed no more. A draft is parked until it is put again as finalized.",
    "payment_status": "succeeded takes it in as paid; nothing is collected, and nothing is notified.",
    "total_paid_amount_cents": "What was paid before, in minor units; the rest is collected.",
    "total_due_amount_cents": "What is left of the total, where total_paid_amount_cents is not said.",
    "issuing_date": "The date of the invoice; that of created_at without it.",
    "purchase_order_number": "Shown with the invoice.",
    "net_payment_term": "In how many days it is to be paid. It is charged at once all the same.",
    "payment_due_date": "When it is to be paid; from then on it is payment_overdue. Not needed with net_payment_term.",
    "self_billed": "True where the customer bills itself: it is never collected.",
    "skip_psp": "True keeps the invoice from being sent to Stripe until a request asks for it.",
    "payment_method": "Lago's: which of the customer's payment methods is charged.",
    "total_amount_cents": "What is owed, in the currency's minor unit as Stripe defines it (500 JPY are 500, 5 EUR are "
    "500, 500 ISK are 50000). Not needed if there are fees: then it is their sum. 0 is paid at once.",
    "created_at": "When the invoice was made, with its offset from UTC; the time at which the item was put otherwise.",
}
_FEE = {
    "add_on_code": "What is charged for.",
    "units": "How many, as a number or as a decimal number in text.",
    "unit_amount_cents": "The price of one unit, in the currency's minor unit.",
    "name": "How the line is shown; the code otherwise.",
    "description": "More about the line.",
    "invoice_display_name": "How Lago shows the line; the name otherwise.",
    "skip_psp": "The same as the invoice's own.",
}
_PAYMENT_METHOD = {
    "payment_method_type": "manual keeps the invoice from being charged automatically.",
    "payment_method_id": "Which one, by its lago_id; the customer's default without it.",
}
_METADATA = {"key": "A name.", "value": "A text."}
_EXAMPLE = {
    "organization_id": "0a1b2c3d-0000-4000-8000-000000000001",
    "lago_id": "7c1e0000-0000-4000-8000-000000000010",
    "external_customer_id": "acme",
    "currency": "EUR",
    "number": "2026-0042",
    "fees": [{"add_on_code": "hours", "units": "2.5", "unit_amount_cents": 480, "name": "Consulting"}],
    "metadata": [{"key": "order", "value": "8812"}],
    "created_at": "2026-11-23T10:00:00Z",
}


def invoice_item_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of the contract."""
    schema = InvoiceItem.model_json_schema()
    properties, definitions = schema["properties"], schema["$defs"]
    _describe(properties, _PROPERTIES)
    _describe(definitions["FeeInput"]["properties"], _FEE)
    _describe(definitions["MetadataInput"]["properties"], _METADATA)
    _describe(definitions["PaymentMethodInput"]["properties"], _PAYMENT_METHOD)
    definitions["PaymentMethodInput"] |= {"title": "Payment method", "description": "What is charged."}
    definitions["FeeInput"] |= {"title": "Fee", "description": "One line of the invoice."}
    definitions["MetadataInput"] |= {"title": "Metadata", "description": "A pair of texts kept with the invoice."}
    properties["currency"]["enum"] = sorted(SUPPORTED)
    _alternative(properties["created_at"], "string")["pattern"] = TIMESTAMP
    for day in ("issuing_date", "payment_due_date"):
        _alternative(properties[day], "string")["pattern"] = DAY
    _alternative(definitions["FeeInput"]["properties"]["units"], "string")["pattern"] = UNITS_AS_TEXT
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Invoice item",
        "description": _DESCRIPTION,
        "examples": [_EXAMPLE],
        "anyOf": [_owed("total_amount_cents", {"type": "integer"}), _owed("fees", {"minItems": 1})],
        "allOf": [_step(sorted(THREE_DECIMAL), 10), _step(sorted(WHOLE_UNITS_ONLY), 100)],
    }


def text() -> str:
    """The file as it is written."""
    return json.dumps(invoice_item_schema(), indent=2) + "\n"


def _describe(properties: dict[str, Any], descriptions: dict[str, str]) -> None:
    for name, schema in properties.items():
        schema["description"] = descriptions[name]


def _alternative(schema: dict[str, Any], kind: str) -> dict[str, Any]:
    found: dict[str, Any] = next(choice for choice in schema["anyOf"] if choice["type"] == kind)
    return found


def _owed(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"required": [name], "properties": {name: schema}}


def _step(currencies: list[str], step: int) -> dict[str, Any]:
    """Amounts in these currencies are multiples of the step."""
    return {
        "if": {"required": ["currency"], "properties": {"currency": {"enum": currencies}}},
        "then": {"properties": {"total_amount_cents": {"multipleOf": step}}},
    }


if __name__ == "__main__":
    PATH.parent.mkdir(parents=True, exist_ok=True)
    PATH.write_text(text())
