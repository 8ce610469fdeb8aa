"""The body of `POST /payments/{lago_id}/refunds`."""

from typing import Annotated, Literal

from pydantic import Field
from pydantic import StrictInt as Integer

from paystream.entry.validation import Input, validated
from paystream.model.currency import LARGEST_AMOUNT
from paystream.use_cases.invoices.refund_payment import RefundOrder


class RefundInput(Input):
    """`amount_cents` in minor units of the payment's currency; without it all that is left goes back. `reason` is
    Stripe's: https://docs.stripe.com/api/refunds/create#create_refund-reason
    """

    amount_cents: Annotated[Integer, Field(gt=0, le=LARGEST_AMOUNT)] | None = None
    reason: Literal["duplicate", "fraudulent", "requested_by_customer"] | None = None


def refund_order(payment_id: str, values: dict[str, object]) -> RefundOrder:
    """The checked request. Raises InvalidInputError."""
    sent = validated(RefundInput, values)
    return RefundOrder(payment_id=payment_id, amount_cents=sent.amount_cents, reason=sent.reason)
