"""All that an event of Stripe can mean here: a closed list. Who acts on an event handles each kind, or mypy fails."""

from paystream.use_cases.stripe_events.apply_customer import CustomerDeleted
from paystream.use_cases.stripe_events.apply_dispute import DisputeEvent
from paystream.use_cases.stripe_events.apply_intent import IntentEvent
from paystream.use_cases.stripe_events.apply_refund import RefundEvent
from paystream.use_cases.stripe_events.payment_method_events import PaymentMethodEvent

StripeEvent = IntentEvent | PaymentMethodEvent | DisputeEvent | RefundEvent | CustomerDeleted
