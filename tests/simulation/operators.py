"""What Stripe refuses an account, and nobody else is the reason of."""

from aws_in_memory.dynamodb.values import Item

RESTRICTED = "testmode_charges_only"
NOT_ACTIVATED = "payment_method_unactivated"


def is_of_the_operator(payment: Item) -> bool:
    """Whether a payment has failed by what its account is refused."""
    failure = payment.get("failure", {}).get("M", {})
    return failure.get("code", {}).get("S") in (RESTRICTED, NOT_ACTIVATED)
