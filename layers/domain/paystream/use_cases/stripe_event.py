"""All that an event of Stripe can mean here: a closed list. Who acts on an event handles each kind, or mypy fails."""

from paystream.use_cases.apply_dispute import DisputeEvent
from paystream.use_cases.apply_intent import IntentEvent
from paystream.use_cases.apply_payment_method import PaymentMethodEvent
from paystream.use_cases.apply_refund import RefundEvent

StripeEvent = IntentEvent | PaymentMethodEvent | DisputeEvent | RefundEvent
