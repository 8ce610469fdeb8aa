"""https://docs.stripe.com/api/payment_intents."""

from sandbox.stripe.bank_transfers import check_funding, remaining
from sandbox.stripe.context import Context
from sandbox.stripe.currencies import check_amount, format_amount
from sandbox.stripe.errors import invalid_request
from sandbox.stripe.wire import JsonObject

from . import confirmation, payment_methods
from .card_details import check_card_details, shown
from .confirmation import Terms
from .listing import chosen, cleared, list_page, merge_metadata, refuse_deleted_customer
from .method_types import PAID_WITH_ONCE, check_types, settle_types
from .payment_intent_rules import (
    CONFIRMABLE,
    check_confirmable,
    method_missing,
    not_confirmable,
    refuse_confirm_only,
    unexpected_state,
)
from .payment_method_creation import from_params

_TEXTS = ("description", "receipt_email", "statement_descriptor", "statement_descriptor_suffix", "transfer_group")
_CANCELABLE = ("requires_payment_method", "requires_capture", "requires_confirmation", "requires_action", "processing")


def create(context: Context, params: JsonObject) -> JsonObject:
    currency = check_amount(params["amount"], params["currency"])
    customer_id = params.get("customer")
    if customer_id is not None:
        context.account.customers.require(customer_id, "customer")
    confirm = params.get("confirm", False)
    if not confirm:
        refuse_confirm_only(params)
    types, automatic = settle_types(
        context, params, currency, without=PAID_WITH_ONCE if params.get("setup_future_usage") else ()
    )
    check_card_details(params, types)
    method = _method(context, params, customer_id)
    _check_funding_of(method, params)
    if confirm:
        check_confirmable(params, automatic, method)
        context.account.check_that_it_charges(method["type"] if method else None)
    if method is not None:
        check_types(method, types, automatic)
    intent = context.account.payment_intents.add(
        _new(context, params, currency, types, automatic) | (_filled_with(method) if method is not None else {})
    )
    context.emit("payment_intent.created", intent)
    return confirmation.attempt(context, intent, method, _terms(params)) if confirm and method else intent


def retrieve(context: Context, params: JsonObject, intent_id: str) -> JsonObject:
    return context.account.payment_intents.require(intent_id)


def list_all(context: Context, params: JsonObject) -> JsonObject:
    # Assumed (list-of-a-missing-customer): a customer that is missing has an empty list.
    match = chosen(params, "customer")
    refuse_deleted_customer(context, params)
    return list_page(context.account.payment_intents, "/v1/payment_intents", params, match)


def update(context: Context, params: JsonObject, intent_id: str) -> JsonObject:
    intent = context.account.payment_intents.require(intent_id)
    _refuse_if_done(intent, params)
    changes: JsonObject = {name: cleared(params[name]) for name in (*_TEXTS, "setup_future_usage") if name in params}
    if "metadata" in params:
        changes["metadata"] = merge_metadata(intent["metadata"], params["metadata"])
    if "amount" in params or "currency" in params:
        changes["amount"] = params.get("amount", intent["amount"])
        changes["currency"] = check_amount(changes["amount"], params.get("currency") or intent["currency"])
    if "customer" in params:
        changes["customer"] = context.account.customers.require(params["customer"], "customer")["id"]
    if "payment_method" in params:
        method = payment_methods.usable(context, params["payment_method"], changes.get("customer", intent["customer"]))
        check_types(method, intent["payment_method_types"], intent["automatic_payment_methods"])
        changes |= _filled_with(method)
    return context.account.payment_intents.change(intent_id, **changes)


def _refuse_if_done(intent: JsonObject, params: JsonObject) -> None:
    unless_done = {"amount", "currency", "customer", "payment_method", "setup_future_usage"} & params.keys()
    if unless_done and intent["status"] not in CONFIRMABLE:
        name = sorted(unless_done)[0]
        raise unexpected_state(
            intent,
            f"This PaymentIntent's {name} could not be updated because it has a status of {intent['status']}. You may "
            f"only update the {name} of a PaymentIntent with one of the following statuses: {', '.join(CONFIRMABLE)}.",
        )


def confirm(context: Context, params: JsonObject, intent_id: str) -> JsonObject:
    intent = context.account.payment_intents.require(intent_id)
    if intent["status"] not in CONFIRMABLE:
        raise unexpected_state(intent, not_confirmable(intent))
    wanted = {"payment_method": intent["payment_method"]} if intent["payment_method"] else {}
    method = _method(context, wanted | params, intent["customer"])
    check_confirmable(params, intent["automatic_payment_methods"], method)
    if method is None:
        raise method_missing()
    check_types(method, intent["payment_method_types"], intent["automatic_payment_methods"])
    changes = {name: cleared(params[name]) for name in ("receipt_email", "setup_future_usage") if name in params}
    intent = context.account.payment_intents.change(intent_id, **changes)
    return confirmation.attempt(context, intent, method, _terms(params))


