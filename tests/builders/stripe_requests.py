"""Requests to Stripe, as the sandbox counts them, and what may go wrong with one."""

from world.world import World

CREATE_INTENT = "POST /v1/payment_intents"
RETRIEVE_INTENT = "GET /v1/payment_intents/*"
LIST_INTENTS = "GET /v1/payment_intents"
CANCEL_INTENT = "POST /v1/payment_intents/*/cancel"
CREATE_SESSION = "POST /v1/checkout/sessions"
CREATE_REFUND = "POST /v1/refunds"
CREATE_CUSTOMER = "POST /v1/customers"
UPDATE_CUSTOMER = "POST /v1/customers/*"
CREATE_ENDPOINT = "POST /v1/webhook_endpoints"
LIST_METHODS = "GET /v1/customers/*/payment_methods"
LIST_ENDPOINTS = "GET /v1/webhook_endpoints"

FIRST_TRY_AND_THE_LIBRARYS_OWN_RETRY = 2
"""How often a request that fails is sent, unless its answer is a 429."""


def break_stripe(world: World, endpoint: str, fault: str, *, times: int = FIRST_TRY_AND_THE_LIBRARYS_OWN_RETRY) -> None:
    """Let an endpoint fail, as often as Stripe's library tries; a 429 is tried three times."""
    method, path = endpoint.split()
    world.stripe.control.add_fault(fault, method=method, path=path, times=times)
