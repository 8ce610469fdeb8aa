"""What happens to an intent from outside the API: the customer authenticates, or the bank answers a debit."""

from sandbox.stripe.context import Context
from sandbox.stripe.errors import ApiError, invalid_request
from sandbox.stripe.wire import JsonObject

from . import charges, checkout_completion, confirmation, setup_intents
from .confirmation import Terms


def authenticate(context: Context, intent_id: str, *, succeeds: bool) -> JsonObject:
    """The intent after the customer passed or failed 3-D Secure. Raises `ApiError` unless the intent asks for it."""
    is_payment = intent_id.startswith("pi_")
    intents = context.account.payment_intents if is_payment else context.account.setup_intents
    intent = intents.require(intent_id)
    asked = (intent["next_action"] or {}).get("type")
    if asked not in ("redirect_to_url", "use_stripe_sdk"):
        raise invalid_request(f"This intent has the status {intent['status']}: there is nothing to authenticate.")
    method = context.account.payment_methods.require(intent["payment_method"])
    try:
        if is_payment:
            _finish_payment(context, intent, method, succeeds)
        else:
            _finish_setup(context, intent, method, succeeds)
    except ApiError:
        return intents.require(intent_id)
    return intents.require(intent_id)


def _finish_payment(context: Context, intent: JsonObject, method: JsonObject, succeeds: bool) -> None:
    if not succeeds:
        raise confirmation.refuse(context, intent, _not_authenticated("payment_intent", method))
    confirmation.attempt(context, intent, method, Terms(authenticated=True))


def _finish_setup(context: Context, intent: JsonObject, method: JsonObject, succeeds: bool) -> None:
    if not succeeds:
        raise setup_intents.refuse(context, intent, _not_authenticated("setup_intent", method))
    setup_intents.attempt(context, intent, method, return_url=None, authenticated=True)


def settle_payment(context: Context, intent_id: str) -> JsonObject:
    """The bank's answer to a debit that is `processing`; none to one that is gone."""
    account = context.account
    intent = account.payment_intents.get(intent_id)
    if intent is None or intent.get("deleted"):
        return {}
    if "boleto_display_details" in (intent["next_action"] or {}):
        return _settle_voucher(context, intent)
    charge = account.charges.get(intent["latest_charge"] or "")
    if intent["status"] != "processing" or charge is None:
        return intent
    method = account.payment_methods.require(charge["payment_method"])
    decline = charges.decline_of(account.methods[method["id"]])
    if decline is None:
        amount = charge["amount"]
        charge = account.charges.change(charge["id"], status="succeeded", captured=True, amount_captured=amount)
        intent = confirmation.succeed(context, intent, charge)
        checkout_completion.payment_settled(context, intent)
        return intent
    charge = account.charges.change(
        charge["id"], status="failed", paid=False, failure_code=decline.code, failure_message=decline.message
    )
    context.emit("charge.failed", charge)
    error = invalid_request(decline.message, code=decline.code, charge=charge["id"], payment_method=method)
    confirmation.refuse(context, intent, error)
    intent = account.payment_intents.require(intent_id)
    checkout_completion.payment_settled(context, intent)
    return intent


def _settle_voucher(context: Context, intent: JsonObject) -> JsonObject:
    """The customer has paid the boleto, or it has expired."""
    account = context.account
    method = account.payment_methods.require(intent["payment_method"])
    decline = charges.decline_of(account.methods[method["id"]])
    if decline is None:
        intent = account.payment_intents.change(intent["id"], next_action=None)
        intent = confirmation.succeed(context, intent, charges.make(context, intent, method, "succeeded"))
    else:
        error = invalid_request(decline.message, code=decline.code, payment_method=method)
        confirmation.refuse(context, intent, error)
        intent = account.payment_intents.require(intent["id"])
    checkout_completion.payment_settled(context, intent)
    return intent


def _not_authenticated(intent: str, method: JsonObject) -> ApiError:
    return invalid_request(
        "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
        code=f"{intent}_authentication_failure",
        payment_method=method,
    )
