"""What subscribers receive, as JSON Schema: one for each `webhook_type`, built of the schemas of the API's description.

`PYTHONPATH=layers/domain:tests python tests/notification_schemas.py` writes it.
"""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from api_description import complaints, description
from jsonschema_rs import Draft202012Validator
from paystream.model.declines import Retry
from paystream.model.notification import WebhookType
from template import REPOSITORY

PATH = REPOSITORY / "docs" / "api" / "notifications.schema.json"
VERSION = 1
"""Rises when a subscriber has to change: a key goes, or means something else. A new key or type leaves it as it is."""

_COMPONENTS = "#/components/schemas/"
_TEXT: dict[str, Any] = {"type": "string"}
_TEXT_OR_NULL: dict[str, Any] = {"type": ["string", "null"]}
_TIME_OR_NULL = {"oneOf": [{"$ref": f"{_COMPONENTS}Timestamp"}, {"type": "null"}]}
_CUSTOMER: dict[str, Any] = {"$ref": f"{_COMPONENTS}CustomerCore", "unevaluatedProperties": False}
_INVOICE: dict[str, Any] = {
    "$ref": f"{_COMPONENTS}InvoiceCore",
    "properties": {
        "customer": {"oneOf": [_CUSTOMER, {"type": "null"}]},
        "fees": {"type": "array", "items": {"$ref": f"{_COMPONENTS}Fee"}},
    },
    "required": ["customer", "fees"],
    "unevaluatedProperties": False,
}
_PAYMENT: dict[str, Any] = {"$ref": f"{_COMPONENTS}Payment"}
_REFUND: dict[str, Any] = {"$ref": f"{_COMPONENTS}Refund"}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _extended(component: str, **properties: Any) -> dict[str, Any]:
    """A component that takes no other property, with these."""
    known: dict[str, Any] = description()["components"]["schemas"][component]
    return known | {
        "properties": known["properties"] | properties,
        "required": [*dict.fromkeys([*known["required"], *properties])],
    }


_LAGOS_METHOD: dict[str, Any] = {
    "lago_id": _TEXT,
    "is_default": {"type": "boolean"},
    "payment_provider_code": _TEXT,
    "payment_provider_type": {"const": "stripe"},
    "provider_method_id": _TEXT,
}
_CHARGED_METHOD: dict[str, Any] = {"oneOf": [_object(**_LAGOS_METHOD), {"type": "null"}]}
_SHOWN_METHOD: dict[str, Any] = {"oneOf": [_extended("ChargedMethod", **_LAGOS_METHOD), {"type": "null"}]}
_FAILURE = _object(
    lago_invoice_id=_TEXT,
    lago_customer_id=_TEXT_OR_NULL,
    external_customer_id=_TEXT,
    provider_customer_id=_TEXT_OR_NULL,
    payment_provider=_TEXT_OR_NULL,
    payment_provider_code=_TEXT_OR_NULL,
    lago_payment_id=_TEXT_OR_NULL,
    attempt={"type": ["integer", "null"], "minimum": 1},
    will_retry={"type": "boolean"},
    next_retry_at=_TIME_OR_NULL,
    retry={"enum": [retry.value for retry in Retry]},
    payment_method=_CHARGED_METHOD,
    next_payment_method=_CHARGED_METHOD,
    provider_error={"oneOf": [_object(message=_TEXT, error_code=_TEXT), {"type": "null"}]},
    error_details={
        "oneOf": [
            _object(code=_TEXT),
            _object(
                code=_TEXT,
                message=_TEXT,
                decline_code=_TEXT_OR_NULL,
                advice_code=_TEXT_OR_NULL,
                network_decline_code=_TEXT_OR_NULL,
                network_advice_code=_TEXT_OR_NULL,
                request_id=_TEXT_OR_NULL,
                http_status={"type": ["integer", "null"]},
                payment_intent_id=_TEXT_OR_NULL,
            ),
        ]
    },
)
_OBJECTS: dict[WebhookType, tuple[str, dict[str, Any]]] = {
    WebhookType.INVOICE_PAYMENT_FAILURE: ("payment_provider_invoice_payment_error", _FAILURE),
    WebhookType.INVOICE_PAYMENT_ABANDONED: ("payment_provider_invoice_payment_error", _FAILURE),
    WebhookType.INVOICE_PAYMENT_STATUS_UPDATED: ("invoice", _INVOICE),
    WebhookType.INVOICE_PAYMENT_OVERDUE: ("invoice", _INVOICE),
    WebhookType.INVOICE_PAYMENT_DISPUTE_LOST: ("payment_dispute_lost", _object(invoice=_INVOICE, reason=_TEXT_OR_NULL)),
    WebhookType.INVOICE_VOIDED: ("invoice", _INVOICE),
    WebhookType.PAYMENT_SUCCEEDED: ("payment", _extended("Payment", payment_method=_SHOWN_METHOD)),
    WebhookType.PAYMENT_REQUIRES_ACTION: ("payment", _PAYMENT),
    WebhookType.PAYMENT_DISPUTE_OPENED: ("payment", _PAYMENT),
    WebhookType.PAYMENT_DISPUTE_WON: ("payment", _PAYMENT),
    WebhookType.PAYMENT_REFUND_SUCCEEDED: ("refund", _REFUND),
    WebhookType.PAYMENT_REFUND_FAILED: ("refund", _REFUND),
    WebhookType.CUSTOMER_PAYMENT_PROVIDER_CREATED: ("customer", _CUSTOMER),
    WebhookType.CUSTOMER_PAYMENT_PROVIDER_ERROR: (
        "payment_provider_customer_error",
        _object(
            lago_customer_id=_TEXT,
            external_customer_id=_TEXT,
            payment_provider=_TEXT,
            payment_provider_code=_TEXT_OR_NULL,
            provider_error=_object(message=_TEXT, error_code=_TEXT_OR_NULL),
        ),
    ),
    WebhookType.CUSTOMER_CHECKOUT_URL_GENERATED: (
        "payment_provider_customer_checkout_url",
        _object(
            lago_customer_id=_TEXT,
            external_customer_id=_TEXT,
            payment_provider=_TEXT,
            payment_provider_code=_TEXT,
            checkout_url=_TEXT,
        ),
    ),
    WebhookType.CUSTOMER_PAYMENT_METHOD_MISSING: (
        "customer",
        {
            "$ref": f"{_COMPONENTS}CustomerCore",
            "properties": {"lago_invoice_id": _TEXT, "invoice_number": _TEXT},
            "required": ["lago_invoice_id", "invoice_number"],
            "unevaluatedProperties": False,
        },
    ),
    WebhookType.PAYMENT_PROVIDER_ERROR: (
        "payment_provider_error",
        _object(
            lago_payment_provider_id=_TEXT,
            payment_provider_code=_TEXT,
            payment_provider_name=_TEXT,
            source={"const": "stripe"},
            action=_TEXT,
            provider_error=_object(message=_TEXT, code=_TEXT_OR_NULL),
        ),
    ),
}


