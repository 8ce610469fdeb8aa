"""Where an invoice stands, in the stage that its fields call for."""

from dataclasses import replace
from typing import Any

from paystream.model.invoice import Invoice
from paystream.model.standing import InvoiceStatus, PaymentStatus, Stage, Standing, WaitingFor

STANDING_FIELDS = frozenset(Standing.__dataclass_fields__)


def standing(*, is_parked: bool = False, **fields: Any) -> Standing:
    """A standing with these fields; pending where nothing else is said. What waits for a key is paused."""
    fields = {"payment_status": PaymentStatus.PENDING} | fields
    if fields.get("paused_integration_id"):
        fields["waiting_for"] = WaitingFor.KEY
    return Standing(stage=Stage.PARKED if is_parked else _stage(fields), **fields)


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
