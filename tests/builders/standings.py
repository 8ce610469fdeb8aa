"""Where an invoice stands, in the stage that its fields call for."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from paystream.model.invoice import Invoice
from paystream.model.standing import SHAPES, InvoiceStatus, PaymentStatus, Stage, Standing, WaitingFor

STANDING_FIELDS = frozenset(Standing.__dataclass_fields__)

STANDING_SINCE = datetime(2026, 11, 23, 10, tzinfo=UTC)
"""All times of a standing that has just what its stage needs."""


def standing(*, is_parked: bool = False, **fields: Any) -> Standing:
    """A standing with these fields; pending where nothing else is said. What waits for a key is paused."""
    fields = {"payment_status": PaymentStatus.PENDING} | fields
    if fields.get("paused_integration_id"):
        fields["waiting_for"] = WaitingFor.KEY
    return Standing(stage=Stage.PARKED if is_parked else _stage(fields), **fields)


def in_stage(stage: Stage, **changes: Any) -> Standing:
    """A standing in this stage with what it needs, and nothing else; what can only be voided, or settling, is voided.
    Raises ContradictionError if the changes contradict the stage.
    """
    shape = SHAPES[stage]
    waits = [one for one in WaitingFor if one in shape.waiting_for and one is not WaitingFor.KEY]
    needed: dict[str, Any] = {
        "payment_status": shape.payment_status or PaymentStatus.PENDING,
        "waiting_for": None if None in shape.waiting_for else waits[0],
    }
    needed |= dict.fromkeys(shape.needs, STANDING_SINCE)
    if stage in (Stage.SETTLING, Stage.VOIDED):
        needed["status"] = InvoiceStatus.VOIDED
    return Standing(stage=stage, **(needed | changes))


def standing_otherwise(invoice: Invoice, **changes: Any) -> Invoice:
    """The invoice in the stage that these changes call for."""
    kept = {name: getattr(invoice.standing, name) for name in STANDING_FIELDS - {"stage"}}
    return replace(invoice, standing=standing(**(kept | changes)))


def _stage(fields: dict[str, Any]) -> Stage:
    is_voided = fields.get("status") is InvoiceStatus.VOIDED
    if is_voided or fields["payment_status"] is PaymentStatus.SUCCEEDED:
        return Stage.SETTLING if fields.get("due_at") else Stage.VOIDED if is_voided else Stage.PAID
    if fields["payment_status"] is PaymentStatus.PENDING:
        return Stage.WAITING if fields.get("waiting_for") else Stage.IN_FLIGHT
    if fields.get("next_retry_at"):
        return Stage.RETRY_PLANNED
    return Stage.WAITS_FOR_ANOTHER_METHOD if fields.get("waiting_for") else Stage.GIVEN_UP
