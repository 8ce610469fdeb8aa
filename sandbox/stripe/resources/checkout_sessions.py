"""https://docs.stripe.com/api/checkout/sessions: hosted pages, in the modes `payment` and `setup`."""

from sandbox.stripe.agenda import TaskKind
from sandbox.stripe.bank_transfers import check_funding
from sandbox.stripe.context import Context
from sandbox.stripe.errors import invalid_request
from sandbox.stripe.wire import JsonObject

from . import line_items, payment_intents, setup_intents
from .listing import chosen, list_page, merge_metadata, refuse_deleted_customer
from .method_types import NOT_SAVED_ON_A_PAGE, settle_types

_SHORTEST, _LONGEST = 30 * 60, 24 * 3600


def create(context: Context, params: JsonObject) -> JsonObject:
    mode = params.get("mode")
    if mode not in ("payment", "setup"):
        raise invalid_request("The sandbox has no subscriptions: `mode` must be payment or setup.", param="mode")
    if "success_url" not in params:
        raise invalid_request("Missing required param: success_url.", code="parameter_missing", param="success_url")
    if "customer" in params:
        context.account.customers.require(params["customer"], "customer")
    expires_at = _expires_at(context, params)
    currency, items = line_items.priced(context, params) if mode == "payment" else (_setup_currency(params), [])
    types, _ = settle_types(context, params, currency, without=NOT_SAVED_ON_A_PAGE if mode == "setup" else ())
    if "customer_balance" in types:
        check_funding(params)
    if mode == "payment":
        context.account.check_that_it_charges(None)
    session_id = context.world.ids.new("cs_test", 58)
    terms = {"currency": currency, "expires_at": expires_at, "payment_method_types": types}
    session = context.account.checkout_sessions.add({**_new(context, params, session_id, items), **terms})
    context.account.line_items[session_id] = items
    context.account.intent_data[session_id] = params
    if mode == "setup":
        session = context.account.checkout_sessions.change(session_id, setup_intent=_setup_intent(context, params))
    context.later(expires_at - context.now, TaskKind.EXPIRE_CHECKOUT, session_id)
    return session


def retrieve(context: Context, params: JsonObject, session_id: str) -> JsonObject:
    return context.account.checkout_sessions.require(session_id)


def list_all(context: Context, params: JsonObject) -> JsonObject:
    match = chosen(params, "payment_intent", "customer", "status")
    refuse_deleted_customer(context, params)
    return list_page(context.account.checkout_sessions, "/v1/checkout/sessions", params, match)


def update(context: Context, params: JsonObject, session_id: str) -> JsonObject:
    session = context.account.checkout_sessions.require(session_id)
    metadata = merge_metadata(session["metadata"], params.get("metadata"))
    return context.account.checkout_sessions.change(session_id, metadata=metadata)


def list_line_items(context: Context, params: JsonObject, session_id: str) -> JsonObject:
    context.account.checkout_sessions.require(session_id)
    items = context.account.line_items[session_id]
    url = f"/v1/checkout/sessions/{session_id}/line_items"
    return {"object": "list", "data": items, "has_more": False, "url": url}


def expire(context: Context, params: JsonObject, session_id: str) -> JsonObject:
    """Its payment intent, if the customer has tried already, is canceled with it."""
    session = context.account.checkout_sessions.require(session_id)
    # Assumed (pages-that-are-over): one that is not open is refused without a code.
    if session["status"] != "open":
        raise invalid_request(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of '
            f'"{session["status"]}".'
        )
    session = context.account.checkout_sessions.change(session_id, status="expired", url=None)
    if session["payment_intent"]:
        payment_intents.cancel(context, {"cancellation_reason": "expired"}, session["payment_intent"])
    if session["setup_intent"]:
        setup_intents.cancel(context, {"cancellation_reason": "abandoned"}, session["setup_intent"])
    context.emit("checkout.session.expired", session)
    return session


def expire_if_open(context: Context, session_id: str) -> None:
    if context.account.checkout_sessions.require(session_id)["status"] == "open":
        expire(context, {}, session_id)


def _setup_currency(params: JsonObject) -> str | None:
    if "currency" not in params and "allowed_payment_method_types" not in params:
        message = "You must provide `currency` when using dynamic payment methods in `setup` mode."
        raise invalid_request(message, code="parameter_missing", param="currency")
    return params.get("currency")


def _expires_at(context: Context, params: JsonObject) -> int:
    expires_at: int = params.get("expires_at", context.now + _LONGEST)
    if expires_at - context.now > _LONGEST:
        message = "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation."
        raise invalid_request(message, param="expires_at")
    if expires_at - context.now < _SHORTEST:
        message = "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation."
        raise invalid_request(message, param="expires_at")
    return expires_at


def _setup_intent(context: Context, params: JsonObject) -> str:
    data = params.get("setup_intent_data") or {}
    wanted: JsonObject = chosen(data, "description", "metadata")
    wanted |= chosen(params, "customer", "allowed_payment_method_types", "excluded_payment_method_types")
    intent_id: str = setup_intents.create(context, wanted)["id"]
    return intent_id


def _new(context: Context, params: JsonObject, session_id: str, items: list[JsonObject]) -> JsonObject:
    total = sum(item["amount_total"] for item in items) if items else None
    payment = params["mode"] == "payment"
    return {
        "id": session_id,
        "object": "checkout.session",
        "adaptive_pricing": None,
        "after_expiration": None,
        "allow_promotion_codes": None,
        "allowed_payment_method_types": params.get("allowed_payment_method_types"),
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": None,
        "cancel_url": params.get("cancel_url"),
        "client_reference_id": params.get("client_reference_id"),
        "client_secret": None,
        "consent": None,
        "consent_collection": params.get("consent_collection"),
        "created": context.now,
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer": params.get("customer"),
        "customer_account": None,
        "customer_creation": params.get("customer_creation", "if_required") if payment else None,
        "customer_details": None,
        "customer_email": params.get("customer_email"),
        "discounts": [],
        "invoice": None,
        "invoice_creation": None,
        "livemode": False,
        "locale": params.get("locale"),
        "metadata": merge_metadata({}, params.get("metadata")),
        "mode": params["mode"],
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": "always",
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_status": "unpaid" if payment else "no_payment_required",
        "permissions": None,
        "phone_number_collection": {"enabled": False},
        "recovered_from": None,
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": params.get("submit_type"),
        "subscription": None,
        "success_url": params["success_url"],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0} if payment else None,
        "ui_mode": "hosted_page",
        "url": f"{context.world.settings.public_url}/c/pay/{session_id}",
        "wallet_options": None,
    }
