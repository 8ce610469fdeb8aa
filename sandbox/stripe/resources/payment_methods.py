"""https://docs.stripe.com/api/payment_methods."""

from sandbox.stripe.accounts import MethodState
from sandbox.stripe.cards import Card
from sandbox.stripe.context import Context
from sandbox.stripe.declines import card_error
from sandbox.stripe.errors import ApiError, invalid_request
from sandbox.stripe.instruments import BY_TOKEN
from sandbox.stripe.wire import JsonObject

from .listing import changed_attributes, chosen, list_page, merge_metadata
from .payment_method_creation import from_params, new_payment_method

_SPENT = (
    "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a "
    "connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use "
    "a PaymentMethod multiple times, you must attach it to a Customer first."
)


def create(context: Context, params: JsonObject) -> JsonObject:
    return from_params(context, params)


def find(context: Context, method_id: str, param: str | None = None) -> JsonObject:
    """A payment method by its id; a token of Stripe's testing page makes a new one. Raises `ApiError` if unknown."""
    if method_id in BY_TOKEN:
        return new_payment_method(context, BY_TOKEN[method_id])
    return context.account.payment_methods.require(method_id, param)


def retrieve(context: Context, params: JsonObject, method_id: str) -> JsonObject:
    return find(context, method_id)


def update(context: Context, params: JsonObject, method_id: str) -> JsonObject:
    before = context.account.payment_methods.require(method_id)
    if before["customer"] is None:
        raise invalid_request("You must save this PaymentMethod to a customer before you can update it.")
    changes: JsonObject = {"metadata": merge_metadata(before["metadata"], params.get("metadata"))}
    if "billing_details" in params:
        changes["billing_details"] = {**before["billing_details"], **params["billing_details"]}
    if "card" in params:
        changes["card"] = {**before["card"], **params["card"]}
    after = context.account.payment_methods.change(method_id, **changes)
    previous = changed_attributes(before, after)
    if previous:
        context.emit("payment_method.updated", after, previous)
    return after


def list_all(context: Context, params: JsonObject) -> JsonObject:
    """Without a customer Stripe lists only those of Treasury: none here."""
    customer_id = params.get("customer")
    if customer_id is not None:
        context.account.customers.require(customer_id, "customer")
    match = {"customer": customer_id} | chosen(params, "type")
    return list_page(
        context.account.payment_methods,
        "/v1/payment_methods",
        params,
        match,
        accept=lambda method: method["customer"] is not None,
    )


def attach(context: Context, params: JsonObject, method_id: str) -> JsonObject:
    if "customer" not in params:
        raise invalid_request("Missing required param: customer.", code="parameter_missing", param="customer")
    context.account.customers.require(params["customer"], "customer")
    method = prepare_attach(context, method_id, None)
    if method["customer"] == params["customer"]:
        return method
    return attach_to(context, method, params["customer"])


def detach(context: Context, params: JsonObject, method_id: str) -> JsonObject:
    method = context.account.payment_methods.require(method_id)
    if method["customer"] is None:
        raise invalid_request(
            "The payment method you provided is not attached to a customer so detachment is impossible.",
            param="payment_method",
        )
    return detach_from_customer(context, method)


def prepare_attach(context: Context, method_id: str, param: str | None) -> JsonObject:
    """The payment method, if it can be saved. Raises `ApiError` 402 for a card that its issuer declines when saved."""
    method = find(context, method_id, param)
    state = context.account.methods[method["id"]]
    if state.spent:
        raise invalid_request(_SPENT)
    if method["customer"] is not None and param is not None:
        raise invalid_request("The payment method you provided has already been attached to a customer.", param=param)
    check_can_be_saved(method, state)
    return method


def check_can_be_saved(method: JsonObject, state: MethodState) -> None:
    instrument = state.instrument
    if isinstance(instrument, Card) and instrument.decline and not instrument.attachable:
        raise card_error(instrument.decline, payment_method=None)


def attach_to(context: Context, method: JsonObject, customer_id: str) -> JsonObject:
    if method["customer"] is not None:
        raise invalid_request("The payment method you provided has already been attached to a customer.")
    attached = context.account.payment_methods.change(method["id"], customer=customer_id)
    context.emit("payment_method.attached", attached)
    return attached


def detach_from_customer(context: Context, method: JsonObject) -> JsonObject:
    """It may never be used again; a customer whose default it was has none then."""
    customer = context.account.customers.require(method["customer"])
    detached = context.account.payment_methods.change(method["id"], customer=None)
    context.account.methods[method["id"]].spent = True
    context.emit("payment_method.detached", detached, {"customer": customer["id"]})
    if customer["default_source"] == method["id"]:
        customer = context.account.customers.change(customer["id"], default_source=None)
    settings = customer["invoice_settings"]
    if settings["default_payment_method"] == method["id"]:
        changed = {**settings, "default_payment_method": None}
        after = context.account.customers.change(customer["id"], invoice_settings=changed)
        context.emit("customer.updated", after, changed_attributes(customer, after))
    return detached


def usable(context: Context, method_id: str, customer_id: str | None) -> JsonObject:
    """The payment method of an intent. Raises `ApiError` 400 unless it may be used for this customer."""
    # Assumed (unsaved-off-session): a test card that is attached to nobody may be charged off session.
    method = find(context, method_id, "payment_method")
    # Assumed (detached-method): it is refused without a code, when it is charged and when it is detached again.
    if context.account.methods[method["id"]].spent:
        raise invalid_request(_SPENT, param="payment_method")
    owner = method["customer"]
    if owner is not None and customer_id is None:
        raise invalid_request(
            f"The PaymentMethod {method['id']} belongs to the Customer {owner}. Please include the Customer in the "
            "`customer` parameter.",
            param="payment_method",
        )
    if owner is not None and owner != customer_id:
        raise not_attached(method["id"], "payment_method")
    return method


def not_attached(method_id: str, param: str) -> ApiError:
    message = (
        f"The customer does not have a payment method with the ID {method_id}. The payment method must be attached to "
        "the customer."
    )
    return invalid_request(message, code="resource_missing", param=param)
