"""https://docs.stripe.com/api/disputes: only as far as a test card opens one and the sandbox's control closes it."""

from sandbox.stripe.context import Context
from sandbox.stripe.wire import JsonObject

from .listing import chosen, list_page

_DAYS_TO_ANSWER = 9
_EVIDENCE = (
    "access_activity_log billing_address cancellation_policy cancellation_policy_disclosure cancellation_rebuttal "
    "customer_communication customer_email_address customer_name customer_purchase_ip customer_signature "
    "duplicate_charge_documentation duplicate_charge_explanation duplicate_charge_id product_description receipt "
    "refund_policy refund_policy_disclosure refund_refusal_explanation service_date service_documentation "
    "shipping_address shipping_carrier shipping_date shipping_documentation shipping_tracking_number "
    "uncategorized_file uncategorized_text"
).split()


def open_for(context: Context, charge: JsonObject, reason: str) -> JsonObject:
    dispute = context.account.disputes.add(
        {
            "id": context.new_id("dp"),
            "object": "dispute",
            "amount": charge["amount"],
            "balance_transactions": [],
            "charge": charge["id"],
            "created": context.now,
            "currency": charge["currency"],
            "enhanced_eligibility_types": [],
            "evidence": dict.fromkeys(_EVIDENCE) | {"enhanced_evidence": {}},
            "evidence_details": {
                "due_by": context.now + _DAYS_TO_ANSWER * 86400,
                "enhanced_eligibility": {},
                "has_evidence": False,
                "past_due": False,
                "submission_count": 0,
            },
            "is_charge_refundable": False,
            "livemode": False,
            "metadata": {},
            "payment_intent": charge["payment_intent"],
            "payment_method_details": {"type": charge["payment_method_details"]["type"]},
            "reason": reason,
            "status": "needs_response",
        }
    )
    context.account.charges.change(charge["id"], disputed=True)
    context.emit("charge.dispute.created", dispute)
    context.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def review(context: Context, dispute_id: str) -> JsonObject:
    """The merchant has sent evidence, and the bank looks at it."""
    return _updated(context, dispute_id, "under_review")


def offer_appeal(context: Context, dispute_id: str) -> JsonObject:
    """Source: https://docs.stripe.com/disputes/arbitration"""
    # Assumed (appeals): the funds stay where they are until the appeal has ended, and no event says more than that the
    # dispute has changed.
    return _updated(context, dispute_id, "appeal_needs_response")


def appeal(context: Context, dispute_id: str) -> JsonObject:
    """Evidence for the appeal was submitted."""
    return _updated(context, dispute_id, "appeal_under_review")


def _updated(context: Context, dispute_id: str, status: str) -> JsonObject:
    dispute = context.account.disputes.change(dispute_id, status=status)
    context.emit("charge.dispute.updated", dispute)
    return dispute


def close(context: Context, dispute_id: str, status: str) -> JsonObject:
    """The bank's decision, which an appeal may turn: `won` gives the funds back, `lost` after it takes them again."""
    before = context.account.disputes.require(dispute_id)["status"]
    dispute = context.account.disputes.change(dispute_id, status=status)
    context.emit("charge.dispute.closed", dispute)
    if status == "won":
        context.emit("charge.dispute.funds_reinstated", dispute)
    elif before == "won":
        context.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def retrieve(context: Context, params: JsonObject, dispute_id: str) -> JsonObject:
    return context.account.disputes.require(dispute_id)


def list_all(context: Context, params: JsonObject) -> JsonObject:
    match = chosen(params, "payment_intent", "charge")
    return list_page(context.account.disputes, "/v1/disputes", params, match)
