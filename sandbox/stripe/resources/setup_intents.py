"""https://docs.stripe.com/api/setup_intents: saving a payment method for later."""

from sandbox.stripe.cards import Authentication, Card
from sandbox.stripe.context import Context
from sandbox.stripe.declines import card_error
from sandbox.stripe.errors import ApiError, invalid_request
from sandbox.stripe.wire import JsonObject

from . import confirmation, payment_methods
from .listing import chosen, cleared, list_page, merge_metadata
from .method_types import PAID_WITH_ONCE, check_return_url, check_types, settle_types
from .payment_method_creation import from_params

_OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")


def create(context: Context, params: JsonObject) -> JsonObject:
    if "customer" in params:
        context.account.customers.require(params["customer"], "customer")
    types, automatic = settle_types(context, params, None, without=PAID_WITH_ONCE)
    method = _method(context, params, params.get("customer"))
    confirm_now = params.get("confirm", False)
    if confirm_now:
        check_return_url(params, automatic)
    if method is not None:
        check_types(method, types, automatic)
    intent_id = context.new_id("seti")
    intent = context.account.setup_intents.add(
        {
            "id": intent_id,
            "object": "setup_intent",
            "application": None,
            "automatic_payment_methods": automatic,
            "cancellation_reason": None,
            "client_secret": f"{intent_id}_secret_{context.world.ids.secret()}",
            "created": context.now,
            "customer": params.get("customer"),
            "customer_account": None,
            "description": params.get("description"),
            "allowed_payment_method_types": params.get("allowed_payment_method_types"),
            "excluded_payment_method_types": params.get("excluded_payment_method_types"),
            "flow_directions": None,
            "last_setup_error": None,
            "latest_attempt": None,
            "livemode": False,
            "mandate": None,
            "metadata": merge_metadata({}, params.get("metadata")),
            "next_action": None,
            "on_behalf_of": None,
            "payment_method": method["id"] if method else None,
            "payment_method_configuration_details": None,
            "payment_method_options": {},
            "payment_method_types": types,
            "single_use_mandate": None,
            "status": "requires_confirmation" if method else "requires_payment_method",
            "usage": params.get("usage", "off_session"),
        }
    )
    context.emit("setup_intent.created", intent)
    if not confirm_now:
        return intent
    if method is None:
        raise _method_missing()
    return attempt(context, intent, method, return_url=params.get("return_url"))


def retrieve(context: Context, params: JsonObject, intent_id: str) -> JsonObject:
    return context.account.setup_intents.require(intent_id)


def list_all(context: Context, params: JsonObject) -> JsonObject:
    match = chosen(params, "customer", "payment_method")
    return list_page(context.account.setup_intents, "/v1/setup_intents", params, match)


def update(context: Context, params: JsonObject, intent_id: str) -> JsonObject:
    intent = context.account.setup_intents.require(intent_id)
    changes: JsonObject = {"metadata": merge_metadata(intent["metadata"], params.get("metadata"))}
    if "description" in params:
        changes["description"] = cleared(params["description"])
    if "customer" in params:
        changes["customer"] = context.account.customers.require(params["customer"], "customer")["id"]
    if "payment_method" in params:
        method = payment_methods.usable(context, params["payment_method"], changes.get("customer", intent["customer"]))
        changes |= {"payment_method": method["id"], "status": "requires_confirmation"}
    return context.account.setup_intents.change(intent_id, **changes)


def confirm(context: Context, params: JsonObject, intent_id: str) -> JsonObject:
    intent = context.account.setup_intents.require(intent_id)
    _require_open(intent, "confirm", "confirmed")
    check_return_url(params, intent["automatic_payment_methods"])
    wanted = {"payment_method": intent["payment_method"]} if intent["payment_method"] else {}
    method = _method(context, wanted | params, intent["customer"])
    if method is None:
        raise _method_missing()
    check_types(method, intent["payment_method_types"], intent["automatic_payment_methods"])
    return attempt(context, intent, method, return_url=params.get("return_url"))


def cancel(context: Context, params: JsonObject, intent_id: str) -> JsonObject:
    intent = context.account.setup_intents.require(intent_id)
    _require_open(intent, "cancel", "canceled")
    reason = params.get("cancellation_reason")
    intent = context.account.setup_intents.change(
        intent_id, cancellation_reason=reason, next_action=None, status="canceled"
    )
    context.emit("setup_intent.canceled", intent)
    return intent


def attempt(
    context: Context, intent: JsonObject, method: JsonObject, *, return_url: str | None, authenticated: bool = False
) -> JsonObject:
    """The intent after the attempt. Raises `ApiError` 402 for a card that cannot be saved."""
    state = context.account.methods[method["id"]]
    intent = context.account.setup_intents.change(intent["id"], payment_method=method["id"], last_setup_error=None)
    card = state.instrument if isinstance(state.instrument, Card) else None
    if card and card.authentication in (Authentication.ALWAYS, Authentication.UNLESS_SET_UP) and not authenticated:
        intent = context.account.setup_intents.change(
            intent["id"], next_action=confirmation.next_action(context, intent, return_url), status="requires_action"
        )
        context.emit("setup_intent.requires_action", intent)
        return intent
    if card and card.decline and not card.attachable:
        raise refuse(context, intent, card_error(card.decline, payment_method=method))
    state.set_up = True
    if intent["customer"] and method["customer"] is None:
        payment_methods.attach_to(context, method, intent["customer"])
    intent = context.account.setup_intents.change(intent["id"], next_action=None, status="succeeded")
    context.emit("setup_intent.succeeded", intent)
    return intent


def refuse(context: Context, intent: JsonObject, error: ApiError) -> ApiError:
    """The error with the intent in it, which awaits another payment method."""
    intent = context.account.setup_intents.change(
        intent["id"],
        last_setup_error=error.fields(),
        next_action=None,
        payment_method=None,
        status="requires_payment_method",
    )
    context.emit("setup_intent.setup_failed", intent)
    error.details["setup_intent"] = intent
    return error


def _method(context: Context, params: JsonObject, customer_id: str | None) -> JsonObject | None:
    if "payment_method" in params:
        return payment_methods.usable(context, params["payment_method"], customer_id)
    if "payment_method_data" in params:
        return from_params(context, params["payment_method_data"])
    return None


def _require_open(intent: JsonObject, verb: str, past: str) -> None:
    if intent["status"] not in _OPEN:
        raise invalid_request(
            f"You cannot {verb} this SetupIntent because it has a status of {intent['status']}. Only a SetupIntent "
            f"with one of the following statuses may be {past}: {', '.join(_OPEN)}.",
            code="setup_intent_unexpected_state",
            setup_intent=intent,
        )


def _method_missing() -> ApiError:
    return invalid_request(
        "You cannot confirm this SetupIntent because it's missing a payment method. Update the SetupIntent with a "
        "payment method and then confirm it again.",
        code="setup_intent_unexpected_state",
    )
