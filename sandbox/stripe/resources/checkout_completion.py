"""What the button of the hosted checkout page does."""

from sandbox.stripe.cards import Card
from sandbox.stripe.context import Context
from sandbox.stripe.errors import ApiError, invalid_request
from sandbox.stripe.instruments import Instrument
from sandbox.stripe.wire import JsonObject

from . import confirmation, customers, payment_intents, payment_methods, setup_intents
from .confirmation import Terms
from .listing import chosen
from .method_types import check_types


def complete(context: Context, session_id: str, method_id: str, *, authenticates: bool = True) -> JsonObject:
    """The session after the customer pays or saves a card; asked to authenticate, the customer passes or fails.

    Raises `ApiError` 402 for a decline: the session stays open.
    """
    session = context.account.checkout_sessions.require(session_id)
    if session["status"] != "open":
        raise invalid_request(f"This Checkout Session is {session['status']}.")
    method = payment_methods.usable(context, method_id, session["customer"])
    check_types(method, session["payment_method_types"], None)
    if session["mode"] == "setup":
        payment_status = _save(context, session, method, authenticates)
    else:
        payment_status = _pay(context, session, method, authenticates)
    session = context.account.checkout_sessions.change(
        session_id,
        customer_details={"email": _email(context, session), "name": None, "phone": None, "address": None},
        payment_status=payment_status,
        status="complete",
        url=None,
    )
    context.emit("checkout.session.completed", session)
    return session


def asks_for_authentication(instrument: Instrument) -> bool:
    """Whether the customer will see the bank's page before the payment method is taken."""
    return isinstance(instrument, Card) and confirmation.needs_authentication(
        instrument, set_up=False, off_session=False
    )


def payment_settled(context: Context, intent: JsonObject) -> None:
    """The event about a bank debit of a session that has since succeeded or failed."""
    succeeded = intent["status"] == "succeeded"
    for session in context.account.checkout_sessions.having("payment_intent", intent["id"]):
        if session["status"] == "complete" and session["payment_status"] == "unpaid":
            status = "paid" if succeeded else "unpaid"
            settled = context.account.checkout_sessions.change(session["id"], payment_status=status)
            context.emit(f"checkout.session.async_payment_{'succeeded' if succeeded else 'failed'}", settled)


def _save(context: Context, session: JsonObject, method: JsonObject, authenticates: bool) -> str:
    intent = context.account.setup_intents.require(session["setup_intent"])
    if not authenticates and asks_for_authentication(context.account.methods[method["id"]].instrument):
        raise setup_intents.refuse(context, intent, _authentication_failed("setup_intent", method))
    setup_intents.attempt(context, intent, method, return_url=session["success_url"], authenticated=True)
    return "no_payment_required"


def _pay(context: Context, session: JsonObject, method: JsonObject, authenticates: bool) -> str:
    intent = _intent(context, session)
    if not authenticates and asks_for_authentication(context.account.methods[method["id"]].instrument):
        raise confirmation.refuse(context, intent, _authentication_failed("payment_intent", method))
    intent = confirmation.attempt(context, intent, method, Terms(authenticated=True))
    return "paid" if intent["status"] == "succeeded" else "unpaid"


def _intent(context: Context, session: JsonObject) -> JsonObject:
    """The session's payment intent, made when the customer first tries to pay."""
    if session["payment_intent"]:
        return context.account.payment_intents.require(session["payment_intent"])
    params = context.account.intent_data[session["id"]]
    wanted: JsonObject = {
        **(params.get("payment_intent_data") or {}),
        "amount": session["amount_total"],
        "currency": session["currency"],
    }
    if session["customer"] is None and session["customer_creation"] == "always":
        email = {"email": session["customer_email"]} if session["customer_email"] else {}
        session = context.account.checkout_sessions.change(
            session["id"], customer=customers.create(context, email)["id"]
        )
    if session["customer"] is not None:
        wanted["customer"] = session["customer"]
    wanted |= chosen(params, "allowed_payment_method_types", "excluded_payment_method_types", "payment_method_options")
    intent = payment_intents.create(context, wanted)
    context.account.checkout_sessions.change(session["id"], payment_intent=intent["id"])
    return intent


def _email(context: Context, session: JsonObject) -> str | None:
    customer = context.account.customers.get(session["customer"] or "") or {}
    email: str | None = session["customer_email"] or customer.get("email")
    return email


def _authentication_failed(intent: str, method: JsonObject) -> ApiError:
    return ApiError(
        402,
        "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
        kind="card_error",
        code=f"{intent}_authentication_failure",
        payment_method=method,
    )
