"""An invoice's item: written in today's format, read in each format that was ever written."""

from collections.abc import Mapping
from typing import Any

from paystream.adapters.dynamodb.items import from_item
from paystream.adapters.dynamodb.payments import customer_key
from paystream.model.invoice import Invoice
from paystream.model.standing import InvoiceStatus, PaymentStatus, Stage, WaitingFor

FORMAT = 2
"""The number in `item_format` of every invoice that is written. The first format had no number, and no stage."""

FORMER_ATTRIBUTES = ("link_follows",)
"""Attributes of former formats; they are removed where an invoice is written."""

_AWAITED = WaitingFor.ANOTHER_PAYMENT_METHOD.value
_OF_WAITING = ("waiting_for", "paused_integration_id")
_OF_A_PLAN = ("next_retry_at", "planned_payment_method_id")


def is_ours(item: Mapping[str, Any]) -> bool:
    """Whether our first write has been there: it adds the key that follows from the item, and a version. What is there
    of one of them alone, an application has put.
    """
    return "N" in item.get("version", {}) and has_our_key(item)


def has_our_key(entry: Mapping[str, Any]) -> bool:
    """The same, as far as an index shows it, where there are no versions."""
    organization_id, external_customer_id = _text(entry, "organization_id"), _text(entry, "external_customer_id")
    if organization_id is None or external_customer_id is None:
        return False
    return _text(entry, "customer_key") == customer_key(organization_id, external_customer_id)


def invoice_of(item: Mapping[str, Any]) -> Invoice:
    """The invoice that is stored. Raises ContradictionError."""
    return from_item(Invoice, item if "stage" in item else _with_stage(item))


def _with_stage(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item of the first format with the stage that follows from its fields, and without what contradicts it.

    Only the payment says what an open one waits for. Where the invoice does not say that a page follows a failure, it
    is read as in flight.
    """
    stage = _stage(item)
    ignored = {*_ignored(stage), "stage"}
    return {name: value for name, value in item.items() if name not in ignored} | {"stage": {"S": stage.value}}


def _stage(item: Mapping[str, Any]) -> Stage:
    payment_status = _text(item, "payment_status")
    is_voided = _text(item, "status") == InvoiceStatus.VOIDED
    if "problem" in item:
        return Stage.PARKED
    if is_voided or payment_status == PaymentStatus.SUCCEEDED:
        ended = Stage.VOIDED if is_voided else Stage.PAID
        return Stage.SETTLING if "due_at" in item else ended
    if payment_status == PaymentStatus.FAILED:
        return _failed_stage(item)
    waiting_for = _text(item, "waiting_for")
    if waiting_for == _AWAITED:
        return Stage.PAGE_OPEN
    return Stage.WAITING if waiting_for else Stage.IN_FLIGHT


def _failed_stage(item: Mapping[str, Any]) -> Stage:
    if item.get("link_follows", {}).get("BOOL"):
        return Stage.AUTHENTICATION_LINK_DUE
    if "next_retry_at" in item:
        return Stage.RETRY_PLANNED
    return Stage.WAITS_FOR_ANOTHER_METHOD if _text(item, "waiting_for") == _AWAITED else Stage.GIVEN_UP


def _ignored(stage: Stage) -> tuple[str, ...]:
    if stage in (Stage.PARKED, Stage.SETTLING, Stage.PAID, Stage.VOIDED):
        return (*_OF_WAITING, *_OF_A_PLAN, "claimed_until")
    return _OF_A_PLAN if stage is Stage.AUTHENTICATION_LINK_DUE else ()


def _text(item: Mapping[str, Any], name: str) -> str | None:
    text: str | None = item.get(name, {}).get("S")
    return text
