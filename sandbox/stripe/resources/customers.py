"""https://docs.stripe.com/api/customers."""

import re

from sandbox.stripe.context import Context
from sandbox.stripe.errors import invalid_request
from sandbox.stripe.wire import JsonObject

from . import legacy_sources, payment_methods
from .listing import changed_attributes, chosen, cleared, list_page, merge_metadata

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_LONGEST = {"email": 512, "name": 256, "phone": 20}
_PLAIN = ("address", "description", "email", "name", "phone", "preferred_locales", "shipping", "tax_exempt")


def create(context: Context, params: JsonObject) -> JsonObject:
    _check_texts(params)
    customer_id = context.new_id("cus")
    invoice_settings = params.get("invoice_settings") or {}
    customer: JsonObject = {
        "id": customer_id,
        "object": "customer",
        "address": None,
        "balance": params.get("balance", 0),
        "created": context.now,
        "currency": None,
        "customer_account": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_prefix": context.world.ids.secret(8).upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": invoice_settings.get("footer"),
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": merge_metadata({}, params.get("metadata")),
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
    customer |= {name: cleared(params[name]) for name in _PLAIN if name in params}
    method_id = params.get("payment_method")
    method = payment_methods.prepare_attach(context, method_id, "payment_method") if method_id else None
    context.account.customers.add(customer)
    if method is not None:
        method = payment_methods.attach_to(context, method, customer_id)
    if params.get("source"):
        legacy_sources.new_source(context, customer_id, params["source"])
        customer = context.account.customers.require(customer_id)
    if "default_payment_method" in invoice_settings:
        default = _default_payment_method(context, customer_id, invoice_settings["default_payment_method"])
        customer = _change_invoice_settings(context, customer, default_payment_method=default)
    context.emit("customer.created", customer)
    return customer


def retrieve(context: Context, params: JsonObject, customer_id: str) -> JsonObject:
    """A deleted customer can still be retrieved, as a stub."""
    return context.account.customers.get(customer_id) or context.account.customers.require(customer_id)


def update(context: Context, params: JsonObject, customer_id: str) -> JsonObject:
    before = context.account.customers.require(customer_id)
    _check_texts(params)
    changes: JsonObject = {name: cleared(value) for name, value in chosen(params, *_PLAIN).items()}
    changes |= chosen(params, "balance")
    if changes.get("address"):
        changes["address"] = _merged(before["address"] or {}, changes["address"])
    if "metadata" in params:
        changes["metadata"] = merge_metadata(before["metadata"], params["metadata"])
    if "invoice_settings" in params:
        settings = _merged(before["invoice_settings"], params["invoice_settings"])
        if params["invoice_settings"].get("default_payment_method"):
            _default_payment_method(context, customer_id, settings["default_payment_method"])
        changes["invoice_settings"] = settings
    if params.get("default_source"):
        changes["default_source"] = legacy_sources.source_of(context, customer_id, params["default_source"])
    if params.get("source"):
        changes["default_source"] = legacy_sources.new_source(context, customer_id, params["source"])["id"]
    after = context.account.customers.change(customer_id, **changes)
    previous = changed_attributes(before, after)
    if previous:
        context.emit("customer.updated", after, previous)
    return after


def delete(context: Context, params: JsonObject, customer_id: str) -> JsonObject:
    """Its payment methods are detached with it."""
    customer = context.account.customers.require(customer_id)
    for method in context.account.payment_methods.having("customer", customer_id):
        payment_methods.detach_from_customer(context, method)
    context.account.customers.delete(customer_id)
    context.emit("customer.deleted", customer)
    return {"id": customer_id, "object": "customer", "deleted": True}


def list_all(context: Context, params: JsonObject) -> JsonObject:
    match = chosen(params, "email")
    return list_page(context.account.customers, "/v1/customers", params, match)


def list_payment_methods(context: Context, params: JsonObject, customer_id: str) -> JsonObject:
    context.account.customers.require(customer_id)
    match = {"customer": customer_id} | chosen(params, "type")
    return list_page(context.account.payment_methods, f"/v1/customers/{customer_id}/payment_methods", params, match)


def retrieve_payment_method(context: Context, params: JsonObject, customer_id: str, method_id: str) -> JsonObject:
    context.account.customers.require(customer_id)
    method = context.account.payment_methods.require(method_id)
    if method["customer"] != customer_id:
        raise payment_methods.not_attached(method_id, "payment_method")
    return method


def _merged(before: JsonObject, sent: JsonObject) -> JsonObject:
    return before | {name: cleared(value) for name, value in sent.items()}


def _check_texts(params: JsonObject) -> None:
    # Assumed (limits-of-a-customer): a text that is too long is refused with this code, and not cut.
    for name, most in _LONGEST.items():
        if len(params.get(name) or "") > most:
            message = f"Invalid string: {name} must be at most {most} characters"
            raise invalid_request(message, code="parameter_invalid_string", param=name)
    email = params.get("email")
    if email and not _EMAIL.fullmatch(email):
        raise invalid_request(f"Invalid email address: {email}", code="email_invalid", param="email")


def _default_payment_method(context: Context, customer_id: str, method_id: str) -> str:
    param = "invoice_settings[default_payment_method]"
    method = context.account.payment_methods.require(method_id, param)
    if method["customer"] != customer_id:
        raise payment_methods.not_attached(method_id, param)
    return method_id


def _change_invoice_settings(context: Context, customer: JsonObject, **settings: object) -> JsonObject:
    merged = {**customer["invoice_settings"], **settings}
    return context.account.customers.change(customer["id"], invoice_settings=merged)