def cancel(context: Context, params: JsonObject, intent_id: str) -> JsonObject:
    intent = context.account.payment_intents.require(intent_id)
    if intent["status"] not in _CANCELABLE or (intent["status"] == "processing" and intent["latest_charge"]):
        raise unexpected_state(
            intent,
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}. Only a PaymentIntent "
            f"with one of the following statuses may be canceled: {', '.join(_CANCELABLE)}.",
        )
    if any(session["status"] != "expired" for session in _checkouts(context, intent_id)):
        raise invalid_request("You cannot cancel a PaymentIntent of a Checkout Session: expire the Session instead.")
    _give_back(context, intent)
    intent = context.account.payment_intents.change(
        intent_id,
        amount_capturable=0,
        canceled_at=context.now,
        cancellation_reason=params.get("cancellation_reason"),
        next_action=None,
        status="canceled",
    )
    context.emit("payment_intent.canceled", intent)
    return intent


def _give_back(context: Context, intent: JsonObject) -> None:
    """What it was funded with is the customer's again."""
    left = remaining(intent)
    if left is not None:
        context.account.put_cash(intent["customer"], intent["currency"], intent["amount"] - left)


def capture(context: Context, params: JsonObject, intent_id: str) -> JsonObject:
    intent = context.account.payment_intents.require(intent_id)
    if intent["status"] != "requires_capture":
        raise unexpected_state(
            intent,
            f"This PaymentIntent could not be captured because it has a status of {intent['status']}. Only a "
            "PaymentIntent with one of the following statuses may be captured: requires_capture.",
        )
    amount = params.get("amount_to_capture", intent["amount_capturable"])
    if amount > intent["amount_capturable"]:
        most = format_amount(intent["amount_capturable"], intent["currency"])
        raise invalid_request(f"Amount to capture must be no more than {most}.", code="amount_too_large")
    charge = context.account.charges.change(intent["latest_charge"], captured=True, amount_captured=amount)
    intent = context.account.payment_intents.change(
        intent_id, amount_capturable=0, amount_received=amount, status="succeeded"
    )
    context.emit("charge.captured", charge)
    context.emit("payment_intent.succeeded", intent)
    return intent


def _check_funding_of(method: JsonObject | None, params: JsonObject) -> None:
    if method is not None and method["type"] == "customer_balance":
        check_funding(params)


def _filled_with(method: JsonObject) -> JsonObject:
    return {"payment_method": method["id"], "status": "requires_confirmation"}


def _new(
    context: Context, params: JsonObject, currency: str, types: list[str], automatic: JsonObject | None
) -> JsonObject:
    intent_id = context.new_id("pi")
    intent: JsonObject = {
        "id": intent_id,
        "object": "payment_intent",
        "amount": params["amount"],
        "amount_capturable": 0,
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": automatic,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": params.get("capture_method", "automatic_async"),
        "client_secret": f"{intent_id}_secret_{context.world.ids.secret()}",
        "confirmation_method": params.get("confirmation_method", "automatic"),
        "created": context.now,
        "currency": currency,
        "customer": params.get("customer"),
        "customer_account": None,
        "allowed_payment_method_types": params.get("allowed_payment_method_types"),
        "excluded_payment_method_types": params.get("excluded_payment_method_types"),
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": merge_metadata({}, params.get("metadata")),
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": chosen(params.get("payment_method_options") or {}, "customer_balance"),
        "payment_method_types": types,
        "processing": None,
        "review": None,
        "setup_future_usage": params.get("setup_future_usage"),
        "shipping": params.get("shipping"),
        "source": None,
        "status": "requires_payment_method",
        "transfer_data": None,
    }
    return intent | shown(params) | {name: cleared(params.get(name)) for name in _TEXTS}


def _method(context: Context, params: JsonObject, customer_id: str | None) -> JsonObject | None:
    if "payment_method" in params:
        return payment_methods.usable(context, params["payment_method"], customer_id)
    if "payment_method_data" in params:
        return from_params(context, params["payment_method_data"])
    return None


def _terms(params: JsonObject) -> Terms:
    return Terms(
        off_session=bool(params.get("off_session")),
        error_on_requires_action=params.get("error_on_requires_action", False),
        return_url=params.get("return_url"),
    )


def _checkouts(context: Context, intent_id: str) -> list[JsonObject]:
    return context.account.checkout_sessions.having("payment_intent", intent_id)
