"""What a request may say of money that came outside of Stripe: the body of `POST /payments`."""

from datetime import UTC, date, datetime, time
from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints
from pydantic import StrictInt as Integer
from pydantic_core import PydanticCustomError

from paystream.entry.validation import Input, own_code, validated
from paystream.model.currency import LARGEST_AMOUNT
from paystream.use_cases.invoices.record_manual_payment import ManualPaymentRequest


def _read_time(sent: object) -> object:
    """A date is the beginning of its day, a time without an offset is in UTC: as Lago reads them."""
    try:
        if isinstance(sent, str) and len(sent) == len("2026-11-23"):
            return datetime.combine(date.fromisoformat(sent), time(), UTC)
        if isinstance(sent, str):
            read = datetime.fromisoformat(sent)
            return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        # No time, or one that its offset takes out of the years 1 to 9999.
        pass
    if sent is None:
        return None
    raise PydanticCustomError(own_code("invalid_date"), "neither a date nor a time")


class ManualPaymentInput(Input):
    """`amount_cents` in minor units of the invoice's currency."""

    invoice_id: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=1024)]
    amount_cents: Annotated[Integer, Field(gt=0, le=LARGEST_AMOUNT)]
    reference: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=255)]
    paid_at: Annotated[datetime | None, BeforeValidator(_read_time)] = None


def manual_payment_request(values: dict[str, object]) -> ManualPaymentRequest:
    """The checked request. Raises InvalidInputError."""
    sent = validated(ManualPaymentInput, values)
    return ManualPaymentRequest(
        invoice_id=sent.invoice_id,
        amount_cents=sent.amount_cents,
        reference=sent.reference,
        paid_at=sent.paid_at,
    )
