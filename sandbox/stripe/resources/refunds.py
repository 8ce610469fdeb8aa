"""https://docs.stripe.com/api/refunds."""

from sandbox.stripe.accounts import MethodState
from sandbox.stripe.agenda import TaskKind
from sandbox.stripe.cards import Card
from sandbox.stripe.context import Context
from sandbox.stripe.currencies import format_amount
from sandbox.stripe.errors import invalid_request
from sandbox.stripe.wire import JsonObject

from .listing import changed_attributes, chosen, list_page, merge_metadata

_TRANSFERS = {
    "bacs_debit": "gb_bank_transfer",
    "sepa_debit": "eu_bank_transfer",
    "us_bank_account": "us_bank_transfer",
}
_AT_ONCE = ("link", "customer_balance")
"""Whose money goes back without a bank."""
_NEVER = ("boleto",)
"""Source: https://docs.stripe.com/payments/boleto#refunds"""


def create(context: Context, params: JsonObject) -> JsonObject:
    charge = _charge(context, params)
    # Assumed (refunds-over-the-rest): more than is left is refused without a code, and nothing left with one.
    left = charge["amount_captured"] - charge["amount_refunded"]
    is_limited = context.world.settings.refuses_refunds_over_the_rest
    if left <= 0 and is_limited:
        raise invalid_request(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if charge["disputed"]:
        raise invalid_request(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed"
        )
    kind = charge["payment_method_details"]["type"]
    if kind in _NEVER:
        raise invalid_request(f"Charge {charge['id']} cannot be refunded: {kind} does not support refunds.")
    amount = params.get("amount", left)
    if amount < 1:
        message = "This value must be greater than or equal to 1."
        raise invalid_request(message, code="parameter_invalid_integer", param="amount")
    if amount > left and is_limited:
        asked, most = format_amount(amount, charge["currency"]), format_amount(left, charge["currency"])
        message = f"Refund amount ({asked}) is greater than unrefunded amount on charge ({most})"
        raise invalid_request(message, param="amount")
    refund = _new(context, params, charge, amount)
    charge = _set_refunded(context, charge, charge["amount_refunded"] + amount)
    context.emit("refund.created", refund)
    context.emit("charge.refunded", charge)
    context.later(context.world.settings.settlement_delay, TaskKind.SETTLE_REFUND, refund["id"])
    return refund


def retrieve(context: Context, params: JsonObject, refund_id: str) -> JsonObject:
    return context.account.refunds.require(refund_id)


def list_all(context: Context, params: JsonObject) -> JsonObject:
    match = chosen(params, "payment_intent", "charge")
    return list_page(context.account.refunds, "/v1/refunds", params, match)


def update(context: Context, params: JsonObject, refund_id: str) -> JsonObject:
    before = context.account.refunds.require(refund_id)
    metadata = merge_metadata(before["metadata"], params.get("metadata"))
    after = context.account.refunds.change(refund_id, metadata=metadata)
    _send_updated(context, before, after)
    return after


def settle(context: Context, refund_id: str) -> JsonObject:
    """The network's answer: the money is on its way, or the refund failed and the charge counts as paid again."""
    before = context.account.refunds.require(refund_id)
    charge = context.account.charges.require(before["charge"])
    if _behind(context, charge) == "failed":
        after = context.account.refunds.change(refund_id, status="failed", failure_reason="expired_or_canceled_card")
        _set_refunded(context, charge, charge["amount_refunded"] - before["amount"])
        _send_updated(context, before, after)
        context.emit("refund.failed", after)
        return after
    details = _destination(charge["payment_method_details"]["type"], "available")
    after = context.account.refunds.change(refund_id, without=("pending_reason",), status="succeeded", **details)
    _send_updated(context, before, after)
    return after


def _charge(context: Context, params: JsonObject) -> JsonObject:
    account = context.account
    if "charge" in params:
        charge = account.charges.require(params["charge"], "charge")
    elif "payment_intent" in params:
        intent = account.payment_intents.require(params["payment_intent"], "payment_intent")
        charge = account.charges.get(intent["latest_charge"] or "") or {"status": "failed", "id": None}
        if charge["status"] != "succeeded":
            message = f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
            raise invalid_request(message, param="payment_intent")
    else:
        message = "One of the following params should be provided for this request: payment_intent or charge."
        raise invalid_request(message)
    if charge["status"] != "succeeded":
        raise invalid_request(
            f"Charge {charge['id']} is not refundable: its status is {charge['status']}.", param="charge"
        )
    return charge


def _new(context: Context, params: JsonObject, charge: JsonObject, amount: int) -> JsonObject:
    kind = charge["payment_method_details"]["type"]
    pending = _behind(context, charge) == "pending"
    return context.account.refunds.add(
        {
            "id": context.new_id("re" if kind == "card" else "pyr"),
            "object": "refund",
            "amount": amount,
            "balance_transaction": None,
            "charge": charge["id"],
            "created": context.now,
            "currency": charge["currency"],
            "customer": charge["customer"],
            "customer_account": None,
            **_destination(kind, "pending"),
            "metadata": merge_metadata({}, params.get("metadata")),
            "payment_intent": charge["payment_intent"],
            "payment_method": charge["payment_method"],
            **({"pending_reason": "processing"} if pending else {}),
            "reason": params.get("reason"),
            "receipt_number": None,
            "source_transfer_reversal": None,
            "status": "pending" if pending else "succeeded",
            "transfer_reversal": None,
        }
    )


def _destination(kind: str, reference_status: str) -> JsonObject:
    """Where the money goes: back to the card, to the customer's balance, by a transfer to the bank account that was
    debited. Of Link nothing is known.
    """
    match kind:
        case "card":
            details: JsonObject = {"type": kind, kind: {"reference_status": reference_status, "type": "refund"}}
        case "crypto":
            details = {"type": kind, kind: {"reference": None}}
        case "customer_balance":
            details = {"type": "customer_cash_balance", "customer_cash_balance": {}}
        case "link":
            return {}
        case _:
            transfer = _TRANSFERS[kind]
            details = {"type": transfer, transfer: {"reference": None, "reference_status": reference_status}}
    return {"destination_details": details}


def _behind(context: Context, charge: JsonObject) -> str:
    if charge["payment_method_details"]["type"] in _AT_ONCE:
        return "succeeded"
    state: MethodState = context.account.methods[charge["payment_method"]]
    return state.instrument.refund_status if isinstance(state.instrument, Card) else "pending"


def _set_refunded(context: Context, charge: JsonObject, amount: int) -> JsonObject:
    return context.account.charges.change(
        charge["id"], amount_refunded=amount, refunded=amount == charge["amount_captured"]
    )


def _send_updated(context: Context, before: JsonObject, after: JsonObject) -> None:
    previous = changed_attributes(before, after)
    context.emit("refund.updated", after, previous)
    context.emit("charge.refund.updated", after, previous)
