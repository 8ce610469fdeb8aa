"""What Paystream says of an invoice beside Lago's words: why it stands where it stands, and what comes next."""

from typing import Any

from paystream.lago.timestamps import timestamp
from paystream.model.invoice import Invoice
from paystream.model.last_failure import LastFailure
from paystream.model.texts.explanations import class_of, explain
from paystream.model.texts.outlook import NextStep, explanation_of, last_failure_of, next_step_of


def outlook_object(invoice: Invoice) -> dict[str, Any]:
    """Keys of the invoice object, from the invoice alone."""
    failure, follows = last_failure_of(invoice), next_step_of(invoice)
    ended_at = invoice.voided_at or invoice.ended_at
    return {
        "stage": invoice.stage.value,
        "waiting_for": invoice.waiting_for.value if invoice.waiting_for else None,
        "next_step": _next_step_object(follows) if follows else None,
        "last_failure": failure_object(failure) if failure else None,
        "explanation": explanation_of(invoice),
        "ended_at": timestamp(ended_at) if ended_at else None,
    }


def failure_object(failed: LastFailure) -> dict[str, Any]:
    """Stripe's codes, what they come to, and two texts: `customer_explanation` is the one to be shown to a customer."""
    explanation = explain(failed.failure)
    return {
        "code": failed.code,
        "decline_code": failed.decline_code,
        "network_decline_code": failed.network_decline_code,
        "class": class_of(failed.failure).value,
        "at": timestamp(failed.at),
        "explanation": explanation.operator,
        "customer_explanation": explanation.customer,
        "source": explanation.source,
    }


def _next_step_object(follows: NextStep) -> dict[str, Any]:
    return {
        "kind": follows.kind.value,
        "at": timestamp(follows.at) if follows.at else None,
        "attempt": follows.attempt,
        "attempts": follows.attempts,
        "explanation": follows.explanation,
    }
