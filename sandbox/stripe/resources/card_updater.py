"""Cards that their network keeps up to date: https://docs.stripe.com/payments/cards/overview#automatic-card-updates."""

from sandbox.stripe.context import Context
from sandbox.stripe.wire import JsonObject

from .listing import changed_attributes


def update_automatically(context: Context, method_id: str, card: JsonObject) -> JsonObject:
    """The payment method with what is new of its card, such as `exp_year` or `last4`; its id stays."""
    before = context.account.payment_methods.require(method_id)
    after = context.account.payment_methods.change(method_id, card={**before["card"], **card})
    context.account.methods[method_id].decline = None
    # Assumed (automatic-updates): one event says so, with what the card was before, and `payment_method.updated` none.
    context.emit("payment_method.automatically_updated", after, changed_attributes(before, after))
    return after