def notification_schemas() -> dict[str, Any]:
    """JSON Schema 2020-12 of every notification: the one whose `webhook_type` it has."""
    definitions = {webhook_type.value: _envelope(webhook_type) for webhook_type in WebhookType}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:paystream:notifications:{VERSION}",
        "title": "Notifications",
        "description": "What subscribers receive. The number in $id rises when a subscriber has to change.",
        "oneOf": [{"$ref": f"#/$defs/{name}"} for name in definitions],
        "$defs": _rewritten(definitions) | {name: _rewritten(_component(name)) for name in sorted(_named(definitions))},
    }


def text() -> str:
    """The file as it is written."""
    return json.dumps(notification_schemas(), indent=2) + "\n"


@cache
def validator(webhook_type: str) -> Draft202012Validator:
    """Checks the bodies of one type."""
    schema = notification_schemas()
    return Draft202012Validator({"$defs": schema["$defs"], "$ref": f"#/$defs/{webhook_type}"}, validate_formats=True)


def check_notification(body: str) -> None:
    """Fail unless it is as the schema of its type says."""
    content = json.loads(body)
    wrong = complaints(validator(content["webhook_type"]), content)
    assert not wrong, f"{content['webhook_type']} is not as docs/api/notifications.schema.json says: {wrong}"


def _envelope(webhook_type: WebhookType) -> dict[str, Any]:
    object_type, content = _OBJECTS[webhook_type]
    identifier = {"$ref": f"{_COMPONENTS}Id"}
    head = {"webhook_type": {"const": webhook_type.value}, "object_type": {"const": object_type}}
    return _object(**head, organization_id=identifier, unique_key=identifier, **{object_type: content})


def _component(name: str) -> dict[str, Any]:
    found: dict[str, Any] = description()["components"]["schemas"][name]
    return found


def _named(schema: Any) -> set[str]:
    """The components that a schema leads to, through others, too."""
    found: set[str] = set()
    waiting = set(_references(schema))
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= set(_references(_component(name))) - found
    return found


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key == "$ref":
                yield str(value).removeprefix(_COMPONENTS)
            else:
                yield from _references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _references(value)


def _rewritten(schema: Any) -> Any:
    """The same, with references that hold within this file."""
    if isinstance(schema, dict):
        return {
            key: str(value).replace(_COMPONENTS, "#/$defs/") if key == "$ref" else _rewritten(value)
            for key, value in schema.items()
        }
    return [_rewritten(value) for value in schema] if isinstance(schema, list) else schema


if __name__ == "__main__":
    PATH.write_text(text())
