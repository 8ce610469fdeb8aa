"""What becomes of a payment intent when it is confirmed: https://docs.stripe.com/payments/paymentintents/lifecycle."""

from dataclasses import dataclass

from sandbox.stripe.agenda import TaskKind
from sandbox.stripe.bank_transfers import instructions
from sandbox.stripe.cards import Authentication, Card
from sandbox.stripe.context import Context
from sandbox.stripe.declines import DECLINES, Decline, card_error
from sandbox.stripe.errors import ApiError
from sandbox.stripe.other_methods import OtherMethod
from sandbox.stripe.wire import JsonObject

from . import charges, disputes, payment_methods, vouchers


@dataclass(frozen=True, slots=True)
class Terms:
    """How the intent is confirmed."""

    off_session: bool = False
    error_on_requires_action: bool = False
    return_url: str | None = None
    authenticated: bool = False


def attempt(context: Context, intent: JsonObject, method: JsonObject, terms: Terms) -> JsonObject:
    """The intent after the attempt. Raises `ApiError` 402 for a decline: the intent then awaits another method."""
    account = context.account
    state = account.methods[method["id"]]
    intent = account.payment_intents.change(
        intent["id"], payment_method=method["id"], next_action=None, last_payment_error=None, canceled_at=None
    )
    if isinstance(state.instrument, OtherMethod):
        return _attempt_other(context, intent, method, terms)
    if not isinstance(state.instrument, Card):
        return _start_processing(context, intent, method)
    if not terms.authenticated and needs_authentication(state.instrument, state.set_up, terms.off_session):
        return _ask_for_authentication(context, intent, method, terms)
    decline = charges.decline_of(state)
    if decline is not None:
        raise fail(context, intent, method, decline)
    return succeed(context, intent, charges.make(context, intent, method, "succeeded"))


def needs_authentication(card: Card, set_up: bool, off_session: bool) -> bool:
    match card.authentication:
        case Authentication.NEVER:
            return False
        case Authentication.ALWAYS:
            return True
        case Authentication.ON_SESSION:
            return not off_session
        case Authentication.UNLESS_SET_UP:
            return not (off_session and set_up)


def succeed(context: Context, intent: JsonObject, charge: JsonObject) -> JsonObject:
    """The intent with the charge's money received, or held for capture."""
    account = context.account
    method = account.payment_methods.require(charge["payment_method"])
    captured = charge["captured"]
    intent = account.payment_intents.change(
        intent["id"],
        amount_capturable=0 if captured else charge["amount"],
        amount_received=charge["amount"] if captured else 0,
        latest_charge=charge["id"],
        processing=None,
        status="succeeded" if captured else "requires_capture",
    )
    _keep_or_spend(context, intent, method)
    context.emit("charge.succeeded", charge)
    context.emit("payment_intent.succeeded" if captured else "payment_intent.amount_capturable_updated", intent)
    reason = account.methods[method["id"]].instrument.dispute_reason
    if captured and reason:
        disputes.open_for(context, charge, reason)
    return intent


def fail(context: Context, intent: JsonObject, method: JsonObject, decline: Decline) -> ApiError:
    """The 402 of a declined charge, which is stored together with the intent."""
    charge = charges.make(context, intent, method, "failed", decline)
    error = card_error(decline, charge=charge["id"], payment_method=method)
    context.emit("charge.failed", charge)
    return refuse(context, intent, error, latest_charge=charge["id"])


def refuse(context: Context, intent: JsonObject, error: ApiError, **changes: str) -> ApiError:
    """The error with the intent in it, which awaits another payment method."""
    intent = context.account.payment_intents.change(
        intent["id"],
        last_payment_error=error.fields(),
        next_action=None,
        payment_method=None,
        processing=None,
        status="requires_payment_method",
        **changes,
    )
    context.emit("payment_intent.payment_failed", intent)
    error.details["payment_intent"] = intent
    return error


def _attempt_other(context: Context, intent: JsonObject, method: JsonObject, terms: Terms) -> JsonObject:
    """Link and crypto pay at once; a voucher, and a balance that is too small, wait for the customer."""
    if method["type"] in ("link", "crypto"):
        return succeed(context, intent, charges.make(context, intent, method, "succeeded"))
    if method["type"] == "boleto":
        intent = _wait(context, intent, method, terms, vouchers.display_details(context, intent))
        context.later(context.world.settings.settlement_delay, TaskKind.SETTLE_PAYMENT, intent["id"])
        return intent
    taken = context.account.take_cash(intent["customer"], intent["currency"], intent["amount"])
    if taken == intent["amount"]:
        return succeed(context, intent, charges.make(context, intent, method, "succeeded"))
    action = instructions(intent, intent["amount"] - taken, context.world.settings.public_url)
    return _wait(context, intent, method, terms, action)


def _wait(context: Context, intent: JsonObject, method: JsonObject, terms: Terms, action: JsonObject) -> JsonObject:
    if terms.error_on_requires_action:
        raise refuse(context, intent, _action_not_wanted(method))
    _keep_or_spend(context, intent, method)
    intent = context.account.payment_intents.change(intent["id"], next_action=action, status="requires_action")
    context.emit("payment_intent.requires_action", intent)
    return intent


def _ask_for_authentication(context: Context, intent: JsonObject, method: JsonObject, terms: Terms) -> JsonObject:
    if terms.off_session:
        raise fail(context, intent, method, DECLINES["authentication_required"])
    if terms.error_on_requires_action:
        raise refuse(context, intent, _action_not_wanted(method))
    intent = context.account.payment_intents.change(
        intent["id"], next_action=next_action(context, intent, terms.return_url), status="requires_action"
    )
    context.emit("payment_intent.requires_action", intent)
    return intent


def next_action(context: Context, intent: JsonObject, return_url: str | None) -> JsonObject:
    """Where the customer authenticates; without a return URL that is left to Stripe.js."""
    url = f"{context.world.settings.public_url}/3d_secure/{intent['id']}"
    if return_url is None:
        return {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": url}}
    return {"type": "redirect_to_url", "redirect_to_url": {"return_url": return_url, "url": url}}


def _action_not_wanted(method: JsonObject) -> ApiError:
    return ApiError(
        402,
        "This payment required an authentication action to complete, but `error_on_requires_action` was set. When "
        "you're ready, you can upgrade your integration to handle actions at "
        "https://stripe.com/docs/payments/payment-intents/upgrade-to-handle-actions.",
        kind="card_error",
        code="authentication_required",
        decline_code="authentication_not_handled",
        payment_method=method,
    )


def _start_processing(context: Context, intent: JsonObject, method: JsonObject) -> JsonObject:
    charge = charges.make(context, intent, method, "pending")
    intent = context.account.payment_intents.change(intent["id"], latest_charge=charge["id"], status="processing")
    _keep_or_spend(context, intent, method)
    context.emit("charge.pending", charge)
    context.emit("payment_intent.processing", intent)
    context.later(context.world.settings.settlement_delay, TaskKind.SETTLE_PAYMENT, intent["id"])
    return intent


def _keep_or_spend(context: Context, intent: JsonObject, method: JsonObject) -> None:
    """Saves the method for its customer if the intent asks for that; one that belongs to nobody is used up."""
    state = context.account.methods[method["id"]]
    if intent["setup_future_usage"] and intent["customer"]:
        state.set_up = True
        if method["customer"] is None:
            payment_methods.attach_to(context, method, intent["customer"])
    elif method["customer"] is None:
        state.spent = True
