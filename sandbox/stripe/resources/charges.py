"""https://docs.stripe.com/api/charges: one attempt of a payment intent to move money."""

from sandbox.stripe.accounts import MethodState
from sandbox.stripe.cards import Card
from sandbox.stripe.context import Context
from sandbox.stripe.declines import Decline
from sandbox.stripe.wire import JsonObject

from .listing import chosen, list_page

_OF_THE_METHOD_ONLY = ("financial_connections_account", "networks", "status_details")
"""What a bank account shows in its payment method and not in a charge."""


def retrieve(context: Context, params: JsonObject, charge_id: str) -> JsonObject:
    return context.account.charges.require(charge_id)


def list_all(context: Context, params: JsonObject) -> JsonObject:
    match = chosen(params, "payment_intent", "customer")
    return list_page(context.account.charges, "/v1/charges", params, match)


def make(
    context: Context, intent: JsonObject, method: JsonObject, status: str, decline: Decline | None = None
) -> JsonObject:
    """Stores a charge with the status `succeeded`, `pending` or `failed`; a bank debit's id begins with `py_`."""
    is_card = method["type"] == "card"
    captured = status == "succeeded" and intent["capture_method"] != "manual"
    charge_id = context.new_id("ch" if is_card else "py")
    return context.account.charges.add(
        {
            "id": charge_id,
            "object": "charge",
            "amount": intent["amount"],
            "amount_captured": intent["amount"] if captured else 0,
            "amount_refunded": 0,
            "application": None,
            "application_fee": None,
            "application_fee_amount": None,
            "balance_transaction": None,
            "billing_details": method["billing_details"],
            "calculated_statement_descriptor": context.account.details["settings"]["payments"]["statement_descriptor"],
            "captured": captured,
            "created": context.now,
            "currency": intent["currency"],
            "customer": intent["customer"],
            "description": intent["description"],
            "disputed": False,
            "failure_balance_transaction": None,
            "failure_code": decline.code if decline else None,
            "failure_message": decline.message if decline else None,
            "fraud_details": {},
            "livemode": False,
            "metadata": intent["metadata"],
            "on_behalf_of": None,
            "outcome": _outcome(status, decline),
            "paid": status != "failed",
            "payment_intent": intent["id"],
            "payment_method": method["id"],
            "payment_method_details": {"type": method["type"], method["type"]: _details(context, intent, method)},
            "radar_options": {},
            "receipt_email": intent["receipt_email"],
            "receipt_number": None,
            "receipt_url": f"{context.world.settings.public_url}/receipts/{charge_id}" if captured else None,
            "refunded": False,
            "review": None,
            "shipping": intent["shipping"],
            "source": None,
            "source_transfer": None,
            "statement_descriptor": None,
            "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
            "status": status,
            "transfer_data": None,
            "transfer_group": None,
        }
    )


def _details(context: Context, intent: JsonObject, method: JsonObject) -> JsonObject:
    details: JsonObject = method[method["type"]]
    if method["type"] != "card":
        return {name: value for name, value in details.items() if name not in _OF_THE_METHOD_ONLY}
    shown = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4", "wallet")
    return {name: details[name] for name in shown} | {
        "amount_authorized": intent["amount"],
        "installments": None,
        "mandate": None,
        "network": details["brand"],
        "three_d_secure": None,
    }


def _outcome(status: str, decline: Decline | None) -> JsonObject:
    if decline is None:
        return {
            "advice_code": None,
            "network_advice_code": None,
            "network_decline_code": None,
            "network_status": "approved_by_network",
            "reason": None,
            "risk_level": "normal",
            "risk_score": 32,
            "seller_message": "Payment complete." if status == "succeeded" else "Payment pending.",
            "type": "authorized",
        }
    blocked = decline.blocked
    return {
        "advice_code": decline.advice_code,
        "network_advice_code": None,
        "network_decline_code": decline.network_decline_code,
        "network_status": "not_sent_to_network" if blocked else "declined_by_network",
        "reason": "highest_risk_level" if blocked else decline.decline_code or decline.code,
        "risk_level": "highest" if blocked else "normal",
        "risk_score": 100 if blocked else 32,
        "seller_message": "Stripe blocked this payment as too risky."
        if blocked
        else "The bank did not return any further details with this decline.",
        "type": "blocked" if blocked else "issuer_declined",
    }


def decline_of(state: MethodState) -> Decline | None:
    """How a charge of this payment method is declined, if it is; for a bank debit that shows only when it settles."""
    if state.decline is not None:
        return state.decline
    if isinstance(state.instrument, Card):
        return state.instrument.decline
    if state.instrument.failure_code is None:
        return None
    return Decline(state.instrument.failure_code, state.instrument.failure_message or "The payment failed.")
