"""The cash that customers have transferred: https://docs.stripe.com/payments/customer-balance."""

from sandbox.stripe.bank_transfers import instructions, remaining
from sandbox.stripe.context import Context
from sandbox.stripe.wire import JsonObject

from . import charges, checkout_completion, confirmation


def fund(context: Context, customer_id: str, amount: int, currency: str) -> None:
    """A transfer arrives: it pays the intent that waits for exactly that, else the oldest ones, as far as it goes.

    Source: https://docs.stripe.com/payments/customer-balance/reconciliation
    """
    context.account.put_cash(customer_id, currency, amount)
    intents = context.account.payment_intents.having("customer", customer_id)
    waiting = [one for one in intents if one["currency"] == currency and remaining(one) is not None]
    for intent in sorted(waiting, key=lambda one: remaining(one) != amount):
        _apply(context, intent)


def _apply(context: Context, intent: JsonObject) -> None:
    wanted = remaining(intent) or 0
    taken = context.account.take_cash(intent["customer"], intent["currency"], wanted)
    if taken == wanted:
        method = context.account.payment_methods.require(intent["payment_method"])
        paid = context.account.payment_intents.change(intent["id"], next_action=None)
        charge = charges.make(context, paid, method, "succeeded")
        checkout_completion.payment_settled(context, confirmation.succeed(context, paid, charge))
    elif taken:
        action = instructions(intent, wanted - taken, context.world.settings.public_url)
        funded = context.account.payment_intents.change(intent["id"], next_action=action)
        context.emit("payment_intent.partially_funded", funded)
