"""Sources of the API before payment methods: https://docs.stripe.com/payments/payment-methods/transitioning.

Cards (`card_…`) and sources (`src_…`) of a customer are found, listed and charged as payment methods are.
"""

from sandbox.stripe.context import Context
from sandbox.stripe.errors import invalid_request
from sandbox.stripe.wire import JsonObject

from .payment_method_creation import card_of_token, new_payment_method
from .payment_methods import check_can_be_saved

PREFIXES = ("card", "src")


def new_source(context: Context, customer_id: str, token: str, *, prefix: str = "card") -> JsonObject:
    """A customer's new default source. Raises `ApiError` 400 for an unknown token, 402 for one that is declined.

    No event says that it is attached, as none does at Stripe.
    """
    # Assumed (legacy-sources): a payment intent takes such a card by its id, and a customer's list of payment methods
    # has it.
    instrument = card_of_token(token, "source")
    source = new_payment_method(context, instrument, prefix=prefix)
    check_can_be_saved(source, context.account.methods[source["id"]])
    source = context.account.payment_methods.change(source["id"], customer=customer_id)
    context.account.customers.change(customer_id, default_source=source["id"])
    return source


def source_of(context: Context, customer_id: str, source_id: str) -> str:
    """Its id, if it is the customer's. Raises `ApiError` 400 unless it is."""
    source = context.account.payment_methods.get(source_id)
    if source_id.split("_", maxsplit=1)[0] not in PREFIXES or source is None or source["customer"] != customer_id:
        raise invalid_request(f"No such source: '{source_id}'", code="resource_missing", param="default_source")
    return source_id
